//! Next links: which are followed, and which are refused.

use confluence_fdw_tests::error;
use confluence_sim::{Fault, Reply};
use serde_json::json;

use super::all_rows_arrive_in_spite_of;
use crate::scene::{ALL_PAGES, Elsewhere, PAGES, Scene};

#[test]
fn a_next_link_in_the_header_alone_is_followed() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::LinkHeaderOnly);
}

/// Whether a next link that stands in these headers only is followed, behind a page without rows.
#[track_caller]
fn is_followed(links: &[&str]) -> bool {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(links.iter().map(|&link| {
        let link = link.replace("NEXT", "/wiki/api/v2/pages?limit=9");
        ("link".to_owned(), link)
    }));
    let reply = Reply::Status {
        code: 200,
        headers,
        body: json!({"results": [], "_links": {}}).to_string(),
    };
    let mut scene = Scene::new();
    scene.sim.fault(Fault::on(PAGES).times(1), reply);
    scene.numbers(ALL_PAGES) == scene.page_ids()
}

#[test]
fn a_next_link_is_found_in_every_form_of_the_header() {
    let forms = [
        &["<NEXT>; rel=\"next\""][..],
        &["<NEXT>;rel=\"next\", <https://x.example/wiki>; rel=\"base\""],
        &["<https://x.example/wiki>; rel=\"base\", <NEXT>; rel=\"next\""],
        &[
            "<https://x.example/wiki>; rel=\"base\"",
            "<NEXT>; rel=\"next\"",
        ],
        &["<NEXT>; rel=next"],
        &["<NEXT>; Rel=\"next\""],
        &["<NEXT>; title=\"more\"; rel=\"next\""],
        &["<NEXT>; rel=\"last next\""],
    ];
    let overlooked: Vec<_> = forms.iter().filter(|links| !is_followed(links)).collect();
    assert!(overlooked.is_empty(), "{overlooked:#?}");
}

#[test]
fn a_next_link_without_wiki_is_followed() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), Reply::RelativeNextWithoutWiki);
}

#[test]
fn an_absolute_next_link_to_the_same_host_is_followed() {
    let mut scene = Scene::new();
    let origin = scene.sim.url().to_owned();
    scene
        .sim
        .fault(Fault::on(PAGES), Reply::AbsoluteNext(origin));
    scene.reads_all_pages();
}

#[test]
fn a_next_link_to_another_host_is_refused_and_nothing_is_sent_there() {
    let mut scene = Scene::new();
    let elsewhere = Elsewhere::new();
    let message = "unexpected answer from Confluence: a next link that leads to another host";
    for origin in [
        elsewhere.origin(),
        elsewhere.origin().replace("http://", "//"),
        format!(
            "{}@{}",
            scene.sim.url(),
            elsewhere.origin().replace("http://", "")
        ),
        scene.sim.url().replace("http://", "https://"),
    ] {
        scene
            .sim
            .fault(Fault::on(PAGES).page(2), Reply::AbsoluteNext(origin));
        scene.fails(ALL_PAGES, "HV000", message);
    }
    elsewhere.was_left_alone();
}

#[test]
fn a_next_link_to_another_listing_is_refused() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(2),
        Reply::mutate(|json| {
            let next = json["_links"]["next"].as_str().unwrap_or_default();
            json["_links"]["next"] = json!(next.replace("/pages", "/blogposts"));
        }),
    );
    let message = "unexpected answer from Confluence: a next link that leads to another listing";
    scene.fails(ALL_PAGES, "HV000", message);
}

#[test]
fn a_next_link_that_is_no_text_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(2),
        Reply::mutate(|json| json["_links"]["next"] = json!(7)),
    );
    let raised = error(&mut scene.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "HV000", "{raised:?}");
    scene.sim.clear_faults();
    scene.reads_all_pages();
}
