//! Listings that are counted off.

use confluence_fdw_tests::lines;
use confluence_sim::{Fault, Reply};
use serde_json::{Value, json};

use crate::scene::{ALL_PAGES, PAGES, Scene};

const GROUPS: &str = "/wiki/rest/api/group";

/// All groups of a site, in an order of their own.
fn groups(scene: &mut Scene) -> Vec<String> {
    let mut groups = lines(&mut scene.client, "SELECT id FROM confluence_groups");
    groups.sort_unstable();
    groups
}

/// Leaves out the rows that a change further in front would have moved up.
fn shifted(rows: usize) -> Reply {
    Reply::mutate(move |answer| {
        let results = answer["results"].as_array_mut().expect("a listing");
        results.drain(..rows.min(results.len()));
    })
}

#[test]
fn a_row_that_goes_away_hides_none_behind_it() {
    let mut scene = Scene::with("");
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .expect("an option");
    let expected = groups(&mut scene);
    let undisturbed = scene.sim.data_requests().len();
    assert!(expected.len() > 9, "{expected:?}");
    for page in [2, 3] {
        for rows in 1..=3 {
            scene.sim.clear_log();
            scene.sim.fault(Fault::on(GROUPS).nth(page), shifted(rows));
            assert_eq!(groups(&mut scene), expected, "{rows} on page {page}");
            let more = scene.sim.data_requests().len() - undisturbed;
            assert!((1..=3).contains(&more), "{more}");
            scene.sim.clear_faults();
        }
    }
}

#[test]
fn rows_that_go_away_again_and_again_are_an_error() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .unwrap();
    let others = Reply::mutate(|answer| {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        for row in answer["results"].as_array_mut().expect("a listing") {
            let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            row["id"] = json!(format!("00000000-0000-0000-0000-{next:012}"));
        }
    });
    scene.sim.fault(Fault::on(GROUPS), others);
    let message = "unexpected answer from Confluence: rows that go away faster than they are read";
    scene.fails("SELECT id FROM confluence_groups", "HV000", message);
}

#[test]
fn a_site_that_does_not_know_where_to_start_is_an_error() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("ALTER SERVER site OPTIONS (SET page_size '3')")
        .unwrap();
    let first = std::sync::Arc::new(std::sync::Mutex::new(None::<Value>));
    let again = Reply::mutate(move |answer| {
        let mut first = first.lock().expect("nobody fails with it");
        *answer = first.get_or_insert_with(|| answer.clone()).clone();
    });
    scene.sim.fault(Fault::on(GROUPS), again);
    let message = "unexpected answer from Confluence: only rows that came before";
    scene.fails("SELECT id FROM confluence_groups", "HV000", message);
}

#[test]
fn a_full_page_that_does_not_say_whether_there_is_another_is_an_error() {
    let without_links = Reply::mutate(|answer| {
        answer.as_object_mut().expect("an object").remove("_links");
    });
    let mut scene = Scene::new();
    // The header says it, too.
    scene.sim.fault(Fault::on(PAGES).page(1), without_links);
    scene.reads_all_pages();
    let silent = Reply::Status {
        code: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({"results": (1..=10).map(|id| json!({"id": id.to_string(), "status": "current",
            "title": "T", "spaceId": "1", "createdAt": "2026-01-01T00:00:00Z",
            "version": {"number": 1, "createdAt": "2026-01-01T00:00:00Z"}})).collect::<Vec<_>>()})
        .to_string(),
    };
    scene.sim.clear_faults();
    scene.sim.fault(Fault::on(PAGES), silent);
    let message =
        "unexpected answer from Confluence: a full page that does not say whether there is another";
    scene.fails(ALL_PAGES, "HV000", message);
}
