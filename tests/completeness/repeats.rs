//! Repeats: which faults are tried again, how often, and after which pause.

use std::time::Duration;

use confluence_fdw_tests::{error, explain_with, lines, requests};
use confluence_sim::{Fault, Options, Reply, Request};
use postgres::error::DbError;

use super::{detail_has, fails_on_page, hint_has};
use crate::scene::{ALL_PAGES, PAGES, SPACES, Scene, WHO_AM_I, small_site};

const FOUR_OR_FIVE: &str = "SELECT id FROM confluence_spaces";

/// The requests and repeats that `EXPLAIN ANALYZE` counts.
#[track_caller]
fn counted(scene: &mut Scene, sql: &str) -> String {
    let plan = explain_with(
        &mut scene.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        sql,
    );
    let line = plan
        .lines()
        .find(|line| line.contains("Retries:"))
        .unwrap_or_default();
    line.trim()
        .split("  Rows")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_fault_that_passes_costs_a_repeat_that_explain_counts() {
    for reply in [
        Reply::TooManyRequests {
            retry_after: Some("0".into()),
        },
        Reply::TooManyRequests {
            retry_after: Some("0.05".into()),
        },
        Reply::TooManyRequests {
            retry_after: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
        },
        Reply::TooManyRequests { retry_after: None },
        Reply::status(502),
        Reply::status(503),
        Reply::status(504),
        Reply::retry_after(503, "0"),
        Reply::retry_after(500, "0"),
    ] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).page(2).times(1), reply.clone());
        assert_eq!(
            counted(&mut scene, ALL_PAGES),
            "Requests: 6  Retries: 1",
            "{reply:?}"
        );
        assert_eq!(requests(&scene.sim).len(), 6);
        scene.reads_all_pages();
    }
}

#[test]
fn a_throttled_request_waits_as_long_as_it_is_told_to() {
    let mut scene = Scene::new();
    let reply = Reply::TooManyRequests {
        retry_after: Some("0.4".into()),
    };
    scene.sim.fault(Fault::on(PAGES).page(2).times(1), reply);
    scene.reads_all_pages();
    let log = scene.sim.data_requests();
    let pause = log[2].received.duration_since(log[1].answered.unwrap());
    assert!(pause >= Duration::from_millis(400), "{pause:?}");
}

#[test]
fn a_500_is_an_error_at_once() {
    let raised = fails_on_page(
        2,
        Reply::status(500),
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    hint_has(&raised, "Try again later.");
}

#[test]
fn the_question_who_one_is_is_repeated_like_any_other() {
    for reply in [
        Reply::retry_after(429, "0"),
        Reply::retry_after(503, "0"),
        Reply::DropMidBody,
        Reply::DropBeforeHead,
    ] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(WHO_AM_I).times(1), reply);
        scene.reads_all_pages();
        assert_eq!(scene.sim.probes().len(), 2);
    }
    // A question that failed is asked again by the next query; one that was answered is not.
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(WHO_AM_I), Reply::status(500));
    scene.fails(
        ALL_PAGES,
        "HV00M",
        "Confluence failed with status 500 after 1 attempts",
    );
    scene.reads_all_pages();
    assert_eq!(scene.sim.probes().len(), 2);
}

/// The statuses of the requests for the listing of spaces, with a fault on it that does not pass.
#[track_caller]
fn attempts(options: &str, reply: Reply, sqlstate: &str) -> (DbError, Vec<Request>) {
    let mut scene = Scene::with(options);
    scene.sim.fault(Fault::on(SPACES), reply);
    let raised = error(&mut scene.client, FOUR_OR_FIVE);
    assert_eq!(raised.code().code(), sqlstate, "{raised:?}");
    let log = scene.sim.data_requests();
    scene.sim.clear_faults();
    assert_eq!(lines(&mut scene.client, FOUR_OR_FIVE).len(), 3);
    (raised, log)
}

#[test]
fn a_request_is_sent_once_and_as_often_more_as_max_retries_says() {
    let throttled = || Reply::TooManyRequests {
        retry_after: Some("0".into()),
    };
    for retries in [0, 1, 3, 5] {
        let options = format!("max_retries '{retries}'");
        let (raised, log) = attempts(&options, throttled(), "53400");
        assert_eq!(log.len(), 1 + retries);
        assert_eq!(raised.message(), "Confluence limits the rate of requests");
        detail_has(&raised, &format!("attempt {}", 1 + retries));
        let (raised, log) = attempts(&options, Reply::retry_after(503, "0"), "HV00M");
        assert_eq!(log.len(), 1 + retries);
        let message = format!(
            "Confluence failed with status 503 after {} attempts",
            1 + retries
        );
        assert_eq!(raised.message(), message);
    }
    // Six is what there is without an option.
    assert_eq!(attempts("", throttled(), "53400").1.len(), 6);
}

#[test]
fn a_pause_beyond_max_wait_is_an_error_at_once_that_says_when_to_come_back() {
    let (raised, log) = attempts(
        "max_wait '1min'",
        Reply::Status {
            code: 429,
            headers: vec![
                ("retry-after".into(), "61".into()),
                ("x-ratelimit-reset".into(), "2026-11-20T10:00Z".into()),
                (
                    "ratelimit-reason".into(),
                    "confluence-quota-tenant-based".into(),
                ),
            ],
            body: String::new(),
        },
        "53400",
    );
    assert_eq!(log.len(), 1);
    hint_has(&raised, "Come back after 2026-11-20T10:00Z.");
    detail_has(&raised, "confluence-quota-tenant-based");
    let (raised, log) = attempts(
        "max_wait '1min'",
        Reply::TooManyRequests {
            retry_after: Some("61".into()),
        },
        "53400",
    );
    assert_eq!(log.len(), 1);
    hint_has(&raised, "Come back in 61 s.");
    let (_, log) = attempts("max_wait '1min'", Reply::retry_after(503, "61"), "HV00M");
    assert_eq!(log.len(), 1);
}

#[test]
fn a_limit_on_the_rate_of_requests_is_waited_for() {
    let site = Options {
        organisation: small_site(),
        rate_limit: Some(confluence_sim::RateLimit {
            requests_per_second: 20.0,
            burst: 2,
        }),
        ..Options::default()
    };
    let mut scene = Scene::of(
        site,
        "page_size '20', max_concurrency '8', max_retries '20'",
    );
    scene.reads_all_pages();
}
