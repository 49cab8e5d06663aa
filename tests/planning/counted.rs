//! What EXPLAIN ANALYZE counts, and statements that are no query.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{Database, explain_with};
use confluence_sim::{Options, Organisation, Sim};

#[test]
fn explain_analyze_counts_what_was_sent() {
    let mut site = Site::of(small());
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        "SELECT count(*) FROM confluence_pages",
    );
    assert!(
        plan.contains("Requests: 12  Retries: 0  Rows Received: 3000  Bytes: "),
        "{plan}"
    );
    site.sim.clear_log();
    let plan = explain_with(
        &mut site.client,
        "ANALYZE, FORMAT JSON, TIMING OFF",
        "SELECT id FROM confluence_pages WHERE id = ANY('{}')",
    );
    assert!(plan.contains("\"Requests\": 0"), "{plan}");
    assert_eq!(site.sim.log().len(), 0);
}

#[test]
fn explain_analyze_tells_how_long_it_waited_where_times_are_wanted() {
    let mut site = Site::of(Organisation::demo());
    let sql = "SELECT id FROM confluence_spaces";
    for (options, timed) in [
        ("ANALYZE", true),
        ("ANALYZE, FORMAT JSON", true),
        ("ANALYZE, TIMING OFF", false),
        ("ANALYZE, FORMAT JSON, TIMING OFF", false),
        ("VERBOSE", false),
    ] {
        let plan = explain_with(&mut site.client, options, sql);
        for word in ["Waited", "Throttled"] {
            assert_eq!(plan.contains(word), timed, "{options}: {plan}");
        }
    }
}

#[test]
fn analyzing_a_table_is_no_error() {
    let database = Database::create();
    let sim = Sim::start(Options::default());
    database.site(&sim);
    database.execute("ANALYZE");
    database.execute("VACUUM");
    database.execute("ANALYZE confluence_pages");
}
