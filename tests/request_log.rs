//! `confluence.requests` tells why each request was sent, and what became of it.

mod completeness;
mod outcomes;
mod readers;
mod reasons;
mod sums;

use confluence_fdw_tests::lines;
use postgres::Client;

/// What is the same from run to run, of each request.
const ALL: &str = "SELECT reason, method || ' ' || path, coalesce(status::text, outcome), rows, CASE served_by WHEN 'site' THEN '' ELSE served_by END
    FROM confluence.requests()";

/// The requests, in the order in which they left.
#[track_caller]
fn requests(client: &mut Client) -> Vec<String> {
    lines(client, ALL)
}

/// Those of the latest scan.
#[track_caller]
fn of_last_scan(client: &mut Client) -> Vec<String> {
    let sql = format!("{ALL} WHERE scan = (SELECT max(scan) FROM confluence.scans())");
    lines(client, &sql)
}

/// What the first request of a session finds out beside its rows, one request after the other.
const BEFORE: [&str; 2] = [
    "identity|GET /wiki/rest/api/user/current|200|NULL|",
    "audience|GET /wiki/rest/api/user/current|403|NULL|",
];
