//! Rows that are kept, and decoded once.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{explain_with, lines};

use super::{ALL, LOOP, takes};

/// What `EXPLAIN` says of a property, scan by scan.
fn counts(plan: &str, property: &str) -> Vec<usize> {
    let values = plan.lines().filter_map(|line| {
        let (name, value) = line.trim().split_once(": ")?;
        (name == property).then(|| value.parse().expect("a number"))
    });
    values.collect()
}

#[test]
fn a_subquery_for_each_row_decodes_what_it_lists_once_more_and_not_again() {
    let mut site = Site::of(small());
    site.execute(LOOP);
    // The site cannot be asked by place, so all is listed.
    let sql = "SELECT sum((SELECT count(*) FROM confluence_pages p WHERE p.position = g)) FROM generate_series(1, 50) AS g";
    takes(&mut site, sql, ALL, 50 * ALL);
    let verbose = "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF";
    let shown = explain_with(&mut site.client, verbose, sql);
    assert_eq!(counts(&shown, "Served Again"), [49 * ALL], "{shown}");
    assert_eq!(counts(&shown, "Decoded Again"), [ALL], "{shown}");
    // Two that use other columns have rows of their own.
    let two = "SELECT sum((SELECT count(*) FROM confluence_pages p WHERE p.position = g)),
                      sum((SELECT count(title) FROM confluence_pages p WHERE p.position = g))
               FROM generate_series(1, 50) AS g";
    takes(&mut site, two, ALL, 100 * ALL);
    let shown = explain_with(&mut site.client, verbose, two);
    let decoded = counts(&shown, "Decoded Again");
    assert_eq!(decoded.iter().sum::<usize>(), 2 * ALL, "{shown}");
}

#[test]
fn rows_that_do_not_fit_are_decoded_again_and_are_the_same() {
    let mut site = Site::of(small());
    site.execute(LOOP);
    let sql = "SELECT sum((SELECT count(title) FROM confluence_pages p WHERE p.position = g)) FROM generate_series(1, 20) AS g";
    let expected = lines(&mut site.client, sql);
    // Somewhere in between there is room for the answers, and for the rows of some.
    let mut in_part = 0;
    for size in (300..1_200).step_by(50) {
        site.execute(&format!(
            "SET confluence_fdw.statement_cache_size = '{size}kB'"
        ));
        let verbose = "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF";
        let shown = explain_with(&mut site.client, verbose, sql);
        let served = counts(&shown, "Served Again");
        let decoded = counts(&shown, "Decoded Again");
        if served == [19 * ALL] && (ALL + 1..19 * ALL).contains(&decoded[0]) {
            assert_eq!(lines(&mut site.client, sql), expected);
            in_part += 1;
        }
    }
    assert!(in_part > 0);
}
