//! Whole listings and limits.

use confluence_fdw_tests::site::Site;
use confluence_sim::Organisation;

use super::standard;

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
