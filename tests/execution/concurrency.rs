//! Scans, sessions and workers side by side.

use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{Database, explain, lines, one, pg_major};
use confluence_sim::{Options, Organisation, Sim, Size};

use crate::scene::{ALL_PAGES, Scene, numbers, page_ids, small_site, until};

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
