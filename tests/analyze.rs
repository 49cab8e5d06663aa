//! `ANALYZE` looks at a table for a few requests, and planning knows its site from then on.

mod estimates;
mod function;
mod looking;
mod statements;

use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{one, requests};

fn analyze(site: &mut Site, table: &str) -> Vec<String> {
    site.sim.clear_log();
    site.execute(&format!("ANALYZE {table}"));
    requests(&site.sim)
}

/// How many rows a table has, and how many requests read them all, as far as planning knows.
fn known(client: &mut postgres::Client, table: &str) -> (f64, f64) {
    let row = one(
        client,
        &format!(
            "SELECT reltuples, relpages FROM pg_class WHERE oid = 'confluence_{table}'::regclass"
        ),
    );
    let (rows, requests) = row.split_once('|').expect("two cells");
    let number = |text: &str| text.parse().expect("a number");
    (number(rows), number(requests))
}

/// Whether one number is within a factor of another.
fn is_near(one: f64, other: f64, factor: f64) -> bool {
    let (one, other) = (one.max(1.0), other.max(1.0));
    one <= other * factor && other <= one * factor
}
