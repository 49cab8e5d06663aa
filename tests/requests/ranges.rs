//! Ranges of time.

use confluence_fdw_tests::requests;
use confluence_fdw_tests::site::{Site, answers, ids};
use confluence_sim::{Organisation, Page};

use super::{page_counts, standard};

/// The listed pages with the time of one of their columns, latest first.
fn by_time<'a>(organisation: &'a Organisation, column: &str) -> Vec<(String, i64, Page<'a>)> {
    let mut pages: Vec<_> = organisation
        .listed_pages()
        .map(|page| {
            let time = match column {
                "created_at" => page.created_at(),
                _ => page.modified_at(),
            };
            (time.to_string(), time.as_microsecond(), page)
        })
        .collect();
    pages.sort_by_key(|(_, time, page)| std::cmp::Reverse((*time, page.id())));
    pages
}

/// A place at or after which a page has another time than the one before it, so that its time cuts exactly there.
fn cut<T: PartialEq>(times: &[T], place: usize) -> usize {
    (place..)
        .find(|&place| place == 0 || times[place - 1] != times[place])
        .expect("times differ somewhere")
}

/// Reads a range, and checks its rows, the number of its requests, and the order that they ask for.
#[track_caller]
fn check_range(
    site: &mut Site,
    condition: &str,
    sort: &str,
    expected: &[(String, i64, Page)],
    cost: usize,
) {
    let (mut rows, requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE {condition}"
    ));
    rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
    assert_eq!(
        rows,
        ids(expected.iter().map(|(_, _, page)| *page)),
        "{condition}"
    );
    assert_eq!(requests.len(), cost, "{condition}: {} rows", expected.len());
    assert_eq!(
        requests[0],
        format!("GET /wiki/api/v2/pages?sort={sort}&limit=250"),
        "{condition}"
    );
}

/// From this many rows in a range on, one more request is needed: the one that shows that it has ended.
const SIZES: [usize; 8] = [0, 1, 248, 249, 250, 251, 499, 500];

#[test]
fn what_changed_since_costs_the_changes_and_not_the_site() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for (column, sort) in [
        ("modified_at", "-modified-date"),
        ("created_at", "-created-date"),
    ] {
        let pages = by_time(&organisation, column);
        let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
        for size in SIZES {
            let n = cut(&times, size);
            // The n-th page is the first that is older than what is wanted.
            let condition = format!("{column} > '{}'", pages[n].0);
            check_range(&mut site, &condition, sort, &pages[..n], answers(n + 1));
            if n > 0 {
                let condition = format!("{column} >= '{}'", pages[n - 1].0);
                check_range(&mut site, &condition, sort, &pages[..n], answers(n + 1));
                let condition = format!("'{}' <= {column}", pages[n - 1].0);
                check_range(&mut site, &condition, sort, &pages[..n], answers(n + 1));
            }
        }
    }
}

#[test]
fn what_has_not_changed_since_is_read_from_the_other_end() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for (column, sort) in [
        ("modified_at", "modified-date"),
        ("created_at", "created-date"),
    ] {
        let mut pages = by_time(&organisation, column);
        pages.reverse();
        let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
        for size in SIZES {
            let n = cut(&times, size);
            let condition = format!("{column} < '{}'", pages[n].0);
            check_range(&mut site, &condition, sort, &pages[..n], answers(n + 1));
            if n > 0 {
                let condition = format!("{column} <= '{}'", pages[n - 1].0);
                check_range(&mut site, &condition, sort, &pages[..n], answers(n + 1));
            }
        }
    }
}

#[test]
fn a_range_with_two_ends_is_read_from_the_end_of_the_listing_that_is_nearer() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let pages = by_time(&organisation, "modified_at");
    let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
    // Not long ago: what is newer than the range is read, too.
    let (from, to) = (cut(&times, 900), cut(&times, 300));
    let (low, high) = (&pages[from - 1].0, &pages[to].0);
    for condition in [
        format!("modified_at BETWEEN '{low}' AND '{high}'"),
        format!("modified_at >= '{low}' AND modified_at <= '{high}'"),
        format!(
            "modified_at > '{}' AND modified_at < '{}'",
            pages[from].0,
            pages[to - 1].0
        ),
        format!(
            "modified_at >= '{low}' AND modified_at > '2001-01-01' AND modified_at <= '{high}'"
        ),
    ] {
        check_range(
            &mut site,
            &condition,
            "-modified-date",
            &pages[to..from],
            answers(from + 1),
        );
    }
}

#[test]
fn a_range_with_two_ends_long_ago_does_not_cost_all_that_is_newer() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let mut pages = by_time(&organisation, "created_at");
    pages.reverse();
    let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
    let (from, to) = (cut(&times, 100), cut(&times, 600));
    let condition = format!(
        "created_at >= '{}' AND created_at < '{}'",
        pages[from].0, pages[to].0
    );
    check_range(
        &mut site,
        &condition,
        "created-date",
        &pages[from..to],
        answers(to + 1),
    );
}

#[test]
fn one_moment_is_a_range() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let pages = by_time(&organisation, "modified_at");
    let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
    let place = cut(&times, 700);
    let end = cut(&times, place + 1);
    let condition = format!("modified_at = '{}'", pages[place].0);
    check_range(
        &mut site,
        &condition,
        "-modified-date",
        &pages[place..end],
        answers(end + 1),
    );
}

#[test]
fn a_range_within_a_space_costs_that_space_at_most() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    let (space, _) = counts
        .iter()
        .max_by_key(|(_, count)| *count)
        .expect("spaces");
    let pages: Vec<_> = by_time(&organisation, "modified_at")
        .into_iter()
        .filter(|(_, _, page)| page.space_id() == *space)
        .collect();
    let times: Vec<i64> = pages.iter().map(|(_, time, _)| *time).collect();
    let n = cut(&times, 260);
    let (rows, requests) = site.read(&format!(
        "SELECT count(*) FROM confluence_pages WHERE space_id = {space} AND modified_at > '{}'",
        pages[n].0
    ));
    assert_eq!(rows, [n.to_string()]);
    assert_eq!(requests.len(), answers(n + 1));
    assert_eq!(
        requests[0],
        format!("GET /wiki/api/v2/pages?space-id={space}&sort=-modified-date&limit=250")
    );
}

#[test]
fn a_range_takes_dates_timestamps_and_what_is_stable() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let pages = by_time(&organisation, "modified_at");
    site.execute("SET TimeZone = 'Asia/Tokyo'");
    for bound in [
        "date '2026-11-18'",
        "timestamp '2026-11-18 12:34:56'",
        "timestamptz '2026-11-18 12:34:56+02'",
        "now() - interval '6 days'",
        "current_timestamp - interval '6 days'",
        "CURRENT_DATE - 6",
        "date_trunc('day', now()) - interval '7 days'",
        "to_timestamp(1795000000)",
        "(SELECT timestamptz '2026-11-18')",
    ] {
        let mut transaction = site.client.transaction().expect("a transaction");
        let micros: i64 = transaction
            .query_one(
                &format!("SELECT (extract(epoch FROM ({bound})::timestamptz) * 1000000)::bigint"),
                &[],
            )
            .unwrap_or_else(|error| panic!("{bound}: {error}"))
            .get(0);
        let n = pages
            .iter()
            .take_while(|(_, time, _)| *time >= micros)
            .count();
        site.sim.clear_log();
        let count: i64 = transaction
            .query_one(
                &format!("SELECT count(*) FROM confluence_pages WHERE modified_at >= {bound}"),
                &[],
            )
            .unwrap_or_else(|error| panic!("{bound}: {error}"))
            .get(0);
        assert_eq!(count as usize, n, "{bound}");
        assert_eq!(requests(&site.sim).len(), answers(n + 1), "{bound}");
    }
}

#[test]
fn a_range_without_an_end_in_time_is_the_whole_listing() {
    let mut site = Site::of(Organisation::demo());
    let count = Organisation::demo().listed_pages().count().to_string();
    for condition in [
        "modified_at >= '-infinity'",
        "modified_at < 'infinity'",
        "modified_at > '-infinity' AND modified_at < 'infinity'",
    ] {
        let (rows, requests) = site.read(&format!(
            "SELECT count(*) FROM confluence_pages WHERE {condition}"
        ));
        assert_eq!(rows, [&*count], "{condition}");
        assert_eq!(requests.len(), 1, "{condition}");
    }
}
