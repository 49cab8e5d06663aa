//! Long listings are read in groups, side by side, and bring what a plain listing brings.

use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::site::{Site, ids};
use confluence_fdw_tests::{lines, one};
use confluence_sim::{Fault, NewPage, Organisation, Reply, Size};

/// 80 spaces and 10,000 pages, nine tenths of them in one space if `share` says so.
fn organisation(share: f64) -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 80,
        pages: 10_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: share,
    })
}

/// A site whose listing of pages is known to be long.
fn site(organisation: Arc<Organisation>, options: &str) -> Site {
    let mut site = Site::with(organisation, options);
    site.execute("UPDATE pg_class SET reltuples = 10000 WHERE oid = 'confluence_pages'::regclass");
    site
}

const ALL: &str = "SELECT id FROM confluence_pages";

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort_by_key(|id| id.parse::<u64>().expect("an id"));
    rows
}

#[test]
fn a_listing_in_groups_brings_what_a_plain_one_brings() {
    for share in [0.05, 0.9] {
        let organisation = organisation(share);
        let expected = ids(organisation.listed_pages());
        for options in [
            "",
            "max_concurrency '2'",
            "max_concurrency '64'",
            "page_size '50'",
        ] {
            let mut site = site(organisation.clone(), options);
            let (rows, requests) = site.read(ALL);
            assert_eq!(sorted(rows), expected, "{share} {options}");
            let grouped = requests.iter().filter(|r| r.contains("space-id=")).count();
            assert!(grouped > 8, "{requests:#?}");
        }
        let mut plain = site(organisation.clone(), "max_concurrency '1'");
        let (rows, requests) = plain.read(ALL);
        assert_eq!(sorted(rows), expected);
        assert_eq!(requests.len(), 40);
    }
}

#[test]
fn groups_cost_a_partly_filled_page_each() {
    let mut site = site(organisation(0.05), "");
    let (_, requests) = site.read(ALL);
    let groups = requests
        .iter()
        .filter(|r| r.contains("space-id=") && !r.contains("cursor="))
        .count();
    // The first page, the list of spaces, what is new, and the pages of the groups.
    assert!(
        requests.len() <= 40 + 3 + groups,
        "{} {groups}",
        requests.len()
    );
}

#[test]
fn all_chains_are_under_way_at_once() {
    let mut site = site(organisation(0.05), "");
    site.sim.set_latency(Duration::from_millis(5));
    site.sim.reset_in_flight_high_water();
    lines(&mut site.client, ALL);
    assert_eq!(site.sim.in_flight_high_water(), 8);
}

#[test]
fn short_listings_and_parts_of_long_ones_are_not_cut() {
    let organisation = Organisation::sized(Size {
        spaces: 80,
        pages: 4_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: 0.05,
    });
    let mut short = Site::of(organisation);
    let (_, requests) = short.read(ALL);
    assert_eq!(requests.len(), 16, "{requests:#?}");
    let mut long = site(self::organisation(0.05), "");
    for sql in [
        "SELECT id FROM confluence_pages LIMIT 300",
        "SELECT id FROM confluence_pages ORDER BY id LIMIT 300",
        "SELECT count(*) FROM (SELECT FROM confluence_pages LIMIT 1) AS x",
    ] {
        let (_, requests) = long.read(sql);
        assert!(requests.len() <= 2, "{sql}: {requests:#?}");
    }
}

#[test]
fn pages_that_are_created_and_deleted_meanwhile_are_as_in_a_plain_listing() {
    let organisation = organisation(0.05);
    let mut site = site(organisation.clone(), "");
    let before = ids(organisation.listed_pages());
    let space = organisation.spaces().next().expect("a space").id;
    let gone: u64 = before[5_000].parse().expect("an id");
    site.sim.set_latency(Duration::from_millis(5));
    let mut created = Vec::new();
    let mut rows = Vec::new();
    std::thread::scope(|scope| {
        let sim = &site.sim;
        let edits = scope.spawn(move || {
            // In the middle of the reading: some groups have been begun, and others have not.
            // Should the query fail before, the edits come all the same, and the test ends.
            for _ in 0..1_000_000 {
                if sim.data_requests().len() >= 12 {
                    break;
                }
                std::thread::yield_now();
            }
            let mut created = Vec::new();
            sim.edit(|organisation| {
                organisation.purge_page(gone).expect("a page");
                for number in 0..3 {
                    let page = NewPage {
                        space_id: space,
                        title: format!("New {number}"),
                        parent_id: None,
                    };
                    created.push(organisation.create_page(page).expect("a space"));
                }
            });
            created
        });
        rows = lines(&mut site.client, "SELECT id FROM confluence_pages");
        created = edits.join().expect("edited");
    });
    let rows = sorted(rows);
    let mut without_changes = rows.clone();
    let changed: Vec<String> = created.iter().chain([&gone]).map(u64::to_string).collect();
    without_changes.retain(|id| !changed.contains(id));
    let mut expected = before;
    expected.retain(|id| !changed.contains(id));
    assert_eq!(
        without_changes, expected,
        "what nobody touched is there, once"
    );
    // What came too late for that query is in the next one.
    let later = sorted(lines(&mut site.client, ALL));
    assert!(created.iter().all(|id| later.contains(&id.to_string())));
}

#[test]
fn an_order_that_is_broken_does_not_cost_a_row() {
    let organisation = organisation(0.05);
    let expected = ids(organisation.listed_pages());
    let mut site = site(organisation, "");
    site.sim.fault(
        Fault::on("/wiki/api/v2/pages").with("sort", "-id"),
        Reply::OutOfOrder,
    );
    let (rows, _) = site.read(ALL);
    assert_eq!(sorted(rows), expected);
}

#[test]
fn a_token_that_may_not_list_spaces_reads_pages_one_after_the_other() {
    let mut site = site(organisation(0.05), "");
    site.sim.fault(
        Fault::on("/wiki/api/v2/spaces"),
        Reply::Status {
            code: 401,
            headers: vec![(
                "x-failure-category".into(),
                "FAILURE_CLIENT_SCOPE_CHECK".into(),
            )],
            body: r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.into(),
        },
    );
    assert_eq!(
        one(&mut site.client, "SELECT count(*) FROM confluence_pages"),
        "10000"
    );
}
