//! Where a listing ends.

use confluence_fdw_tests::requests;
use confluence_sim::{Fault, Reply};
use serde_json::{Value, json};

use super::{
    FOLLOWED_BEFORE, REJECTED, all_rows_arrive_in_spite_of, detail_has, fails_on_page, hint_has,
};
use crate::scene::{ALL_PAGES, PAGES, Scene};

#[test]
fn a_short_page_with_a_next_link_is_not_the_end() {
    for rows in [1, 3, 9] {
        let scene = all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::ShortPageWithNext(rows));
        assert_eq!(requests(&scene.sim).len(), 45_usize.div_ceil(rows));
    }
}

#[test]
fn an_empty_page_with_a_next_link_is_not_the_end() {
    for page in [1, 2, 5] {
        let scene =
            all_rows_arrive_in_spite_of(Fault::on(PAGES).page(page), Reply::EmptyPageWithNext);
        assert_eq!(requests(&scene.sim).len(), 6);
    }
}

#[test]
fn a_listing_of_nothing_but_empty_pages_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES), Reply::EmptyPageWithNext);
    scene.fails(
        ALL_PAGES,
        "HV000",
        "unexpected answer from Confluence: 1000 pages without a row",
    );
}

#[test]
fn a_cursor_that_comes_back_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES), Reply::RepeatCursor);
    let raised = scene.fails(ALL_PAGES, "HV000", FOLLOWED_BEFORE);
    detail_has(&raised, "Page 2 of the listing");
}

#[test]
fn a_cursor_that_comes_back_later_is_an_error() {
    // The fourth page's link is the second's again.
    let mut scene = Scene::new();
    let links = std::sync::Mutex::new(Vec::<Value>::new());
    scene.sim.fault(
        Fault::on(PAGES),
        Reply::mutate(move |json| {
            let mut links = links.lock().unwrap();
            links.push(json["_links"]["next"].clone());
            if links.len() == 4 {
                json["_links"]["next"] = links[1].clone();
            }
        }),
    );
    scene.fails(ALL_PAGES, "HV000", FOLLOWED_BEFORE);
}

#[test]
fn a_named_404_behind_the_first_page_is_an_error() {
    let raised = fails_on_page(
        2,
        Reply::NamedNotFound,
        "HV000",
        "the listing broke off on page 2: Cannot find a page with id [424242]",
    );
    hint_has(&raised, "Run the query again.");
}

#[test]
fn a_cursor_that_the_site_has_forgotten_is_an_error() {
    let reply = Reply::Status {
        code: 400,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({"errors": [{"status": 400, "title": "Invalid cursor", "detail": null}]})
            .to_string(),
    };
    fails_on_page(
        3,
        reply,
        "HV000",
        "the listing broke off on page 3: Invalid cursor",
    );
}

#[test]
fn a_bare_404_is_a_rejected_credential_on_any_page() {
    for page in [1, 2, 5] {
        let raised = fails_on_page(page, Reply::BareNotFound, "28000", REJECTED);
        detail_has(&raised, "User mapping of \"postgres\" for server \"site\"");
        hint_has(&raised, "API token");
    }
}
