//! `IMPORT FOREIGN SCHEMA`, and what may be done with the tables that it declares.

use confluence::schema::{Column, Table};
use confluence::tables;
use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{Database, error, lines, one};
use confluence_sim::{Options, Organisation, Sim};

/// The names of all remote tables, in order.
fn all() -> Vec<&'static str> {
    let mut names: Vec<&str> = tables::ALL.iter().map(|table| table.name).collect();
    names.sort_unstable();
    names
}

/// The columns of all remote tables that are so, as `table|column`, in order.
fn columns_that(are: fn(&Column) -> bool) -> Vec<String> {
    let of_table = |table: &&Table| {
        let name = table.name;
        let columns = table.columns.iter().filter(|column| are(column));
        columns
            .map(move |column| format!("{name}|{}", column.name))
            .collect::<Vec<_>>()
    };
    let mut columns: Vec<String> = tables::ALL.iter().flat_map(of_table).collect();
    columns.sort_unstable();
    columns
}

/// The foreign tables of a schema, in order.
fn tables_in(client: &mut postgres::Client, schema: &str) -> Vec<String> {
    lines(
        client,
        &format!(
            "SELECT foreign_table_name FROM information_schema.foreign_tables
             WHERE foreign_table_schema = '{schema}' ORDER BY 1"
        ),
    )
}

/// A site whose tables nobody has imported into the schemas `one` and `two`.
fn site() -> Site {
    let mut site = Site::of(Organisation::demo());
    site.execute("CREATE SCHEMA one; CREATE SCHEMA two");
    site
}

#[test]
fn an_import_declares_every_table_and_asks_for_nothing() {
    let mut site = site();
    site.execute("IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one");
    assert_eq!(tables_in(&mut site.client, "one"), all());
    assert_eq!(site.sim.log().len(), 0);
    let (rows, _) = site.read("SELECT count(*) FROM one.confluence_spaces");
    assert_eq!(rows, ["8"]);
}

#[test]
fn an_import_needs_no_user_mapping() {
    let database = Database::create();
    database.execute(
        "CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (subdomain 'acme');
         IMPORT FOREIGN SCHEMA confluence FROM SERVER acme INTO public",
    );
    assert_eq!(tables_in(&mut database.connect(), "public"), all());
}

#[test]
fn an_import_takes_the_tables_that_are_named() {
    let mut site = site();
    site.execute(
        "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages, confluence_spaces) FROM SERVER site INTO one;
         IMPORT FOREIGN SCHEMA confluence EXCEPT (confluence_pages) FROM SERVER site INTO two",
    );
    assert_eq!(
        tables_in(&mut site.client, "one"),
        ["confluence_pages", "confluence_spaces"]
    );
    let mut others = all();
    others.retain(|name| *name != "confluence_pages");
    assert_eq!(tables_in(&mut site.client, "two"), others);
}

#[test]
fn an_import_of_what_nobody_knows_is_an_error_with_a_hint() {
    let mut site = site();
    for (import, code, hint) in [
        (
            "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_page) FROM SERVER site INTO one",
            "HV00R",
            "Perhaps you meant \"confluence_pages\".",
        ),
        (
            "IMPORT FOREIGN SCHEMA confluence EXCEPT (confluence_page) FROM SERVER site INTO one",
            "HV00R",
            "Perhaps you meant \"confluence_pages\".",
        ),
        (
            "IMPORT FOREIGN SCHEMA confluence LIMIT TO (qqqqqqqqqqqqq) FROM SERVER site INTO one",
            "HV00R",
            "Without LIMIT TO, all tables are imported.",
        ),
        (
            "IMPORT FOREIGN SCHEMA public FROM SERVER site INTO one",
            "HV00Q",
            "The schema is called \"confluence\".",
        ),
        (
            "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one OPTIONS (optional_colums 'true')",
            "HV00D",
            "The valid option is optional_columns.",
        ),
        (
            "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one OPTIONS (optional_columns 'maybe')",
            "HV024",
            "Expected true or false.",
        ),
    ] {
        let raised = error(&mut site.client, import);
        assert_eq!(raised.code().code(), code, "{import}");
        assert_eq!(raised.hint(), Some(hint), "{import}");
        assert_eq!(
            tables_in(&mut site.client, "one"),
            Vec::<String>::new(),
            "{import}"
        );
    }
}

#[test]
fn a_second_import_into_the_same_schema_is_an_error_and_changes_nothing() {
    let mut site = site();
    site.execute("IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_permissions) FROM SERVER site INTO one");
    let raised = error(
        &mut site.client,
        "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one",
    );
    assert_eq!(raised.code().code(), "42P07");
    assert_eq!(
        tables_in(&mut site.client, "one"),
        ["confluence_permissions"]
    );
}

#[test]
fn optional_columns_are_declared_where_they_are_asked_for() {
    let mut site = site();
    site.execute(
        "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one OPTIONS (optional_columns 'true');
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO two OPTIONS (optional_columns 'false')",
    );
    let mut added = lines(
        &mut site.client,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'one'
         EXCEPT SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'two'",
    );
    added.sort_unstable();
    assert_eq!(added, columns_that(|column| column.optional));
    assert!(
        added
            .iter()
            .any(|column| column == "confluence_pages|body_adf")
    );
    let declared = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'one'";
    assert_eq!(
        one(&mut site.client, declared),
        columns_that(|_| true).len().to_string()
    );
}

#[test]
fn whether_optional_columns_are_declared_is_said_like_any_other_option() {
    let mut site = site();
    for (value, wanted) in [
        ("yes", true),
        ("on", true),
        ("1", true),
        ("TRUE", true),
        ("no", false),
        ("off", false),
        ("0", false),
    ] {
        site.execute(&format!(
            "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO one
                OPTIONS (optional_columns '{value}')"
        ));
        let columns = lines(
            &mut site.client,
            "SELECT attname FROM pg_attribute WHERE attrelid = 'one.confluence_pages'::regclass",
        );
        assert_eq!(
            columns.iter().any(|column| column == "body_adf"),
            wanted,
            "{value}"
        );
        site.execute("DROP FOREIGN TABLE one.confluence_pages");
    }
}

#[test]
fn every_table_and_column_has_a_comment() {
    let mut site = site();
    site.execute("IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one OPTIONS (optional_columns 'true')");
    let without = lines(
        &mut site.client,
        "SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'one'::regnamespace AND a.attnum > 0
            AND (coalesce(col_description(c.oid, a.attnum), '') = ''
                OR coalesce(obj_description(c.oid, 'pg_class'), '') = '')",
    );
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn keys_are_not_null() {
    let mut site = site();
    site.execute("IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one OPTIONS (optional_columns 'true')");
    let mut not_null = lines(
        &mut site.client,
        "SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'one' AND is_nullable = 'NO'",
    );
    not_null.sort_unstable();
    assert_eq!(not_null, columns_that(|column| column.required));
    for table in tables::ALL {
        for key in table.key {
            let column = format!("{}|{key}", table.name);
            assert!(not_null.contains(&column), "{column} is a part of the key");
        }
    }
}

#[test]
fn odd_names_of_schemas_and_servers_are_quoted() {
    let mut site = site();
    site.execute(&format!(
        r#"CREATE SERVER "Acme's ""site"" – prod" FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url '{}');
           CREATE USER MAPPING FOR PUBLIC SERVER "Acme's ""site"" – prod" OPTIONS (email '{}', api_token '{}');
           CREATE SCHEMA "select; DROP ""x"" ’";
           IMPORT FOREIGN SCHEMA confluence FROM SERVER "Acme's ""site"" – prod" INTO "select; DROP ""x"" ’""#,
        site.sim.url(),
        Options::EMAIL,
        Options::TOKEN
    ));
    assert_eq!(tables_in(&mut site.client, "select; DROP \"x\" ’"), all());
    let (rows, _) =
        site.read("SELECT count(*) FROM \"select; DROP \"\"x\"\" ’\".confluence_spaces");
    assert_eq!(rows, ["8"]);
}

#[test]
fn a_search_path_with_other_things_in_it_does_not_mislead_an_import() {
    let mut site = site();
    site.execute(
        "CREATE TABLE two.confluence_pages (n int); CREATE DOMAIN two.text AS int; CREATE DOMAIN two.jsonb AS int;
         SET search_path = two, public, pg_catalog;
         IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO one",
    );
    assert_eq!(tables_in(&mut site.client, "one"), all());
    assert_eq!(
        one(
            &mut site.client,
            "SELECT count(*) FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
             WHERE a.attrelid = 'one.confluence_pages'::regclass AND a.attnum > 0
                AND t.typnamespace <> 'pg_catalog'::regnamespace"
        ),
        "0"
    );
}

#[test]
fn an_ordinary_role_that_may_use_the_server_can_import() {
    let sim = Sim::start(Options::default());
    let database = Database::create();
    database.site(&sim);
    let role = database.role("analyst");
    let denied = "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO work";
    database.execute(&format!("CREATE SCHEMA work AUTHORIZATION {role}"));
    let mut analyst = database.connect_as(&role);
    assert_eq!(error(&mut analyst, denied).code().code(), "42501");

    database.execute(&format!("GRANT USAGE ON FOREIGN SERVER site TO {role}"));
    analyst.batch_execute(denied).expect("an import");
    assert_eq!(tables_in(&mut analyst, "work"), all());
    assert_eq!(
        one(&mut analyst, "SELECT count(*) FROM work.confluence_spaces"),
        "8"
    );
    // Its own tables it may read; those of others not.
    assert_eq!(
        error(&mut analyst, "SELECT * FROM public.confluence_spaces")
            .code()
            .code(),
        "42501"
    );
    let elsewhere = "IMPORT FOREIGN SCHEMA confluence FROM SERVER site INTO confluence";
    assert_eq!(error(&mut analyst, elsewhere).code().code(), "42501");
}

#[test]
fn nothing_can_be_written() {
    let mut site = site();
    site.execute("CREATE TABLE news (id bigint)");
    let statements = [
        "INSERT INTO confluence_spaces (id, key) VALUES (1, 'NEW')",
        "INSERT INTO confluence_pages (id, space_id) SELECT id, 1 FROM news",
        "INSERT INTO confluence_pages (id, space_id) VALUES (1, 1) ON CONFLICT DO NOTHING",
        "UPDATE confluence_pages SET title = 'x' WHERE id = 1",
        "UPDATE confluence_pages SET title = 'x' FROM news WHERE news.id = confluence_pages.id",
        "DELETE FROM confluence_pages",
        "DELETE FROM confluence_permissions WHERE space_id = 1",
        "TRUNCATE confluence_pages",
        "COPY confluence_spaces (id, key) FROM '/dev/null'",
        "EXPLAIN ANALYZE DELETE FROM confluence_pages",
        "MERGE INTO confluence_pages AS p USING news ON news.id = p.id WHEN MATCHED THEN DELETE",
    ];
    for statement in statements {
        let raised = error(&mut site.client, statement);
        assert_eq!(
            raised.code().code(),
            "0A000",
            "{statement}: {}",
            raised.message()
        );
    }
    assert_eq!(site.sim.log().len(), 0);
}

#[test]
fn the_information_schema_says_that_nothing_can_be_written() {
    let mut site = site();
    assert_eq!(
        lines(
            &mut site.client,
            "SELECT DISTINCT t.is_insertable_into, c.is_updatable
             FROM information_schema.tables AS t JOIN information_schema.columns AS c USING (table_schema, table_name)
             WHERE t.table_schema = 'public' AND t.table_type = 'FOREIGN'"
        ),
        ["NO|NO"]
    );
    assert_eq!(
        one(
            &mut site.client,
            "SELECT sum(pg_relation_is_updatable(oid, false)) FROM pg_class WHERE relkind = 'f'"
        ),
        "0"
    );
}

#[test]
fn tables_can_be_copied_out() {
    let mut site = site();
    let mut copied = String::new();
    std::io::Read::read_to_string(
        &mut site
            .client
            .copy_out("COPY (SELECT key FROM confluence_spaces ORDER BY id) TO STDOUT")
            .expect("a copy"),
        &mut copied,
    )
    .expect("rows");
    assert_eq!(copied.lines().count(), 8);
    assert!(copied.starts_with("ENG\n"));
}

#[test]
fn a_materialized_view_is_refreshed_concurrently() {
    let mut site = site();
    site.execute(
        "CREATE MATERIALIZED VIEW kept AS SELECT id, title, modified_at FROM confluence_pages;
         CREATE UNIQUE INDEX ON kept (id)",
    );
    let count: usize = one(&mut site.client, "SELECT count(*) FROM kept")
        .parse()
        .expect("a count");
    let page = site
        .sim
        .edit(|organisation| {
            let space_id = organisation.space_by_key("ENG").expect("a space").id;
            organisation.create_page(confluence_sim::NewPage {
                space_id,
                title: "Brand new".to_owned(),
                parent_id: None,
            })
        })
        .expect("a page");
    site.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY kept");
    assert_eq!(
        one(&mut site.client, "SELECT count(*) FROM kept"),
        (count + 1).to_string()
    );
    assert_eq!(
        one(
            &mut site.client,
            &format!("SELECT title FROM kept WHERE id = {page}")
        ),
        "Brand new"
    );
}
