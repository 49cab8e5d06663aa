//! What is long is cut, so that it takes as few rounds as may be under way at one time: lists of spaces and ranges in time.
//! It brings what one chain brings, and costs a partly filled page for each part.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use confluence_fdw_tests::site::{Site, ids, list};
use confluence_fdw_tests::{estimated_requests, explain, explain_with, lines, one};
use confluence_sim::{Fault, Organisation, Reply, Request, Size};

/// 80 spaces and 16,000 pages: 64 full answers.
fn organisation() -> Arc<Organisation> {
    static LONG: LazyLock<Arc<Organisation>> = LazyLock::new(|| {
        Organisation::sized(Size {
            spaces: 80,
            pages: 16_000,
            permissions: 0,
            users: 20,
            seed: 11,
            largest_space_share: 0.08,
        })
    });
    LONG.clone()
}

fn site() -> Site {
    Site::of(organisation())
}

/// A site whose tables of spaces and pages planning knows.
fn analyzed() -> Site {
    let mut site = site();
    site.execute("ANALYZE confluence_spaces, confluence_pages");
    site
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort_by_key(|id| id.parse::<u64>().expect("an id"));
    rows
}

fn all_ids() -> Vec<String> {
    ids(organisation().listed_pages())
}

/// The ids of all spaces, or of so many.
fn spaces(count: usize) -> String {
    list(organisation().spaces().take(count).map(|space| space.id))
}

/// Reads ids of pages, and how many requests that took, and were under way at one time.
#[track_caller]
fn read(site: &mut Site, sql: &str) -> (Vec<String>, Vec<String>, usize) {
    site.sim.set_latency(Duration::from_millis(50));
    site.sim.reset_in_flight_high_water();
    let (rows, requests) = site.read(sql);
    let in_flight = site.sim.in_flight_high_water();
    site.sim.set_latency(Duration::ZERO);
    (sorted(rows), requests, in_flight)
}

const IN_ARRAY: &str = "SELECT id FROM confluence_pages WHERE space_id = ANY (ARRAY(SELECT id FROM confluence_spaces))";
const JOINED: &str =
    "SELECT p.id FROM confluence_pages p JOIN confluence_spaces s ON s.id = p.space_id";
/// Pages of the whole listing, and of what is cut into eight: a partly filled page each, and what those who help read twice.
const PAGES: usize = 64;
const PARTLY: usize = 8 + 4;

#[test]
fn a_long_list_of_spaces_is_read_side_by_side() {
    let mut site = analyzed();
    let given = format!(
        "SELECT id FROM confluence_pages WHERE space_id IN ({})",
        spaces(80)
    );
    for sql in [&given, IN_ARRAY] {
        let (rows, requests, in_flight) = read(&mut site, sql);
        assert!(rows == all_ids(), "{sql}: {} rows", rows.len());
        let most = PAGES + PARTLY + 1;
        assert!(requests.len() <= most, "{sql}: {}", requests.len());
        assert_eq!(in_flight, 8, "{sql}");
    }
    let plan = explain(&mut site.client, &given);
    let estimated = estimated_requests(&mut site.client, IN_ARRAY);
    assert!((60.0..100.0).contains(&estimated), "{estimated}");
    assert!(
        plan.contains("Groups: by space_id, as its list has many rows"),
        "{plan}"
    );
}

/// In three lists of 100 spaces, one of which has most of the pages: what is left of it is not read alone, when the others have
/// come to their ends.
#[test]
fn what_is_left_of_long_lists_comes_to_its_end_together() {
    let organisation = Organisation::sized(Size {
        spaces: 300,
        pages: 24_000,
        permissions: 0,
        users: 20,
        seed: 5,
        largest_space_share: 0.1,
    });
    let mut site = Site::of(organisation.clone());
    let given = organisation.spaces().map(|space| space.id);
    let sql = format!(
        "SELECT id FROM confluence_pages WHERE space_id IN ({})",
        list(given)
    );
    let (rows, requests, in_flight) = read(&mut site, &sql);
    assert!(
        rows == ids(organisation.listed_pages()),
        "{} rows",
        rows.len()
    );
    let answers = 24_000_usize.div_ceil(250);
    assert!(requests.len() <= answers * 5 / 4, "{}", requests.len());
    assert_eq!(in_flight, 8);
    // What comes last is a little of many listings, not much of one.
    let log = site.sim.log();
    let listing = |request: &Request| {
        let parameters = request.query.iter();
        let of_listing = parameters.filter(|(name, _)| name != "cursor");
        of_listing.cloned().collect::<Vec<_>>()
    };
    let listings: Vec<_> = log.iter().map(listing).collect();
    let last = &listings[listings.len() - 24..];
    let of_one = |one| last.iter().filter(|other| *other == one).count();
    let most = last.iter().map(of_one).max();
    assert!(
        most <= Some(7),
        "{most:?} of the last 24 are of one listing"
    );
}

/// Of 12,960 spaces that are asked for, 80 are there: 130 lists, which are more than are read together.
#[test]
fn no_list_is_left_out_where_lists_are_many() {
    let mut site = site();
    let asked = organisation()
        .spaces()
        .map(|space| list(space.id..space.id + 162))
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!("SELECT id FROM confluence_pages WHERE space_id IN ({asked})");
    let (rows, requests) = site.read(&sql);
    assert!(sorted(rows) == all_ids());
    let count = 130..130 + PAGES + PARTLY;
    assert!(count.contains(&requests.len()), "{}", requests.len());
}

#[test]
fn what_belongs_to_no_space_is_read_from_both_of_its_ends() {
    const SQL: &str = "SELECT id FROM confluence_attachments";
    let organisation = organisation();
    let mut expected: Vec<String> = organisation
        .listed_attachments()
        .map(|attachment| attachment.id.to_string())
        .collect();
    expected.sort();
    let answers = expected.len().div_ceil(250);
    assert!(answers > 20, "{answers}");
    for is_known in [false, true] {
        let mut site = site();
        if is_known {
            site.execute("ANALYZE confluence_attachments");
        }
        // Who is asking is found out with the first request.
        site.read(&format!("{SQL} LIMIT 1"));
        site.sim.set_latency(Duration::from_millis(25));
        site.sim.reset_in_flight_high_water();
        let (mut rows, requests) = site.read(SQL);
        rows.sort();
        assert!(rows == expected, "{} rows", rows.len());
        // They meet in the middle, and may both read the page there.
        let count = answers..=answers + 2;
        assert!(count.contains(&requests.len()), "{}", requests.len());
        assert_eq!(site.sim.in_flight_high_water(), 2);
        // Where it is known to be long, both ends begin together.
        let from_the_beginning = |request: &String| request.contains("sort=created-date");
        let first = &requests[..1 + usize::from(is_known)];
        assert!(first.iter().any(from_the_beginning), "{first:?}");
        let from_the_end = |request: &&String| request.contains("sort=-created-date");
        let behind = requests.iter().filter(from_the_end).count();
        assert!(behind * 5 > answers * 2, "{behind} of {answers}");
        let plan = explain(&mut site.client, SQL);
        assert!(plan.contains("Groups: both ends by created_at"), "{plan}");

        // Nobody begins at the end who may not want it.
        site.sim.reset_in_flight_high_water();
        let (rows, requests) = site.read(&format!("{SQL} LIMIT 300"));
        assert_eq!((rows.len(), requests.len()), (300, 2));
        assert_eq!(site.sim.in_flight_high_water(), 1);
        site.execute("ALTER SERVER site OPTIONS (ADD max_concurrency '1')");
        let (rows, requests) = site.read(SQL);
        assert_eq!((rows.len(), requests.len()), (expected.len(), answers));
        assert!(!requests[0].contains("sort="), "{}", requests[0]);
    }
}

#[test]
fn keys_that_a_join_gives_are_such_a_list() {
    let mut site = analyzed();
    site.execute("SET enable_hashjoin = off; SET enable_mergejoin = off");
    let (rows, requests, in_flight) = read(&mut site, JOINED);
    assert!(rows == all_ids(), "{} rows", rows.len());
    assert!(requests.len() <= 1 + PAGES + PARTLY, "{}", requests.len());
    assert_eq!(in_flight, 8);
    let of_type = "SELECT id FROM confluence_pages WHERE space_id IN (
                       SELECT id FROM confluence_spaces WHERE type = 'global')";
    let (rows, requests, in_flight) = read(&mut site, of_type);
    let organisation = organisation();
    let spaces: Vec<u64> = organisation
        .spaces()
        .filter(|space| space.kind == confluence_sim::SpaceType::Global)
        .map(|space| space.id)
        .collect();
    let pages = organisation.listed_pages();
    let expected = ids(pages.filter(|page| spaces.contains(&page.space_id())));
    assert!(
        rows == expected,
        "{} rows, not {}",
        rows.len(),
        expected.len()
    );
    let most = 1 + expected.len().div_ceil(250) + PARTLY;
    assert!(requests.len() <= most, "{} {most}", requests.len());
    assert_eq!(in_flight, 8);
}

#[test]
fn a_list_that_turns_out_to_be_long_is_cut_as_well() {
    let mut site = site();
    let organisation = organisation();
    let mut largest: Vec<u64> = organisation.spaces().map(|space| space.id).collect();
    largest.sort_by_key(|space| {
        let pages = organisation.listed_pages();
        std::cmp::Reverse(pages.filter(|page| page.space_id() == *space).count())
    });
    // By what is usual, the first is long, and the second is not.
    for count in [80, 20] {
        let spaces = &largest[..count];
        let sql = format!(
            "SELECT id FROM confluence_pages WHERE space_id IN ({})",
            list(spaces.iter().copied())
        );
        let (rows, requests, in_flight) = read(&mut site, &sql);
        let pages = organisation.listed_pages();
        let expected = ids(pages.filter(|page| spaces.contains(&page.space_id())));
        assert!(
            rows == expected,
            "{} rows, not {}",
            rows.len(),
            expected.len()
        );
        // Besides, the page that has shown how long it is.
        let most = expected.len().div_ceil(250) + PARTLY + 1;
        assert!(requests.len() <= most, "{count}: {} {most}", requests.len());
        assert!(in_flight > 4, "{count}: {in_flight}");
    }
}

#[test]
fn a_short_list_takes_as_many_requests_as_pages() {
    let mut site = site();
    let organisation = organisation();
    for count in [1, 2, 3, 4, 6] {
        let spaces: Vec<u64> = organisation.spaces().take(count).map(|s| s.id).collect();
        let pages = organisation.listed_pages();
        let expected = ids(pages.filter(|page| spaces.contains(&page.space_id())));
        let sql = format!(
            "SELECT id FROM confluence_pages WHERE space_id IN ({})",
            list(spaces)
        );
        let (rows, requests, _) = read(&mut site, &sql);
        assert_eq!(rows, expected, "{count}");
        let pages = expected.len().div_ceil(250).max(1);
        if pages <= 4 {
            assert_eq!(requests.len(), pages, "{count}: {requests:#?}");
        }
    }
}

#[test]
fn a_list_whose_order_is_promised_is_one_chain() {
    let mut site = analyzed();
    let sql = format!(
        "SELECT id FROM confluence_pages WHERE space_id IN ({}) ORDER BY id",
        spaces(80)
    );
    site.execute("SET enable_sort = off");
    let (rows, requests) = site.read(&sql);
    assert!(rows == all_ids());
    assert_eq!(requests.len(), PAGES);
}

#[test]
fn a_broken_order_does_not_cost_a_row_of_a_list_or_a_range() {
    let mut site = analyzed();
    let range = range(&mut site);
    for (sort, sql) in [("-id", IN_ARRAY), ("-modified-date", &range.sql)] {
        let expected = match sort {
            "-id" => all_ids(),
            _ => range.expected.clone(),
        };
        site.sim.clear_faults();
        site.sim.fault(
            Fault::on("/wiki/api/v2/pages").with("sort", sort),
            Reply::OutOfOrder,
        );
        let (rows, _, _) = read(&mut site, sql);
        assert!(rows == expected, "{sort}: {} rows", rows.len());
    }
}

#[test]
fn a_statement_that_reads_a_list_twice_sends_nothing_twice() {
    let mut site = analyzed();
    site.execute("SET enable_nestloop = off; SET confluence_fdw.enable_batch_join = off");
    let sql = format!(
        "SELECT a.id FROM confluence_pages a JOIN confluence_pages b USING (id)
         WHERE a.space_id IN ({0}) AND b.space_id IN ({0}) AND a.title || b.title <> ''",
        spaces(80)
    );
    let (rows, requests, _) = read(&mut site, &sql);
    assert!(rows == all_ids(), "{} rows", rows.len());
    let mut once = requests.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), requests.len());
}

/// A range in the middle of the times at which pages were changed.
struct Range {
    sql: String,
    expected: Vec<String>,
    /// How many pages of a listing have to be read, from its newer end.
    pages: usize,
}

fn range(site: &mut Site) -> Range {
    range_of(site, 7_600, 8_000)
}

/// Those at such places, from the newest on.
fn range_of(site: &mut Site, newest: usize, oldest: usize) -> Range {
    let organisation = organisation();
    let mut pages: Vec<_> = organisation.listed_pages().collect();
    pages.sort_by_key(|page| std::cmp::Reverse(page.modified_at().as_microsecond()));
    let (from, to) = (pages[oldest].modified_at(), pages[newest].modified_at());
    let within = pages
        .iter()
        .filter(|page| (from..=to).contains(&page.modified_at()));
    let expected = ids(within.copied());
    let sql =
        format!("SELECT id FROM confluence_pages WHERE modified_at BETWEEN '{from}' AND '{to}'");
    // The list is the same, whichever way it is read.
    assert_eq!(
        one(
            &mut site.client,
            &format!("SELECT count(*) FROM ({sql} ORDER BY modified_at DESC) x")
        ),
        expected.len().to_string()
    );
    Range {
        sql,
        expected,
        pages: (oldest + 1).div_ceil(250),
    }
}

#[test]
fn a_long_range_is_read_in_groups_side_by_side() {
    let mut site = analyzed();
    let range = range(&mut site);
    let (rows, requests, in_flight) = read(&mut site, &range.sql);
    assert!(rows == range.expected, "{} rows", rows.len());
    // Its first page, the list of spaces, a search, and the last page of each group.
    let most = range.pages + 3 + 16;
    assert!(requests.len() <= most, "{} {most}", requests.len());
    assert_eq!(in_flight, 8);
    let plan = explain(&mut site.client, &range.sql);
    let groups =
        "Groups: by space_id, as the range is long; confluence_spaces is taken to list all";
    assert!(plan.contains(groups), "{plan}");
    // So is one of spaces that are named, of which nobody has to be asked.
    let named = format!("{} AND space_id IN ({})", range.sql, spaces(80));
    let (rows, requests, in_flight) = read(&mut site, &named);
    assert!(rows == range.expected, "{} rows", rows.len());
    assert!(requests.len() <= most - 2, "{} {most}", requests.len());
    assert!(
        requests
            .iter()
            .all(|request| request.contains("/v2/pages?"))
    );
    assert_eq!(in_flight, 8);
}

#[test]
fn a_range_is_long_from_twelve_pages_on() {
    let mut site = analyzed();
    let short = range_of(&mut site, 2_000, 2_400);
    let (rows, requests, in_flight) = read(&mut site, &short.sql);
    assert!(rows == short.expected, "{} rows", rows.len());
    assert_eq!((requests.len(), in_flight), (10, 1));
    let long = range_of(&mut site, 3_000, 3_600);
    let (rows, requests, in_flight) = read(&mut site, &long.sql);
    assert!(rows == long.expected, "{} rows", rows.len());
    // Its groups are half as many as its pages.
    let most = long.pages + 3 + long.pages.div_ceil(2);
    assert!(requests.len() <= most, "{} {most}", requests.len());
    assert!(in_flight >= 6, "{in_flight}");
}

#[test]
fn a_range_that_turns_out_to_be_long_is_cut_as_well() {
    let mut site = site();
    let range = range(&mut site);
    let (rows, requests, in_flight) = read(&mut site, &range.sql);
    assert!(rows == range.expected, "{} rows", rows.len());
    // Besides, the pages that have shown it.
    let most = range.pages + 5 + 2 + 16;
    assert!(requests.len() <= most, "{} {most}", requests.len());
    assert!(in_flight > 4, "{in_flight}");
}

#[test]
fn pages_of_a_space_that_is_not_listed_are_in_a_range_too() {
    let organisation = organisation();
    let mut site = analyzed();
    let range = range(&mut site);
    let hidden = organisation
        .spaces()
        .nth(30)
        .expect("a space")
        .id
        .to_string();
    site.sim.fault(
        Fault::on("/wiki/api/v2/spaces"),
        Reply::mutate(move |answer| {
            let rows = answer["results"].as_array_mut().expect("rows");
            rows.retain(|row| row["id"] != *hidden);
        }),
    );
    let (rows, _, _) = read(&mut site, &range.sql);
    assert!(rows == range.expected, "{} rows", rows.len());
}

#[test]
fn explain_tells_requests_each_time_and_in_all_rounds_and_the_time_that_they_take() {
    let mut site = analyzed();
    let each = "SELECT p.title FROM confluence_spaces s JOIN confluence_pages p ON p.space_id = s.id LIMIT 100000";
    site.execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off;
         SET confluence_fdw.enable_batch_join = off",
    );
    let plan = explain_with(&mut site.client, "COSTS", each);
    assert!(
        plan.contains("Estimated Requests: 1 each time, about 80 in all, one by one"),
        "{plan}"
    );
    let all = "SELECT id FROM confluence_pages";
    let plan = explain_with(&mut site.client, "COSTS", all);
    assert!(plan.contains(" up to 8 at a time in "), "{plan}");
    // This session looked at tables when it analyzed them. Another one has not asked for anything.
    assert!(plan.contains("Estimated Time: ~"), "{plan}");
    site.client = site.database.connect();
    let plan = explain_with(&mut site.client, "COSTS", all);
    assert!(!plan.contains("Estimated Time"), "{plan}");
    site.sim.set_latency(Duration::from_millis(50));
    lines(&mut site.client, "SELECT id FROM confluence_pages LIMIT 1");
    let plan = explain_with(&mut site.client, "FORMAT JSON", all);
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let node = &plan[0]["Plan"];
    let [time, latency, rounds] =
        ["Estimated Time", "Latency", "Rounds"].map(|name| node[name].as_f64());
    let (time, latency, rounds) = (
        time.expect("a time"),
        latency.expect("one"),
        rounds.expect("some"),
    );
    assert!(latency >= 50.0 && rounds >= 8.0, "{node}");
    assert!((time - latency * rounds).abs() <= rounds, "{node}");
    assert_eq!(node["In Flight"], 8);
}

#[test]
fn a_role_can_spare_requests_rather_than_time() {
    let mut site = analyzed();
    let range = range(&mut site);
    site.execute("SET confluence_fdw.prefer = requests");
    let all = "SELECT id FROM confluence_pages";
    for (sql, expected, cost) in [
        (all, all_ids(), PAGES),
        (IN_ARRAY, all_ids(), PAGES + 1),
        (&range.sql, range.expected, range.pages),
    ] {
        let (rows, requests, _) = read(&mut site, sql);
        assert!(rows == expected, "{sql}: {} rows", rows.len());
        assert_eq!(requests.len(), cost, "{sql}");
        assert!(!explain(&mut site.client, sql).contains("Groups"), "{sql}");
    }
    let message = site
        .client
        .batch_execute("SET confluence_fdw.prefer = speed")
        .expect_err("no such value")
        .to_string();
    assert!(message.contains("db error"), "{message}");
    let hint = lines(&mut site.client, "SHOW confluence_fdw.prefer");
    assert_eq!(hint, ["requests"]);
}
