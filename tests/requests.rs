//! A query costs the requests that it must cost, to the number.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, ids, list};
use confluence_fdw_tests::{explain_with, lines, literal, one, requests};
use confluence_sim::{Options, Organisation, Page};

#[track_caller]
fn standard() -> Site {
    Site::of(Organisation::standard())
}

/// The listed pages of a space.
fn pages_of(organisation: &Organisation, space: u64) -> Vec<Page<'_>> {
    let pages = organisation.listed_pages();
    pages.filter(|page| page.space_id() == space).collect()
}

/// How many listed pages each space has.
fn page_counts(organisation: &Organisation) -> Vec<(u64, usize)> {
    let mut counts: std::collections::BTreeMap<u64, usize> =
        organisation.spaces().map(|space| (space.id, 0)).collect();
    for page in organisation.listed_pages() {
        *counts.entry(page.space_id()).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// All requests but for what comes after the question mark.
fn paths(requests: &[String]) -> Vec<&str> {
    let path = |request: &'_ str| request.split('?').next().map(str::len).unwrap_or(0);
    requests.iter().map(|r| &r[..path(r)]).collect()
}

#[test]
fn counting_500_spaces_takes_two_requests() {
    let mut site = standard();
    let (rows, requests) = site.read("SELECT count(*) FROM confluence_spaces");
    assert_eq!(rows, ["500"]);
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], "GET /wiki/api/v2/spaces?limit=250");
    assert_eq!(site.sim.probes().len(), 1);
}

#[test]
fn counting_all_pages_takes_one_request_for_each_250_and_one_for_each_chain() {
    let mut site = standard();
    site.execute("UPDATE pg_class SET reltuples = 100000 WHERE oid = 'confluence_pages'::regclass");
    let (rows, requests) = site.read("SELECT count(*) FROM confluence_pages");
    assert_eq!(rows, ["100000"]);
    let chains = requests.iter().filter(|r| !r.contains("cursor=")).count();
    assert!(
        requests.len() <= 400 + 2 + chains,
        "{} requests, {chains} chains",
        requests.len()
    );
    let mut strict = Site::with(Organisation::standard(), "max_concurrency '1'");
    let (rows, requests) = strict.read("SELECT count(*) FROM confluence_pages");
    assert_eq!(rows, ["100000"]);
    assert_eq!(requests.len(), 400);
}

#[test]
fn a_limit_asks_for_no_more_rows_than_it_wants() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let first: Vec<String> = organisation
        .listed_pages()
        .take(10)
        .map(|page| page.id().to_string())
        .collect();
    let (rows, requests) = site.read("SELECT id FROM confluence_pages LIMIT 10");
    assert_eq!(rows, first);
    assert_eq!(requests, ["GET /wiki/api/v2/pages?limit=10"]);
    let (rows, requests) = site.read("SELECT * FROM confluence_pages LIMIT 10");
    assert_eq!(rows.len(), 10);
    assert_eq!(
        requests,
        ["GET /wiki/api/v2/pages?body-format=storage&limit=10"]
    );
}

#[test]
fn a_limit_above_one_answer_asks_for_two() {
    let mut site = standard();
    let (rows, requests) = site.read("SELECT id FROM confluence_pages LIMIT 251");
    assert_eq!(rows.len(), 251);
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], "GET /wiki/api/v2/pages?limit=250");
}

#[test]
fn limit_and_offset_are_asked_for_together() {
    let mut site = standard();
    let (rows, requests) = site.read("SELECT id FROM confluence_pages LIMIT 10 OFFSET 20");
    let organisation = Organisation::standard();
    let expected: Vec<String> = (20..30)
        .filter_map(|place| Some(organisation.page_at(place)?.id().to_string()))
        .collect();
    assert_eq!(rows, expected);
    assert_eq!(requests, ["GET /wiki/api/v2/pages?limit=30"]);
}

#[test]
fn the_latest_20_changes_take_one_request_for_20() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for (column, sort, direction) in [
        ("modified_at", "-modified-date", "DESC"),
        ("created_at", "-created-date", "DESC"),
        ("modified_at", "modified-date", "ASC"),
        ("created_at", "created-date", ""),
        ("id", "-id", "DESC"),
        ("id", "id", ""),
    ] {
        let is_id = column == "id";
        let shown = if is_id {
            column.to_owned()
        } else {
            format!("(extract(epoch FROM {column}) * 1000000)::bigint")
        };
        let (rows, requests) = site.read(&format!(
            "SELECT {shown} FROM confluence_pages ORDER BY {column} {direction} LIMIT 20"
        ));
        assert_eq!(
            requests,
            [format!("GET /wiki/api/v2/pages?sort={sort}&limit=20")],
            "{column} {direction}"
        );
        let mut truth: Vec<i64> = organisation
            .listed_pages()
            .map(|page| match column {
                "modified_at" => page.modified_at().as_microsecond(),
                "created_at" => page.created_at().as_microsecond(),
                _ => page.id() as i64,
            })
            .collect();
        truth.sort_unstable();
        if direction == "DESC" {
            truth.reverse();
        }
        let rows: Vec<i64> = rows
            .iter()
            .map(|row| row.parse().expect("a number"))
            .collect();
        assert_eq!(rows, truth[..20], "{column} {direction}");
    }
}

#[test]
fn one_id_takes_one_request() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let page = organisation.page_at(12_345).expect("a page");
    let (rows, requests) = site.read(&format!(
        "SELECT id, title FROM confluence_pages WHERE id = {}",
        page.id()
    ));
    assert_eq!(rows, [format!("{}|{}", page.id(), page.title())]);
    assert_eq!(
        requests,
        [format!("GET /wiki/api/v2/pages?id={}&limit=250", page.id())]
    );
}

#[test]
fn an_id_that_does_not_exist_takes_one_request_and_gives_no_row() {
    let mut site = standard();
    for (table, column) in [
        ("confluence_pages", "id"),
        ("confluence_pages", "space_id"),
        ("confluence_spaces", "id"),
        ("confluence_permissions", "space_id"),
    ] {
        let (rows, requests) = site.read(&format!("SELECT id FROM {table} WHERE {column} = 3"));
        assert_eq!((rows.len(), requests.len()), (0, 1), "{table}.{column}");
    }
}

#[test]
fn a_thousand_ids_take_four_requests() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let wanted: Vec<Page> = organisation
        .listed_pages()
        .step_by(97)
        .take(1_000)
        .collect();
    let mut numbers: Vec<u64> = wanted.iter().map(Page::id).collect();
    numbers.sort_unstable();
    let (mut rows, mut requests) = site.read(&format!(
        "SELECT id FROM confluence_pages WHERE id = ANY('{{{}}}')",
        list(numbers.iter().copied())
    ));
    rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
    assert_eq!(rows, ids(wanted));
    let mut expected: Vec<String> = numbers
        .chunks(250)
        .map(|cut| {
            format!(
                "GET /wiki/api/v2/pages?id={}&limit=250",
                list(cut.iter().copied())
            )
        })
        .collect();
    requests.sort_unstable();
    expected.sort_unstable();
    assert_eq!(requests, expected);
}

#[test]
fn a_space_takes_one_request_for_each_250_of_its_pages() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    let largest = counts
        .iter()
        .map(|(_, count)| *count)
        .max()
        .expect("spaces");
    for wanted in [0, 1, 250, 500, largest] {
        let Some((space, count)) = counts.iter().find(|(_, count)| *count == wanted) else {
            // Not every organisation has a space with just one page.
            assert_eq!(wanted, 1, "a space with {wanted} pages");
            continue;
        };
        let (mut rows, requests) = site.read(&format!(
            "SELECT id FROM confluence_pages WHERE space_id = {space}"
        ));
        rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
        assert_eq!(rows, ids(pages_of(&organisation, *space)));
        assert_eq!(requests.len(), answers(*count), "{count} pages");
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/pages?space-id={space}&limit=250")
        );
    }
}

#[test]
fn a_space_with_one_page_takes_one_request() {
    let mut site = standard();
    let (space, page) = site.sim.edit(|organisation| {
        let counts = page_counts(organisation);
        let (space, _) = counts
            .iter()
            .find(|(_, count)| *count == 0)
            .expect("an empty space");
        let page = organisation.create_page(confluence_sim::NewPage {
            space_id: *space,
            title: "Alone".to_owned(),
            parent_id: None,
        });
        (*space, page.expect("the space is there"))
    });
    let (rows, requests) = site.read(&format!(
        "SELECT id, title FROM confluence_pages WHERE space_id = {space}"
    ));
    assert_eq!(rows, [format!("{page}|Alone")]);
    assert_eq!(requests.len(), 1);
}

#[test]
fn a_list_of_spaces_is_cut_at_a_hundred() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    let chosen: Vec<(u64, usize)> = counts.iter().step_by(3).take(150).copied().collect();
    let (rows, requests) = site.read(&format!(
        "SELECT count(*) FROM confluence_pages WHERE space_id IN ({})",
        list(chosen.iter().map(|(space, _)| *space))
    ));
    let of_cut = |cut: &[(u64, usize)]| -> usize { cut.iter().map(|(_, count)| count).sum() };
    let (a, b) = (of_cut(&chosen[..100]), of_cut(&chosen[100..]));
    assert_eq!(rows, [(a + b).to_string()]);
    assert_eq!(requests.len(), answers(a) + answers(b));
    let first = list(chosen[..100].iter().map(|(space, _)| *space));
    assert!(requests.contains(&format!(
        "GET /wiki/api/v2/pages?space-id={first}&limit=250"
    )));
}

#[test]
fn a_title_is_asked_for_and_only_its_exact_case_is_returned() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for title in ["Runbook", "runbook", "RUNBOOK", "rUNBOOK"] {
        let (mut rows, requests) = site.read(&format!(
            "SELECT id FROM confluence_pages WHERE title = {}",
            literal(title)
        ));
        rows.sort_unstable_by_key(|id| id.parse::<u64>().expect("an id"));
        let exact = organisation
            .listed_pages()
            .filter(|page| page.title() == title);
        assert_eq!(rows, ids(exact), "{title}");
        // The site's own filter knows no case.
        let sent = organisation
            .listed_pages()
            .filter(|page| page.title().to_lowercase() == "runbook")
            .count();
        assert_eq!(requests.len(), answers(sent), "{title}");
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/pages?title={title}&limit=250")
        );
    }
}

#[test]
fn a_title_that_few_pages_have_takes_one_request() {
    let mut site = Site::of(Organisation::demo());
    let (rows, requests) = site.read("SELECT title FROM confluence_pages WHERE title = 'Runbook'");
    assert_eq!(rows, ["Runbook"]);
    assert_eq!(requests, ["GET /wiki/api/v2/pages?title=Runbook&limit=250"]);
}

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

#[test]
fn one_space_joined_to_its_pages_costs_the_space_and_its_pages() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let counts = page_counts(&organisation);
    for (space, count) in counts
        .iter()
        .filter(|(_, count)| [250, 500].contains(count))
    {
        let key = &organisation.space(*space).expect("a space").key;
        for join in [
            "confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id",
            "confluence_pages AS p JOIN confluence_spaces AS s ON s.id = p.space_id",
            "confluence_spaces AS s LEFT JOIN confluence_pages AS p ON p.space_id = s.id",
        ] {
            let (rows, requests) = site.read(&format!(
                "SELECT count(p.id) FROM {join} WHERE s.key = {}",
                literal(key)
            ));
            assert_eq!(rows, [count.to_string()], "{join}");
            assert_eq!(requests.len(), 1 + answers(*count), "{join}");
            assert_eq!(
                requests[..2],
                [
                    format!("GET /wiki/api/v2/spaces?keys={key}&limit=250"),
                    format!("GET /wiki/api/v2/pages?space-id={space}&limit=250"),
                ],
                "{join}"
            );
        }
    }
}

#[test]
fn the_permissions_of_a_space_take_one_request_for_each_250() {
    let mut site = standard();
    let organisation = Organisation::standard();
    for wanted in [0, 14, 30, 250, 612] {
        let space = organisation
            .spaces()
            .find(|space| organisation.permissions(space.id).count() == wanted)
            .unwrap_or_else(|| panic!("a space with {wanted} permissions"))
            .id;
        let (rows, requests) = site.read(&format!(
            "SELECT id, space_id, principal_type, principal_id, operation_key, operation_target_type
             FROM confluence_permissions WHERE space_id = {space}"
        ));
        let truth: Vec<String> = organisation
            .permissions(space)
            .map(|p| {
                format!(
                    "{}|{space}|{}|{}|{}|{}",
                    p.id, p.principal_type, p.principal_id, p.operation_key, p.target_type
                )
            })
            .collect();
        assert_eq!(rows, truth);
        assert_eq!(requests.len(), answers(wanted));
        assert_eq!(
            requests[0],
            format!("GET /wiki/api/v2/spaces/{space}/permissions?limit=250")
        );
    }
}

#[test]
fn all_permissions_take_the_listing_of_spaces_and_at_least_one_request_for_each() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let (rows, requests) = site.read("SELECT count(*) FROM confluence_permissions");
    assert_eq!(rows, [organisation.permission_count().to_string()]);
    let of_spaces: usize = organisation
        .spaces()
        .map(|space| answers(organisation.permissions(space.id).count()))
        .sum();
    assert_eq!(requests.len(), 2 + of_spaces);
    let listings = paths(&requests)
        .into_iter()
        .filter(|path| *path == "GET /wiki/api/v2/spaces")
        .count();
    assert_eq!(listings, 2);
}

#[test]
fn the_permissions_of_some_spaces_ask_for_each_of_them_once() {
    let mut site = standard();
    let organisation = Organisation::standard();
    let spaces: Vec<u64> = organisation
        .spaces()
        .map(|space| space.id)
        .take(5)
        .collect();
    let (rows, requests) = site.read(&format!(
        "SELECT count(*) FROM confluence_permissions WHERE space_id = ANY('{{{0},{0},NULL,3}}')",
        list(spaces.iter().copied())
    ));
    let counts = spaces
        .iter()
        .map(|&space| organisation.permissions(space).count());
    assert_eq!(rows, [counts.clone().sum::<usize>().to_string()]);
    assert_eq!(requests.len(), 1 + counts.map(answers).sum::<usize>());
}

#[test]
fn nothing_is_asked_where_nothing_can_match() {
    let mut site = Site::of(Organisation::demo());
    for condition in [
        "WHERE false",
        "LIMIT 0",
        "WHERE NULL",
        "WHERE id = NULL",
        "WHERE id = NULL::bigint",
        "WHERE id = ANY('{}')",
        "WHERE id = ANY(NULL)",
        "WHERE id = ANY(NULL::bigint[])",
        "WHERE id = ANY('{NULL}')",
        "WHERE id IN (NULL)",
        "WHERE id IN (NULL, NULL)",
        "WHERE id = ANY(ARRAY(SELECT 1::bigint WHERE false))",
        "WHERE id = (SELECT 1 WHERE false)",
        "WHERE id = 1 AND id = 2",
        "WHERE id IN (1, 2) AND id IN (3, 4)",
        "WHERE id = 1 AND id = ANY('{2,3}')",
        "WHERE title = NULL",
        "WHERE title = 'a' AND title = 'b'",
        "WHERE space_id = NULLIF(1, 1)",
        "WHERE modified_at >= NULL",
        "WHERE modified_at > now() AND modified_at < now() - interval '1 day'",
        "WHERE modified_at > now() AND modified_at < now()",
        "WHERE modified_at >= '2026-01-02' AND modified_at < '2026-01-02'",
        "WHERE modified_at = '2026-01-02' AND modified_at = '2026-01-03'",
        "WHERE now() < '2000-01-01'",
        "WHERE (SELECT false)",
        "WHERE modified_at > 'infinity'",
        "WHERE modified_at >= 'infinity'",
        "WHERE modified_at >= date 'infinity'",
        "WHERE modified_at <= '-infinity'",
        "WHERE modified_at = 'infinity'",
        "WHERE modified_at < '-infinity'",
    ] {
        let sql = format!("SELECT id FROM confluence_pages {condition}");
        assert_eq!(lines(&mut site.client, &sql), Vec::<String>::new(), "{sql}");
        assert_eq!(requests(&site.sim), Vec::<String>::new(), "{sql}");
    }
    let sql = "SELECT * FROM confluence_permissions WHERE space_id = ANY('{}')";
    assert_eq!(lines(&mut site.client, sql).len(), 0);
    assert_eq!(
        site.sim.log().len(),
        0,
        "neither rows nor an identity is asked for"
    );
}

#[test]
fn planning_asks_for_nothing() {
    let mut site = Site::of(Organisation::demo());
    let queries = [
        "SELECT * FROM confluence_pages WHERE id = 1",
        "SELECT count(*) FROM confluence_permissions",
        "SELECT * FROM confluence_spaces JOIN confluence_pages ON space_id = confluence_spaces.id",
        "SELECT * FROM confluence_pages WHERE modified_at > now() - interval '1 day' ORDER BY id LIMIT 3",
    ];
    for sql in queries {
        explain_with(&mut site.client, "VERBOSE", sql);
        explain_with(&mut site.client, "FORMAT JSON", sql);
    }
    site.execute(
        "PREPARE page (bigint) AS SELECT * FROM confluence_pages WHERE id = $1;
         EXPLAIN EXECUTE page(1);
         DECLARE pages CURSOR WITH HOLD FOR SELECT 1 FROM confluence_pages WHERE false;
         BEGIN; DECLARE spaces CURSOR FOR SELECT * FROM confluence_spaces; COMMIT;
         CREATE VIEW latest AS SELECT * FROM confluence_pages ORDER BY modified_at;
         CREATE MATERIALIZED VIEW copied AS SELECT id, key FROM confluence_spaces WITH NO DATA",
    );
    assert_eq!(site.sim.log().len(), 0);
}

#[test]
fn a_session_asks_once_who_it_is() {
    let mut site = Site::of(Organisation::demo());
    for _ in 0..3 {
        site.read("SELECT count(*) FROM confluence_spaces");
        site.read("SELECT id FROM confluence_pages LIMIT 1");
    }
    site.sim.clear_log();
    let mut other = site.database.connect();
    for sql in [
        "SELECT count(*) FROM confluence_pages",
        "SELECT count(*) FROM confluence_permissions",
        "SELECT * FROM confluence_spaces LIMIT 1",
    ] {
        lines(&mut other, sql);
    }
    assert_eq!(site.sim.probes().len(), 1, "the other session's");
    assert_eq!(
        site.sim.probes()[0].path_and_query,
        "/wiki/rest/api/user/current"
    );
}

#[test]
fn a_session_asks_once_for_each_mapping_who_it_is() {
    let mut site = Site::of(Organisation::demo());
    let role = site.database.role("reader");
    site.execute(&format!(
        "CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email {}, api_token {});
         GRANT SELECT ON confluence_spaces TO {role}",
        literal(Options::EMAIL),
        literal(Options::TOKEN)
    ));
    for _ in 0..2 {
        assert_eq!(
            one(&mut site.client, "SELECT count(*) FROM confluence_spaces"),
            "8"
        );
        site.execute(&format!("SET ROLE {role}"));
        assert_eq!(
            one(&mut site.client, "SELECT count(*) FROM confluence_spaces"),
            "8"
        );
        site.execute("RESET ROLE");
    }
    assert_eq!(site.sim.probes().len(), 2);
    assert_eq!(site.sim.data_requests().len(), 4);
}

#[test]
fn asking_who_one_is_does_not_delay_the_first_request() {
    let mut site = Site::of(Organisation::demo());
    site.sim.set_latency(Duration::from_millis(300));
    site.sim.reset_in_flight_high_water();
    let (rows, _) = site.read("SELECT id FROM confluence_pages LIMIT 10");
    assert_eq!(rows.len(), 10);
    assert_eq!(site.sim.in_flight_high_water(), 3, "all at once");
    let (probes, data) = (site.sim.probes(), site.sim.data_requests());
    assert_eq!((probes.len(), data.len()), (1, 1));
    assert!(Some(data[0].received) < probes[0].answered);
    assert!(Some(probes[0].received) < data[0].answered);
}

#[test]
fn a_listing_is_never_wider_than_max_concurrency() {
    let count = "SELECT count(*) FROM confluence_permissions";
    for (options, most) in [
        ("max_concurrency '1'", 1),
        ("max_concurrency '3'", 3),
        ("", 8),
    ] {
        let mut site = Site::with(confluence_fdw_tests::site::small(), options);
        // The question who one is has been asked before.
        site.read("SELECT id FROM confluence_spaces LIMIT 1");
        site.sim.set_latency(Duration::from_millis(20));
        site.sim.reset_in_flight_high_water();
        let (rows, _) = site.read(count);
        assert_eq!(rows, ["900"]);
        assert_eq!(site.sim.in_flight_high_water(), most, "{options}");
    }
}
