//! Outcomes: what became of requests that were not simply answered.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use confluence_fdw_tests::{error, lines, one, sqlstate_of};
use confluence_sim::{Fault, Reply};

use super::of_last_scan;
use crate::scene::{ALL_PAGES, PAGES, Scene, until};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn retries_are_listed_with_what_they_repeat() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    for (status, reply) in [
        (429, Reply::retry_after(429, "0.01")),
        (503, Reply::retry_after(503, "0.01")),
    ] {
        scene.sim.fault(Fault::on(PAGES).page(2).times(2), reply);
        let two = format!("{ALL_PAGES} LIMIT 20");
        lines(&mut scene.client, &two);
        let request = "GET /wiki/api/v2/pages?cursor=...&limit=10";
        assert_eq!(
            of_last_scan(&mut scene.client),
            [
                "first page|GET /wiki/api/v2/pages?limit=10|200|10|".to_owned(),
                format!("page 2|{request}|{status}|NULL|"),
                format!("page 2, retry 1|{request}|{status}|NULL|"),
                format!("page 2, retry 2|{request}|200|10|"),
            ]
        );
        scene.sim.clear_faults();
    }
}

#[test]
fn requests_that_fail_are_listed_with_what_became_of_them() {
    let mut scene = Scene::with("max_retries '1', request_timeout '1'");
    scene.reads_all_pages();
    let first = "GET /wiki/api/v2/pages?limit=10";
    for (reply, outcome) in [
        (Reply::status(404), "404"),
        (Reply::status(503), "503"),
        (Reply::NeverAnswer, "timed out"),
        (Reply::DropBeforeHead, "broken off"),
    ] {
        scene.sim.fault(Fault::on(PAGES), reply);
        error(&mut scene.client, ALL_PAGES);
        let listed = of_last_scan(&mut scene.client);
        assert_eq!(listed[0], format!("first page|{first}|{outcome}|NULL|"));
        for again in &listed[1..] {
            assert_eq!(
                *again,
                format!("first page, retry 1|{first}|{outcome}|NULL|")
            );
        }
        scene.sim.clear_faults();
    }
}

#[test]
fn an_answer_that_takes_too_much_is_listed_as_that() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    scene.sim.fault(Fault::on(PAGES), Reply::WithoutEnd);
    assert_eq!(error(&mut scene.client, ALL_PAGES).code().code(), "53200");
    assert_eq!(
        of_last_scan(&mut scene.client),
        ["first page|GET /wiki/api/v2/pages?limit=10|too large|NULL|"]
    );
}

#[test]
fn a_site_that_cannot_be_reached_is_listed_as_that() {
    let mut scene = Scene::with("max_retries '0'");
    // Nobody listens there.
    scene.execute("ALTER SERVER site OPTIONS (SET base_url 'http://127.0.0.1:1')");
    error(&mut scene.client, ALL_PAGES);
    let listed = of_last_scan(&mut scene.client);
    let is_unreachable = |line: &String| line.ends_with("|unreachable|NULL|");
    assert!(
        !listed.is_empty() && listed.iter().all(is_unreachable),
        "{listed:#?}"
    );
}

#[test]
fn what_a_cancelled_scan_was_waiting_for_is_listed() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NeverAnswer);
    let pid = one(&mut scene.client, "SELECT pg_backend_pid()");
    let mut other = scene.database.connect();
    let sim = Arc::clone(&scene.sim);
    let canceller = thread::spawn(move || {
        until("the query waits", LONG, || sim.unanswered() == 1);
        one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
    });
    let raised = scene.client.simple_query(ALL_PAGES).expect_err("cancelled");
    assert_eq!(sqlstate_of(&raised), "57014", "{raised:?}");
    canceller.join().expect("it was sent");
    // The network thread gives the request up a moment after the backend has.
    let expected = [
        "first page|GET /wiki/api/v2/pages?limit=10|200|10|",
        "page 2|GET /wiki/api/v2/pages?cursor=...&limit=10|cancelled|NULL|",
    ];
    until("it is given up", LONG, || {
        of_last_scan(&mut scene.client) == expected
    });
    let timed =
        "SELECT milliseconds > 0, bytes FROM confluence.requests() WHERE outcome = 'cancelled'";
    assert_eq!(lines(&mut scene.client, timed), ["t|NULL"]);
}
