//! Sums: `EXPLAIN (ANALYZE, VERBOSE)` tells how many requests there were for each reason.

use confluence_fdw_tests::{explain_with, lines};
use confluence_sim::{Fault, Reply};
use serde_json::Value;

use crate::scene::{ALL_PAGES, PAGES, Scene};

const OPTIONS: &str = "ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF";

#[test]
fn explain_sums_requests_up_by_reason() {
    let mut scene = Scene::new();
    let mut explained = |sql: &str| explain_with(&mut scene.client, OPTIONS, sql);
    for (sql, expected) in [
        (
            ALL_PAGES,
            "first page 1, further pages 4, identity 1, audience 1",
        ),
        (
            "SELECT id FROM confluence_permissions",
            "first page 3, further pages 3, parents 1",
        ),
    ] {
        let shown = explained(sql);
        let line = format!("Requests by Reason: {expected}\n");
        assert!(format!("{shown}\n").contains(&line), "{shown}");
    }
    scene.sim.fault(
        Fault::on(PAGES).page(2).times(2),
        Reply::retry_after(503, "0.01"),
    );
    let shown = explain_with(&mut scene.client, OPTIONS, ALL_PAGES);
    assert!(
        shown.contains("Requests by Reason: first page 1, further pages 4, retries 2"),
        "{shown}"
    );
    // Who has not asked for it is not shown it, and a scan that sends nothing has nothing to sum up.
    let brief = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF";
    let shown = explain_with(&mut scene.client, brief, ALL_PAGES);
    assert!(!shown.contains("by Reason"), "{shown}");
    let none = "SELECT id FROM confluence_pages LIMIT 0";
    let shown = explain_with(&mut scene.client, OPTIONS, none);
    assert!(!shown.contains("by Reason"), "{shown}");
}

#[test]
fn in_other_formats_the_sums_are_a_group() {
    let mut scene = Scene::new();
    scene.reads_all_pages();
    let explained = |scene: &mut Scene, format: &str| {
        let sql = format!("EXPLAIN ({OPTIONS}, FORMAT {format}) {ALL_PAGES}");
        lines(&mut scene.client, &sql).join("\n")
    };
    let json: Value = serde_json::from_str(&explained(&mut scene, "JSON")).expect("JSON");
    let plan = &json[0]["Plan"];
    assert_eq!(
        plan["Requests by Reason"],
        serde_json::json!({"First Page": 1, "Further Pages": 4})
    );
    let xml = explained(&mut scene, "XML");
    let group: String = xml
        .split_once("<Requests-by-Reason>")
        .and_then(|(_, rest)| rest.split_once("</Requests-by-Reason>"))
        .map(|(group, _)| group.split_whitespace().collect())
        .expect("a group");
    assert_eq!(
        group,
        "<First-Page>1</First-Page><Further-Pages>4</Further-Pages>"
    );
    let yaml = explained(&mut scene, "YAML");
    let group: Vec<&str> = yaml
        .lines()
        .skip_while(|line| !line.contains("Requests by Reason:"))
        .take(3)
        .map(str::trim)
        .collect();
    assert_eq!(
        group,
        ["Requests by Reason:", "First Page: 1", "Further Pages: 4"]
    );
}
