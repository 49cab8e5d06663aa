//! EXPLAIN of what was served again.

use confluence_fdw_tests::explain_with;
use confluence_fdw_tests::site::{Site, small};

#[test]
fn explain_shows_what_was_served_again() {
    let mut site = Site::of(small());
    let sql = "SELECT id FROM confluence_pages UNION ALL SELECT id FROM confluence_pages";
    let shown = explain_with(&mut site.client, "ANALYZE, COSTS OFF, TIMING OFF", sql);
    let of_scans: Vec<&str> = shown
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("Requests:") || line.starts_with("Served Again:"))
        .collect();
    let [first, second, again] = of_scans[..] else {
        panic!("{shown}");
    };
    assert!(
        first.starts_with("Requests: 12  Retries: 0  Rows Received: 3000"),
        "{first}"
    );
    assert_eq!(
        second,
        "Requests: 0  Retries: 0  Rows Received: 0  Bytes: 0 B"
    );
    assert_eq!(again, "Served Again: 12");
    let shown = explain_with(&mut site.client, "ANALYZE, FORMAT JSON", sql);
    assert_eq!(shown.matches(r#""Served Again": 12"#).count(), 1, "{shown}");
}
