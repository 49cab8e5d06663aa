//! Values that do not fit into columns of other types than an import declares: PostgreSQL's own errors, which name the
//! column, the table and the row.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, explain, lines, one};

use crate::scene::Scene;

const TITLE: &str = "column \"title\" of foreign table \"narrow\"";

/// The small site, with a table of pages whose titles are cut short.
#[track_caller]
fn narrow() -> Scene {
    let scene = Scene::new();
    scene.database.execute(
        "CREATE FOREIGN TABLE narrow (id bigint, title varchar(3)) SERVER site
            OPTIONS (table 'confluence_pages')",
    );
    scene
}

#[test]
fn a_value_that_does_not_fit_is_told_with_its_column_table_and_row() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute("CREATE DOMAIN short AS text CHECK (length(VALUE) < 3)")
        .unwrap();
    let first = one(&mut scene.client, "SELECT id FROM confluence_pages LIMIT 1");
    for (column, type_name, sqlstate) in [
        ("title", "varchar(3)", "22001"),
        ("title", "char(3)", "22001"),
        ("title", "short", "23514"),
        ("title", "jsonb", "22P02"),
        ("status", "boolean", "22P02"),
        ("space_id", "uuid", "22P02"),
        ("space_id", "numeric(2, 0)", "22003"),
        ("id", "smallint", "22003"),
        ("modified_at", "integer", "22P02"),
        ("version_minor_edit", "integer", "22P02"),
        ("web_url", "numeric", "22P02"),
    ] {
        let id = if column == "id" { "" } else { "id bigint, " };
        scene
            .client
            .batch_execute(&format!(
                "CREATE FOREIGN TABLE other ({id}{column} {type_name}) SERVER site OPTIONS (table 'confluence_pages')"
            ))
            .unwrap();
        let place = format!("column \"{column}\" of foreign table \"other\"");
        let of_row = format!("{place}, row {first}");
        let of_column = if column == "id" { &of_row } else { &place };
        for (sql, context) in [
            (format!("SELECT {column} FROM other"), of_column),
            ("SELECT * FROM other".to_owned(), &of_row),
            ("ANALYZE other".to_owned(), &of_row),
        ] {
            let raised = error(&mut scene.client, &sql);
            assert_eq!(
                (raised.code().code(), raised.where_()),
                (sqlstate, Some(context.as_str())),
                "{sql} {type_name}: {raised:?}"
            );
        }
        scene
            .client
            .batch_execute("DROP FOREIGN TABLE other")
            .unwrap();
    }
    scene.reads_all_pages();
}

#[test]
fn a_sites_name_that_does_not_fit_is_told_with_its_column_and_table() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "CREATE FOREIGN TABLE narrow (id bigint, site varchar(3)) SERVER site
                OPTIONS (table 'confluence_pages', site 'acme')",
        )
        .unwrap();
    let raised = error(&mut scene.client, "SELECT * FROM narrow");
    assert_eq!(raised.code().code(), "22001");
    assert_eq!(
        raised.where_(),
        Some("column \"site\" of foreign table \"narrow\"")
    );
}

#[test]
fn what_is_told_of_an_error_stays_with_that_error() {
    let mut scene = narrow();
    let inside = "BEGIN
        FOR n IN 1 .. 100 LOOP
            BEGIN
                PERFORM title FROM narrow;
            EXCEPTION WHEN string_data_right_truncation THEN
                GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
            END;
        END LOOP;";
    scene.database.execute(&format!(
        "CREATE FUNCTION told() RETURNS text LANGUAGE plpgsql AS $$ DECLARE context text; {inside} RETURN context; END $$"
    ));
    let told = one(&mut scene.client, "SELECT told()");
    // Ours once, and what PL/pgSQL tells once.
    assert!(told.starts_with(TITLE), "{told}");
    assert_eq!(told.matches(TITLE).count(), 1, "{told}");
    assert_eq!(
        told.matches("PL/pgSQL function told()").count(),
        1,
        "{told}"
    );
    let raised = error(
        &mut scene.client,
        &format!("DO $$ DECLARE context text; {inside} PERFORM 1 / 0; END $$"),
    );
    assert_eq!(raised.code().code(), "22012");
    let context = raised.where_().unwrap_or_default();
    assert!(!context.contains("narrow"), "{context}");
}

#[test]
fn it_is_told_wherever_the_scan_is() {
    let mut scene = narrow();
    scene
        .client
        .batch_execute("CREATE FOREIGN TABLE other (id bigint, title varchar(3)) SERVER site OPTIONS (table 'confluence_pages')")
        .unwrap();
    let both = "SELECT title FROM narrow UNION ALL SELECT title FROM other";
    assert!(explain(&mut scene.client, both).contains("Async"));
    let raised = error(&mut scene.client, both);
    let context = raised.where_().unwrap_or_default();
    assert!(
        [TITLE, "column \"title\" of foreign table \"other\""].contains(&context),
        "{raised:?}"
    );

    let mut site = Site::of(small());
    site.execute(
        "CREATE FOREIGN TABLE narrow (id bigint, title varchar(3)) SERVER site OPTIONS (table 'confluence_pages');
         CREATE TABLE wanted AS SELECT id FROM confluence_pages LIMIT 500; ANALYZE wanted",
    );
    // On the inner side and on the outer one.
    for join in [
        "SELECT title FROM wanted JOIN narrow USING (id)",
        "SELECT p.title FROM (SELECT id, title FROM narrow LIMIT 500) n JOIN confluence_pages p ON p.id = n.id AND p.title <> n.title",
    ] {
        let plan = explain(&mut site.client, join);
        assert!(plan.contains("Confluence Batch Join"), "{plan}");
        let raised = error(&mut site.client, join);
        assert_eq!(raised.code().code(), "22001");
        let context = raised.where_().unwrap_or_default();
        assert!(context.starts_with(TITLE), "{raised:?}");
    }
}

#[test]
fn what_fits_is_converted() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "CREATE FOREIGN TABLE other (id text, title varchar(300), space_id numeric, modified_at text) SERVER site
                OPTIONS (table 'confluence_pages')",
        )
        .unwrap();
    let compared = "SELECT count(*) FROM other o JOIN confluence_pages p
        ON o.id = p.id::text AND o.title = p.title AND o.space_id = p.space_id AND o.modified_at::timestamptz = p.modified_at";
    assert_eq!(one(&mut scene.client, compared), "45");
    assert_eq!(lines(&mut scene.client, "SELECT id FROM other").len(), 45);
}
