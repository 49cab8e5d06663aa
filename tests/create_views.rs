//! `confluence.create_views`: plain views, for tools that list tables and views only.

use confluence::tables;
use confluence_fdw_tests::{error, lines, literal, one, requests};
use confluence_sim::Options;

use crate::scene::Scene;

const CREATE_VIEWS: &str = "SELECT view_name FROM confluence.create_views('site', 'reports')";

/// Columns of a schema's relations, with their types and comments, and the comments of the relations.
fn description(schema: &str) -> String {
    format!(
        "SELECT c.relname, obj_description(c.oid, 'pg_class'), attname, format_type(atttypid, atttypmod),
                col_description(attrelid, attnum)
         FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
         WHERE c.relnamespace = {}::regnamespace AND c.relkind IN ('f', 'v') AND attnum > 0
         ORDER BY c.relname, attnum",
        literal(schema)
    )
}

/// A small site with its tables in `public`, and an empty schema `reports`.
#[track_caller]
fn scene() -> Scene {
    let mut scene = Scene::new();
    scene.client.batch_execute("CREATE SCHEMA reports").unwrap();
    scene
}

#[test]
fn a_view_has_its_tables_columns_comments_and_rows() {
    let mut scene = scene();
    let made = lines(&mut scene.client, CREATE_VIEWS);
    assert!(scene.sim.log().is_empty(), "making views asks for nothing");
    assert_eq!(
        made,
        lines(
            &mut scene.client,
            "SELECT relname FROM pg_class WHERE relkind = 'f' ORDER BY relname"
        )
    );
    let of_tables = lines(&mut scene.client, &description("public"));
    assert!(of_tables.iter().all(|line| !line.contains("NULL|")));
    assert_eq!(lines(&mut scene.client, &description("reports")), of_tables);
    let expected = scene.page_ids();
    assert_eq!(
        scene.numbers("SELECT id FROM reports.confluence_pages"),
        expected
    );
}

#[test]
fn a_query_of_a_view_asks_for_what_one_of_the_table_does() {
    let mut scene = scene();
    lines(&mut scene.client, CREATE_VIEWS);
    let space = one(&mut scene.client, "SELECT min(id) FROM confluence_spaces");
    for query in [
        format!("SELECT title FROM SCHEMA.confluence_pages WHERE space_id = {space}"),
        "SELECT title FROM SCHEMA.confluence_pages ORDER BY modified_at DESC LIMIT 5".to_owned(),
        format!(
            "SELECT p.title FROM SCHEMA.confluence_spaces s JOIN SCHEMA.confluence_pages p ON p.space_id = s.id
             WHERE s.id = {space}"
        ),
    ] {
        let [of_table, of_view] = ["public", "reports"].map(|schema| {
            scene.sim.clear_log();
            let rows = lines(&mut scene.client, &query.replace("SCHEMA", schema));
            (rows, requests(&scene.sim))
        });
        assert_eq!(of_view, of_table, "{query}");
        assert!(!of_view.1.is_empty());
    }
    scene.sim.clear_log();
    let in_space =
        format!("SELECT title FROM reports.confluence_pages WHERE space_id = {space} LIMIT 1");
    lines(&mut scene.client, &in_space);
    assert_eq!(
        requests(&scene.sim),
        [format!("GET /wiki/api/v2/pages?space-id={space}&limit=1")]
    );
}

#[test]
fn made_again_views_follow_their_tables() {
    let mut scene = scene();
    lines(&mut scene.client, CREATE_VIEWS);
    let reader = scene.database.role("reader");
    scene
        .client
        .batch_execute(&format!(
            "GRANT SELECT ON reports.confluence_pages TO {reader};
             ALTER FOREIGN TABLE confluence_pages ADD body_adf jsonb;
             COMMENT ON COLUMN confluence_pages.body_adf IS 'The body';
             COMMENT ON COLUMN confluence_pages.title IS 'It''s the title';
             COMMENT ON FOREIGN TABLE confluence_pages IS NULL"
        ))
        .unwrap();
    lines(&mut scene.client, CREATE_VIEWS);
    assert_eq!(
        lines(&mut scene.client, &description("reports")),
        lines(&mut scene.client, &description("public"))
    );
    let granted =
        format!("SELECT has_table_privilege('{reader}', 'reports.confluence_pages', 'SELECT')");
    assert_eq!(one(&mut scene.client, &granted), "t");
}

#[test]
fn names_may_be_anything() {
    let mut scene = scene();
    scene
        .client
        .batch_execute(
            r#"CREATE SERVER "The 'site'" FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme');
               CREATE SCHEMA "a.""schema""";
               CREATE FOREIGN TABLE "select" (id bigint NOT NULL, title text)
               SERVER "The 'site'" OPTIONS (table 'confluence_pages');
               ALTER FOREIGN TABLE "select" RENAME TO "Seiten, ""alle""; %I";
               COMMENT ON FOREIGN TABLE "Seiten, ""alle""; %I" IS 'it''s \ 100 %'"#,
        )
        .unwrap();
    let make = |server: &str| {
        format!(
            r#"SELECT * FROM confluence.create_views({}, 'a."schema"')"#,
            literal(server)
        )
    };
    assert_eq!(
        lines(&mut scene.client, &make("The 'site'")),
        [r#"Seiten, "alle"; %I"#]
    );
    assert_eq!(
        one(
            &mut scene.client,
            r#"SELECT obj_description('"a.""schema"""."Seiten, ""alle""; %I"'::regclass)"#
        ),
        r"it's \ 100 %"
    );
}

#[test]
fn what_is_there_already_stays() {
    let mut scene = scene();
    let hint = Some("Drop it or rename it, or name another schema.");
    for (there, drop) in [
        ("TABLE reports.confluence_pages (id bigint)", "TABLE"),
        (
            "VIEW reports.confluence_pages AS SELECT id, space_id FROM confluence_pages WHERE space_id = 1",
            "VIEW",
        ),
        (
            "VIEW reports.confluence_pages AS SELECT DISTINCT id, space_id FROM confluence_pages",
            "VIEW",
        ),
        ("VIEW reports.confluence_pages AS SELECT", "VIEW"),
        (
            "MATERIALIZED VIEW reports.confluence_pages AS SELECT id, space_id FROM confluence_pages WITH NO DATA",
            "MATERIALIZED VIEW",
        ),
    ] {
        scene
            .client
            .batch_execute(&format!("CREATE {there}"))
            .unwrap();
        let before = lines(&mut scene.client, &description("reports"));
        let refused = error(&mut scene.client, CREATE_VIEWS);
        assert_eq!(refused.code().code(), "42P07", "{there}");
        assert_eq!(
            refused.message(),
            "reports.confluence_pages is there already, and is not a view of all rows of public.confluence_pages"
        );
        assert_eq!(refused.hint(), hint);
        assert_eq!(lines(&mut scene.client, &description("reports")), before);
        scene
            .client
            .batch_execute(&format!("DROP {drop} reports.confluence_pages"))
            .unwrap();
    }
}

#[test]
fn a_view_with_other_columns_is_told_which() {
    let mut scene = scene();
    let more = "SELECT *, 1 AS more FROM confluence_spaces";
    for (view, columns, detail) in [
        (
            "confluence_pages",
            "SELECT title, id FROM confluence_pages",
            "Column 1 of the view is \"title text\", and that of the table is \"id bigint\".",
        ),
        (
            "confluence_pages",
            "SELECT id::text FROM confluence_pages",
            "Column 1 of the view is \"id text\", and that of the table is \"id bigint\".",
        ),
        (
            "confluence_spaces",
            more,
            "Column 13 of the view is \"more integer\", and the table has none.",
        ),
    ] {
        scene
            .client
            .batch_execute(&format!("CREATE VIEW reports.{view} AS {columns}"))
            .unwrap();
        let refused = error(&mut scene.client, CREATE_VIEWS);
        assert_eq!(refused.code().code(), "42P07");
        assert_eq!(
            refused.message(),
            format!(
                "reports.{view} is there already, and its columns are not those of public.{view}"
            )
        );
        assert_eq!(refused.detail(), Some(detail));
        assert_eq!(
            refused.hint(),
            Some("Drop it or rename it, or name another schema.")
        );
        scene
            .client
            .batch_execute(&format!("DROP VIEW reports.{view}"))
            .unwrap();
    }
    lines(&mut scene.client, CREATE_VIEWS);
    scene
        .client
        .batch_execute("ALTER VIEW reports.confluence_pages RENAME title TO \"the title\"")
        .unwrap();
    let refused = error(&mut scene.client, CREATE_VIEWS);
    assert_eq!(
        refused.detail(),
        Some(
            "Column 3 of the view is \"\"the title\" text\", and that of the table is \"title text\"."
        )
    );
    assert_eq!(
        refused.hint(),
        Some(
            "Name it as it was: ALTER VIEW reports.confluence_pages RENAME COLUMN \"the title\" TO title"
        )
    );
}

#[test]
fn a_schema_of_its_own_is_needed() {
    let mut scene = scene();
    let first = tables::ALL.iter().map(|table| table.name).min().unwrap();
    let in_the_way = format!("public.{first} is a foreign table itself");
    for (call, sqlstate, message, hint) in [
        (
            "('site', 'elsewhere')",
            "3F000",
            "schema \"elsewhere\" does not exist",
            Some("Views get a schema of their own: CREATE SCHEMA elsewhere"),
        ),
        (
            "('site', 'public')",
            "42P07",
            &in_the_way,
            Some("Views need another schema than the tables: CREATE SCHEMA ..."),
        ),
        (
            "('sight', 'reports')",
            "42704",
            "server \"sight\" does not exist",
            None,
        ),
        (
            "(NULL, 'reports')",
            "22004",
            "server must not be null",
            None,
        ),
        ("('site', NULL)", "22004", "schema must not be null", None),
    ] {
        let refused = error(
            &mut scene.client,
            &format!("SELECT confluence.create_views{call}"),
        );
        assert_eq!(
            (refused.code().code(), refused.message(), refused.hint()),
            (sqlstate, message, hint)
        );
    }
}

#[test]
fn two_tables_of_one_name_are_refused() {
    let mut scene = scene();
    scene
        .client
        .batch_execute(
            "CREATE SCHEMA again;
             IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO again",
        )
        .unwrap();
    let refused = error(&mut scene.client, CREATE_VIEWS);
    assert_eq!(refused.code().code(), "42P07");
    assert_eq!(
        refused.message(),
        "server \"site\" has several foreign tables \"confluence_pages\""
    );
}

#[test]
fn it_runs_with_the_callers_rights() {
    let mut scene = scene();
    let maker = scene.database.role("maker");
    let mut client = scene.database.connect_as(&maker);
    assert!(lines(&mut client, CREATE_VIEWS).is_empty());

    scene
        .client
        .batch_execute(&format!("GRANT SELECT ON confluence_spaces TO {maker}"))
        .unwrap();
    let refused = error(&mut client, CREATE_VIEWS);
    assert_eq!(refused.code().code(), "42501");
    assert_eq!(refused.message(), "permission denied for schema reports");

    scene
        .client
        .batch_execute(&format!("GRANT USAGE, CREATE ON SCHEMA reports TO {maker}"))
        .unwrap();
    assert_eq!(lines(&mut client, CREATE_VIEWS), ["confluence_spaces"]);
    assert_eq!(
        one(
            &mut client,
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'reports.confluence_spaces'::regclass"
        ),
        maker
    );
}

#[test]
fn other_functions_of_the_callers_path_are_not_called() {
    let mut scene = scene();
    scene
        .client
        .batch_execute(
            "CREATE SCHEMA shadow;
             CREATE FUNCTION shadow.format(text, name) RETURNS text LANGUAGE sql AS $$ SELECT 1/0 $$;
             CREATE FUNCTION shadow.has_table_privilege(oid, text) RETURNS bool LANGUAGE sql AS $$ SELECT 1/0 = 1 $$;
             SET search_path = shadow, pg_catalog, public",
        )
        .unwrap();
    assert!(!lines(&mut scene.client, CREATE_VIEWS).is_empty());
}

/// Since PostgreSQL 15, as a view can be told so; before, a view is always its owner's.
#[test]
fn each_reader_reads_with_a_mapping_of_its_own() {
    let mut scene = scene();
    lines(&mut scene.client, CREATE_VIEWS);
    let reader = scene.database.role("reader");
    scene
        .client
        .batch_execute(&format!(
            "CREATE USER MAPPING FOR {reader} SERVER site
             OPTIONS (email {}, api_token 'expired');
             GRANT USAGE ON SCHEMA reports TO {reader};
             GRANT SELECT ON reports.confluence_spaces, public.confluence_spaces TO {reader}",
            literal(Options::EMAIL)
        ))
        .unwrap();
    let mut client = scene.database.connect_as(&reader);
    let query = "SELECT key FROM reports.confluence_spaces";
    assert_eq!(error(&mut client, query).code().code(), "28000");
    scene
        .client
        .batch_execute(&format!(
            "REVOKE SELECT ON public.confluence_spaces FROM {reader}"
        ))
        .unwrap();
    assert_eq!(error(&mut client, query).code().code(), "42501");
}
