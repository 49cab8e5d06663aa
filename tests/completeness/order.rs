//! Order: what comes out of it, or without a value to order by.

use std::time::Duration;

use confluence_fdw_tests::{lines, requests};
use confluence_sim::{Fault, Reply};

use super::{detail_has, first_row, hint_has, latest_pages};
use crate::scene::{PAGES, Scene};

const MODIFIED_OUT_OF_ORDER: &str =
    "rows of \"confluence_pages\" arrived out of order of \"modified_at\"";
const BY_MODIFICATION: (&str, &str) = ("sort", "-modified-date");

#[test]
fn a_range_scan_out_of_order_on_its_first_page_reads_everything() {
    // With the bound on the first page, and behind it.
    for count in [5, 15] {
        let mut scene = Scene::new();
        let (name, value) = BY_MODIFICATION;
        scene.sim.fault(
            Fault::on(PAGES).with(name, value).page(1),
            Reply::OutOfOrder,
        );
        let (sql, expected) = latest_pages(&scene, count);
        assert_eq!(scene.numbers(&sql), expected);
        let sent = requests(&scene.sim);
        assert!(sent[0].contains("sort=-modified-date"), "{sent:#?}");
        assert!(sent[1..].iter().all(|request| !request.contains("sort=")));
        assert_eq!(sent.len(), 1 + 5);
    }
}

#[test]
fn a_range_scan_out_of_order_behind_rows_that_were_handed_on_is_an_error() {
    // The second page holds the bound; its first row, which is within, comes behind it.
    for count in [15, 40] {
        let mut scene = Scene::new();
        let (name, value) = BY_MODIFICATION;
        scene.sim.fault(
            Fault::on(PAGES).with(name, value).page(2),
            Reply::OutOfOrder,
        );
        let (sql, expected) = latest_pages(&scene, count);
        let raised = scene.fails(&sql, "HV000", MODIFIED_OUT_OF_ORDER);
        detail_has(&raised, "Page 2 of the listing");
        assert_eq!(scene.numbers(&sql), expected);
    }
}

#[test]
fn an_ordered_scan_out_of_order_is_an_error() {
    for (column, sort) in [
        ("modified_at", "modified-date"),
        ("created_at", "created-date"),
        ("id", "id"),
    ] {
        for (direction, mark) in [("ASC", ""), ("DESC", "-")] {
            for page in [1, 2] {
                let mut scene = Scene::new();
                let fault = Fault::on(PAGES).with("sort", format!("{mark}{sort}"));
                scene.sim.fault(fault.page(page), Reply::OutOfOrder);
                let sql = format!(
                    "SELECT id FROM confluence_pages ORDER BY {column} {direction} LIMIT 30"
                );
                let message =
                    format!("rows of \"confluence_pages\" arrived out of order of \"{column}\"");
                let raised = scene.fails(&sql, "HV000", &message);
                hint_has(&raised, column);
            }
        }
    }
}

#[test]
fn the_hint_of_an_ordered_scan_helps() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).with("sort", "-modified-date"),
        Reply::OutOfOrder,
    );
    let sql = "SELECT id FROM confluence_pages ORDER BY modified_at + interval '0' DESC LIMIT 3";
    let site = scene.sim.organisation();
    let latest = site.modified_since(site.now() - Duration::from_secs(3600 * 24 * 365 * 10));
    let found = lines(&mut scene.client, sql);
    assert_eq!(found[0], latest[0].id().to_string());
}

#[test]
fn an_ordered_scan_without_a_value_to_order_by_is_an_error() {
    let missing = || {
        first_row(|row| {
            if let Some(version) = row["version"].as_object_mut() {
                version.remove("createdAt");
            }
        })
    };
    let sql = "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 20";
    for page in [1, 2] {
        let mut scene = Scene::new();
        scene.sim.fault(Fault::on(PAGES).page(page), missing());
        scene.fails(sql, "HV000", MODIFIED_OUT_OF_ORDER);
    }
    // In a range such a row does not count; where it would be is found out by reading everything.
    let mut scene = Scene::new();
    let (name, value) = BY_MODIFICATION;
    scene
        .sim
        .fault(Fault::on(PAGES).with(name, value).page(1), missing());
    let (sql, expected) = latest_pages(&scene, 15);
    assert_eq!(scene.numbers(&sql), expected);
}
