//! Long listings are read in groups, side by side, and bring what a plain listing brings.

use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::site::{Site, ids};
use confluence_fdw_tests::{explain, lines};
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

const SEARCH: &str = "/wiki/rest/api/search";

/// Which pages of a space that is not listed there are, by their places in the listing of pages.
#[derive(Clone, Copy, Debug)]
enum Where {
    First,
    Middle,
    Last,
}

/// Makes a site list one of its spaces no longer, and has that space's pages in one place only. Returns the ids of all pages
/// that are left, in order.
fn hide_a_space(site: &Site, whereabouts: Where) -> Vec<String> {
    let organisation = site.sim.organisation();
    // Not one of the first, which are small.
    let hidden = organisation.spaces().nth(30).expect("a space").id;
    let count = organisation.listed_pages().count();
    let part = match whereabouts {
        Where::First => 0..100,
        Where::Middle => 5_200..count - 600,
        Where::Last => count - 100..count,
    };
    let pages = organisation.listed_pages().enumerate();
    let gone = pages.filter(|(place, page)| page.space_id() == hidden && !part.contains(place));
    let gone: Vec<u64> = gone.map(|(_, page)| page.id()).collect();
    site.sim.edit(|organisation| {
        for id in gone {
            organisation.purge_page(id).expect("a page");
        }
        if matches!(whereabouts, Where::Last) {
            let page = NewPage {
                space_id: hidden,
                title: "The last one".to_owned(),
                parent_id: None,
            };
            organisation.create_page(page).expect("a space");
        }
    });
    let organisation = site.sim.organisation();
    let mut left = organisation.listed_pages();
    assert!(
        left.any(|page| page.space_id() == hidden),
        "{whereabouts:?}"
    );
    let id = hidden.to_string();
    site.sim.fault(
        Fault::on("/wiki/api/v2/spaces"),
        Reply::mutate(move |answer| {
            let rows = answer["results"].as_array_mut().expect("rows");
            rows.retain(|row| row["id"] != *id);
        }),
    );
    ids(organisation.listed_pages())
}

/// Requests for pages of some spaces, for all pages, for pages by their ids, and for searches.
fn kinds(requests: &[String]) -> [usize; 4] {
    let is_of_pages = |r: &&String| r.contains("/v2/pages?");
    let grouped = requests.iter().filter(|r| r.contains("space-id=")).count();
    let by_id = requests.iter().filter(|r| r.contains("?id=")).count();
    let of_pages = requests.iter().filter(is_of_pages).count();
    let searches = requests.iter().filter(|r| r.contains(SEARCH)).count();
    [grouped, of_pages - grouped - by_id, by_id, searches]
}

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
    // The first page, the list of spaces, the look for others, what is new, and the pages of the groups.
    assert!(
        requests.len() <= 40 + 4 + groups,
        "{} {groups}",
        requests.len()
    );
}

#[test]
fn all_chains_are_under_way_at_once() {
    let mut site = site(organisation(0.05), "");
    site.sim.set_latency(Duration::from_millis(50));
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

fn no_scope() -> Reply {
    Reply::Status {
        code: 401,
        headers: vec![(
            "x-failure-category".into(),
            "FAILURE_CLIENT_SCOPE_CHECK".into(),
        )],
        body: r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.into(),
    }
}

#[test]
fn without_a_list_of_spaces_or_a_search_pages_are_read_from_both_ends() {
    let organisation = organisation(0.05);
    let expected = ids(organisation.listed_pages());
    for (path, reply) in [
        ("/wiki/api/v2/spaces", no_scope()),
        (SEARCH, no_scope()),
        (SEARCH, Reply::BareNotFound),
        (SEARCH, Reply::Html200),
        (SEARCH, Reply::status(500)),
    ] {
        let mut site = site(organisation.clone(), "");
        let what = format!("{path} {reply:?}");
        site.sim.fault(Fault::on(path), reply);
        site.sim.set_latency(Duration::from_millis(2));
        let (rows, requests) = site.read(ALL);
        assert_eq!(sorted(rows), expected, "{what}");
        let [grouped, plain, ..] = kinds(&requests);
        // While a search is waited for, groups are read.
        assert!(grouped == 0 || path == SEARCH, "{what}: {requests:#?}");
        assert!((40..=43).contains(&plain), "{what}: {requests:#?}");
        for sort in ["sort=id", "sort=-id"] {
            let is_from_end = |r: &&String| r.contains(sort) && !r.contains("space-id=");
            let from_end = requests.iter().filter(is_from_end).count();
            assert!(from_end > 1, "{what}, {sort}: {requests:#?}");
        }
    }
}

// --- Spaces that the site does not list ------------------------------------------------------------------------------

#[test]
fn pages_of_a_space_that_is_not_listed_are_read_wherever_they_are() {
    for whereabouts in [Where::First, Where::Middle, Where::Last] {
        for options in ["", "max_concurrency '2'", "page_size '100'"] {
            let mut site = site(organisation(0.05), options);
            let expected = hide_a_space(&site, whereabouts);
            let (rows, requests) = site.read(ALL);
            let what = format!("{whereabouts:?} {options}: {requests:#?}");
            assert_eq!(sorted(rows), expected, "{what}");
            let [grouped, _, by_id, searches] = kinds(&requests);
            match whereabouts {
                // Its first page shows it.
                Where::First => assert_eq!([grouped, by_id, searches], [0; 3], "{what}"),
                // A search shows it, and then the pages that were found.
                Where::Middle => assert_eq!([by_id, searches], [1, 1], "{what}"),
                Where::Last => assert!(searches == 1 && by_id <= 1, "{what}"),
            }
        }
    }
}

#[test]
fn they_are_read_as_well_where_nobody_knows_how_long_the_listing_is() {
    let mut site = Site::of(organisation(0.05));
    let expected = hide_a_space(&site, Where::Middle);
    let (rows, requests) = site.read(ALL);
    assert_eq!(sorted(rows), expected);
    assert_eq!(kinds(&requests)[2..], [1, 1], "{requests:#?}");
}

#[test]
fn they_are_read_as_well_where_a_statement_reads_twice() {
    let mut site = site(organisation(0.05), "");
    let expected = hide_a_space(&site, Where::Middle);
    site.execute("SET enable_nestloop = off; SET confluence_fdw.enable_batch_join = off");
    let (rows, requests) = site.read(
        "SELECT a.id FROM confluence_pages a JOIN confluence_pages b USING (id) WHERE a.title || b.title <> ''",
    );
    assert_eq!(sorted(rows), expected);
    let mut once = requests.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), requests.len(), "{requests:#?}");
}

#[test]
fn pages_of_one_space_among_hundreds_are_found_among_results_of_a_search() {
    // The names of all of them are too long for one search.
    let organisation = Organisation::sized(Size {
        spaces: 400,
        pages: 10_000,
        permissions: 0,
        users: 20,
        seed: 11,
        largest_space_share: 0.05,
    });
    let mut hidden = site(organisation.clone(), "");
    let expected = hide_a_space(&hidden, Where::Middle);
    let (rows, requests) = hidden.read(ALL);
    assert_eq!(sorted(rows), expected);
    assert_eq!(kinds(&requests)[2..], [1, 1], "{requests:#?}");
    let longest = requests.iter().map(String::len).max();
    assert!(longest < Some(5_000), "{longest:?}");
    // Where all are listed, one search is enough.
    let mut site = site(organisation.clone(), "");
    let (rows, requests) = site.read(ALL);
    assert_eq!(sorted(rows), ids(organisation.listed_pages()));
    assert_eq!(kinds(&requests)[2..], [0, 1], "{requests:#?}");
}

#[test]
fn what_a_search_finds_and_the_listing_does_not_have_is_no_reason_to_read_more() {
    let organisation = organisation(0.05);
    let mut site = site(organisation.clone(), "");
    // The index still has a page that is gone, of a space that is gone.
    site.sim.fault(
        Fault::on(SEARCH),
        Reply::mutate(|answer| {
            answer["results"] = serde_json::json!([{
                "content": {"id": "7", "type": "page"},
                "resultGlobalContainer": {"title": "Gone", "displayUrl": "/spaces/GONE"},
            }]);
        }),
    );
    let (rows, requests) = site.read(ALL);
    assert_eq!(sorted(rows), ids(organisation.listed_pages()));
    // The first page, and what is new.
    let [_, plain, by_id, searches] = kinds(&requests);
    assert_eq!([plain, by_id, searches], [2, 1, 1], "{requests:#?}");
}

#[test]
fn a_search_leaves_when_the_spaces_are_known_and_names_them() {
    let mut site = site(organisation(0.05), "");
    let (_, requests) = site.read(ALL);
    let search = requests.iter().find(|r| r.contains(SEARCH));
    let search = search.expect("a search");
    let prefix = "GET /wiki/rest/api/search?cql=type%20%3D%20page%20and%20space%20not%20in%20%28";
    assert!(search.starts_with(prefix), "{search}");
    assert!(search.ends_with("%29&includeArchivedSpaces=true&excerpt=none&limit=250"));
    let commas = search.matches("%2C").count();
    assert_eq!(commas, 79, "{search}");
}

#[test]
fn explain_says_what_a_listing_in_groups_takes_for_granted() {
    let mut site = site(organisation(0.05), "");
    let groups =
        "Groups: by space_id, if the listing is long; confluence_spaces is taken to list all";
    let mut says_so = |sql: &str| explain(&mut site.client, sql).contains(groups);
    assert!(says_so(ALL));
    assert!(says_so(
        "SELECT id FROM confluence_pages WHERE status = 'archived'"
    ));
    for sql in [
        "SELECT id FROM confluence_pages WHERE space_id = 1",
        "SELECT id FROM confluence_pages WHERE title = 'x'",
        "SELECT id FROM confluence_pages ORDER BY id LIMIT 10",
        "SELECT id FROM confluence_pages LIMIT 1",
        "SELECT id FROM confluence_spaces",
    ] {
        assert!(!says_so(sql), "{sql}");
    }
    site.execute("ALTER FOREIGN TABLE confluence_pages OPTIONS (ADD max_concurrency '1')");
    assert!(!explain(&mut site.client, ALL).contains("Groups"));
}
