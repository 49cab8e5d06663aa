//! Rows that others change meanwhile, and what is kept for a recheck.

use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{error, lines, literal, one, requests};
use postgres::Client;

use crate::scene::{ALL_PAGES, Scene, until};

/// Runs an update that waits for another session's, which is then committed; gives the table afterwards.
#[track_caller]
fn after_waiting(scene: &Scene, setting: &str, change: &str, update: &str) -> Vec<String> {
    scene.database.execute(
        "DROP TABLE IF EXISTS noted;
         CREATE TABLE noted AS SELECT row_number() OVER (ORDER BY id) AS n, id AS space_id, ''::text AS name FROM confluence_spaces",
    );
    let mut first = scene.database.connect();
    first.batch_execute(&format!("BEGIN; {change}")).unwrap();
    let mut second = scene.database.connect();
    second.batch_execute(setting).unwrap();
    let pid = one(&mut second, "SELECT pg_backend_pid()");
    let update = update.to_owned();
    let waiting = thread::spawn(move || second.batch_execute(&update).unwrap());
    let blocked = format!("SELECT 1 FROM pg_locks WHERE pid = {pid} AND NOT granted");
    until("the update waits", Duration::from_secs(20), || {
        !lines(&mut first, &blocked).is_empty()
    });
    first.batch_execute("COMMIT").unwrap();
    waiting.join().unwrap();
    lines(&mut first, "SELECT n, name FROM noted ORDER BY n")
}

#[test]
fn an_update_that_waited_looks_at_the_new_row_and_the_same_foreign_one() {
    let scene = Scene::new();
    let site = scene.sim.organisation();
    let names: Vec<&str> = site.spaces().map(|space| space.name.as_str()).collect();
    let update = "UPDATE noted SET name = s.name || noted.n FROM confluence_spaces s WHERE s.id = noted.space_id AND noted.n < 10";
    let by_keys =
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off";
    for setting in ["", by_keys] {
        let all = |first: &str| {
            vec![
                first.to_owned(),
                format!("2|{}2", names[1]),
                format!("3|{}3", names[2]),
            ]
        };
        // The row still fits.
        let mut found = after_waiting(
            &scene,
            setting,
            "UPDATE noted SET n = 0 WHERE n = 1",
            update,
        );
        assert_eq!(found, all(&format!("0|{}0", names[0])));
        // It does not fit any more, by its own condition, or by the join's.
        found = after_waiting(
            &scene,
            setting,
            "UPDATE noted SET n = 100 WHERE n = 1",
            update,
        );
        found.rotate_right(1);
        assert_eq!(found, all("100|"));
        found = after_waiting(
            &scene,
            setting,
            "UPDATE noted SET space_id = -1 WHERE n = 1",
            update,
        );
        assert_eq!(found, all("1|"));
    }
}

#[test]
fn a_lock_that_waited_looks_at_conditions_that_the_site_has_answered() {
    let scene = Scene::new();
    let site = scene.sim.organisation();
    let space = site.spaces().next().unwrap();
    let update = format!(
        "UPDATE noted SET name = s.key FROM confluence_spaces s
         WHERE s.id = noted.space_id AND s.id IN ({0}, -7) AND s.key = {1} AND s.status = 'current'",
        space.id,
        literal(&space.key)
    );
    let found = after_waiting(&scene, "", "UPDATE noted SET n = 0 WHERE n = 1", &update);
    assert_eq!(
        found,
        [format!("0|{}", space.key), "2|".to_owned(), "3|".to_owned()]
    );
}

#[test]
fn a_session_whose_client_library_prepares_everything_reads_the_same() {
    let mut scene = Scene::new();
    let read = |client: &mut Client| {
        let rows = client.query(ALL_PAGES, &[]).unwrap();
        rows.iter()
            .map(|row| row.get::<_, i64>(0) as u64)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&mut scene.client), scene.page_ids());
    let mut over_tcp = scene
        .database
        .tcp_config()
        .connect(postgres::NoTls)
        .unwrap();
    assert_eq!(read(&mut over_tcp), scene.page_ids());
}

/// A scene with a table of notes about three pages, and all columns of pages that there are.
#[track_caller]
fn noted_pages() -> Scene {
    let mut scene = Scene::new();
    let ids: Vec<u64> = scene.page_ids().into_iter().take(3).collect();
    let values: Vec<String> = ids.iter().map(|id| format!("({id}, '')")).collect();
    scene
        .client
        .batch_execute(&format!(
            "CREATE SCHEMA whole;
             IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages, confluence_spaces) FROM SERVER site INTO whole
                 OPTIONS (optional_columns 'true');
             SET search_path = whole, public;
             CREATE TABLE notes (page_id bigint, note text);
             INSERT INTO notes VALUES {};
             ANALYZE notes",
            values.join(", ")
        ))
        .expect("tables");
    scene
}

#[test]
fn a_row_that_is_kept_for_a_recheck_is_read_no_wider_than_the_statement_needs() {
    let mut scene = noted_pages();
    let request = |scene: &mut Scene, sql: &str| {
        scene.sim.clear_log();
        scene
            .client
            .simple_query(sql)
            .unwrap_or_else(|error| panic!("{error:?} {sql}"));
        requests(&scene.sim)
    };
    let narrow_ones = vec![
        "UPDATE notes SET note = p.title FROM confluence_pages p WHERE p.id = page_id",
        "UPDATE notes SET note = p.title FROM confluence_pages p WHERE p.id = page_id RETURNING p.title",
        "DELETE FROM notes USING confluence_pages p WHERE p.id = page_id AND p.title = 'no title'",
        "SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE OF notes",
        "SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE",
        "SELECT x.title FROM (SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE OF notes) x",
        "UPDATE notes SET note = v.title FROM (SELECT id, title FROM confluence_pages) v WHERE v.id = page_id",
        "MERGE INTO notes USING confluence_pages p ON p.id = page_id WHEN MATCHED AND p.title <> '' THEN UPDATE SET note = p.title",
    ];
    let wide_ones = vec![
        "UPDATE notes SET note = p.body_storage FROM confluence_pages p WHERE p.id = page_id",
        "MERGE INTO notes USING confluence_pages p ON p.id = page_id WHEN MATCHED THEN UPDATE SET note = p.body_storage",
    ];
    for (statements, is_wide) in [(narrow_ones, false), (wide_ones, true)] {
        for sql in statements {
            let asked = request(&mut scene, sql);
            // A MERGE may list them all.
            assert!(
                sql.starts_with("MERGE") || asked.len() == 1,
                "{sql}: {asked:?}"
            );
            for asked in asked {
                assert!(asked.contains("/pages?"), "{sql}: {asked}");
                assert_eq!(
                    asked.contains("body-format=storage"),
                    is_wide,
                    "{sql}: {asked}"
                );
            }
        }
    }
}

#[test]
fn a_whole_row_that_a_statement_uses_itself_is_whole() {
    let mut scene = noted_pages();
    // Every column counts, bodies and those that take a request of their own among them.
    let truth = lines(
        &mut scene.client,
        "SELECT id, md5(p::text) FROM confluence_pages p WHERE id IN (SELECT page_id FROM notes) ORDER BY id",
    );
    assert_eq!(truth.len(), 3);
    let noted = "SELECT page_id, note FROM notes ORDER BY page_id";
    for sql in [
        "UPDATE notes SET note = md5(p::text) FROM confluence_pages p WHERE p.id = page_id",
        "UPDATE notes SET note = md5(p::text) FROM (SELECT * FROM confluence_pages) p WHERE p.id = page_id",
        "UPDATE notes SET note = md5(p.r::text) FROM (SELECT p AS r, p.id FROM confluence_pages p) p WHERE p.id = page_id",
        "UPDATE notes SET note = (SELECT md5(p::text)) FROM confluence_pages p WHERE p.id = page_id",
        "UPDATE notes SET note = x.note FROM confluence_pages p, LATERAL (SELECT md5(p::text) AS note OFFSET 0) x WHERE p.id = page_id",
    ] {
        scene
            .client
            .batch_execute("UPDATE notes SET note = ''")
            .expect("cleared");
        scene.client.batch_execute(sql).expect(sql);
        assert_eq!(lines(&mut scene.client, noted), truth, "{sql}");
    }
    for sql in [
        "UPDATE notes SET note = '' FROM confluence_pages p WHERE p.id = page_id RETURNING p.id, md5(p::text)",
        "SELECT p.id, md5(p::text) FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE OF notes",
        "SELECT p.id, md5(p::text) FROM notes JOIN confluence_pages p ON p.id = page_id AND p IS NOT NULL IS NOT NULL FOR UPDATE",
    ] {
        let mut rows = lines(&mut scene.client, sql);
        rows.sort_unstable();
        let mut truth = truth.clone();
        truth.sort_unstable();
        assert_eq!(rows, truth, "{sql}");
    }
    // Where only a condition looks at all of a row.
    let sql = "SELECT count(*) FROM notes JOIN confluence_pages p ON p.id = page_id AND length(p::text) > length(note) FOR UPDATE OF notes";
    let raised = error(&mut scene.client, sql);
    assert_eq!(raised.code().code(), "0A000", "aggregates cannot be locked");
    let sql = "SELECT md5(p::text) FROM notes JOIN confluence_pages p ON p.id = page_id AND length(p::text) > length(note) FOR UPDATE OF notes";
    assert_eq!(lines(&mut scene.client, sql).len(), 3);
}

#[test]
fn a_recheck_sees_all_that_the_statement_looks_at() {
    let scene = Scene::new();
    let site = scene.sim.organisation();
    let spaces: Vec<_> = site.spaces().collect();
    let first = spaces[0];
    scene.database.execute(
        "CREATE TABLE parts (site text NOT NULL, LIKE confluence_spaces) PARTITION BY LIST (site);
         CREATE FOREIGN TABLE parts_a PARTITION OF parts FOR VALUES IN ('a') SERVER site OPTIONS (table 'confluence_spaces', site 'a');
         CREATE TABLE parts_b PARTITION OF parts FOR VALUES IN ('b');
         INSERT INTO parts SELECT 'b', s.* FROM confluence_spaces s WHERE key < ''",
    );
    let by_keys =
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off";
    let without_batches = format!("{by_keys}; SET confluence_fdw.enable_batch_join = off");
    for setting in ["", by_keys, &without_batches] {
        for (from, also) in [
            ("confluence_spaces s", ""),
            // What the site answers, what it narrows, what PostgreSQL checks and what every row has.
            (
                "confluence_spaces s",
                "AND s.type <> 'no type' AND s.id > 0 AND s.key IS NOT NULL",
            ),
            (
                "confluence_spaces s",
                "AND s.status = 'current' AND s.created_at > '2001-01-01'",
            ),
            (
                "confluence_spaces s",
                "AND s.created_at BETWEEN '2001-01-01' AND now()",
            ),
            ("parts s", ""),
            ("parts s", "AND s.site = 'a' AND s.status = 'current'"),
            (
                "(SELECT id, key, upper(type) AS kind FROM confluence_spaces) s",
                "AND s.kind <> ''",
            ),
        ] {
            let update = format!(
                "UPDATE noted SET name = s.key || noted.n FROM {from} WHERE s.id = noted.space_id {also}"
            );
            let found = after_waiting(
                &scene,
                setting,
                "UPDATE noted SET n = 0 WHERE n = 1",
                &update,
            );
            assert_eq!(
                found,
                [
                    format!("0|{}0", first.key),
                    format!("2|{}2", spaces[1].key),
                    format!("3|{}3", spaces[2].key),
                ],
                "{setting}: {update}"
            );
        }
    }
}
