//! A scan is a good citizen of the executor: it does nothing before it is asked to, stops when it is not asked any more,
//! and works wherever PostgreSQL lets a query stand.

use std::io::Read;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{
    Database, error, explain, lines, literal, one, pg_major, requests, skip,
};
use confluence_sim::{Fault, Options, Organisation, Reply, Sim, Size};
use postgres::Client;

use crate::scene::{ALL_PAGES, PAGES, PERMISSIONS, Scene, numbers, page_ids, small_site, until};

/// Whether `sql` is answered so, and after how many requests of the session in all.
#[track_caller]
fn gives(scene: &mut Scene, sql: &str, rows: usize, sent: usize) {
    assert_eq!(lines(&mut scene.client, sql).len(), rows, "{sql}");
    assert_eq!(requests(&scene.sim).len(), sent, "{sql}");
}

// --- Laziness --------------------------------------------------------------------------------------------------------

#[test]
fn nothing_is_sent_before_the_first_row_is_wanted() {
    let mut scene = Scene::new();
    for sql in [
        "BEGIN",
        "DECLARE c CURSOR FOR SELECT id FROM confluence_pages",
        "PREPARE q AS SELECT id FROM confluence_pages",
        "EXPLAIN (VERBOSE) SELECT * FROM confluence_pages",
        "CREATE VIEW v AS SELECT id FROM confluence_pages",
        "SELECT id FROM confluence_pages LIMIT 0",
        "SELECT id FROM confluence_pages WHERE false",
        "FETCH 0 FROM c",
        "CLOSE c",
        "COMMIT",
    ] {
        scene.client.batch_execute(sql).unwrap();
        assert!(scene.sim.log().is_empty(), "{sql}");
    }
}

#[test]
fn a_cursor_reads_as_far_as_it_is_moved() {
    let mut scene = Scene::new();
    let begin = "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages";
    gives(&mut scene, begin, 0, 0);
    gives(&mut scene, "FETCH 1 FROM c", 1, 1);
    gives(&mut scene, "FETCH 9 FROM c", 9, 1);
    gives(&mut scene, "FETCH 1 FROM c", 1, 2);
    gives(&mut scene, "MOVE 9 IN c", 0, 2);
    gives(&mut scene, "MOVE 1 IN c", 0, 3);
    gives(&mut scene, "CLOSE c; COMMIT", 0, 3);
    scene.reads_all_pages();
}

#[test]
fn a_cursor_that_scrolls_asks_for_nothing_twice() {
    let mut scene = Scene::new();
    let begin = "BEGIN; DECLARE c SCROLL CURSOR FOR SELECT id FROM confluence_pages";
    gives(&mut scene, begin, 0, 0);
    let forward = lines(&mut scene.client, "FETCH 15 FROM c");
    assert_eq!(requests(&scene.sim).len(), 2);
    let mut backward = lines(&mut scene.client, "MOVE 1 IN c; FETCH BACKWARD 15 FROM c");
    backward.reverse();
    assert_eq!(backward, forward);
    gives(&mut scene, "MOVE ABSOLUTE 0 IN c; FETCH 15 FROM c", 15, 2);
    assert_eq!(
        lines(&mut scene.client, "FETCH LAST FROM c").len()
            + lines(&mut scene.client, "FETCH FIRST FROM c").len(),
        2
    );
    gives(&mut scene, "COMMIT", 0, 5);
}

#[test]
fn a_cursor_that_outlives_its_transaction_holds_all_rows() {
    let mut scene = Scene::new();
    let begin =
        "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT id FROM confluence_pages; FETCH 1 FROM c";
    gives(&mut scene, begin, 1, 1);
    scene.client.batch_execute("COMMIT").unwrap();
    let sent = requests(&scene.sim).len();
    gives(&mut scene, "FETCH ALL FROM c", 44, sent);
    scene.client.batch_execute("CLOSE c").unwrap();
}

#[test]
fn a_portal_of_the_protocol_reads_as_far_as_it_is_asked() {
    let mut scene = Scene::new();
    // A limit that nobody reaches tells the planner that the first rows count.
    let sql = format!("{ALL_PAGES} LIMIT 44");
    let mut transaction = scene.client.transaction().unwrap();
    let portal = transaction.bind(&*sql, &[]).unwrap();
    assert!(scene.sim.log().is_empty());
    for (rows, sent) in [(1, 1), (9, 1), (10, 2), (1, 3)] {
        let found = transaction.query_portal(&portal, rows).unwrap();
        assert_eq!(found.len(), rows as usize);
        assert_eq!(requests(&scene.sim).len(), sent);
    }
    transaction.commit().unwrap();
}

#[test]
fn reading_ahead_is_bounded_and_ends_with_the_query() {
    let mut scene = Scene::of(Options::of(Organisation::standard()), "page_size '10'");
    scene
        .client
        .batch_execute(
            "DO $$DECLARE p record; BEGIN FOR p IN SELECT id FROM confluence_pages LOOP EXIT; END LOOP; END$$",
        )
        .unwrap();
    let sent = requests(&scene.sim).len();
    assert!((1..=12).contains(&sent), "{sent} requests for one row");
    until("the read has ended", Duration::from_secs(10), || {
        scene.sim.in_flight() == 0
    });
    let sent = requests(&scene.sim).len();
    lines(&mut scene.client, "SELECT pg_sleep(0.1)");
    assert_eq!(requests(&scene.sim).len(), sent);
}

#[test]
fn a_question_of_existence_reads_one_page() {
    let mut scene = Scene::new();
    gives(
        &mut scene,
        "SELECT EXISTS (SELECT FROM confluence_pages)",
        1,
        1,
    );
    gives(&mut scene, "SELECT id FROM confluence_pages LIMIT 1", 1, 2);
    gives(
        &mut scene,
        "SELECT id FROM confluence_pages FETCH FIRST ROW ONLY",
        1,
        3,
    );
}

// --- Errors in the middle --------------------------------------------------------------------------------------------

#[test]
fn a_transaction_goes_on_from_a_savepoint_after_an_error() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("BEGIN; CREATE TEMP TABLE kept (id bigint)")
        .unwrap();
    for _ in 0..5 {
        scene
            .sim
            .fault(Fault::on(PAGES).page(3), Reply::NamedNotFound);
        scene.client.batch_execute("SAVEPOINT before").unwrap();
        let raised = error(
            &mut scene.client,
            "INSERT INTO kept SELECT id FROM confluence_pages",
        );
        assert_eq!(raised.code().code(), "HV000");
        scene.client.batch_execute("ROLLBACK TO before").unwrap();
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
    scene
        .client
        .batch_execute("INSERT INTO kept SELECT id FROM confluence_pages; COMMIT")
        .unwrap();
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM kept"), "45");
}

#[test]
fn an_error_in_the_middle_of_a_cursor_ends_the_transaction_and_no_more() {
    let mut scene = Scene::new();
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NamedNotFound);
    let begin = "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages; FETCH 10 FROM c";
    gives(&mut scene, begin, 10, 1);
    assert_eq!(
        error(&mut scene.client, "FETCH 1 FROM c").code().code(),
        "HV000"
    );
    assert_eq!(
        error(&mut scene.client, "FETCH 1 FROM c").code().code(),
        "25P02"
    );
    scene.client.batch_execute("ROLLBACK").unwrap();
    scene.sim.clear_faults();
    scene.reads_all_pages();
}

#[test]
fn an_exception_block_catches_what_the_site_does() {
    let mut scene = Scene::new();
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NamedNotFound);
    scene.sim.fault(Fault::on(PERMISSIONS), Reply::BareNotFound);
    scene
        .client
        .batch_execute(
            "CREATE FUNCTION tried(sql text) RETURNS text LANGUAGE plpgsql AS $$
             BEGIN EXECUTE sql; RETURN 'fine';
             EXCEPTION WHEN invalid_authorization_specification THEN RETURN 'rejected';
                       WHEN fdw_error THEN RETURN SQLERRM; END$$",
        )
        .unwrap();
    for _ in 0..20 {
        assert_eq!(
            lines(
                &mut scene.client,
                "SELECT tried('SELECT count(*) FROM confluence_pages') UNION ALL
                 SELECT tried('SELECT count(*) FROM confluence_permissions') UNION ALL
                 SELECT tried('SELECT count(*) FROM confluence_spaces')",
            ),
            [
                "the listing broke off on page 2: Cannot find a page with id [424242]",
                "rejected",
                "fine"
            ]
        );
    }
}

#[test]
fn a_loop_that_stops_reading_early_can_do_so_again_and_again() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "DO $$DECLARE found bigint; BEGIN
             FOR i IN 1..40 LOOP SELECT id INTO STRICT found FROM confluence_pages LIMIT 1; END LOOP; END$$",
        )
        .unwrap();
    assert_eq!(requests(&scene.sim).len(), 40);
}

#[test]
fn a_division_by_zero_of_ones_own_ends_a_scan_cleanly() {
    let mut scene = Scene::new();
    for _ in 0..20 {
        let sql = "SELECT 1 / (position - position) FROM confluence_pages";
        assert_eq!(error(&mut scene.client, sql).code().code(), "22012");
    }
    scene.reads_all_pages();
    until("the site is at rest", Duration::from_secs(10), || {
        scene.sim.in_flight() == 0
    });
}

// --- Places where a query can stand ----------------------------------------------------------------------------------

#[test]
fn rows_are_copied_out() {
    let mut scene = Scene::new();
    let mut text = String::new();
    scene
        .client
        .copy_out("COPY (SELECT id FROM confluence_pages ORDER BY id) TO STDOUT")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let expected: String = scene
        .page_ids()
        .iter()
        .map(|id| format!("{id}\n"))
        .collect();
    assert_eq!(text, expected);
}

#[test]
fn every_kind_of_transaction_and_table_works() {
    let mut scene = Scene::new();
    for sql in [
        "CREATE TABLE copied AS SELECT id FROM confluence_pages",
        "CREATE TEMP TABLE copied_for_now AS SELECT id FROM confluence_pages",
        "CREATE UNLOGGED TABLE copied_lightly AS TABLE confluence_spaces",
        "CREATE MATERIALIZED VIEW seen AS SELECT id FROM confluence_pages",
        "SELECT id INTO copied_again FROM confluence_pages",
        "BEGIN READ ONLY; SELECT count(*) FROM confluence_pages; COMMIT",
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM confluence_pages; COMMIT",
        "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE; SELECT count(*) FROM confluence_pages; COMMIT",
        "REFRESH MATERIALIZED VIEW seen",
        "SELECT id FROM confluence_spaces FOR UPDATE",
        "INSERT INTO copied SELECT id FROM confluence_pages",
        "DELETE FROM copied USING confluence_pages p WHERE p.id = copied.id",
        "ANALYZE copied",
        "DISCARD ALL",
    ] {
        scene
            .client
            .batch_execute(sql)
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    }
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM copied"), "0");
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM seen"), "45");
    scene.reads_all_pages();
}

#[test]
fn a_trigger_and_a_function_read_the_site() {
    let mut scene = Scene::new();
    scene.database.execute(
        "CREATE TABLE watched (space_id bigint, name text);
         CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN SELECT name INTO STRICT NEW.name FROM confluence_spaces WHERE id = NEW.space_id; RETURN NEW; END$$;
         CREATE TRIGGER named BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION named();
         CREATE FUNCTION pages_of(id bigint) RETURNS bigint LANGUAGE sql STABLE AS
         'SELECT count(*) FROM confluence_pages WHERE space_id = $1'",
    );
    scene
        .client
        .batch_execute("INSERT INTO watched SELECT id FROM confluence_spaces")
        .unwrap();
    let site = scene.sim.organisation();
    let expected: Vec<String> = site
        .spaces()
        .map(|space| {
            let pages = site
                .listed_pages()
                .filter(|page| page.space_id() == space.id)
                .count();
            format!("{}|{pages}", space.name)
        })
        .collect();
    let sql = "SELECT name, pages_of(space_id) FROM watched ORDER BY space_id";
    assert_eq!(lines(&mut scene.client, sql), expected);
}

#[test]
fn a_prepared_transaction_may_have_read_the_site() {
    let mut scene = Scene::new();
    if one(&mut scene.client, "SHOW max_prepared_transactions") == "0" {
        skip("the server's max_prepared_transactions is 0");
        return;
    }
    scene
        .client
        .batch_execute("BEGIN; CREATE TABLE copied AS SELECT id FROM confluence_pages; PREPARE TRANSACTION 'read'; COMMIT PREPARED 'read'")
        .unwrap();
    assert_eq!(one(&mut scene.client, "SELECT count(*) FROM copied"), "45");
}

#[test]
fn a_server_that_is_made_anew_in_a_session_is_another() {
    let mut scene = Scene::new();
    let other = Sim::start(Options::of(Organisation::demo()));
    let prepare = "PREPARE q AS SELECT id FROM confluence_pages";
    for round in 0..6 {
        let sim: &Sim = if round % 2 == 0 { &scene.sim } else { &other };
        scene
            .client
            .batch_execute("DROP SERVER IF EXISTS site CASCADE")
            .unwrap();
        scene
            .client
            .batch_execute(&format!(
                "CREATE SERVER site FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {});
                 CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (email {}, api_token {});
                 IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO public; {prepare}",
                literal(sim.url()),
                literal(Options::EMAIL),
                literal(Options::TOKEN)
            ))
            .unwrap();
        let expected = page_ids(&sim.organisation());
        assert_eq!(numbers(&mut scene.client, ALL_PAGES), expected);
        assert_eq!(numbers(&mut scene.client, "EXECUTE q"), expected);
        scene.client.batch_execute("DEALLOCATE q").unwrap();
    }
}

#[test]
fn a_transaction_that_is_rolled_back_takes_its_options_with_it() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("BEGIN; ALTER SERVER site OPTIONS (SET page_size '45')")
        .unwrap();
    scene.reads_all_pages();
    assert_eq!(requests(&scene.sim).len(), 1);
    scene.client.batch_execute("ROLLBACK").unwrap();
    scene.sim.clear_log();
    scene.reads_all_pages();
    assert_eq!(requests(&scene.sim).len(), 5);
}

// --- Prepared statements and rescans ---------------------------------------------------------------------------------

#[test]
fn a_prepared_statement_takes_new_values_each_time() {
    let mut scene = Scene::new();
    let site = scene.sim.organisation();
    for mode in ["force_generic_plan", "force_custom_plan", "auto"] {
        scene
            .client
            .batch_execute(&format!("SET plan_cache_mode = {mode}"))
            .unwrap();
        let statement = scene
            .client
            .prepare("SELECT id FROM confluence_pages WHERE space_id = $1 AND id > $2 ORDER BY id")
            .unwrap();
        for _ in 0..4 {
            for space in site.spaces() {
                let pages = site
                    .listed_pages()
                    .filter(|page| page.space_id() == space.id);
                let ids: Vec<i64> = pages.map(|page| page.id() as i64).collect();
                let first = ids.first().copied().unwrap_or_default();
                let found = scene
                    .client
                    .query(&statement, &[&(space.id as i64), &first])
                    .unwrap();
                let found: Vec<i64> = found.iter().map(|row| row.get(0)).collect();
                assert_eq!(found, ids.get(1..).unwrap_or_default());
            }
        }
        let nothing = scene
            .client
            .query(&statement, &[&None::<i64>, &0_i64])
            .unwrap();
        assert!(nothing.is_empty());
    }
}

#[test]
fn a_rescan_gives_the_same_rows_again() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off",
        )
        .unwrap();
    for (sql, expected) in [
        (
            "SELECT count(*) FROM generate_series(1, 4) g CROSS JOIN confluence_pages p",
            4 * 45,
        ),
        (
            "SELECT count(*) FROM generate_series(1, 4) g CROSS JOIN LATERAL (SELECT id FROM confluence_pages LIMIT 3 + 0 * g) p",
            12,
        ),
        (
            "SELECT count(*) FROM confluence_spaces s JOIN confluence_pages p ON p.space_id = s.id",
            45,
        ),
        (
            "SELECT count(*) FROM confluence_pages p LEFT JOIN confluence_spaces s ON s.id = p.space_id WHERE s.id IS NOT NULL",
            45,
        ),
        (
            "SELECT count(*) FROM (SELECT (SELECT s.name FROM confluence_spaces s WHERE s.id = p.space_id) FROM confluence_pages p) x",
            45,
        ),
    ] {
        assert_eq!(one(&mut scene.client, sql), expected.to_string(), "{sql}");
    }
}

// --- Side by side ----------------------------------------------------------------------------------------------------

#[test]
fn two_scans_of_a_session_do_not_get_into_each_others_way() {
    let mut scene = Scene::new();
    let mut expected: Vec<String> = scene.page_ids().iter().map(u64::to_string).collect();
    expected.sort_unstable();
    let declare = |name| format!("DECLARE {name} CURSOR FOR SELECT id FROM confluence_pages;");
    scene
        .client
        .batch_execute(&format!("BEGIN; {}{}", declare("one"), declare("two")))
        .unwrap();
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for step in 1..20 {
        one.extend(lines(&mut scene.client, &format!("FETCH {step} FROM one")));
        two.extend(lines(
            &mut scene.client,
            &format!("FETCH {} FROM two", 20 - step),
        ));
    }
    one.sort_unstable();
    two.sort_unstable();
    assert_eq!((&one, &two), (&expected, &expected));
    scene.client.batch_execute("COMMIT").unwrap();
    let sql = "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_pages";
    assert_eq!(lines(&mut scene.client, sql).len(), 90);
}

#[test]
fn twenty_sessions_read_at_once() {
    let database = Database::create();
    let sim = Sim::start(Options::of(small_site()));
    sim.set_latency(Duration::from_millis(5));
    database.site_with(&sim, "page_size '10'");
    let expected = page_ids(&sim.organisation());
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let mut client = database.connect();
                for _ in 0..5 {
                    assert_eq!(numbers(&mut client, ALL_PAGES), expected);
                }
            });
        }
    });
    assert_eq!(sim.probes().len(), 20);
}

#[test]
fn parallel_workers_elsewhere_in_the_plan_do_no_harm() {
    let mut scene = Scene::new();
    let forced = if pg_major() < 16 {
        "force_parallel_mode"
    } else {
        "debug_parallel_query"
    };
    scene
        .client
        .batch_execute(&format!(
            "CREATE TABLE large AS SELECT g AS id, g % 97 AS space FROM generate_series(1, 200000) g;
             ANALYZE large;
             SET {forced} = on; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
             SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2"
        ))
        .unwrap();
    let sql = "SELECT (SELECT count(*) FROM large WHERE space = 5), count(*), count(DISTINCT p.id)
               FROM confluence_pages p, (SELECT space FROM large GROUP BY space) l";
    assert!(explain(&mut scene.client, sql).contains("Parallel"));
    assert_eq!(one(&mut scene.client, sql), format!("2062|{}|45", 45 * 97));
    scene.reads_all_pages();
    let sql = "SELECT count(*) FROM confluence_permissions";
    let expected = scene.sim.organisation().permission_count().to_string();
    assert_eq!(one(&mut scene.client, sql), expected);
    assert_eq!(scene.sim.probes().len(), 1, "only the session itself reads");
}

/// The most requests that were under way at once in a query, whose session the site knows already.
#[track_caller]
fn most_at_once(scene: &mut Scene, sql: &str) -> usize {
    scene
        .client
        .batch_execute("SELECT FROM confluence_spaces LIMIT 1")
        .unwrap();
    until("the site is at rest", Duration::from_secs(10), || {
        scene.sim.in_flight() == 0
    });
    scene.sim.reset_in_flight_high_water();
    scene.client.batch_execute(sql).unwrap();
    scene.sim.in_flight_high_water()
}

#[test]
fn no_more_requests_are_under_way_at_once_than_allowed() {
    let site = Organisation::sized(Size {
        spaces: 40,
        pages: 400,
        permissions: 200,
        users: 8,
        ..Size::default()
    });
    for (allowed, at_least) in [(1, 1), (2, 2), (8, 6)] {
        let options = format!("page_size '5', max_concurrency '{allowed}'");
        let mut scene = Scene::of(Options::of(site.clone()), &options);
        scene.sim.set_latency(Duration::from_millis(10));
        for sql in [
            "SELECT count(*) FROM confluence_permissions",
            "SELECT count(*) FROM confluence_permissions WHERE space_id IN (SELECT id FROM confluence_spaces)",
            ALL_PAGES,
        ] {
            let most = most_at_once(&mut scene, sql);
            assert!(most <= allowed, "{most} instead of {allowed} for {sql}");
        }
        let most = most_at_once(&mut scene, "SELECT count(*) FROM confluence_permissions");
        assert!(most >= at_least, "{most} of {allowed}");
    }
}

// --- Rows that others change meanwhile -------------------------------------------------------------------------------

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

// --- Rows that are kept for the case that others change meanwhile ----------------------------------------------------

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
    let mut narrow_ones = vec![
        "UPDATE notes SET note = p.title FROM confluence_pages p WHERE p.id = page_id",
        "UPDATE notes SET note = p.title FROM confluence_pages p WHERE p.id = page_id RETURNING p.title",
        "DELETE FROM notes USING confluence_pages p WHERE p.id = page_id AND p.title = 'no title'",
        "SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE OF notes",
        "SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE",
        "SELECT x.title FROM (SELECT p.title FROM notes JOIN confluence_pages p ON p.id = page_id FOR UPDATE OF notes) x",
        "UPDATE notes SET note = v.title FROM (SELECT id, title FROM confluence_pages) v WHERE v.id = page_id",
    ];
    let mut wide_ones =
        vec!["UPDATE notes SET note = p.body_storage FROM confluence_pages p WHERE p.id = page_id"];
    if pg_major() >= 15 {
        narrow_ones.push("MERGE INTO notes USING confluence_pages p ON p.id = page_id WHEN MATCHED AND p.title <> '' THEN UPDATE SET note = p.title");
        wide_ones.push("MERGE INTO notes USING confluence_pages p ON p.id = page_id WHEN MATCHED THEN UPDATE SET note = p.body_storage");
    }
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
