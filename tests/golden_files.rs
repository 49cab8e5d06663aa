//! What psql shows, to the letter: the scripts in `golden/`.

use confluence_fdw_tests::golden;
use confluence_sim::{Options, Sim};

/// Runs a script against the small company that can be read.
#[track_caller]
fn check(script: &str) {
    golden(script, &Sim::start(Options::default()));
}

#[test]
fn first_steps() {
    check("first_steps.sql");
}

#[test]
fn explain_shows_requests_and_conditions() {
    check("explain.sql");
}

#[test]
fn explain_shows_what_is_estimated() {
    check("explain_costs.sql");
}

#[test]
fn explain_analyze_shows_what_was_sent() {
    check("explain_analyze.sql");
}

#[test]
fn explain_speaks_json_yaml_and_xml() {
    check("explain_json.sql");
}

#[test]
fn psql_describes_the_tables() {
    check("describe.sql");
}

/// The README shows them as `readme.out` has them: `documents::the_readmes_queries_are_those_that_tests_run`.
#[test]
fn the_readmes_queries_and_their_plans() {
    check("readme.sql");
}
