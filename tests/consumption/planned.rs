//! What planning and the plan tell.

use confluence_fdw_tests::{explain, lines, one};

use super::{ABREAST, ALL_PAGES, ALL_PERMISSIONS, Cost, site, slow_site};

#[test]
fn what_is_taken_whole_is_read_side_by_side_under_any_limit() {
    let mut site = site();
    for sql in [
        // Groups, distinct rows and sorts over a join.
        "SELECT u.name, count(*) FROM confluence_permissions p JOIN people u ON u.id = p.principal_id
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100",
        "SELECT p.operation_key, u.name FROM confluence_permissions p LEFT JOIN people u ON u.id = p.principal_id
            ORDER BY p.operation_key, u.name, p.id LIMIT 5",
        "SELECT count(*) FROM (SELECT DISTINCT p.operation_key, u.name FROM confluence_permissions p
            LEFT JOIN people u ON u.id = p.principal_id LIMIT 10000) x",
        "SELECT s.key, count(*) FROM confluence_permissions p JOIN confluence_spaces s ON s.id = p.space_id
            GROUP BY 1 ORDER BY 1 LIMIT 100",
        // Set operations.
        "SELECT principal_type, count(*) FROM (SELECT principal_id, principal_type FROM confluence_permissions
            UNION SELECT key, type FROM confluence_spaces) x GROUP BY 1 LIMIT 100",
        "SELECT count(*) FROM (SELECT principal_id FROM confluence_permissions
            UNION SELECT id FROM people LIMIT 10000) x",
        "SELECT principal_id FROM confluence_permissions INTERSECT SELECT id FROM people ORDER BY 1 LIMIT 5",
        "SELECT count(*) FROM (SELECT id FROM people EXCEPT SELECT principal_id FROM confluence_permissions LIMIT 99) x",
        "SELECT principal_type, count(*) FROM (SELECT principal_type FROM confluence_permissions
            UNION ALL SELECT type FROM confluence_spaces) x GROUP BY 1 LIMIT 100",
        // WITH.
        "WITH p AS MATERIALIZED (SELECT * FROM confluence_permissions) SELECT count(*) FROM p LIMIT 100",
        "WITH p AS (SELECT * FROM confluence_permissions), n AS (SELECT space_id, count(*) FROM p GROUP BY 1)
            SELECT p.id, n.count FROM n JOIN p USING (space_id) ORDER BY 1 LIMIT 3",
        "WITH p AS MATERIALIZED (SELECT * FROM confluence_permissions)
            SELECT count(*) FROM (SELECT * FROM (SELECT space_id, id FROM p OFFSET 0) q ORDER BY id LIMIT 7) x",
        // Windows.
        "SELECT count(*) FROM (SELECT * FROM (SELECT space_id, row_number()
            OVER (PARTITION BY space_id ORDER BY id) AS n FROM confluence_permissions) q WHERE n <= 3 LIMIT 1000) x",
        // Subqueries that are hashed, or taken as a value.
        "SELECT count(*) FROM (SELECT FROM people WHERE id NOT IN
            (SELECT principal_id FROM confluence_permissions) LIMIT 1000) x",
        "SELECT cardinality(ARRAY(SELECT id FROM confluence_permissions)) FROM people LIMIT 1",
        "SELECT (SELECT max(operation_key || id) FROM confluence_permissions) FROM people LIMIT 1",
        // Above a subquery that is planned by itself.
        "SELECT space_id, count(*) FROM (SELECT space_id FROM confluence_permissions OFFSET 0) q
            GROUP BY 1 ORDER BY 1 LIMIT 2",
        "SELECT count(*) FROM (SELECT q.id FROM (SELECT id FROM confluence_permissions OFFSET 1) q, people
            ORDER BY q.id LIMIT 9) x",
    ] {
        let (sent, cost) = Cost::of(&mut site, |site| site.same(sql));
        assert_eq!(sent.len(), ALL_PERMISSIONS, "{sql}\n{sent:#?}");
        assert!(cost.at_once >= ABREAST - 1, "{sql}\n{}", cost.at_once);
    }
}

#[test]
fn a_long_listing_that_is_taken_whole_is_cut_under_any_limit() {
    let mut site = slow_site();
    for sql in [
        "SELECT coalesce(u.name, p.version_author_id), count(*) FROM confluence_pages p
            LEFT JOIN people u ON u.id = p.version_author_id GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
        "SELECT p.title, u.name FROM confluence_pages p LEFT JOIN people u ON u.id = p.version_author_id
            ORDER BY u.name, p.title, p.id LIMIT 50",
        "SELECT space_id, count(*) FROM (SELECT space_id FROM confluence_pages
            UNION ALL SELECT id FROM confluence_spaces WHERE type = 'nowhere') x GROUP BY 1 LIMIT 100",
        "SELECT count(*) FROM (SELECT * FROM (SELECT space_id, title, row_number()
            OVER (PARTITION BY space_id ORDER BY modified_at DESC) AS n FROM confluence_pages) q
            WHERE n <= 3 LIMIT 1000) x",
        // As many as there are.
        "SELECT id, title FROM confluence_pages LIMIT 10000",
    ] {
        let (sent, cost) = Cost::of(&mut site, |site| site.same(sql));
        assert!((60..=ALL_PAGES).contains(&sent.len()), "{sql}\n{sent:#?}");
        assert_eq!(cost.at_once, ABREAST, "{sql}");
        assert!(sent.iter().any(|r| r.contains("space-id=")), "{sql}");
    }
}

#[test]
fn the_side_of_a_join_that_is_hashed_is_taken_whole() {
    let mut site = site();
    site.execute(
        "SET enable_nestloop = off; SET enable_mergejoin = off; SET confluence_fdw.enable_batch_join = off;
         SET seq_page_cost = 10000;
         CREATE TABLE many AS SELECT id, n FROM people, generate_series(1, 1000) n; ANALYZE many;
         UPDATE pg_class SET reltuples = 900 WHERE oid = 'public.confluence_permissions'::regclass",
    );
    let sql =
        "SELECT m.n FROM many m JOIN confluence_permissions p ON p.principal_id = m.id LIMIT 3";
    let plan = explain(&mut site.client, sql);
    let hashed = plan.split("->  Hash\n").nth(1).unwrap_or_default();
    assert!(hashed.contains("Foreign Scan"), "{plan}");
    let (rows, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    assert_eq!(rows.len(), 3);
    assert_eq!(cost.requests.len(), ALL_PERMISSIONS);
    assert!(cost.at_once >= ABREAST - 1, "{}", cost.at_once);
}

#[test]
fn what_is_written_somewhere_is_taken_whole() {
    let mut site = site();
    site.execute("CREATE TABLE into_it (id text)");
    for sql in [
        "INSERT INTO into_it SELECT id FROM confluence_permissions",
        "CREATE TABLE made AS SELECT id FROM confluence_permissions",
        "WITH put AS (INSERT INTO into_it SELECT id FROM confluence_permissions RETURNING id)
            SELECT count(*) FROM (SELECT FROM put LIMIT 1) x",
    ] {
        let ((), cost) = Cost::of(&mut site, |site| site.execute(sql));
        assert_eq!(cost.requests.len(), ALL_PERMISSIONS, "{sql}");
        assert!(cost.at_once >= ABREAST - 1, "{sql}\n{}", cost.at_once);
    }
    let sql = "SELECT count(*) - 3 * (SELECT count(*) FROM copy.confluence_permissions)
        FROM (SELECT FROM into_it UNION ALL SELECT FROM made) x";
    assert_eq!(one(&mut site.client, sql), "0");
}

/// The spaces' listing, and the first space.
const FIRST_PERMISSIONS: usize = 2;

#[test]
fn what_a_limit_may_stop_is_not_read_ahead() {
    let mut site = site();
    for (sql, rows, expected) in [
        (
            "SELECT id FROM confluence_permissions LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        // The limit is below what takes all.
        (
            "SELECT id FROM (SELECT id FROM confluence_permissions LIMIT 3) q ORDER BY id",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT count(*) FROM (SELECT id FROM confluence_permissions LIMIT 3) q LIMIT 1",
            1,
            FIRST_PERMISSIONS,
        ),
        // Nothing between the limit and the rows takes all.
        (
            "SELECT id FROM (SELECT id FROM confluence_permissions OFFSET 1) q LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT id FROM confluence_permissions UNION ALL SELECT id FROM people LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT id FROM (SELECT id, space_id FROM confluence_permissions UNION ALL
                SELECT title, id::int FROM copy.confluence_pages) x LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "WITH p AS MATERIALIZED (SELECT id FROM confluence_permissions) SELECT id FROM p LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "WITH p AS MATERIALIZED (SELECT id FROM confluence_permissions)
                SELECT count(*) FROM (SELECT id FROM p LIMIT 3) x LIMIT 9",
            1,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT row_number() OVER (), id FROM confluence_permissions LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT p.id FROM confluence_permissions p LEFT JOIN people u ON u.id = p.principal_id LIMIT 3",
            3,
            FIRST_PERMISSIONS,
        ),
        // Subqueries that stop at a row.
        (
            "SELECT EXISTS (SELECT FROM confluence_permissions) FROM people ORDER BY id",
            0,
            FIRST_PERMISSIONS,
        ),
        (
            "SELECT count(*) FROM people WHERE (SELECT id FROM confluence_permissions LIMIT 1) <> ''",
            1,
            FIRST_PERMISSIONS,
        ),
        ("SELECT max(id) FROM confluence_pages LIMIT 1", 1, 1),
    ] {
        let (found, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
        assert!(found.len() == rows || rows == 0, "{sql}\n{found:?}");
        assert_eq!(cost.requests.len(), expected, "{sql}\n{cost:#?}");
        assert_eq!(cost.at_once, 1, "{sql}");
    }
}

#[test]
fn a_correlated_subquery_stops_at_its_first_match() {
    let mut site = site();
    // Depends on the row outside in a way that the site cannot be asked for.
    let sql = "SELECT EXISTS (SELECT FROM confluence_permissions p WHERE length(p.id) <> length(u.id) + 1000)
        FROM (SELECT id FROM people ORDER BY id LIMIT 1) u";
    let (found, cost) = Cost::of(&mut site, |site| lines(&mut site.client, sql));
    assert_eq!(found, ["t"]);
    assert_eq!(cost.requests.len(), FIRST_PERMISSIONS, "{cost:#?}");
}
