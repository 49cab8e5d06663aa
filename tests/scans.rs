//! `confluence.scans` tells what the session has read, what that has cost, and how it ended.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{error, explain, lines, one, requests, sqlstate_of};
use confluence_sim::{Fault, Options, Reply};
use postgres::Client;

use crate::scene::{ALL_PAGES, PAGES, Scene, until};

const LONG: Duration = Duration::from_secs(60);

/// What is the same from run to run, of each scan.
const COUNTS: &str = "SELECT foreign_table, requests, retries, rows, complete, sqlstate, error FROM confluence.scans()";

#[track_caller]
fn counts(client: &mut Client) -> Vec<String> {
    lines(client, COUNTS)
}

/// The latest scan.
#[track_caller]
fn last(client: &mut Client) -> String {
    counts(client).pop().expect("a scan")
}

#[test]
fn a_scan_is_told_of_with_what_it_has_cost() {
    let mut scene = Scene::new();
    assert_eq!(counts(&mut scene.client), [""; 0]);
    scene.reads_all_pages();
    let all = "SELECT server, foreign_table, remote_table, request, requests, retries, probes, rows, complete, sqlstate, error FROM confluence.scans()";
    let expected = "site|public.confluence_pages|confluence_pages|GET /wiki/api/v2/pages?limit=10|5|0|2|45|t|NULL|NULL";
    assert_eq!(lines(&mut scene.client, all), [expected]);
    let sane = "SELECT bytes > 45 * 20, waited >= '0', throttled = '0', started_at <= clock_timestamp() FROM confluence.scans()";
    assert_eq!(one(&mut scene.client, sane), "t|t|t|t");
    // Who one is has been asked before.
    scene.execute("CREATE FOREIGN TABLE \"My Spaces\" (id bigint) SERVER site OPTIONS (table 'confluence_spaces')");
    lines(&mut scene.client, "SELECT count(*) FROM \"My Spaces\"");
    let second = "site|public.\"My Spaces\"|confluence_spaces|GET /wiki/api/v2/spaces?limit=10|1|0|0|3|t|NULL|NULL";
    assert_eq!(lines(&mut scene.client, all), [expected, second]);
    let order = "SELECT array_agg(started_at) = array_agg(started_at ORDER BY started_at) FROM confluence.scans()";
    assert_eq!(one(&mut scene.client, order), "t");
}

#[test]
fn what_asks_for_nothing_is_no_scan() {
    let mut scene = Scene::new();
    for sql in [
        "EXPLAIN SELECT id FROM confluence_pages",
        "SELECT id FROM confluence_pages LIMIT 0",
        "SELECT id FROM confluence_pages WHERE false",
        "SELECT id FROM confluence_pages WHERE id = NULL",
        "SELECT id FROM confluence_pages WHERE id = ANY ('{}'::bigint[])",
    ] {
        lines(&mut scene.client, sql);
    }
    assert_eq!(counts(&mut scene.client), [""; 0]);
}

#[test]
fn complete_is_only_what_was_read_to_its_end() {
    let mut scene = Scene::new();
    let id = scene.page_ids()[20];
    let own = format!("SELECT id FROM confluence_pages WHERE id = {id}");
    for (sql, expected) in [
        (own.as_str(), "1|0|1|t"),
        ("SELECT id FROM confluence_pages WHERE id = 1", "1|0|0|t"),
        ("SELECT id FROM confluence_pages LIMIT 15", "2|0|20|f"),
        ("SELECT id FROM confluence_pages LIMIT 45", "5|0|45|f"),
        ("SELECT id FROM confluence_pages LIMIT 46", "5|0|45|t"),
        ("SELECT EXISTS (SELECT FROM confluence_pages)", "1|0|10|f"),
        (
            "SELECT count(*) FROM confluence_pages WHERE title IS NULL",
            "5|0|45|t",
        ),
        (
            "SELECT id FROM confluence_pages WHERE modified_at > now() + interval '1 year'",
            "1|0|10|t",
        ),
    ] {
        lines(&mut scene.client, sql);
        let expected = format!("public.confluence_pages|{expected}|NULL|NULL");
        assert_eq!(last(&mut scene.client), expected, "{sql}");
    }
}

#[test]
fn a_scan_that_goes_on_is_told_of_as_it_is() {
    let mut scene = Scene::new();
    scene.execute("BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages");
    for (sql, expected) in [
        ("FETCH 1 FROM c", "1|0|10|f"),
        ("FETCH 10 FROM c", "2|0|20|f"),
        ("FETCH ALL FROM c", "5|0|45|t"),
        ("CLOSE c", "5|0|45|t"),
        ("COMMIT", "5|0|45|t"),
    ] {
        lines(&mut scene.client, sql);
        let expected = format!("public.confluence_pages|{expected}|NULL|NULL");
        assert_eq!(counts(&mut scene.client), [expected], "{sql}");
    }
}

#[test]
fn the_runs_of_a_join_s_inner_side_are_one_scan() {
    let mut scene = Scene::new();
    let ids = &scene.page_ids()[..4];
    let values: Vec<String> = ids.iter().map(|id| format!("({id})")).collect();
    scene.execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off",
    );
    let sql = format!(
        "SELECT v.id, p.title FROM (VALUES {}) v (id) LEFT JOIN LATERAL
             (SELECT title FROM confluence_pages p WHERE p.id = v.id OFFSET 0) p ON true",
        values.join(", ")
    );
    assert_eq!(lines(&mut scene.client, &sql).len(), 4);
    assert_eq!(requests(&scene.sim).len(), 4);
    assert_eq!(
        counts(&mut scene.client),
        ["public.confluence_pages|4|0|4|t|NULL|NULL"]
    );
    // One run that was given up is enough to be incomplete, whatever the others did.
    let sql = "SELECT (SELECT id FROM confluence_pages WHERE id > v.x LIMIT 1) FROM (VALUES (0), (9223372036854775807)) v (x)";
    lines(&mut scene.client, sql);
    assert_eq!(
        last(&mut scene.client),
        "public.confluence_pages|5|0|45|f|NULL|NULL"
    );
}

#[test]
fn repeats_and_pauses_are_counted() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(2).times(2),
        Reply::retry_after(503, "0.01"),
    );
    scene.reads_all_pages();
    assert_eq!(
        counts(&mut scene.client),
        ["public.confluence_pages|7|2|45|t|NULL|NULL"]
    );
    let paused = "SELECT throttled >= '20 ms' FROM confluence.scans()";
    assert_eq!(one(&mut scene.client, paused), "t");
}

#[test]
fn a_failure_leaves_its_message() {
    let mut scene = Scene::with("max_retries '0'");
    for (reply, sqlstate) in [(Reply::Html200, "HV000"), (Reply::status(500), "HV00M")] {
        scene.sim.fault(Fault::on(PAGES).page(3).times(1), reply);
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(raised.code().code(), sqlstate);
        let expected = format!(
            "public.confluence_pages|3|0|20|f|{sqlstate}|{}",
            raised.message()
        );
        assert_eq!(last(&mut scene.client), expected);
    }
    assert_eq!(counts(&mut scene.client).len(), 2);
    let secrets =
        "SELECT count(*) FROM confluence.scans() AS s WHERE s::text LIKE '%' || $$TOKEN$$ || '%'";
    let secrets = secrets.replace("TOKEN", Options::TOKEN);
    assert_eq!(one(&mut scene.client, &secrets), "0");
}

#[test]
fn a_cancel_is_told_of() {
    let mut scene = Scene::new();
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NeverAnswer);
    // The first page is taken before the second is asked for.
    scene.execute("BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages; FETCH 10 FROM c");
    cancelled(&mut scene, "FETCH ALL FROM c", 1);
    scene.execute("ROLLBACK");
    assert_eq!(
        counts(&mut scene.client),
        ["public.confluence_pages|2|0|10|f|57014|canceling statement due to user request"]
    );
}

#[test]
fn a_cancel_of_several_scans_is_told_of_in_general() {
    let mut scene = Scene::new();
    scene.execute(
        "CREATE FOREIGN TABLE twin (id bigint) SERVER site OPTIONS (table 'confluence_pages')",
    );
    scene.execute("ALTER SERVER site OPTIONS (SET max_concurrency '2')");
    // Each is to send its own request.
    scene.execute("SET confluence_fdw.statement_cache_size = 0");
    scene.sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    let sql = "SELECT id FROM confluence_pages UNION ALL SELECT id FROM twin";
    assert!(explain(&mut scene.client, sql).contains("Async"));
    cancelled(&mut scene, sql, 2);
    assert_eq!(
        counts(&mut scene.client),
        [
            "public.confluence_pages|1|0|0|f|NULL|rolled back before it came to its end",
            "public.twin|1|0|0|f|NULL|rolled back before it came to its end",
        ]
    );
}

/// Cancels a query when so many of its requests wait for answers.
#[track_caller]
fn cancelled(scene: &mut Scene, sql: &str, waiting: usize) {
    // Not by the protocol's own message: that may send two signals, of which one may meet the next query.
    let pid = one(&mut scene.client, "SELECT pg_backend_pid()");
    let mut other = scene.database.connect();
    let sim = Arc::clone(&scene.sim);
    let canceller = thread::spawn(move || {
        until("the query waits", LONG, || {
            sim.unanswered() == waiting && !sim.probes().is_empty()
        });
        one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
    });
    let raised = scene.client.simple_query(sql).expect_err("cancelled");
    assert_eq!(sqlstate_of(&raised), "57014", "{raised:?}");
    canceller.join().expect("it was sent");
}

#[test]
fn an_error_elsewhere_is_told_of_in_general() {
    let mut scene = Scene::new();
    let first = one(
        &mut scene.client,
        "SELECT id FROM confluence_pages ORDER BY id LIMIT 1",
    );
    let lost = "public.confluence_pages|1|0|10|f|NULL|rolled back before it came to its end";
    let divide = format!("SELECT 1 / (id - {first}) FROM confluence_pages LIMIT 10");
    assert_eq!(error(&mut scene.client, &divide).code().code(), "22012");
    assert_eq!(last(&mut scene.client), lost);
    // Caught, so that the transaction goes on.
    scene.execute(&format!(
        "DO $$ BEGIN PERFORM 1 / (id - {first}) FROM confluence_pages LIMIT 10; EXCEPTION WHEN division_by_zero THEN END $$"
    ));
    assert_eq!(last(&mut scene.client), lost);
    scene.execute(
        "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages; FETCH 1 FROM c; ROLLBACK",
    );
    assert_eq!(last(&mut scene.client), lost);
    // A scan that came to its end did so, whatever became of its rows.
    let divide = "SELECT 1 / (count(*) - 45) FROM confluence_pages";
    error(&mut scene.client, divide);
    assert_eq!(
        last(&mut scene.client),
        "public.confluence_pages|5|0|45|t|NULL|NULL"
    );
    assert_eq!(counts(&mut scene.client).len(), 5);
}

#[test]
fn the_latest_hundred_are_kept() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let id = scene.page_ids()[0];
    for (scans, expected) in [(98, 99), (1, 100), (1, 100), (250, 100)] {
        scene.execute(&format!(
            "DO $$ BEGIN FOR i IN 1..{scans} LOOP PERFORM id FROM confluence_pages WHERE id = {id}; END LOOP; END $$"
        ));
        assert_eq!(counts(&mut scene.client).len(), expected);
    }
    let kinds = "SELECT DISTINCT requests, rows, complete FROM confluence.scans()";
    assert_eq!(lines(&mut scene.client, kinds), ["1|1|t"]);
}

#[test]
fn each_session_has_its_own() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let mut other = scene.database.connect();
    assert_eq!(counts(&mut other), [""; 0]);
    assert_eq!(counts(&mut scene.client).len(), 1);
}

#[test]
fn a_role_sees_those_of_roles_that_it_is_a_member_of() {
    let mut scene = Scene::new();
    let alice = scene.database.role("alice");
    let bob = scene.database.role("bob");
    let carol = scene.database.role("carol");
    scene.execute(&format!(
        "GRANT SELECT ON confluence_pages, confluence_spaces TO {alice}, {bob};
         GRANT {alice} TO {bob};
         CREATE FUNCTION spaces() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.confluence_spaces';
         ALTER FUNCTION spaces() OWNER TO {carol};
         GRANT SELECT ON confluence_spaces TO {carol}"
    ));
    scene.reads_all_pages();
    let seen = "SELECT string_agg(remote_table || ' ' || requests, ', ') FROM confluence.scans()";
    for (role, runs, sees) in [
        (
            &alice,
            "SELECT id FROM confluence_pages LIMIT 1",
            "confluence_pages 1",
        ),
        (&alice, "SELECT spaces()", "confluence_pages 1"),
        (
            &bob,
            "SELECT id FROM confluence_spaces",
            "confluence_pages 1, confluence_spaces 1",
        ),
        (&alice, "SELECT", "confluence_pages 1"),
        (&carol, "SELECT", "confluence_spaces 1"),
    ] {
        scene.execute(&format!("SET ROLE {role}"));
        lines(&mut scene.client, runs);
        assert_eq!(one(&mut scene.client, seen), sees, "{role} {runs}");
    }
    scene.execute("RESET ROLE");
    assert_eq!(
        one(&mut scene.client, seen),
        "confluence_pages 5, confluence_pages 1, confluence_spaces 1, confluence_spaces 1"
    );
    // Others may call it, too, and see nothing.
    let mut own = scene.database.connect_as(&carol);
    assert_eq!(counts(&mut own), [""; 0]);
}
