//! The statements of the corpus (`benches/dashboards.sql`) take no more requests than it says, side by side where it says
//! that nothing has to wait.

use std::time::Duration;

use confluence_fdw_tests::{corpus, estimated_requests, lines, requests};

/// Long enough for requests to meet, short enough for a test.
const LATENCY: Duration = Duration::from_millis(10);

#[test]
fn each_statement_of_the_file_is_read() {
    let file = include_str!("../benches/dashboards.sql");
    let statements = corpus::statements();
    assert_eq!(statements.len(), file.matches(";\n").count());
    assert!(statements.len() >= 60, "{}", statements.len());
    for statement in &statements {
        // What is left of a name in angle brackets has no value.
        let mut behind = statement.sql.split('<').skip(1);
        let is_name = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphabetic());
        assert!(!behind.any(is_name), "{}", statement.sql);
        let same_name = statements
            .iter()
            .filter(|other| (other.by, other.name) == (statement.by, statement.name));
        assert_eq!(same_name.count(), 1, "{}", statement.name);
    }
}

#[test]
fn no_statement_takes_more_requests_than_it_may() {
    let mut site = corpus::site();
    site.execute("ANALYZE confluence_spaces, confluence_pages, confluence_permissions");
    site.sim.set_latency(LATENCY);
    let mut wrong = Vec::new();
    for statement in corpus::statements() {
        site.sim.clear_log();
        site.sim.reset_in_flight_high_water();
        lines(&mut site.client, &statement.sql);
        let (sent, in_flight) = (requests(&site.sim).len(), site.sim.in_flight_high_water());
        // Where all could be on their way at once, as many are as may be.
        let is_wide = statement.rounds > 1 || sent < 24 || in_flight >= 7;
        if sent > statement.requests || !is_wide {
            wrong.push(format!(
                "{}: {sent} of {}, {in_flight} in flight",
                statement.name, statement.requests
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What `EXPLAIN` expects of tables of which nothing is known is within this factor of what is sent.
const NEAR: f64 = 3.0;

#[test]
fn what_is_expected_is_near_what_is_sent_where_nothing_was_analyzed() {
    let site = corpus::site();
    let mut wrong = Vec::new();
    for statement in corpus::statements() {
        let mut fresh = site.database.connect();
        let expected = estimated_requests(&mut fresh, &statement.sql)
            .round()
            .max(1.0);
        site.sim.clear_log();
        lines(&mut fresh, &statement.sql);
        let sent = requests(&site.sim).len().max(1) as f64;
        if expected.max(sent) / expected.min(sent) > NEAR {
            wrong.push(format!(
                "{}: {expected} for {sent}, {}",
                statement.name, statement.by
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
