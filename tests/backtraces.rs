//! Where the server's environment asks Rust programs for backtraces, no user is shown one.

use confluence_fdw_tests::{Database, error, one};
use confluence_sim::{Fault, Reply};

use crate::scene::{PAGES, Scene};

/// The detail of an error in a session of its own: the first one is what a backtrace would be made for.
#[track_caller]
fn detail(database: &Database, setup: &str, sql: &str, sqlstate: &str) -> Option<String> {
    let mut client = database.connect();
    client.batch_execute(setup).unwrap();
    let raised = error(&mut client, sql);
    assert_eq!(raised.code().code(), sqlstate, "{sql}: {raised}");
    raised.detail().map(str::to_owned)
}

#[test]
fn errors_that_postgresql_raises_in_a_scan_carry_no_backtrace() {
    let scene = Scene::new();
    let database = &scene.database;
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE TEMP TABLE environment (value text);
             COPY environment FROM PROGRAM 'echo $RUST_BACKTRACE'",
        )
        .unwrap();
    assert_eq!(one(&mut client, "SELECT value FROM environment"), "1");

    database.execute(
        "CREATE FOREIGN TABLE short_titles (title varchar(1)) SERVER site OPTIONS (table 'confluence_pages')",
    );
    let none = |setup: &str, sql: &str, sqlstate: &str| {
        assert_eq!(detail(database, setup, sql, sqlstate), None, "{sql}");
    };
    none("", "SELECT title FROM short_titles", "22001");
    none(
        "",
        "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public",
        "42P07",
    );
    none(
        "SET enable_hashjoin = off; SET enable_mergejoin = off",
        "SELECT 1 / (p.id - p.id) FROM (SELECT id FROM confluence_pages LIMIT 3) k JOIN confluence_pages p USING (id)",
        "22012",
    );
    scene.sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    none(
        "SET statement_timeout = '1s'",
        "SELECT count(title) FROM confluence_pages",
        "57014",
    );
}

#[test]
fn errors_of_the_extension_carry_no_backtrace() {
    let scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES), Reply::BareNotFound);
    let sql = "SELECT count(title) FROM confluence_pages";
    let detail = detail(&scene.database, "", sql, "28000").unwrap();
    assert_eq!(detail.lines().count(), 1, "{detail}");
}
