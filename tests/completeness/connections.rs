//! Connections that break.

use std::time::Duration;

use confluence_fdw_tests::{error, requests};
use confluence_sim::{Fault, Reply};

use super::{all_rows_arrive_in_spite_of, host};
use crate::scene::{ALL_PAGES, PAGES, Scene};

#[test]
fn a_connection_that_breaks_once_costs_a_repeat() {
    for (page, reply) in [
        (1, Reply::DropMidBody),
        (3, Reply::DropMidBody),
        (1, Reply::DropBeforeHead),
        (3, Reply::DropBeforeHead),
    ] {
        let scene = all_rows_arrive_in_spite_of(Fault::on(PAGES).page(page).times(1), reply);
        assert_eq!(requests(&scene.sim).len(), 6);
    }
}

#[test]
fn a_connection_that_keeps_breaking_is_an_error_after_the_last_repeat() {
    for reply in [Reply::DropMidBody, Reply::DropBeforeHead] {
        let mut scene = Scene::with("max_retries '1'");
        // A connection that was used before is not worth a repeat of its own.
        scene.reads_all_pages();
        scene.sim.clear_log();
        scene.sim.fault(Fault::on(PAGES).page(2), reply.clone());
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "08006", "{raised:?}");
        let head = format!(
            "no complete answer from \"{}\" after 2 attempts: ",
            host(&scene.sim)
        );
        assert!(raised.message().starts_with(&head), "{raised:?}");
        assert_eq!(requests(&scene.sim).len(), 3, "{reply:?}");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}

#[test]
fn a_server_that_does_not_answer_in_time_is_an_error() {
    let mut scene = Scene::with("request_timeout '300ms', max_retries '1'");
    scene
        .sim
        .fault(Fault::on(PAGES).page(2), Reply::NeverAnswer);
    let message = format!(
        "no complete answer from \"{}\" after 2 attempts: no end after 300ms",
        host(&scene.sim)
    );
    scene.fails(ALL_PAGES, "08006", &message);
}

#[test]
fn a_late_answer_in_time_is_an_answer() {
    all_rows_arrive_in_spite_of(
        Fault::on(PAGES).page(2),
        Reply::Delay(Duration::from_millis(300)),
    );
}
