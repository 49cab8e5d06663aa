//! Rows that come twice.

use confluence_fdw_tests::{lines, one, requests};
use confluence_sim::{Fault, Reply};
use serde_json::Value;

use super::{all_rows_arrive_in_spite_of, latest_pages};
use crate::scene::{PAGES, SPACES, Scene};

#[test]
fn rows_that_come_twice_are_returned_once() {
    for repeated in [1, 4, 10] {
        // With as many repeated rows as a page has room for, no page would ever get ahead.
        let fault = if repeated == 10 {
            Fault::on(PAGES).page(3)
        } else {
            Fault::on(PAGES)
        };
        all_rows_arrive_in_spite_of(fault, Reply::DuplicateRows(repeated));
    }
}

/// Lets the first row of the listing stand at the end of each later page, too.
fn first_row_again() -> Reply {
    let first = std::sync::Mutex::new(None::<Value>);
    Reply::mutate(move |json| {
        let Some(rows) = json["results"].as_array_mut() else {
            return;
        };
        let mut first = first.lock().unwrap();
        match &*first {
            None => *first = rows.first().cloned(),
            Some(first) => rows.push(first.clone()),
        }
    })
}

#[test]
fn a_row_that_comes_again_from_far_back_is_returned_once() {
    all_rows_arrive_in_spite_of(Fault::on(PAGES), first_row_again());
}

#[test]
fn rows_that_come_twice_in_an_ordered_scan_are_returned_once() {
    for reply in [Reply::DuplicateRows(4), first_row_again()] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).with("sort", "-modified-date"), reply);
        let sql = "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 30";
        let found = lines(&mut scene.client, sql);
        assert!(requests(&scene.sim)[0].contains("sort=-modified-date"));
        let site = scene.sim.organisation();
        let times: Vec<_> = found
            .iter()
            .map(|id| {
                let page = site.page(id.parse().unwrap());
                page.expect("a page of the site").modified_at()
            })
            .collect();
        let mut distinct = found.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((found.len(), distinct.len()), (30, 30));
        assert!(times.is_sorted_by(|one, next| one >= next));
        let latest = site.modified_since(times[29]);
        assert!(latest.len() >= 30);
        assert!(
            latest
                .iter()
                .filter(|page| page.modified_at() > times[29])
                .all(|page| found.contains(&page.id().to_string()))
        );
    }
}

#[test]
fn rows_that_come_twice_in_a_range_scan_are_returned_once() {
    for reply in [Reply::DuplicateRows(4), first_row_again()] {
        let mut scene = Scene::new();
        scene
            .sim
            .fault(Fault::on(PAGES).with("sort", "-modified-date"), reply);
        let (sql, expected) = latest_pages(&scene, 25);
        assert_eq!(scene.numbers(&sql), expected);
        assert!(requests(&scene.sim)[0].contains("sort=-modified-date"));
    }
}

#[test]
fn parents_that_come_twice_are_asked_once() {
    let mut scene = Scene::new();
    scene
        .database
        .execute("ALTER SERVER site OPTIONS (SET page_size '2')");
    scene.sim.fault(Fault::on(SPACES), Reply::DuplicateRows(1));
    assert_eq!(
        one(
            &mut scene.client,
            "SELECT count(*), count(DISTINCT (space_id, id)) FROM confluence_permissions"
        ),
        format!("{0}|{0}", scene.sim.organisation().permission_count())
    );
}
