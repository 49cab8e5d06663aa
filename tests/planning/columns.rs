//! Columns: what costs requests of its own is asked for only where it is used.

use confluence_fdw_tests::site::Site;
use confluence_sim::Organisation;

use super::copied;

#[test]
fn aggregates_and_whole_rows_are_right() {
    let mut site = copied();
    for sql in [
        "SELECT count(*), count(subtype), min(created_at), max(version_number), sum(position) FROM confluence_pages",
        "SELECT status, subtype, count(*) FROM confluence_pages GROUP BY ROLLUP (status, subtype)",
        "SELECT avg(version_number) FILTER (WHERE version_minor_edit) FROM confluence_pages",
        "SELECT date_trunc('month', modified_at), count(*) FROM confluence_pages GROUP BY 1 HAVING count(*) > 20",
        "SELECT string_agg(title, ',' ORDER BY id) FROM confluence_pages WHERE version_number = 30",
        "SELECT 1 FROM confluence_pages",
        "SELECT FROM confluence_pages",
        "SELECT count(*) FROM confluence_pages WHERE body_storage LIKE '%quarter%'",
        "SELECT length(body_storage), md5(body_storage) FROM confluence_pages WHERE version_number = 3",
        "SELECT description FROM confluence_spaces",
        "SELECT max(modified_at) - min(created_at) FROM confluence_pages",
        "SELECT min(modified_at), max(modified_at), min(created_at), max(id), min(id) FROM confluence_pages",
        "SELECT max(modified_at) FROM confluence_pages WHERE title LIKE '%policy%'",
        "SELECT (m).id, (m).principal_id FROM (SELECT m FROM confluence_permissions AS m) AS q",
        "SELECT row_to_json(m) FROM confluence_permissions AS m WHERE operation_key = 'administer'",
        "SELECT m FROM confluence_permissions AS m",
        "SELECT DISTINCT m FROM confluence_permissions AS m",
        "SELECT count(m) FROM confluence_permissions AS m",
        "SELECT m.id FROM confluence_permissions AS m WHERE m IS NOT NULL",
        "SELECT upper(id), space_id + 1, id || '-' || space_id FROM confluence_permissions",
        "SELECT id FROM confluence_permissions WHERE (space_id, id) IN (SELECT space_id, id FROM confluence_permissions)",
        "SELECT id, lag(id) OVER (ORDER BY modified_at, id) FROM confluence_pages",
        "WITH RECURSIVE tree AS (
            SELECT id, parent_id, 0 AS depth FROM confluence_pages WHERE parent_id IS NULL
            UNION ALL SELECT p.id, p.parent_id, depth + 1 FROM tree JOIN confluence_pages AS p ON p.parent_id = tree.id)
         SELECT depth, count(*) FROM tree GROUP BY depth",
        "SELECT * FROM (VALUES (1)) AS v (n) JOIN LATERAL (SELECT count(*) FROM confluence_pages WHERE version_number > n) AS c ON true",
    ] {
        site.same(sql);
    }
}

#[test]
fn whole_pages_are_read_with_their_bodies() {
    let mut site = Site::of(Organisation::demo());
    let count = Organisation::demo().listed_pages().count();
    let (rows, requests) = site.read(
        "SELECT (p).title, (p).body_storage IS NOT NULL, p.tableoid::regclass, p.* IS NULL FROM confluence_pages AS p",
    );
    assert_eq!(rows.len(), count);
    assert!(
        rows.iter()
            .all(|row| row.ends_with("|t|confluence_pages|f")),
        "{}",
        rows[0]
    );
    assert_eq!(requests.len(), count.div_ceil(50));
    assert!(requests[0].contains("body-format=storage"));
}

#[test]
fn the_table_that_a_row_is_of_is_known() {
    let mut site = Site::of(Organisation::demo());
    let (rows, requests) = site.read("SELECT DISTINCT tableoid::regclass FROM confluence_spaces");
    assert_eq!(rows, ["confluence_spaces"]);
    assert_eq!(requests.len(), 1);
}

#[test]
fn bodies_and_descriptions_are_asked_for_only_where_they_are_used() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
            OPTIONS (optional_columns 'true');
         CREATE VIEW headings AS SELECT * FROM confluence_pages",
    );
    for (sql, expected) in [
        ("SELECT id FROM confluence_pages", "limit=250"),
        ("SELECT count(*) FROM confluence_pages", "limit=250"),
        ("SELECT title FROM headings", "limit=250"),
        (
            "SELECT title FROM (SELECT * FROM confluence_pages) AS p",
            "limit=250",
        ),
        (
            "SELECT title, length(body_storage) FROM confluence_pages",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT title FROM confluence_pages WHERE body_storage LIKE '%x%'",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT title FROM confluence_pages ORDER BY body_storage",
            "body-format=storage&limit=50",
        ),
        (
            "SELECT body_adf FROM whole.confluence_pages",
            "body-format=atlas_doc_format&limit=50",
        ),
        (
            "SELECT * FROM confluence_pages LIMIT 2",
            "body-format=storage&limit=2",
        ),
        (
            "SELECT body_storage FROM confluence_pages WHERE id = 1",
            "id=1&body-format=storage&limit=50",
        ),
        ("SELECT id FROM confluence_spaces", "limit=250"),
        (
            "SELECT description FROM confluence_spaces",
            "description-format=plain&limit=250",
        ),
        (
            "SELECT key FROM confluence_spaces WHERE description <> ''",
            "description-format=plain&limit=250",
        ),
        (
            "SELECT s.key FROM confluence_spaces AS s WHERE s IS NOT NULL",
            "description-format=plain&limit=250",
        ),
    ] {
        let (_, requests) = site.read(sql);
        let (_, query) = requests[0].split_once('?').expect("a query");
        assert_eq!(query, expected, "{sql}");
    }
}

#[test]
fn both_bodies_of_a_page_come_with_one_query() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
            OPTIONS (optional_columns 'true')",
    );
    let organisation = Organisation::demo();
    let page = organisation.listed_pages().next().expect("a page");
    let row = site
        .client
        .query_one(
            "SELECT body_storage = $2, body_adf = $3::text::jsonb FROM whole.confluence_pages WHERE id = $1",
            &[&(page.id() as i64), &page.storage_body(), &page.document_body()],
        )
        .expect("one page");
    assert_eq!(
        (row.get::<_, Option<bool>>(0), row.get::<_, Option<bool>>(1)),
        (Some(true), Some(true))
    );
}
