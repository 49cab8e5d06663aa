//! Subqueries, recursion and cursors.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{lines, requests};

use super::{ALL, HASH, KEEP, KEEP_NOTHING, each_came_once, read, takes, tiny};

#[test]
fn a_subquery_for_each_row_asks_for_each_value_once() {
    let mut site = tiny();
    let pages = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT p.id, (SELECT s.name FROM confluence_spaces s WHERE s.id = p.space_id) FROM confluence_pages p",
        5 + 3,
        5 + pages,
    );
    // It depends on the row, but what it lists does not.
    takes(
        &mut site,
        "SELECT g, (SELECT count(*) FROM confluence_spaces s WHERE length(s.name) > g) FROM generate_series(1, 4) AS g",
        1,
        4,
    );
    takes(
        &mut site,
        "SELECT g, p.id FROM generate_series(1, 4) AS g
         CROSS JOIN LATERAL (SELECT id FROM confluence_pages LIMIT 3 + 0 * g) AS p",
        1,
        4,
    );
}

#[test]
fn what_stands_twice_in_a_statement_is_listed_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    for sql in [
        "SELECT id FROM confluence_pages WHERE space_id IN (SELECT space_id FROM confluence_pages WHERE title < 'M')",
        "SELECT id FROM confluence_pages UNION ALL SELECT parent_id FROM confluence_pages",
        "SELECT id FROM confluence_pages WHERE position > (SELECT avg(position) FROM confluence_pages)",
        "WITH c AS NOT MATERIALIZED (SELECT id, parent_id FROM confluence_pages)
         SELECT a.id FROM c AS a JOIN c AS b ON b.id = a.parent_id",
    ] {
        takes(&mut site, sql, ALL, 2 * ALL);
    }
    // PostgreSQL itself keeps its rows.
    takes(
        &mut site,
        "WITH c AS MATERIALIZED (SELECT id, parent_id FROM confluence_pages)
         SELECT a.id FROM c AS a JOIN c AS b ON b.id = a.parent_id",
        ALL,
        ALL,
    );
}

#[test]
fn a_recursive_query_lists_once() {
    let mut site = tiny();
    site.execute(HASH);
    site.execute(KEEP_NOTHING);
    let sql = "WITH RECURSIVE below AS (
                   SELECT id, 0 AS depth FROM confluence_pages WHERE parent_id IS NULL
                   UNION ALL
                   SELECT p.id, depth + 1 FROM below b
                   JOIN (SELECT id, parent_id FROM confluence_pages OFFSET 0) AS p ON p.parent_id = b.id)
               SELECT id, depth FROM below";
    let (expected, sent) = read(&mut site, sql);
    assert!(sent.len() >= 2 * 5, "{sent:#?}");
    site.execute(KEEP);
    let (rows, sent) = read(&mut site, sql);
    assert_eq!((rows, sent.len()), (expected, 5));
}

#[test]
fn columns_that_are_read_row_by_row_are_read_once() {
    let mut site = tiny();
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
         OPTIONS (optional_columns 'true')",
    );
    let pages = site.sim.organisation().listed_pages().count();
    takes(
        &mut site,
        "SELECT id, like_count FROM whole.confluence_pages UNION ALL SELECT id, like_count FROM whole.confluence_pages",
        5 + pages,
        2 * (5 + pages),
    );
}

#[test]
fn scans_with_other_columns_take_them_from_the_same_answers() {
    let mut site = Site::of(small());
    takes(
        &mut site,
        "SELECT id, title, NULL FROM confluence_pages UNION ALL SELECT position, author_id, modified_at FROM confluence_pages",
        ALL,
        2 * ALL,
    );
    // Bodies are in other answers.
    let (_, sent) = site.read(
        "SELECT id, title FROM confluence_pages WHERE id < 0 UNION ALL
         (SELECT id, body_storage FROM confluence_pages LIMIT 1)",
    );
    each_came_once(&sent);
}

#[test]
fn a_cursor_that_outlives_its_transaction_lists_once() {
    let mut site = Site::of(small());
    site.execute(HASH);
    let join = "SELECT a.id FROM confluence_pages a JOIN confluence_pages b USING (id)";
    site.sim.clear_log();
    site.execute(&format!(
        "BEGIN; DECLARE c CURSOR WITH HOLD FOR {join}; FETCH 1 FROM c; COMMIT"
    ));
    assert_eq!(lines(&mut site.client, "FETCH ALL FROM c").len(), 2_999);
    let sent = requests(&site.sim);
    assert_eq!(sent.len(), ALL, "{sent:#?}");
    site.execute("CLOSE c");
}
