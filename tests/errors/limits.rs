//! Scans that need more requests than are allowed.

use confluence_fdw_tests::{lines, requests};

use super::fails;
use crate::scene::{ALL_PAGES, Scene};

#[test]
fn a_scan_that_needs_more_requests_than_allowed_is_an_error() {
    let mut scene = Scene::with("max_requests '4'");
    let expected = (
        "54000",
        "the scan of \"confluence_pages\" needs more than 4 requests",
        "max_requests",
    );
    let raised = fails(&mut scene.client, ALL_PAGES, expected);
    assert!(
        raised.detail().unwrap().contains("at least 5"),
        "{raised:?}"
    );
    assert_eq!(requests(&scene.sim).len(), 4);
    // One that needs just so many is none; nor is one that stops early.
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET max_requests '5')");
    scene.reads_all_pages();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET max_requests '1')");
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT id FROM confluence_pages LIMIT 10"
        )
        .len(),
        10
    );
    // The table's word goes before the server's.
    scene
        .database
        .execute("ALTER FOREIGN TABLE confluence_pages OPTIONS (ADD max_requests '0')");
    scene.reads_all_pages();
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 1 request",
        "max_requests",
    );
    fails(
        &mut scene.client,
        "SELECT id FROM confluence_permissions",
        expected,
    );
}

#[test]
fn a_scan_that_is_known_to_need_too_many_requests_sends_none() {
    let mut scene = Scene::with("max_requests '2'");
    let sql = "SELECT id FROM confluence_permissions WHERE space_id = ANY (ARRAY[1, 2, 3])";
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 2 requests",
        "max_requests",
    );
    fails(&mut scene.client, sql, expected);
    assert!(requests(&scene.sim).is_empty());
}

#[test]
fn a_scan_that_begins_again_goes_on_counting_its_requests() {
    let mut scene = Scene::with("max_requests '3'");
    scene
        .client
        .batch_execute(
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off;
             CREATE TEMP TABLE spaces AS SELECT id FROM confluence_spaces LIMIT 4; ANALYZE spaces",
        )
        .unwrap();
    let sql = "SELECT p.id FROM spaces JOIN confluence_permissions p ON p.space_id = spaces.id";
    let expected = (
        "54000",
        "the scan of \"confluence_permissions\" needs more than 3 requests",
        "max_requests",
    );
    fails(&mut scene.client, sql, expected);
}
