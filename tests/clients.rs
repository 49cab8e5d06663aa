//! What the tools of users make of the tables: real clients, and what they print, in `golden/clients`.

use std::path::{Path, PathBuf};

use confluence_fdw_tests::{Database, golden, lines, matches_golden};
use confluence_sim::{Options, Sim};

use crate::scene::small_site;

/// What is looked at: there are more tables and columns, and there will be others.
const LOOKED_AT: [&str; 2] = [
    "confluence_spaces:id,key,name,created_at,homepage_id",
    "confluence_pages:id,space_id,title,position,created_at,version_minor_edit,body_storage",
];

/// Foreign tables in schema `public`, and views over them in schema `reports`.
struct Shown {
    database: Database,
    sim: Sim,
}

impl Shown {
    #[track_caller]
    fn new() -> Self {
        let sim = Sim::start(Options::default());
        let database = Database::create();
        database.site(&sim);
        database
            .execute("CREATE SCHEMA reports; SELECT confluence.create_views('site', 'reports')");
        Self { database, sim }
    }

    /// Nobody has asked the site for anything, not even who one is.
    #[track_caller]
    fn asked_the_site_for_nothing(&self) {
        let log = self.sim.log();
        assert!(log.is_empty(), "{log:#?}");
    }
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

#[test]
fn psql_lists_the_tables() {
    let sim = Sim::start(Options::default());
    golden("clients/psql.sql", &sim);
    assert!(sim.log().is_empty(), "{:#?}", sim.log());
}

#[test]
fn sqlalchemy_reflects_the_tables() {
    let shown = Shown::new();
    let printed = shown
        .database
        .run_python(&program("reflect.py"), &LOOKED_AT);
    matches_golden("clients/reflect.py", &printed);
    shown.asked_the_site_for_nothing();
}

#[test]
fn jdbc_tells_of_the_tables() {
    let shown = Shown::new();
    let printed = shown
        .database
        .run_java(&program("Metadata.java"), &LOOKED_AT);
    matches_golden("clients/Metadata.java", &printed);
    shown.asked_the_site_for_nothing();
}

#[test]
fn jdbc_refreshes_a_mirror_with_autocommit_on_and_is_told_so_where_it_is_off() {
    let sim = Sim::start(Options::of(small_site()));
    let database = Database::create();
    database.site(&sim);
    database.execute("SELECT confluence.create_mirror('site', 'acme')");
    let refresh = |ways: &[&str]| {
        let arguments = [&["acme"], ways].concat();
        database.run_java(&program("Refresh.java"), &arguments)
    };
    // Neither sends anything: the first is refused by the extension, the second by PostgreSQL.
    assert_eq!(
        refresh(&["without autocommit", "escape"]),
        "without autocommit: 25001: confluence.refresh cannot run inside a transaction block, a function or an exception handler \
         HINT: CALL it by itself: in psql without BEGIN, in a driver with autocommit on, in pg_cron as the job's only command.\n\
         escape: 42809: confluence.refresh(character varying) is a procedure HINT: To call a procedure, use CALL.\n"
    );
    assert!(sim.log().is_empty(), "{:#?}", sim.log());
    let mut client = database.connect();
    let runs = "SELECT status, mode FROM acme.runs ORDER BY id";
    assert_eq!(lines(&mut client, runs), Vec::<String>::new());
    assert_eq!(
        refresh(&[
            "statement",
            "prepared",
            "callable",
            "escape as call",
            "simple"
        ]),
        "statement: done\nprepared: done\ncallable: done\nescape as call: done\nsimple: done\n"
    );
    assert_eq!(
        lines(&mut client, runs),
        [
            "complete|full",
            "complete|access",
            "complete|full",
            "complete|full",
            "complete|changes"
        ]
    );
}

#[test]
fn odbc_tells_of_the_tables() {
    let shown = Shown::new();
    let printed = shown
        .database
        .run_python(&program("metadata_odbc.py"), &LOOKED_AT);
    matches_golden("clients/metadata_odbc.py", &printed);
    shown.asked_the_site_for_nothing();
}

#[test]
fn dbt_builds_from_the_tables_tests_and_documents_them() {
    let shown = Shown::new();
    let dbt = |commands: &[&str]| {
        let looked_at = [&LOOKED_AT[..], &["current_spaces:id,key,name,created_at"]].concat();
        let arguments = [commands, &["--"], &looked_at].concat();
        shown
            .database
            .run_python(&program("run_dbt.py"), &arguments)
    };
    let built = dbt(&["run", "test"]);

    let mut client = shown.database.connect();
    let both = [
        "analytics.current_spaces",
        "public.confluence_spaces WHERE status = 'current'",
    ]
    .map(|from| {
        lines(
            &mut client,
            &format!("SELECT id, key, name, created_at FROM {from} ORDER BY id"),
        )
    });
    assert!(!both[0].is_empty());
    assert_eq!(both[0], both[1]);

    shown.sim.clear_log();
    let documented = dbt(&["docs"]);
    shown.asked_the_site_for_nothing();
    matches_golden("clients/run_dbt.py", &(built + &documented));
}
