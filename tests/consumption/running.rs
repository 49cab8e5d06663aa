//! What turns out while a statement runs.

use confluence_fdw_tests::site::{Site, ids};
use confluence_fdw_tests::{explain, lines};

use super::{ABREAST, ALL_PAGES, ALL_PERMISSIONS, Cost, PAGES, knows_pages, site, slow_site};

/// Reads a cursor to its end, so many rows at one time.
#[track_caller]
fn fetched(site: &mut Site, sql: &str, at_once: usize) -> Vec<String> {
    site.execute(&format!("BEGIN; DECLARE c CURSOR FOR {sql}"));
    let mut rows = Vec::new();
    loop {
        let fetched = lines(&mut site.client, &format!("FETCH {at_once} FROM c"));
        if fetched.is_empty() {
            break;
        }
        rows.extend(fetched);
    }
    site.execute("COMMIT");
    rows
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort_by_key(|id| id.parse::<u64>().expect("an id"));
    rows
}

#[test]
fn a_cursor_that_is_read_to_its_end_is_read_side_by_side() {
    let mut site = slow_site();
    let organisation = site.sim.organisation();
    let expected = ids(organisation.listed_pages());
    for at_once in [10, 100, 5_000] {
        let (rows, cost) = Cost::of(&mut site, |site| {
            fetched(site, "SELECT id FROM confluence_pages", at_once)
        });
        assert_eq!(sorted(rows), expected, "{at_once}");
        assert!(
            (PAGES..=ALL_PAGES).contains(&cost.requests.len()),
            "{at_once}: {cost:#?}"
        );
        assert_eq!(cost.at_once, ABREAST, "{at_once}");
    }
    let sql = "SELECT id FROM confluence_permissions";
    let mut expected = lines(
        &mut site.client,
        "SELECT id FROM copy.confluence_permissions",
    );
    expected.sort_unstable();
    let (mut rows, cost) = Cost::of(&mut site, |site| fetched(site, sql, 7));
    rows.sort_unstable();
    assert_eq!(rows, expected);
    assert_eq!(cost.requests.len(), ALL_PERMISSIONS, "{cost:#?}");
    assert!(cost.at_once >= ABREAST - 1, "{}", cost.at_once);
}

#[test]
fn a_cursor_sends_what_the_plain_query_does() {
    let mut site = site();
    let sql = "SELECT id FROM confluence_pages";
    let (_, plain) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    let (_, cursor) = Cost::of(&mut site, |site| fetched(site, sql, 100));
    let most = plain.requests.len() + ABREAST;
    assert!(cursor.requests.len() <= most, "{plain:#?} {cursor:#?}");
}

#[test]
fn a_listing_that_turns_out_to_be_long_is_cut_for_a_cursor_too() {
    let mut site = slow_site();
    knows_pages(&mut site, -1);
    let expected = ids(site.sim.organisation().listed_pages());
    let (rows, cost) = Cost::of(&mut site, |site| {
        fetched(site, "SELECT id FROM confluence_pages", 100)
    });
    assert_eq!(sorted(rows), expected);
    assert!(
        (PAGES..=ALL_PAGES).contains(&cost.requests.len()),
        "{cost:#?}"
    );
    let one_by_one = cost.requests.iter().take_while(|r| !r.contains("/spaces"));
    assert!(one_by_one.count() >= 20, "{cost:#?}");
    assert_eq!(cost.at_once, ABREAST);
}

#[test]
fn a_cursor_that_is_not_read_to_its_end_has_read_little_more() {
    let mut site = site();
    for (sql, fetched, expected) in [
        ("SELECT id FROM confluence_pages", 1, 1),
        ("SELECT id FROM confluence_pages", 50, 1),
        ("SELECT id FROM confluence_permissions", 1, 2),
        // An order that is relied on is one chain: it is read ahead only when it has turned out to be long.
        ("SELECT id FROM confluence_pages ORDER BY id", 500, 10),
        (
            "SELECT title FROM confluence_pages WHERE version_number > 0 ORDER BY id",
            500,
            10,
        ),
    ] {
        let (rows, cost) = Cost::of(&mut site, |site| {
            site.execute(&format!("BEGIN; DECLARE c CURSOR FOR {sql}"));
            let rows = lines(&mut site.client, &format!("FETCH {fetched} FROM c"));
            site.execute("COMMIT");
            rows
        });
        assert_eq!(rows.len(), fetched, "{sql}");
        assert_eq!(cost.requests.len(), expected, "{sql}: {cost:#?}");
        assert_eq!(cost.at_once, 1, "{sql}");
    }
}

#[test]
fn one_listing_in_an_order_is_read_ahead_when_it_has_turned_out_to_be_long() {
    let mut site = site();
    site.execute("BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages ORDER BY id");
    let mut fetch = |rows: usize| {
        let (found, cost) = Cost::of(&mut site, |site| {
            lines(&mut site.client, &format!("FETCH {rows} FROM c"))
        });
        assert_eq!(found.len(), rows);
        assert_eq!(cost.at_once, 1);
        cost.requests.len()
    };
    assert_eq!(fetch(1_000), 20);
    // Two answers may wait, and one more on its way to where they do.
    assert!((1..=4).contains(&fetch(1)));
}

#[test]
fn a_cursor_whose_length_nobody_knows_reads_no_further_than_its_rows() {
    let mut site = site();
    knows_pages(&mut site, -1);
    let sql = "BEGIN; DECLARE c CURSOR FOR SELECT id FROM confluence_pages";
    site.execute(sql);
    for (fetched, expected) in [(50, 1), (1, 1), (500, 10)] {
        let (rows, cost) = Cost::of(&mut site, |site| {
            lines(&mut site.client, &format!("FETCH {fetched} FROM c"))
        });
        assert_eq!(rows.len(), fetched);
        assert_eq!(cost.requests.len(), expected, "FETCH {fetched}: {cost:#?}");
    }
    site.execute("COMMIT");
}

#[test]
fn a_cursor_over_what_takes_all_is_read_side_by_side_from_the_start() {
    let mut site = site();
    let sql = "SELECT id FROM confluence_permissions ORDER BY operation_key, id";
    let (rows, cost) = Cost::of(&mut site, |site| {
        site.execute(&format!("BEGIN; DECLARE c CURSOR FOR {sql}"));
        let rows = lines(&mut site.client, "FETCH 1 FROM c");
        site.execute("COMMIT");
        rows
    });
    assert_eq!(rows.len(), 1);
    assert_eq!(cost.requests.len(), ALL_PERMISSIONS);
    assert!(cost.at_once >= ABREAST - 1, "{}", cost.at_once);
}

#[test]
fn a_portal_that_is_asked_for_all_rows_in_turns_is_read_side_by_side() {
    let mut site = slow_site();
    let expected = ids(site.sim.organisation().listed_pages());
    // With a limit that nobody reaches, planning takes it that the first rows count.
    let sql = "SELECT id FROM confluence_pages WHERE title || id <> '' LIMIT 100000";
    let (rows, cost) = Cost::of(&mut site, |site| {
        let mut transaction = site.client.transaction().expect("begins");
        let portal = transaction.bind(sql, &[]).expect("a portal");
        let mut rows = Vec::new();
        loop {
            let found = transaction.query_portal(&portal, 100).expect("rows");
            if found.is_empty() {
                break;
            }
            rows.extend(found.iter().map(|row| row.get::<_, i64>(0).to_string()));
        }
        transaction.commit().expect("ends");
        rows
    });
    assert_eq!(sorted(rows), expected);
    assert!(
        (PAGES..=ALL_PAGES).contains(&cost.requests.len()),
        "{cost:#?}"
    );
    assert_eq!(cost.at_once, ABREAST);
}

#[test]
fn under_a_limit_no_more_is_under_way_than_has_been_taken() {
    let mut site = site();
    // PostgreSQL checks the condition, so nobody knows how far reading has to go.
    let sql = "SELECT id FROM confluence_permissions WHERE id || space_id <> '' LIMIT 40";
    let (rows, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    assert_eq!(rows.len(), 40);
    // 15 of each space: three spaces, the list of spaces, and what was under way or waiting when there was enough.
    assert!((4..=13).contains(&cost.requests.len()), "{cost:#?}");
    let sql = "SELECT count(*) FROM (SELECT id FROM confluence_pages WHERE title || id <> '' LIMIT 2000) x";
    let (rows, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    assert_eq!(rows, ["2000"]);
    assert!(cost.at_once > 4, "{cost:#?}");
    assert!((40..=65).contains(&cost.requests.len()), "{cost:#?}");
}

#[test]
fn where_rows_are_counted_a_limit_is_met_exactly() {
    let mut site = site();
    for (sql, expected) in [
        ("SELECT id FROM confluence_pages LIMIT 250", 5),
        ("SELECT id FROM confluence_pages OFFSET 100 LIMIT 400", 10),
        ("SELECT id FROM confluence_permissions LIMIT 150", 1 + 10),
    ] {
        let (_, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
        assert!(cost.requests.len() <= expected + 1, "{sql}: {cost:#?}");
        assert_eq!(cost.at_once, 1, "{sql}");
    }
}

#[test]
fn the_inner_side_of_a_nested_loop_that_is_read_whole_is_read_side_by_side() {
    let mut site = site();
    site.execute(
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET confluence_fdw.enable_batch_join = off;
         CREATE TABLE one AS SELECT 1000 AS n; ANALYZE one",
    );
    // Nothing matches, so all is read for a limit that is never met.
    let sql =
        "SELECT p.id FROM one LEFT JOIN confluence_permissions p ON length(p.id) > one.n LIMIT 2";
    let plan = explain(&mut site.client, sql);
    assert!(plan.contains("Nested Loop"), "{plan}");
    let (rows, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    assert_eq!(rows, ["NULL"]);
    assert_eq!(cost.requests.len(), ALL_PERMISSIONS);
    assert!(cost.at_once >= ABREAST - 1, "{}", cost.at_once);
}
