//! Columns of a foreign table that are not called as the site's are, or that the site does not have: renamed, added and
//! generated ones.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{Database, error, explain, lines, one, skip};
use confluence_sim::{Options, Organisation, Sim};

use crate::scene::{Scene, small_site};

/// A foreign table with columns under names of one's own, in an order of its own, beside the imported one.
#[track_caller]
fn renamed() -> Site {
    let mut site = Site::of(small());
    site.execute(
        "CREATE FOREIGN TABLE mine (
             gone text,
             page_title text OPTIONS (column_name 'title'),
             changed timestamptz OPTIONS (column_name 'modified_at'),
             number bigint OPTIONS (column_name 'id') NOT NULL,
             title bigint OPTIONS (column_name 'space_id'),
             also text OPTIONS (column_name 'title')
         ) SERVER site OPTIONS (table 'confluence_pages');
         ALTER FOREIGN TABLE mine DROP COLUMN gone",
    );
    site
}

#[test]
fn a_column_may_have_a_name_of_its_own() {
    let mut site = renamed();
    let space = small().spaces().next().expect("a space").id;
    for (mine, imported) in [
        (
            "SELECT number, page_title, also, changed, title FROM mine ORDER BY number".to_owned(),
            "SELECT id, title, title, modified_at, space_id FROM confluence_pages ORDER BY id".to_owned(),
        ),
        (
            "SELECT also FROM mine ORDER BY number LIMIT 3".to_owned(),
            "SELECT title FROM confluence_pages ORDER BY id LIMIT 3".to_owned(),
        ),
        (
            format!("SELECT number FROM mine WHERE title = {space} ORDER BY number"),
            format!("SELECT id FROM confluence_pages WHERE space_id = {space} ORDER BY id"),
        ),
        (
            "SELECT page_title FROM mine WHERE page_title = 'Runbook' AND also = 'Runbook'".to_owned(),
            "SELECT title FROM confluence_pages WHERE title = 'Runbook' AND title = 'Runbook'".to_owned(),
        ),
        (
            "SELECT changed FROM mine ORDER BY changed DESC LIMIT 3".to_owned(),
            "SELECT modified_at FROM confluence_pages ORDER BY modified_at DESC LIMIT 3".to_owned(),
        ),
        (
            "SELECT a.number FROM mine a JOIN mine b ON b.number = a.number WHERE a.also = 'Runbook' ORDER BY 1".to_owned(),
            "SELECT a.id FROM confluence_pages a JOIN confluence_pages b ON b.id = a.id WHERE a.title = 'Runbook' ORDER BY 1".to_owned(),
        ),
        (
            "SELECT (m).also FROM mine m ORDER BY number LIMIT 3".to_owned(),
            "SELECT title FROM confluence_pages ORDER BY id LIMIT 3".to_owned(),
        ),
    ] {
        let (rows, asked) = site.read(&mine);
        assert_eq!((rows, asked), site.read(&imported), "{mine}");
    }
}

#[test]
fn a_kept_plan_follows_the_option() {
    let mut site = renamed();
    site.execute("SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT also FROM mine ORDER BY number LIMIT 2");
    for column in ["title", "status", "subtype"] {
        site.execute(&format!(
            "ALTER FOREIGN TABLE mine ALTER COLUMN also OPTIONS (SET column_name '{column}')"
        ));
        let expected = site.read(&format!(
            "SELECT {column} FROM confluence_pages ORDER BY id LIMIT 2"
        ));
        assert_eq!(site.read("EXECUTE q"), expected, "{column}");
    }
}

#[test]
fn an_error_in_a_value_names_the_column_as_it_is_called_here() {
    let mut site = renamed();
    site.execute(
        "CREATE FOREIGN TABLE odd (number bigint OPTIONS (column_name 'id'), amount int OPTIONS (column_name 'title'))
             SERVER site OPTIONS (table 'confluence_pages')",
    );
    let raised = error(
        &mut site.client,
        "SELECT number, amount FROM odd ORDER BY number",
    );
    assert_eq!(raised.code().code(), "22P02");
    let context = raised.where_().unwrap_or_default();
    assert!(
        context.contains("column \"amount\" of foreign table \"odd\", row "),
        "{context}"
    );
}

#[test]
fn explain_shows_local_names_in_conditions_and_remote_ones_in_requests() {
    let mut site = renamed();
    let plan = explain(
        &mut site.client,
        "SELECT page_title FROM mine WHERE title = 7 AND changed > '2026-11-01'",
    );
    assert!(
        plan.contains("pages?space-id={space_id}&sort=-modified-date"),
        "{plan}"
    );
    assert!(plan.contains("Pushed Down: mine.changed > '"), "{plan}");
    assert!(plan.contains(", mine.title = 7 (stops early)"), "{plan}");
}

#[test]
fn an_imported_column_can_be_renamed() {
    let mut site = Site::of(Organisation::demo());
    let before = site.read("SELECT id, title FROM confluence_pages ORDER BY id");
    let expected = site.read("SELECT count(*) FROM confluence_pages WHERE title = 'Runbook'");
    site.execute(
        "ALTER FOREIGN TABLE confluence_pages RENAME COLUMN title TO page_title;
         ALTER FOREIGN TABLE confluence_pages RENAME COLUMN position TO title",
    );
    assert_eq!(
        site.read("SELECT id, page_title FROM confluence_pages ORDER BY id"),
        before
    );
    assert_eq!(
        site.read("SELECT count(*) FROM confluence_pages WHERE page_title = 'Runbook'"),
        expected
    );
    site.execute("CREATE SCHEMA views");
    site.read("SELECT confluence.create_views('site', 'views')");
    assert_eq!(
        site.read("SELECT id, page_title FROM views.confluence_pages ORDER BY id")
            .0,
        before.0
    );
    site.execute("ANALYZE confluence_pages");
    let rows = site.read(
        "SELECT null_frac FROM pg_stats WHERE tablename = 'confluence_pages' AND attname = 'page_title'",
    );
    assert_eq!(rows.0, ["0"]);
}

#[test]
fn a_column_that_the_table_does_not_have_is_an_error_only_where_it_is_used() {
    let mut site = Site::of(Organisation::demo());
    let count = Organisation::demo().listed_pages().count().to_string();
    site.execute(
        "CREATE SCHEMA \"my schema\";
         CREATE FOREIGN TABLE plain (id bigint, titel text, zzzzzzzz text, site text, sum bigint OPTIONS (column_name 'key'))
             SERVER site OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE \"my schema\".plain (id bigint, \"Titel\" text)
             SERVER site OPTIONS (table 'confluence_pages')",
    );
    for sql in [
        "SELECT count(*) FROM plain",
        "SELECT count(id) FROM plain WHERE id > 0",
        "SELECT count(*) FROM plain a JOIN plain b USING (id)",
        "SELECT count(*) FROM \"my schema\".plain",
    ] {
        assert_eq!(site.read(sql).0, std::slice::from_ref(&count), "{sql}");
    }
    site.execute(
        "ANALYZE plain; CREATE TABLE notes AS SELECT id, '' AS note FROM plain;
         UPDATE notes SET note = 'x' FROM plain WHERE plain.id = notes.id",
    );
    site.sim.clear_log();
    for (sql, remote, local, hint) in [
        (
            "SELECT titel FROM plain",
            "titel",
            "titel",
            "Name the remote column, perhaps so: ALTER FOREIGN TABLE public.plain ALTER COLUMN titel OPTIONS (ADD column_name 'title').",
        ),
        (
            "SELECT id FROM plain WHERE zzzzzzzz = ''",
            "zzzzzzzz",
            "zzzzzzzz",
            "Name the remote column: ALTER FOREIGN TABLE public.plain ALTER COLUMN zzzzzzzz OPTIONS (ADD column_name '...').",
        ),
        (
            "EXPLAIN SELECT id FROM plain ORDER BY sum",
            "key",
            "sum",
            "Name the remote column: ALTER FOREIGN TABLE public.plain ALTER COLUMN sum OPTIONS (SET column_name '...').",
        ),
        (
            "SELECT p FROM \"my schema\".plain p",
            "Titel",
            "Titel",
            "Name the remote column, perhaps so: ALTER FOREIGN TABLE \"my schema\".plain ALTER COLUMN \"Titel\" OPTIONS (ADD column_name 'title').",
        ),
        (
            "SELECT a.id FROM plain a JOIN plain b ON b.titel = a.id::text",
            "titel",
            "titel",
            "Name the remote column, perhaps so: ALTER FOREIGN TABLE public.plain ALTER COLUMN titel OPTIONS (ADD column_name 'title').",
        ),
        (
            "SELECT site FROM plain",
            "site",
            "site",
            "Set the foreign table's option site to what the column is to hold.",
        ),
    ] {
        let raised = error(&mut site.client, sql);
        assert_eq!(raised.code().code(), "HV005", "{sql}");
        assert_eq!(
            raised.message(),
            format!("\"confluence_pages\" has no column \"{remote}\""),
            "{sql}"
        );
        assert_eq!(
            raised.detail(),
            Some(&*format!("Column \"{local}\" of foreign table \"plain\".")),
            "{sql}"
        );
        assert_eq!(raised.hint(), Some(hint), "{sql}");
    }
    assert_eq!(site.sim.log().len(), 0);
    site.execute(
        "ALTER FOREIGN TABLE public.plain ALTER COLUMN titel OPTIONS (ADD column_name 'title')",
    );
    assert_eq!(site.read("SELECT count(titel) FROM plain").0, [count]);
}

#[test]
fn the_option_takes_names_of_columns_only() {
    let mut site = renamed();
    for (value, hint) in [
        (
            "titel",
            "Expected the name of a remote table's column, perhaps title.",
        ),
        ("", "Expected the name of a remote table's column."),
    ] {
        let raised = error(
            &mut site.client,
            &format!(
                "ALTER FOREIGN TABLE mine ALTER COLUMN also OPTIONS (SET column_name '{value}')"
            ),
        );
        assert_eq!(raised.code().code(), "HV024");
        assert_eq!(raised.hint(), Some(hint));
    }
    let raised = error(
        &mut site.client,
        "ALTER FOREIGN TABLE mine ALTER COLUMN also OPTIONS (ADD colum_name 'title')",
    );
    assert_eq!(raised.code().code(), "HV00D");
    assert_eq!(
        raised.hint(),
        Some("Perhaps you meant the option \"column_name\".")
    );
    let raised = error(
        &mut site.client,
        "ALTER FOREIGN TABLE mine OPTIONS (ADD column_name 'title')",
    );
    assert_eq!(raised.hint(), Some("Set it on the column."));
    let raised = error(
        &mut site.client,
        "ALTER FOREIGN TABLE mine ALTER COLUMN also OPTIONS (ADD page_size '7')",
    );
    assert_eq!(
        raised.message(),
        "option \"page_size\" does not belong to a column"
    );
}

#[test]
fn a_generated_column_is_computed_from_the_others() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE FOREIGN TABLE g (
             title_lower text GENERATED ALWAYS AS (lower(title)) STORED,
             id bigint NOT NULL,
             title text,
             space_id bigint,
             next bigint GENERATED ALWAYS AS (id + 1) STORED,
             place text GENERATED ALWAYS AS (site || '/' || space_id) STORED,
             site text,
             odd bigint GENERATED ALWAYS AS (1 / (id - id)) STORED,
             status text OPTIONS (column_name 'subtype') GENERATED ALWAYS AS ('never') STORED
         ) SERVER site OPTIONS (table 'confluence_pages', site 'acme')",
    );
    for (sql, same) in [
        (
            "SELECT title_lower, next, place FROM g ORDER BY id",
            "SELECT lower(title), id + 1, 'acme/' || space_id FROM confluence_pages ORDER BY id",
        ),
        (
            "SELECT next FROM g ORDER BY id LIMIT 3",
            "SELECT id + 1 FROM confluence_pages ORDER BY id LIMIT 3",
        ),
        (
            "SELECT id FROM g WHERE title_lower = 'runbook' ORDER BY id",
            "SELECT id FROM confluence_pages WHERE lower(title) = 'runbook' ORDER BY id",
        ),
        (
            "SELECT max(length(title_lower)) FROM g WHERE title = 'Runbook'",
            "SELECT max(length(lower(title))) FROM confluence_pages WHERE title = 'Runbook'",
        ),
        (
            "SELECT count(*) FROM g a JOIN g b ON b.id = a.next - 1",
            "SELECT count(*) FROM confluence_pages a JOIN confluence_pages b ON b.id = a.id + 1 - 1",
        ),
        // What names a remote column is read from there.
        (
            "SELECT status FROM g ORDER BY id",
            "SELECT subtype FROM confluence_pages ORDER BY id",
        ),
    ] {
        let rows = site.read(sql).0;
        assert!(!rows.is_empty(), "{sql}");
        assert_eq!(rows, site.read(same).0, "{sql}");
    }
    // Only what is used is computed, and only what that needs is read.
    let asked = site.read("SELECT title_lower FROM g LIMIT 1").1;
    assert_eq!(asked, ["GET /wiki/api/v2/pages?limit=1"]);
    for sql in ["SELECT odd FROM g LIMIT 1", "SELECT * FROM g LIMIT 1"] {
        assert_eq!(error(&mut site.client, sql).code().code(), "22012", "{sql}");
    }
    site.execute("ANALYZE g");
    assert_eq!(
        site.read("SELECT count(*) FROM g WHERE next > 0").0,
        ["3000"]
    );
}

#[test]
fn a_generated_column_reads_the_body_that_it_is_computed_from() {
    let mut site = Site::of(Organisation::demo());
    site.execute(
        "CREATE FOREIGN TABLE g (id bigint, body_storage text, size int GENERATED ALWAYS AS (length(body_storage)) STORED,
             broken text GENERATED ALWAYS AS (zzzzzzzz) STORED, zzzzzzzz text)
             SERVER site OPTIONS (table 'confluence_pages')",
    );
    let (rows, asked) = site.read("SELECT size FROM g ORDER BY id");
    let truth = site
        .read("SELECT length(body_storage) FROM confluence_pages ORDER BY id")
        .0;
    assert_eq!(rows, truth);
    assert!(asked[0].contains("body-format=storage"), "{asked:?}");
    let raised = error(&mut site.client, "SELECT broken FROM g");
    assert_eq!(
        raised.message(),
        "\"confluence_pages\" has no column \"zzzzzzzz\""
    );
}

#[test]
fn a_recheck_has_what_a_generated_column_was() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "CREATE FOREIGN TABLE g (id bigint, title text, low text GENERATED ALWAYS AS (lower(title)) STORED)
                 SERVER site OPTIONS (table 'confluence_pages');
             CREATE TABLE notes AS SELECT id, '' AS note FROM confluence_pages;
             UPDATE notes SET note = low FROM g WHERE g.id = notes.id AND low <> ''",
        )
        .expect("an update");
    assert_eq!(
        one(
            &mut scene.client,
            "SELECT count(*) FROM notes JOIN confluence_pages p USING (id) WHERE note = lower(title)"
        ),
        "45"
    );
}

#[test]
fn partitions_and_children_may_call_their_columns_otherwise() {
    let mut site = Site::of(small());
    let other = Sim::start(Options::of(small_site()));
    let database: &Database = &site.database;
    database.execute(&format!(
        "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url '{}');
         CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (email '{}', api_token '{}')",
        other.url(),
        Options::EMAIL,
        Options::TOKEN
    ));
    site.execute(
        "CREATE TABLE both_sites (instance text NOT NULL, number bigint, name text, changed timestamptz) PARTITION BY LIST (instance);
         CREATE FOREIGN TABLE one PARTITION OF both_sites FOR VALUES IN ('one')
             SERVER site OPTIONS (table 'confluence_pages', site 'one');
         CREATE FOREIGN TABLE two (
             changed timestamptz OPTIONS (column_name 'modified_at'),
             name text OPTIONS (column_name 'title'),
             instance text OPTIONS (column_name 'site') NOT NULL,
             number bigint OPTIONS (column_name 'id')
         ) SERVER other OPTIONS (table 'confluence_pages', site 'two');
         ALTER TABLE both_sites ATTACH PARTITION two FOR VALUES IN ('two');
         ALTER FOREIGN TABLE one
             ALTER COLUMN instance OPTIONS (ADD column_name 'site'),
             ALTER COLUMN number OPTIONS (ADD column_name 'id'),
             ALTER COLUMN name OPTIONS (ADD column_name 'title'),
             ALTER COLUMN changed OPTIONS (ADD column_name 'modified_at')",
    );
    let sql = "SELECT instance, count(*), count(name), count(DISTINCT number) FROM both_sites GROUP BY instance ORDER BY instance";
    assert_eq!(site.read(sql).0, ["one|3000|3000|3000", "two|45|45|45"]);
    let asked = site
        .read("SELECT name FROM both_sites ORDER BY changed DESC LIMIT 2")
        .1;
    assert_eq!(
        asked,
        ["GET /wiki/api/v2/pages?sort=-modified-date&limit=2"]
    );
}

#[test]
fn a_dump_brings_the_names_back() {
    let mut site = renamed();
    let names = "SELECT a.attname, a.attfdwoptions FROM pg_attribute a WHERE attrelid IN ('mine'::regclass, 'confluence_spaces'::regclass)
         AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attnum";
    let before = lines(&mut site.client, names);
    assert!(
        before.contains(&"page_title|{column_name=title}".to_owned()),
        "{before:?}"
    );
    assert!(
        before.contains(&"key|{column_name=key}".to_owned()),
        "{before:?}"
    );
    let Some(dump) = site.database.dump() else {
        return skip("no pg_dump of this version");
    };
    let restored = Database::empty();
    restored.psql(&dump);
    assert_eq!(lines(&mut restored.connect(), names), before);
}
