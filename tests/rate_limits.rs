//! Limits of the site are heeded before they are run into, by all scans of a session, and what is used of them is told.

use std::time::Duration;

use confluence_fdw_tests::{error, explain_with, lines};
use confluence_sim::{Fault, LimitHeaders, Options, Organisation, RateLimit, Reply, Request, Size};
use serde_json::Value;

use crate::scene::{ALL_PAGES, PAGES, SMALL_STEPS, SPACES, Scene, small_site};

/// Every permission of a site: a request for each space, besides those that list the spaces.
const ALL_PERMISSIONS: &str = "SELECT count(*) FROM confluence_permissions";

/// 200 spaces, each with few permissions, at a site that serves 50 requests in a second, and 50 at once.
fn limited(latency: Duration) -> Scene {
    let organisation = Organisation::sized(Size {
        spaces: 200,
        pages: 200,
        permissions: 1_000,
        users: 20,
        seed: 5,
        largest_space_share: 0.05,
    });
    let site = Options {
        rate_limit: Some(RateLimit {
            requests_per_second: 50.0,
            burst: 50,
        }),
        latency,
        ..Options::of(organisation)
    };
    Scene::of(site, "max_concurrency '8'")
}

fn refused(requests: &[Request]) -> usize {
    let is_refused = |request: &&Request| request.status == Some(429);
    requests.iter().filter(is_refused).count()
}

/// Reads all permissions, and returns how many requests were refused on the way, of at least 201.
#[track_caller]
fn refused_of_all_permissions(scene: &mut Scene) -> usize {
    scene.sim.clear_log();
    let expected = scene.sim.organisation().permission_count().to_string();
    assert_eq!(lines(&mut scene.client, ALL_PERMISSIONS), [expected]);
    let log = scene.sim.data_requests();
    let refused = refused(&log);
    assert_eq!(log.len() - refused, 201);
    refused
}

/// A number that a plan shows.
fn number_of(plan: &Value, property: &str) -> Option<f64> {
    match plan {
        Value::Object(node) => node
            .get(property)
            .and_then(Value::as_f64)
            .or_else(|| node.values().find_map(|inner| number_of(inner, property))),
        Value::Array(nodes) => nodes.iter().find_map(|node| number_of(node, property)),
        _ => None,
    }
}

/// The plan of a query that was run, with what it cost.
#[track_caller]
fn analyzed(scene: &mut Scene, sql: &str) -> Value {
    let plan = explain_with(&mut scene.client, "ANALYZE, FORMAT JSON", sql);
    serde_json::from_str(&plan).expect("a plan in JSON")
}

// --- Before the limit ------------------------------------------------------------------------------------------------

#[test]
fn a_limit_is_not_run_into_by_a_long_read() {
    for latency in [0, 20] {
        let refused = refused_of_all_permissions(&mut limited(Duration::from_millis(latency)));
        // One in fifty.
        assert!(
            refused <= 4,
            "{latency} ms: {refused} requests were refused"
        );
    }
}

#[test]
fn each_of_the_headers_that_tell_is_enough() {
    let only = LimitHeaders::NONE;
    for headers in [
        LimitHeaders {
            remaining: true,
            ..only
        },
        LimitHeaders {
            near_limit: true,
            ..only
        },
    ] {
        let mut scene = limited(Duration::ZERO);
        scene.sim.set_limit_headers(LimitHeaders {
            retry_after: true,
            ..headers
        });
        let refused = refused_of_all_permissions(&mut scene);
        assert!(refused <= 4, "{headers:?}: {refused} requests were refused");
    }
}

#[test]
fn a_limit_that_another_scan_has_almost_used_up_is_not_run_into() {
    let mut scene = limited(Duration::ZERO);
    refused_of_all_permissions(&mut scene);
    // What is left is little, and the next scan of the session begins with eight requests at once.
    assert!(refused_of_all_permissions(&mut scene) <= 4);
}

#[test]
fn without_headers_refusals_are_few_and_nothing_is_missing() {
    let mut scene = limited(Duration::ZERO);
    scene.sim.set_limit_headers(LimitHeaders {
        retry_after: true,
        ..LimitHeaders::NONE
    });
    // The first ones cannot be helped; after those, requests come back one by one.
    let refused = refused_of_all_permissions(&mut scene);
    assert!((1..=30).contains(&refused), "{refused}");
}

#[test]
fn far_from_its_limits_a_session_is_not_slowed_down() {
    let site = Options {
        rate_limit: Some(RateLimit {
            requests_per_second: 350.0,
            burst: 350,
        }),
        ..Options::of(small_site())
    };
    let mut scene = Scene::of(site, SMALL_STEPS);
    scene.sim.set_quota(Some(65_000));
    let plan = analyzed(&mut scene, ALL_PAGES);
    assert_eq!(number_of(&plan, "Requests"), Some(5.0));
    assert_eq!(number_of(&plan, "Throttled"), Some(0.0));
}

// --- What is told wrongly --------------------------------------------------------------------------------------------

#[test]
fn headers_that_make_no_sense_change_nothing() {
    let mut scene = Scene::new();
    let long = "9".repeat(4_000);
    let nonsense: &[&[(&str, &str)]] = &[
        &[],
        &[
            ("X-RateLimit-Limit", "many"),
            ("X-RateLimit-Remaining", "few"),
        ],
        &[("X-RateLimit-Remaining", ""), ("X-RateLimit-Reset", "")],
        &[
            ("X-RateLimit-Remaining", &long),
            ("X-RateLimit-Reset", &long),
        ],
        &[
            ("X-RateLimit-Remaining", "NaN"),
            ("X-RateLimit-NearLimit", "0"),
        ],
        &[
            ("X-RateLimit-Remaining", "1e400"),
            ("X-RateLimit-NearLimit", "¿?"),
        ],
        &[
            ("Beta-RateLimit", ";;;=,,,\"\";r=;t=-1"),
            ("Beta-RateLimit-Policy", "q=0;w=0"),
        ],
        &[
            ("X-Beta-RateLimit-Remaining", "{}"),
            ("Beta-Retry-After", "never"),
        ],
        &[("Retry-After", "3600")],
    ];
    for headers in nonsense {
        scene.sim.set_extra_headers(headers);
        scene.sim.clear_log();
        let plan = analyzed(&mut scene, ALL_PAGES);
        assert_eq!(number_of(&plan, "Requests"), Some(5.0), "{headers:?}");
        assert_eq!(number_of(&plan, "Throttled"), Some(0.0), "{headers:?}");
        assert_eq!(number_of(&plan, "Actual Rows"), Some(45.0), "{headers:?}");
        assert_eq!(scene.sim.data_requests().len(), 5, "{headers:?}");
    }
}

#[test]
fn headers_that_are_not_true_make_no_query_hang() {
    let mut scene = Scene::new();
    let untrue: &[&[(&str, &str)]] = &[
        &[
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", "1999-01-01T00:00Z"),
        ],
        &[
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", "2999-01-01T00:00Z"),
        ],
        &[
            ("X-RateLimit-Limit", "0"),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-NearLimit", "true"),
        ],
        &[
            ("X-RateLimit-Limit", "-5"),
            ("X-RateLimit-Remaining", "-5"),
            ("X-RateLimit-Reset", "-5"),
        ],
        &[
            ("X-RateLimit-NearLimit", "true"),
            ("X-Beta-RateLimit-NearLimit", "true"),
        ],
        &[
            ("Beta-RateLimit", "\"a\";r=0;t=99999999999"),
            ("Beta-RateLimit-Policy", "\"a\";q=1;w=99999999999"),
        ],
        &[
            ("Beta-RateLimit", "\"a\";r=-1;t=0, \"a\";r=1"),
            ("Beta-RateLimit-Policy", "\"a\";q=0;w=0"),
        ],
    ];
    // No more than a second between two requests.
    scene
        .client
        .batch_execute("SET statement_timeout = '30s'")
        .expect("a setting");
    for headers in untrue {
        scene.sim.set_extra_headers(headers);
        scene.sim.clear_log();
        scene.reads_all_pages();
        assert_eq!(scene.sim.data_requests().len(), 5, "{headers:?}");
    }
}

#[test]
fn a_quota_by_the_hour_that_is_all_but_used_up_is_not_waited_for() {
    let mut scene = Scene::with("max_wait '500ms'");
    // Five requests for 45 pages, one that asks who one is, and one that asks so as nobody.
    let needed = 5 + 45 + 3 + 1;
    scene.sim.set_quota(Some(needed + 1));
    let plan = analyzed(&mut scene, ALL_PAGES);
    assert_eq!(number_of(&plan, "Throttled"), Some(0.0));
    assert_eq!(scene.sim.points_used(), needed);
    // One more request is served, which uses up the rest. The one after it is refused until the hour is over.
    scene.sim.clear_log();
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "53400", "{raised:?}");
    let detail = raised.detail().unwrap_or_default();
    assert!(detail.contains("confluence-quota-tenant-based"), "{detail}");
    assert_eq!(scene.statuses(), [Some(200), Some(429)]);
}

// --- All scans of a session ------------------------------------------------------------------------------------------

#[test]
fn one_refusal_holds_back_every_scan_of_the_session() {
    let mut scene = Scene::new();
    let begin = format!(
        "BEGIN;
         DECLARE pages CURSOR FOR {ALL_PAGES};
         DECLARE spaces CURSOR FOR SELECT id FROM confluence_spaces;
         FETCH 1 FROM pages;
         SAVEPOINT before"
    );
    scene.client.batch_execute(&begin).expect("two scans");
    scene.sim.fault(
        Fault::on(PAGES).page(2).times(1),
        Reply::TooManyRequests {
            retry_after: Some("2".into()),
        },
    );
    // One scan is told to wait. Its query is cancelled while it does, but its cursor is still there.
    let cancelled = error(
        &mut scene.client,
        "SET statement_timeout = '300ms'; FETCH 20 FROM pages",
    );
    assert_eq!(cancelled.code().code(), "57014", "{cancelled:?}");
    // The other one waits for the rest of that time.
    let rest = "ROLLBACK TO before; SET statement_timeout = 0; FETCH ALL FROM spaces";
    assert_eq!(lines(&mut scene.client, rest).len(), 3);
    let log = scene.sim.data_requests();
    let [_, refused, later @ ..] = &log[..] else {
        panic!("{log:#?}");
    };
    assert_eq!(refused.status, Some(429));
    let answered = refused.answered.expect("it was answered");
    for path in [PAGES, SPACES] {
        let again = later.iter().find(|request| request.path == path);
        let again = again.unwrap_or_else(|| panic!("nothing asked for {path}: {log:#?}"));
        let pause = again.received.duration_since(answered);
        assert!(pause >= Duration::from_secs(2), "{path}: {pause:?}");
    }
}

#[test]
fn after_a_refusal_the_requests_of_all_chains_come_back_one_by_one() {
    let mut scene = limited(Duration::from_millis(20));
    scene.sim.set_rate_limit(None);
    scene.sim.fault(
        Fault::on("/wiki/api/v2/spaces/{id}/permissions").times(8),
        Reply::TooManyRequests {
            retry_after: Some("1".into()),
        },
    );
    assert_eq!(refused_of_all_permissions(&mut scene), 8);
    let log = scene.sim.data_requests();
    let last = log
        .iter()
        .rev()
        .find(|request| request.status == Some(429))
        .and_then(|request| request.answered)
        .expect("some were refused");
    let back: Vec<_> = log
        .iter()
        .map(|request| request.received)
        .filter(|received| *received > last)
        .collect();
    // Eight chains wait, and none of them comes before its time, or all at once.
    assert!(back[0].duration_since(last) >= Duration::from_millis(990));
    let apart = back[7].duration_since(back[0]);
    assert!(apart >= Duration::from_millis(50), "{apart:?}");
}

// --- Points ----------------------------------------------------------------------------------------------------------

#[test]
fn what_a_query_costs_of_the_quota_is_told_where_details_are_wanted() {
    let mut scene = Scene::new();
    let options = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF";
    // The first query of a session also asks who one is, which is about an account, and what nobody sees.
    let first = explain_with(&mut scene.client, &format!("{options}, VERBOSE"), ALL_PAGES);
    assert!(first.contains("\n  Points: 54"), "{first}");
    let second = explain_with(&mut scene.client, &format!("{options}, VERBOSE"), ALL_PAGES);
    assert!(second.contains("\n  Points: 50"), "{second}");
    let plain = explain_with(&mut scene.client, options, ALL_PAGES);
    assert!(!plain.contains("Points"), "{plain}");
    let unread = explain_with(&mut scene.client, "VERBOSE", ALL_PAGES);
    assert!(!unread.contains("Points"), "{unread}");
}

#[test]
fn objects_cost_points_whether_their_rows_are_wanted_or_not() {
    let mut scene = Scene::new();
    lines(&mut scene.client, "SELECT 1 FROM confluence_spaces LIMIT 1");
    for sql in [
        "SELECT id FROM confluence_pages WHERE title = 'no such page'",
        "SELECT id FROM confluence_pages WHERE body_storage IS NULL",
        "SELECT id FROM confluence_pages LIMIT 3",
        "SELECT count(*) FROM confluence_permissions WHERE principal_type = 'group'",
        "SELECT count(*) FROM confluence_permissions WHERE space_id = 424242",
        "SELECT count(*) FROM confluence_page_labels",
        "SELECT account_id, display_name FROM confluence_group_members",
    ] {
        scene.sim.set_quota(Some(1_000_000));
        let plan = explain_with(&mut scene.client, "ANALYZE, VERBOSE, FORMAT JSON", sql);
        let plan: Value = serde_json::from_str(&plan).expect("a plan in JSON");
        let used = scene.sim.points_used() as f64;
        assert_eq!(number_of(&plan, "Points"), Some(used), "{sql}");
        assert!(used > 0.0, "{sql}");
    }
}

#[test]
fn refused_requests_cost_no_points_and_repeated_ones_do() {
    let mut scene = Scene::new();
    scene.sim.set_quota(Some(1_000_000));
    scene.sim.fault(
        Fault::on(PAGES).page(2).times(2),
        Reply::TooManyRequests {
            retry_after: Some("0".into()),
        },
    );
    let unavailable = Reply::retry_after(503, "0");
    scene
        .sim
        .fault(Fault::on(PAGES).page(3).times(1), unavailable);
    let options = "ANALYZE, VERBOSE, FORMAT JSON";
    let plan = explain_with(&mut scene.client, options, ALL_PAGES);
    let plan: Value = serde_json::from_str(&plan).expect("a plan in JSON");
    assert_eq!(number_of(&plan, "Requests"), Some(8.0));
    assert_eq!(number_of(&plan, "Points"), Some(55.0));
    assert_eq!(scene.sim.points_used(), 55);
}
