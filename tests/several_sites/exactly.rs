//! Exactly what is needed of each site: limits, conditions, rescans.

use std::sync::Arc;

use confluence_fdw_tests::{explain, explain_with, one};
use confluence_sim::Sim;

use super::{ALL, NAMES, Sites, asynchronous};
use crate::scene::page_ids;

#[test]
fn a_limit_asks_for_no_more_than_it_needs() {
    let mut sites = Sites::partitioned();
    for (sql, expected) in [
        ("SELECT id FROM pages LIMIT 5", [1, 0, 0]),
        ("SELECT id FROM pages LIMIT 40", [4, 0, 0]),
        ("SELECT id FROM pages LIMIT 41", [4, 1, 0]),
        ("SELECT EXISTS (SELECT FROM pages)", [1, 0, 0]),
        ("SELECT id FROM pages LIMIT 0", [0, 0, 0]),
        (
            "BEGIN; DECLARE c CURSOR FOR SELECT id FROM pages; FETCH 1 FROM c; COMMIT",
            [1, 0, 0],
        ),
    ] {
        assert_eq!(sites.read(sql).1, expected, "{sql}");
    }
    let plan = explain(&mut sites.client, "SELECT id FROM pages LIMIT 5");
    assert_eq!(asynchronous(&plan), 0, "{plan}");
}

#[test]
fn rows_that_postgresql_filters_away_hold_nothing_up() {
    let mut sites = Sites::partitioned();
    for (condition, keeps) in [
        ("id % 7 = 3", (|id| id % 7 == 3) as fn(u64) -> bool),
        ("id < 0", |_| false),
        ("title IS NOT NULL", |_| true),
    ] {
        let expected: Vec<String> = sites
            .truth()
            .into_iter()
            .filter(|row| keeps(row.split_once('|').expect("two").1.parse().expect("an id")))
            .collect();
        let (rows, requests) = sites.read(&format!("{ALL} WHERE {condition}"));
        assert_eq!(rows, expected, "{condition}");
        assert_eq!(requests, [4, 5, 5], "{condition}");
    }
}

#[test]
fn a_condition_is_asked_of_every_site() {
    let mut sites = Sites::partitioned();
    let id = page_ids(&sites.sims[2].organisation())[7];
    let (rows, requests) = sites.read(&format!("SELECT site FROM pages WHERE id = {id}"));
    let truth = sites.truth();
    let expected = NAMES
        .iter()
        .filter(|name| truth.contains(&format!("{name}|{id}")));
    assert_eq!(rows, expected.copied().collect::<Vec<_>>());
    assert_eq!(requests, [1, 1, 1]);
}

#[test]
fn a_scan_that_needs_nothing_is_at_its_end_at_once() {
    let mut sites = Sites::partitioned();
    sites.execute("SET plan_cache_mode = force_generic_plan; PREPARE q (bigint) AS SELECT site, id FROM pages WHERE id = $1");
    assert_eq!(sites.read("EXECUTE q (NULL)"), (vec![], vec![0, 0, 0]));
    let plan = explain(&mut sites.client, "EXECUTE q (1)");
    assert_eq!(asynchronous(&plan), 3, "{plan}");
}

#[test]
fn analyze_counts_each_site_s_rows_and_requests() {
    let mut sites = Sites::partitioned();
    let plan = explain_with(
        &mut sites.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        "SELECT site, id FROM pages WHERE id % 2 = 0",
    );
    let even = |sim: &Arc<Sim>| {
        let ids = page_ids(&sim.organisation());
        ids.iter().filter(|id| *id % 2 == 0).count()
    };
    let decimals = if confluence_fdw_tests::pg_major() >= 18 {
        ".00"
    } else {
        ""
    };
    for ((name, sim), (requests, pages)) in
        NAMES
            .iter()
            .zip(&sites.sims)
            .zip([(4, 40), (5, 45), (5, 50)])
    {
        let scan = plan
            .split("->")
            .find(|node| node.contains(&format!("on pages_{name} ")));
        let scan = scan.unwrap_or_else(|| panic!("{plan}"));
        assert!(
            scan.contains(&format!("(actual rows={}{decimals} loops=1)", even(sim))),
            "{plan}"
        );
        let cost = format!("Requests: {requests}  Retries: 0  Rows Received: {pages}");
        assert!(scan.contains(&cost), "{plan}");
    }
}

#[test]
fn what_is_read_again_is_read_again_whole() {
    let mut sites = Sites::partitioned();
    let counts =
        "SELECT (SELECT count(*) FROM pages WHERE id % 2 = v.rest) FROM (VALUES (0), (1)) v (rest)";
    let plan = explain(&mut sites.client, counts);
    assert_eq!(asynchronous(&plan), 3, "{plan}");
    let (rows, requests) = sites.read(counts);
    let total: usize = rows
        .iter()
        .map(|n| n.parse::<usize>().expect("a number"))
        .sum();
    assert_eq!(total, 135, "{rows:?}");
    // What the first run has read is served again to the second.
    assert_eq!(requests, [4, 5, 5]);
}

#[test]
fn what_is_given_up_and_begun_again_brings_right_rows() {
    let mut sites = Sites::partitioned();
    sites.execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
         CREATE TABLE numbers AS SELECT n FROM generate_series(1, 20) n; ANALYZE numbers",
    );
    // The inner side is stopped at its first row, while other sites have not answered yet, and begun again.
    let sql = "SELECT n FROM numbers WHERE EXISTS (SELECT FROM pages p WHERE p.id > n)";
    let plan = explain(&mut sites.client, sql);
    assert!(plan.contains("Semi Join"), "{plan}");
    assert_eq!(asynchronous(&plan), 3, "{plan}");
    assert_eq!(sites.read(sql).0.len(), 20);
    assert_eq!(sites.read(ALL).0, sites.truth());
}

#[test]
fn a_loop_that_is_left_leaves_what_is_on_its_way() {
    let mut sites = Sites::partitioned();
    sites.execute(
        "CREATE FUNCTION first() RETURNS bigint LANGUAGE plpgsql AS $$
         DECLARE page record;
         BEGIN
             FOR page IN SELECT id FROM pages LOOP EXIT; END LOOP;
             RETURN page.id;
         END $$",
    );
    for _ in 0..20 {
        assert_ne!(one(&mut sites.client, "SELECT first()"), "NULL");
    }
    assert_eq!(sites.read(ALL).0, sites.truth());
}
