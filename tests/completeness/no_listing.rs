//! Answers that are no listing.

use confluence_fdw_tests::error;
use confluence_sim::{Fault, Reply};
use serde_json::json;

use super::{CUT_OFF, detail_has, fails_on_page, host};
use crate::scene::{ALL_PAGES, Elsewhere, PAGES, Scene, WHO_AM_I};

#[test]
fn a_login_page_with_status_200_is_an_error() {
    for page in [1, 3] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(PAGES).page(page), Reply::Html200);
        let message = format!(
            "the answer of \"{}\" is not from Confluence Cloud's API: content of type \"text/html;charset=UTF-8\" with status 200",
            host(&scene.sim)
        );
        scene.fails(ALL_PAGES, "HV000", &message);
    }
}

#[test]
fn a_redirect_is_never_followed() {
    for code in [301, 302, 303, 307, 308] {
        let mut scene = Scene::new();
        let elsewhere = Elsewhere::new();
        let login = format!("{}/login", elsewhere.origin());
        let reply = Reply::Status {
            code,
            headers: vec![("location".into(), login.clone())],
            body: String::new(),
        };
        scene.sim.fault(Fault::on(PAGES).page(2), reply);
        let message = format!(
            "the answer of \"{}\" is not from Confluence Cloud's API: a redirect (status {code}) to \"{login}\"",
            host(&scene.sim)
        );
        scene.fails(ALL_PAGES, "HV000", &message);
        elsewhere.was_left_alone();
    }
}

#[test]
fn a_redirect_of_the_question_who_one_is_is_not_followed_either() {
    let mut scene = Scene::new();
    let elsewhere = Elsewhere::new();
    let reply = Reply::Status {
        code: 302,
        headers: vec![("location".into(), elsewhere.origin())],
        body: String::new(),
    };
    scene.sim.fault(Fault::on(WHO_AM_I), reply);
    let message = format!(
        "the answer of \"{}\" is not from Confluence Cloud's API: a redirect (status 302) to \"{}\"",
        host(&scene.sim),
        elsewhere.origin()
    );
    scene.fails(ALL_PAGES, "HV000", &message);
    elsewhere.was_left_alone();
}

#[test]
fn json_that_is_cut_off_is_an_error() {
    for page in [1, 2, 5] {
        let raised = fails_on_page(page, Reply::TruncatedJson, "HV000", CUT_OFF);
        detail_has(&raised, &format!("Page {page} of the listing"));
    }
}

#[test]
fn json_of_another_shape_is_an_error() {
    for (body, found) in [
        (json!({"pages": []}), "an object without results"),
        (json!([]), "JSON of another shape (line 1, column 0)"),
        (
            json!({"results": {"a": 1}}),
            "JSON of another shape (line 1, column 11)",
        ),
        (
            json!({"results": [7]}),
            "JSON of another shape (line 1, column 13)",
        ),
    ] {
        let reply = Reply::mutate(move |json| *json = body.clone());
        fails_on_page(
            1,
            reply,
            "HV000",
            &format!("unexpected answer from Confluence: {found}"),
        );
    }
}

#[test]
fn a_status_of_success_that_is_not_200_is_no_listing() {
    for code in [201, 202, 204, 206] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::status(code));
        let raised = error(&mut scene.client, ALL_PAGES);
        assert_eq!(raised.code().code(), "HV000", "{raised:?}");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}
