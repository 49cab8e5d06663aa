//! Mirrors of older versions: `create_mirror` brings them up to date, and keeps their history and evidence.
//!
//! `tests/frozen` has a small mirror in each form that its tables have had, as `pg_dump` writes it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use confluence_fdw_tests::{Database, error, lines, literal, one, skip};
use confluence_sim::{Fault, Options, Organisation, Reply, RestrictedOperation, Size, Subject};
use postgres::Client;

use super::{as_of, latest_run, mirrored, refresh};
use crate::scene::{PERMISSIONS, Scene};

/// What a frozen mirror has beside what every mirror has.
const OTHERS: &str = "tables => '{confluence_tasks}'";

/// What is in place of what differs from run to run.
const SITE: &str = "https://acme.atlassian.net";

/// A few of everything.
fn tiny() -> Options {
    Options::of(Organisation::sized(Size {
        spaces: 2,
        pages: 9,
        permissions: 8,
        users: 5,
        seed: 7,
        largest_space_share: 0.5,
    }))
}

/// The frozen mirrors, by the format that they name: the oldest first.
fn frozen() -> Vec<(u32, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen");
    let files = fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<(u32, PathBuf)> = files
        .map(|file| file.expect("a folder that can be read").path())
        .filter_map(|path| {
            let format = path.file_name()?.to_str()?.strip_prefix("mirror-")?;
            Some((format.strip_suffix(".sql")?.parse().ok()?, path))
        })
        .collect();
    found.sort_unstable();
    assert!(!found.is_empty(), "no mirror is frozen");
    found
}

/// The tables of a mirror, with columns, indexes, constraints and triggers: what its format stands for.
const TABLES: &str = "
    SELECT concat_ws(' ', 'table', c.relname, c.relkind, c.relpersistence, c.reloptions) FROM pg_class c
    WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind IN ('r', 'S')
  UNION ALL
    SELECT concat_ws(' ', 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                     nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind = 'r'
  UNION ALL
    SELECT concat_ws(' ', 'constraint', o.conrelid::regclass, o.conname, pg_get_constraintdef(o.oid)) FROM pg_constraint o
    WHERE o.connamespace = 'acme'::regnamespace AND o.contype <> 'n'
  UNION ALL
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'acme'::regnamespace
  UNION ALL
    SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'acme'::regnamespace AND NOT t.tgisinternal";

/// Views and functions, and the comments, rights and owners of everything.
const ALL_ELSE: &str = "
    SELECT concat_ws(' ', 'view', c.relname, c.reloptions, pg_get_viewdef(c.oid),
                     (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
                      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0))
    FROM pg_class c WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind NOT IN ('r', 'S', 'i')
  UNION ALL
    SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'acme'::regnamespace
  UNION ALL
    SELECT concat_ws(' ', 'owner and rights', o.name, pg_get_userbyid(o.owner), o.rights)
    FROM (SELECT 'schema', n.nspowner, n.nspacl FROM pg_namespace n WHERE n.oid = 'acme'::regnamespace
        UNION ALL
          SELECT c.relname, c.relowner, c.relacl FROM pg_class c WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind <> 'i'
        UNION ALL
          SELECT p.oid::regprocedure::text, p.proowner, p.proacl FROM pg_proc p WHERE p.pronamespace = 'acme'::regnamespace
    ) AS o (name, owner, rights)
  UNION ALL
    SELECT concat_ws(' ', 'rights', c.relname || '.' || a.attname, a.attacl) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'acme'::regnamespace AND a.attacl IS NOT NULL
  UNION ALL
    SELECT concat_ws(' ', 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
    FROM pg_description d
    WHERE d.objoid IN (SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'acme'::regnamespace
                       UNION SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'acme'::regnamespace
                       UNION SELECT 'acme'::regnamespace)
  UNION ALL
    SELECT concat_ws(' ', 'listed', o.kind, o.identity) FROM acme.mirror_objects o
  UNION ALL
    SELECT concat_ws(' ', 'mirror', m.server, m.extension_version, m.format, m.other_tables) FROM acme.mirror m
  UNION ALL
    SELECT concat_ws(' ', 'report', r) FROM acme.reports r";

/// What only one of two catalogs has.
fn difference(old: &[String], new: &[String]) -> Vec<String> {
    let [old, new]: [BTreeSet<&String>; 2] = [old, new].map(|lines| lines.iter().collect());
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    let come = new.difference(&old).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// A mirror as this version makes it; the first refresh makes indexes of what it has published.
#[track_caller]
fn made_anew() -> Scene {
    let mut scene = Scene::of(tiny(), "");
    scene.execute(&format!(
        "SELECT confluence.create_mirror('site', 'acme', {OTHERS})"
    ));
    let indexes = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'acme' AND indexname LIKE '%history%' AND indexname NOT LIKE '%_pkey'";
    assert_eq!(one(&mut scene.client, indexes), "0");
    scene.execute("CALL confluence.refresh('acme')");
    scene
}

/// What is kept in each table, with the columns that it has now: what they hold for ever.
#[track_caller]
fn kept(client: &mut Client) -> Vec<(String, Vec<String>)> {
    let columns = lines(
        client,
        "SELECT format('SELECT %L, t::text FROM (SELECT %s FROM acme.%I) AS t ORDER BY 2', c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
                       c.relname)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
           AND c.relname NOT IN ('mirror', 'mirror_objects', 'reports')
         GROUP BY c.relname ORDER BY c.relname",
    );
    columns
        .into_iter()
        .map(|sql| {
            let rows = lines(client, &sql);
            (sql, rows)
        })
        .collect()
}

/// Takes the address of the stand-in out of everything: it is another one in each run.
#[track_caller]
fn name_no_host(scene: &mut Scene) {
    let columns = lines(
        &mut scene.client,
        "SELECT format('%I SET %I = replace(%2$I, ', c.relname, a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relnamespace = 'acme'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'text'::regtype
           AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)",
    );
    let (here, anywhere) = (literal(scene.sim.url()), literal(SITE));
    for column in columns {
        scene.execute(&format!("UPDATE acme.{column}{here}, {anywhere})"));
    }
}

/// Makes the frozen form of this version's mirrors, with a little of everything in it.
#[track_caller]
fn freeze(folder: &Path) {
    let mut scene = made_anew();
    let (users, pages) = (scene.sim.organisation(), scene.page_ids());
    let accounts: Vec<String> = users
        .users()
        .iter()
        .map(|user| user.account_id.clone())
        .collect();
    let csv = literal(&users.export_users());
    scene.execute(&format!("SELECT confluence.import_user_emails({csv})"));
    refresh(&mut scene, "full");
    scene.sim.edit(|site| {
        let space = site.spaces().next().expect("a space").id;
        let grant = site.permissions(space).next().expect("a grant").id;
        site.remove_permission(grant).expect("a grant");
        site.rename_page(pages[0], "Another title").expect("a page");
        site.trash_page(pages[1]).expect("a page");
        site.restrict(
            pages[2],
            RestrictedOperation::Read,
            Subject::User(accounts[1].clone()),
        )
        .expect("a page");
    });
    scene
        .sim
        .fault(Fault::on(PERMISSIONS).times(1), Reply::status(400));
    error(&mut scene.client, "CALL confluence.refresh('acme')");
    refresh(&mut scene, "full");
    scene
        .sim
        .edit(|site| site.modify_page(pages[3]).expect("a page"));
    refresh(&mut scene, "changes");
    name_no_host(&mut scene);
    scene.execute(&format!(
        "SELECT confluence.attest('acme', 'space_admins');
         SELECT confluence.attest('acme', 'person_access', jsonb_build_object('account', {account}));
         SELECT confluence.erase_person('acme', {account});
         SELECT confluence.attest('acme', 'coverage')",
        account = literal(&accounts[2])
    ));
    let made = one(
        &mut scene.client,
        "SELECT format || ' ' || extension_version FROM acme.mirror",
    );
    let (format, version) = made.split_once(' ').expect("two words");
    let arguments = [
        "--schema",
        "acme",
        "--no-owner",
        "--no-comments",
        "--no-unlogged-table-data",
    ];
    let Some(dump) = scene.database.dump_with(&arguments) else {
        return skip("there is no pg_dump");
    };
    // What stands before is about the session that restores it, and the program that wrote it.
    let dump = &dump[dump.find("CREATE SCHEMA acme;").expect("the schema")..];
    let written = dump.lines().filter(|line| {
        *line != "--"
            && ![
                "-- Name: ",
                "-- Data for Name: ",
                "-- PostgreSQL database dump",
                "\\unrestrict ",
            ]
            .iter()
            .any(|mark| line.starts_with(mark))
    });
    let head = format!(
        "-- A small mirror whose tables are of format {format}, as version {version} of the extension has made it. See frozen/README.md.\n\
         SET check_function_bodies = false;\nSET client_min_messages = warning;\nSET search_path = '';\n\n"
    );
    let text = head + &written.collect::<Vec<_>>().join("\n") + "\n";
    let hosts: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("127.0.0.1"))
        .collect();
    assert!(hosts.is_empty(), "it names a host of this run: {hosts:#?}");
    // Whole or not at all: another test may be reading it.
    let fresh = folder.join("fresh");
    fs::write(&fresh, text).expect("a folder that can be written");
    fs::rename(&fresh, folder.join(format!("mirror-{format}.sql"))).expect("the same folder");
}

#[test]
fn the_tables_of_a_mirror_are_those_of_the_latest_frozen_form() {
    if env::var("FREEZE_MIRROR").is_ok_and(|value| value == "1") {
        freeze(&Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen"));
    }
    let mut now = made_anew();
    let format = one(&mut now.client, "SELECT format FROM acme.mirror");
    let (_, path) = frozen().pop().expect("a frozen form");
    let database = Database::empty();
    database.psql(&fs::read_to_string(path).expect("a file"));
    let mut then = database.connect();
    let frozen_format = one(&mut then, "SELECT format FROM acme.mirror");
    let changes = difference(&lines(&mut then, TABLES), &lines(&mut now.client, TABLES));
    assert!(
        format == frozen_format && changes.is_empty(),
        "The tables of a mirror are not those that are frozen: format {format} here, {frozen_format} there.\n{}\n\
         Views and functions may change at any time, because create_mirror makes them anew. Tables hold what people keep for \
         years: raise FORMAT in src/mirror/form.rs, see to it that create_mirror brings the tables of every older form there, and \
         freeze the new one. tests/frozen/README.md says how.",
        changes.join("\n")
    );
}

#[test]
fn an_older_mirror_is_brought_up_to_date_and_keeps_what_it_has() {
    let mut anew = made_anew();
    let everything = format!("{TABLES} UNION ALL {ALL_ELSE}");
    let expected = lines(&mut anew.client, &everything);
    for (format, path) in frozen() {
        let mut scene = Scene::of(tiny(), "");
        scene
            .database
            .psql(&fs::read_to_string(path).expect("a file"));
        let before = kept(&mut scene.client);
        let runs = lines(
            &mut scene.client,
            "SELECT id FROM acme.runs WHERE status = 'complete' ORDER BY id",
        );
        // Addresses are updated in place, and here another site has them.
        let seen = |scene: &mut Scene| {
            let host = scene.sim.url().to_owned();
            let tables = ["pages", "permissions", "users", "content_restrictions"];
            let asked = runs.iter().flat_map(|run| tables.map(|table| (table, run)));
            let told = asked.flat_map(|(table, run)| {
                let rows = as_of(scene, table, run);
                rows.into_iter()
                    .map(move |row| format!("{table} as of {run}: {row}"))
            });
            told.map(|row| row.replace(&host, SITE)).collect::<Vec<_>>()
        };
        let answers = seen(&mut scene);

        scene.execute("SELECT confluence.create_mirror('site', 'acme')");
        assert_eq!(
            difference(&expected, &lines(&mut scene.client, &everything)),
            Vec::<String>::new(),
            "format {format}"
        );
        for (sql, rows) in &before {
            assert_eq!(
                &lines(&mut scene.client, sql),
                rows,
                "format {format}: {sql}"
            );
        }
        assert!(scene.sim.log().is_empty());
        assert_eq!(
            difference(&answers, &seen(&mut scene)),
            Vec::<String>::new(),
            "format {format}"
        );
        let verified = "SELECT count(*) FILTER (WHERE status = 'ok') > 5, count(*) FILTER (WHERE status <> 'ok') FROM confluence.verify('acme')";
        assert_eq!(one(&mut scene.client, verified), "t|0", "format {format}");

        // What comes next goes on from there.
        let page = scene.page_ids()[4];
        scene
            .sim
            .edit(|site| site.rename_page(page, "Renamed").expect("a page"));
        let last: i64 = latest_run(&mut scene).parse().expect("a number");
        for mode in ["full", "changes", "access"] {
            refresh(&mut scene, mode);
        }
        let states = format!(
            "SELECT run_from, run_to FROM acme.pages_history WHERE id = {page} ORDER BY run_from"
        );
        let next = last + 1;
        assert_eq!(
            lines(&mut scene.client, &states),
            [format!("1|{next}"), format!("{next}|NULL")],
            "format {format}"
        );
        assert_eq!(
            difference(&answers, &seen(&mut scene)),
            Vec::<String>::new(),
            "format {format}"
        );
        scene.execute("SELECT confluence.attest('acme', 'space_admins')");
        assert_eq!(one(&mut scene.client, verified), "t|0", "format {format}");
    }
}

#[test]
fn a_mirror_of_a_newer_version_is_left_alone() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    scene.sim.clear_log();
    scene.execute("UPDATE acme.mirror SET format = format + 1, extension_version = '9.1.0'");
    for sql in [
        "SELECT confluence.create_mirror('site', 'acme')",
        "CALL confluence.refresh('acme')",
    ] {
        let raised = error(&mut scene.client, sql);
        assert_eq!(
            (raised.code().code(), raised.message()),
            ("55000", "mirror \"acme\" was made by a newer version")
        );
        assert_eq!(
            raised.hint(),
            Some("Install confluence_fdw 9.1.0 or a newer version.")
        );
    }
    assert_eq!(
        one(
            &mut scene.client,
            "SELECT extension_version, (SELECT count(*) FROM acme.runs) FROM acme.mirror"
        ),
        "9.1.0|1"
    );
    assert!(scene.sim.log().is_empty());
}

#[test]
fn a_refresh_of_an_older_mirror_says_what_to_call_and_sends_nothing() {
    let mut scene = mirrored();
    scene.execute("UPDATE acme.mirror SET format = format - 1, extension_version = '0.0.9'");
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        (raised.code().code(), raised.message(), raised.hint()),
        (
            "55000",
            "mirror \"acme\" was made by an older version, and is not up to date",
            Some(
                "SELECT * FROM confluence.create_mirror('site', 'acme') brings it up to date, and keeps its history."
            )
        )
    );
    assert!(scene.sim.log().is_empty());
    scene.execute("SELECT confluence.create_mirror('site', 'acme')");
    refresh(&mut scene, "full");
}

#[test]
fn what_a_version_has_not_any_more_is_gone_and_so_are_the_rights_to_it_which_it_tells() {
    let mut scene = mirrored();
    let (role, reader) = (
        scene.database.role("auditor"),
        scene.database.role("reader"),
    );
    // As if an older version had made them, and a report.
    scene.execute(&format!(
        "SET search_path = acme;
         CREATE FUNCTION old_report(as_of timestamptz DEFAULT NULL) RETURNS TABLE (n bigint) LANGUAGE sql STABLE BEGIN ATOMIC SELECT CAST(1 AS bigint); END;
         CREATE VIEW old_view AS SELECT id FROM pages;
         SELECT register_report('old_report', 'What was it?', '{{}}', 99);
         INSERT INTO mirror_objects VALUES ('function', 'old_report(timestamp with time zone)', 1001), ('view', 'old_view', 1002);
         GRANT EXECUTE ON FUNCTION old_report TO {role}; GRANT SELECT ON old_view TO {role};
         GRANT SELECT (id, title), UPDATE (title) ON pages TO {role}; GRANT SELECT ON spaces TO {reader} WITH GRANT OPTION;
         GRANT EXECUTE ON FUNCTION space_admins TO {reader};
         CREATE FUNCTION mine() RETURNS integer LANGUAGE sql RETURN 1;
         RESET search_path"
    ));
    let rights = "SELECT c.relname, a.attname, a.attacl, c.relacl FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                  WHERE c.oid IN ('acme.pages'::regclass, 'acme.spaces'::regclass) ORDER BY 1, 2";
    let before = lines(&mut scene.client, rights);
    let (mut client, notices) = scene.database.connect_with_notices();
    client
        .batch_execute("SELECT confluence.create_mirror('site', 'acme')")
        .unwrap();
    assert_eq!(lines(&mut client, rights), before);
    let told: Vec<_> = notices
        .take()
        .into_iter()
        .filter(|notice| notice.severity() == "WARNING")
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        told[0].detail(),
        Some(&*format!(
            "function acme.old_report(timestamp with time zone): role {role}\nview acme.old_view: role {role}"
        ))
    );
    let left = "SELECT to_regclass('acme.old_view'), to_regproc('acme.old_report'), (SELECT count(*) FROM acme.reports WHERE name = 'old_report'),
                       acme.mine(), has_function_privilege($$READER$$, 'acme.space_admins(bigint, timestamptz)', 'EXECUTE')";
    assert_eq!(
        one(&mut client, &left.replace("READER", &reader)),
        "NULL|NULL|0|1|t"
    );
}
