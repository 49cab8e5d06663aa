//! Refreshes that fail, and what is left of them.

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Reply};

use super::{mirrored, refresh};
use crate::scene::PERMISSIONS;

#[test]
fn a_refresh_that_fails_leaves_the_mirror_as_it_was_and_says_where() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    scene
        .sim
        .edit(|site| site.rename_page(ids[0], "Another title").unwrap());
    scene.sim.fault(Fault::on(PERMISSIONS), Reply::status(400));
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    let told = lines(
        &mut scene.client,
        "SELECT status, failed_step, sqlstate, message FROM acme.runs WHERE id = 2",
    );
    assert_eq!(
        told,
        [format!(
            "failed|permissions|{}|{}",
            raised.code().code(),
            raised.message()
        )]
    );
    let states = one(
        &mut scene.client,
        "SELECT max(run_from) FROM acme.pages_history",
    );
    assert_eq!(states, "1");
    scene.sim.clear_faults();
    refresh(&mut scene, "full");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT id, status, resumes_run FROM acme.runs ORDER BY id"
        ),
        ["1|complete|NULL", "2|failed|NULL", "3|complete|2"]
    );
    let title = format!("SELECT title FROM acme.pages WHERE id = {}", ids[0]);
    assert_eq!(one(&mut scene.client, &title), "Another title");
}

#[test]
fn inside_a_transaction_block_or_under_a_time_out_it_says_what_to_do_and_sends_nothing() {
    let mut scene = mirrored();
    scene.sim.clear_log();
    let raised = error(&mut scene.client, "BEGIN; CALL confluence.refresh('acme')");
    assert_eq!(raised.code().code(), "25001");
    assert!(
        raised
            .hint()
            .is_some_and(|hint| hint.contains("without BEGIN")),
        "{raised:?}"
    );
    scene.execute("ROLLBACK; SET statement_timeout = '5s'");
    let raised = error(&mut scene.client, "CALL confluence.refresh('acme')");
    assert_eq!(
        (raised.code().code(), raised.message()),
        ("55000", "statement_timeout would cut the refresh off")
    );
    assert!(scene.sim.log().is_empty());
    assert_eq!(
        one(&mut scene.client, "SELECT count(*) FROM acme.runs"),
        "0"
    );
}
