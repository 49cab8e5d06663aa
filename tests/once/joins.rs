//! Joins that list once.

use confluence_fdw_tests::explain_with;
use confluence_fdw_tests::site::{Site, small};

use super::{ALL, HASH, KEEP, KEEP_NOTHING, LOOP, MERGE, each_came_once, read, takes, tiny};

#[test]
fn a_self_join_lists_once() {
    let mut site = Site::of(small());
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    for settings in [HASH, MERGE] {
        site.execute(settings);
        takes(&mut site, sql, ALL, 2 * ALL);
    }
}

#[test]
fn planning_knows_that_a_second_listing_costs_nothing() {
    let mut site = Site::of(small());
    let sql = "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id";
    let (rows, requests) = read(&mut site, sql);
    assert_eq!(requests.len(), ALL, "{requests:#?}");
    assert!(rows.len() > ALL);
    let plan = explain_with(&mut site.client, "COSTS OFF", sql);
    assert!(plan.contains("Hash Join"), "{plan}");

    let space = site.sim.organisation().spaces().map(|space| space.id).max();
    let sql = format!(
        "SELECT a.id, b.title FROM confluence_pages a JOIN confluence_pages b ON b.id = a.parent_id
         WHERE a.space_id = {0} AND b.space_id = {0}",
        space.expect("a space")
    );
    let (_, requests) = read(&mut site, &sql);
    assert_eq!(requests.len(), 1, "{requests:#?}");
}

#[test]
fn a_nested_loop_lists_once() {
    let mut site = tiny();
    site.execute(LOOP);
    let outer = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT a.id, b.id FROM confluence_pages a JOIN confluence_pages b ON a.position < b.position",
        5,
        5 + 5 * outer,
    );
    // One scan, which is run again and again.
    takes(
        &mut site,
        "SELECT g, p.id FROM generate_series(1, 4) AS g
         CROSS JOIN LATERAL (SELECT id FROM confluence_pages OFFSET 0 * g) AS p",
        5,
        4 * 5,
    );
}

#[test]
fn a_join_by_key_asks_for_each_key_once() {
    let mut site = tiny();
    site.execute(LOOP);
    let sql = "SELECT p.id, s.name FROM (SELECT id, space_id FROM confluence_pages OFFSET 0) AS p
               JOIN confluence_spaces s ON s.id = p.space_id";
    let pages = site.sim.organisation().listed_pages().count();
    takes(&mut site, sql, 5 + 3, 5 + pages);
}

#[test]
fn scans_that_take_turns_list_once() {
    let mut site = Site::with(small(), "page_size '50'");
    // Both are read a little at a time.
    site.execute(MERGE);
    site.execute("SET enable_sort = off");
    takes(
        &mut site,
        "SELECT a.id FROM (SELECT id FROM confluence_pages ORDER BY id LIMIT 10000) AS a
         JOIN (SELECT id FROM confluence_pages ORDER BY id LIMIT 10000) AS b USING (id)",
        60,
        120,
    );
}

#[test]
fn parents_that_another_scan_lists_are_listed_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    takes(
        &mut site,
        "SELECT s.key, p.id FROM confluence_permissions p JOIN confluence_spaces s ON s.id = p.space_id",
        60 + 1,
        60 + 2,
    );
}

#[test]
fn parents_of_two_sources_are_listed_once() {
    let mut site = Site::of(small());
    let sql = "SELECT account_id FROM confluence_users";
    let of_spaces = |requests: &[String]| {
        let listings = requests.iter().filter(|r| r.contains("/v2/spaces?"));
        listings.count()
    };
    site.execute(KEEP_NOTHING);
    let (expected, sent) = read(&mut site, sql);
    assert_eq!(of_spaces(&sent), 2, "{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(&mut site, sql);
    assert_eq!(of_spaces(&sent), 1, "{sent:#?}");
    assert_eq!(rows, expected);
    each_came_once(&sent);
}
