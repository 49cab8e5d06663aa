//! Foreign tables that are declared by hand.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, lines};
use confluence_sim::Organisation;

use super::{ALL, copied, page_ids};

#[test]
fn a_table_can_be_declared_by_hand() {
    let mut site = copied();
    site.execute(
        "CREATE FOREIGN TABLE few (title text, id bigint) SERVER site OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE odd (created_at date, id text, position numeric, space_id varchar,
            modified_at text, version_number bigint, title character(300)) SERVER site OPTIONS (table 'confluence_pages');
         CREATE DOMAIN page_id AS bigint CHECK (value > 0);
         CREATE FOREIGN TABLE checked (id page_id, modified_at timestamp, title varchar) SERVER site
            OPTIONS (table 'confluence_pages');
         ALTER FOREIGN TABLE few ADD COLUMN dropped int; ALTER FOREIGN TABLE few DROP COLUMN dropped;
         ALTER FOREIGN TABLE few ADD COLUMN space_id bigint",
    );
    let id = page_ids(1, 1)[0];
    for (by_hand, imported) in [
        (
            "SELECT few, title, id FROM few".to_owned(),
            "SELECT (title, id, space_id), title, id FROM copy.confluence_pages".to_owned(),
        ),
        (
            format!("SELECT title, space_id FROM few WHERE id = {id}"),
            format!("SELECT title, space_id FROM copy.confluence_pages WHERE id = {id}"),
        ),
        (
            "SELECT created_at, id, position, space_id, modified_at, version_number, rtrim(title) FROM odd".to_owned(),
            "SELECT created_at::date, id::text, position, space_id, modified_at::text, version_number, title
                FROM copy.confluence_pages".to_owned(),
        ),
        (
            format!("SELECT count(*) FROM odd WHERE id = '{id}' AND created_at > '2001-01-01' AND modified_at < 'x'"),
            "SELECT 1".to_owned(),
        ),
        (
            "SELECT count(*) FROM odd WHERE space_id LIKE '%1%' AND created_at = '2024-05-06'".to_owned(),
            "SELECT count(*) FROM copy.confluence_pages WHERE space_id::text LIKE '%1%' AND created_at::date = '2024-05-06'".to_owned(),
        ),
        (
            format!("SELECT id, modified_at, title FROM checked WHERE id = {id} OR modified_at > '2026-11-01'"),
            format!("SELECT id, modified_at::timestamp, title FROM copy.confluence_pages
                WHERE id = {id} OR modified_at > '2026-11-01'"),
        ),
        (
            "SELECT id FROM checked WHERE title = 'Runbook'".to_owned(),
            "SELECT id FROM copy.confluence_pages WHERE title = 'Runbook'".to_owned(),
        ),
    ] {
        let (mut rows, _) = site.read(&by_hand);
        let mut expected = lines(&mut site.client, &imported);
        rows.sort_unstable();
        expected.sort_unstable();
        assert!(rows == expected, "{by_hand}: {:?} {:?}", rows.first(), expected.first());
    }
}

#[test]
fn a_column_of_another_type_is_not_asked_for() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE FOREIGN TABLE odd (id text, space_id numeric, title char(300), modified_at timestamp)
            SERVER site OPTIONS (table 'confluence_pages')",
    );
    for condition in [
        "id = '1'",
        "space_id = 1",
        "title = 'Runbook'",
        "modified_at > '2100-01-01'",
    ] {
        let (_, requests) = site.read(&format!("SELECT id FROM odd WHERE {condition}"));
        assert_eq!(requests.len(), ALL, "{condition}");
    }
}

#[test]
fn a_value_that_a_column_cannot_hold_is_an_error() {
    let mut site = Site::of(Organisation::standard());
    site.execute(
        "CREATE FOREIGN TABLE odd (id int, title varchar(5), status boolean, created_at date)
            SERVER site OPTIONS (table 'confluence_pages')",
    );
    for (sql, code) in [
        ("SELECT id FROM odd ORDER BY 1 DESC LIMIT 1", "22003"),
        ("SELECT title FROM odd", "22001"),
        ("SELECT status FROM odd", "22P02"),
    ] {
        assert_eq!(error(&mut site.client, sql).code().code(), code, "{sql}");
    }
    let (rows, _) = site.read("SELECT count(created_at) FROM odd WHERE created_at > '2026-01-01'");
    assert_ne!(rows, ["0"]);
}

#[test]
fn a_table_that_nobody_knows_is_an_error_with_a_hint() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE FOREIGN TABLE confluence_page (id bigint) SERVER site;
         CREATE FOREIGN TABLE pages (id bigint) SERVER site OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE unlike (id bigint) SERVER site",
    );
    for (table, code, message, hint) in [
        (
            "confluence_page",
            "HV00R",
            "Confluence has no table \"confluence_page\"",
            "Set the foreign table's option table, perhaps to 'confluence_pages'.",
        ),
        (
            "unlike",
            "HV00R",
            "Confluence has no table \"unlike\"",
            "Set the foreign table's option table to the name of a remote table. IMPORT FOREIGN SCHEMA declares all there are.",
        ),
    ] {
        for sql in [
            format!("SELECT id FROM {table}"),
            format!("EXPLAIN SELECT id FROM {table}"),
        ] {
            let raised = error(&mut site.client, &sql);
            assert_eq!(raised.code().code(), code, "{sql}");
            assert_eq!(raised.message(), message, "{sql}");
            assert_eq!(raised.hint(), Some(hint), "{sql}");
        }
    }
    assert_eq!(site.sim.log().len(), 0);
}
