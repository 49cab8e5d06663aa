//! What a statement has read it does not read again, and no statement sees what another one has read.

mod bound;
mod errors;
mod explain;
mod joins;
mod long_listings;
mod not_shared;
mod rows;
mod subqueries;

use std::collections::BTreeSet;

use confluence_fdw_tests::site::Site;

use crate::scene::small_site;

/// Requests for all pages of the small organisation.
const ALL: usize = 12;
const HASH: &str =
    "SET enable_nestloop = off; SET enable_mergejoin = off; SET enable_hashjoin = on;
                    SET confluence_fdw.enable_batch_join = off";
const MERGE: &str =
    "SET enable_nestloop = off; SET enable_mergejoin = on; SET enable_hashjoin = off;
                     SET confluence_fdw.enable_batch_join = off";

/// Nested loops that run their inner side again for each row.
const LOOP: &str =
    "SET enable_nestloop = on; SET enable_mergejoin = off; SET enable_hashjoin = off;
                    SET enable_material = off; SET enable_memoize = off;
                    SET confluence_fdw.enable_batch_join = off";
const KEEP_NOTHING: &str = "SET confluence_fdw.statement_cache_size = 0";
const KEEP: &str = "RESET confluence_fdw.statement_cache_size";

/// The rows of a query in any order, and the requests that it took.
#[track_caller]
fn read(site: &mut Site, sql: &str) -> (Vec<String>, Vec<String>) {
    let (mut rows, requests) = site.read(sql);
    rows.sort_unstable();
    (rows, requests)
}

#[track_caller]
fn each_came_once(requests: &[String]) {
    let different: BTreeSet<&String> = requests.iter().collect();
    let mut repeated = requests.to_vec();
    for request in different {
        let place = repeated.iter().position(|r| r == request);
        repeated.remove(place.expect("it is there"));
    }
    assert!(repeated.is_empty(), "these came again: {repeated:#?}");
}

/// A query sends this many requests, none of them twice, where it sent more if nothing was kept; and its rows are the
/// same.
#[track_caller]
fn takes(site: &mut Site, sql: &str, once: usize, without: usize) {
    site.execute(KEEP_NOTHING);
    let (expected, sent) = read(site, sql);
    assert_eq!(sent.len(), without, "with nothing kept: {sql}\n{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(site, sql);
    assert_eq!(sent.len(), once, "{sql}\n{sent:#?}");
    each_came_once(&sent);
    assert_eq!(rows, expected, "{sql}");
    assert!(!rows.is_empty(), "{sql}");
}

/// A site of 45 pages in 5 requests.
fn tiny() -> Site {
    Site::with(small_site(), "page_size '10'")
}
