//! Errors in the middle of a scan.

use std::time::Duration;

use confluence_fdw_tests::{error, lines, one, requests};
use confluence_sim::{Fault, Reply};

use super::gives;
use crate::scene::{PAGES, PERMISSIONS, Scene, until};

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
