//! The column that tells the site.

use confluence_fdw_tests::{error, explain, explain_with, hint_of, one, sqlstate_of};

use super::{ALL, NAMES, Sites};
use crate::scene::page_ids;

#[test]
fn only_the_sites_that_a_condition_names_are_asked() {
    let mut sites = Sites::partitioned();
    sites.execute("SET plan_cache_mode = force_generic_plan; PREPARE q (text) AS SELECT site, id FROM pages WHERE site = $1");
    for (sql, expected) in [
        ("SELECT site, id FROM pages WHERE site = 'acme'", [4, 0, 0]),
        (
            "SELECT site, id FROM pages WHERE site IN ('acme', 'initech')",
            [4, 0, 5],
        ),
        (
            "SELECT site, id FROM pages WHERE site = 'umbrella'",
            [0, 0, 0],
        ),
        ("EXECUTE q ('globex')", [0, 5, 0]),
        (
            "SELECT p.site, p.id FROM pages p WHERE p.site = (SELECT 'initech')",
            [0, 0, 5],
        ),
    ] {
        let truth = sites.truth().into_iter();
        let asked: Vec<&str> = NAMES
            .into_iter()
            .zip(expected)
            .filter(|(_, requests)| *requests > 0)
            .map(|(name, _)| name)
            .collect();
        let truth: Vec<String> = truth
            .filter(|row| {
                asked
                    .iter()
                    .any(|name| row.starts_with(&format!("{name}|")))
            })
            .collect();
        assert_eq!(sites.read(sql), (truth, expected.to_vec()), "{sql}");
    }
}

#[test]
fn conditions_on_it_are_postgresql_s() {
    let mut sites = Sites::partitioned();
    let id = page_ids(&sites.sims[0].organisation())[0];
    for (sql, expected) in [
        ("SELECT count(*) FROM pages WHERE site LIKE 'g%'", "45"),
        ("SELECT count(*) FROM pages WHERE site = title", "0"),
        ("SELECT count(*) FROM pages WHERE site IS NULL", "0"),
        ("SELECT count(*) FROM pages_acme WHERE site = 'globex'", "0"),
        (
            "SELECT count(*) FROM pages_acme WHERE site <> 'globex'",
            "40",
        ),
        ("SELECT count(DISTINCT site) FROM pages", "3"),
        (
            "SELECT string_agg(DISTINCT (p).site, ',' ORDER BY (p).site) FROM pages p",
            "acme,globex,initech",
        ),
        ("SELECT max(site) FROM pages_acme", "acme"),
        (
            "SELECT count(*) FROM pages a JOIN pages b USING (site, id)",
            "135",
        ),
    ] {
        assert_eq!(one(&mut sites.client, sql), expected, "{sql}");
    }
    let sql = format!("SELECT id FROM pages WHERE id = {id} AND site = 'acme'");
    let plan = explain(&mut sites.client, &sql);
    assert!(
        plan.contains(&format!("Pushed Down: pages.id = {id}")),
        "{plan}"
    );
    assert!(
        plan.contains("Rechecked: pages.site = 'acme'::text"),
        "{plan}"
    );
    assert_eq!(sites.read(&sql), (vec![id.to_string()], vec![1, 0, 0]));
}

#[test]
fn a_condition_on_it_is_taken_to_leave_all_rows() {
    let mut sites = Sites::partitioned();
    sites.execute("UPDATE pg_class SET reltuples = 1000 WHERE oid = 'pages_acme'::regclass");
    let plan = explain_with(
        &mut sites.client,
        "COSTS ON",
        "SELECT id FROM pages_acme WHERE site = 'acme'",
    );
    assert!(plan.contains("rows=1000 "), "{plan}");
}

#[test]
fn it_may_stand_anywhere_and_be_of_any_type_that_text_can_become() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute("CREATE TYPE brand AS ENUM ('acme', 'globex')");
    let declare = |kind: &str| {
        format!(
            "CREATE FOREIGN TABLE pages (id bigint, gone text, site {kind}, title text) SERVER acme
                 OPTIONS (table 'confluence_pages', site 'acme');
             ALTER FOREIGN TABLE pages DROP COLUMN gone"
        )
    };
    let sql = "SELECT site, count(*), count(title) FROM pages GROUP BY site";
    for kind in [
        "text NOT NULL",
        "varchar(4)",
        "name",
        "brand",
        "text COLLATE \"C\" CHECK (site = 'acme')",
    ] {
        sites.execute(&declare(kind));
        assert_eq!(one(&mut sites.client, sql), "acme|40|40", "{kind}");
        sites.execute("DROP FOREIGN TABLE pages");
    }
    sites.execute(&declare("varchar(3)"));
    assert_eq!(error(&mut sites.client, sql).code().code(), "22001");
}

#[test]
fn children_tell_the_site_the_same_way_or_by_their_names() {
    let mut sites = Sites::named(&NAMES);
    sites.execute("CREATE TABLE pages (site text NOT NULL, id bigint NOT NULL)");
    for name in NAMES {
        sites.execute(&format!(
            "CREATE FOREIGN TABLE {name}_pages (CHECK (site = '{name}')) INHERITS (pages)
             SERVER {name} OPTIONS (table 'confluence_pages', site '{name}')"
        ));
    }
    sites.answer_when_all_are_asked();
    assert_eq!(sites.read(ALL), (sites.truth(), vec![4, 5, 5]));
    let (rows, requests) = sites.read("SELECT site, id FROM pages WHERE site = 'globex'");
    assert_eq!((rows.len(), requests), (45, vec![0, 5, 0]));
    let by_name = "SELECT replace(tableoid::regclass::text, '_pages', ''), id FROM pages";
    assert_eq!(sites.read(by_name).0, sites.truth());
}

#[test]
fn without_the_column_a_union_tells_the_site() {
    let mut sites = Sites::named(&NAMES);
    let parts: Vec<String> = NAMES
        .iter()
        .map(|name| {
            sites.execute(&format!(
                "CREATE SCHEMA {name};
                 IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER {name} INTO {name}"
            ));
            format!("SELECT '{name}' AS site, id FROM {name}.confluence_pages")
        })
        .collect();
    sites.execute(&format!(
        "CREATE VIEW pages AS {}",
        parts.join(" UNION ALL ")
    ));
    assert_eq!(sites.read(ALL), (sites.truth(), vec![4, 5, 5]));
    let (rows, requests) = sites.read("SELECT site, id FROM pages WHERE site = 'acme'");
    assert_eq!((rows.len(), requests), (40, vec![4, 0, 0]));
}

#[test]
fn an_imported_table_becomes_a_partition() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute(
        "IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_spaces) FROM SERVER acme INTO public;
         CREATE TABLE spaces (site text NOT NULL, LIKE confluence_spaces) PARTITION BY LIST (site);
         ALTER FOREIGN TABLE confluence_spaces ADD COLUMN site text NOT NULL, OPTIONS (ADD site 'acme');
         ALTER TABLE spaces ATTACH PARTITION confluence_spaces FOR VALUES IN ('acme')",
    );
    let sql = "SELECT site, count(*) FROM spaces GROUP BY site";
    assert_eq!(one(&mut sites.client, sql), "acme|3");
}

#[test]
fn a_column_site_without_the_option_says_what_is_missing() {
    let mut sites = Sites::named(&["acme"]);
    sites.execute(
        "CREATE FOREIGN TABLE pages (site text, id bigint) SERVER acme OPTIONS (table 'confluence_pages')",
    );
    assert_eq!(one(&mut sites.client, "SELECT count(id) FROM pages"), "40");
    let raised = sites
        .client
        .simple_query("SELECT site FROM pages")
        .expect_err("no such column");
    assert_eq!(sqlstate_of(&raised), "HV005");
    assert_eq!(
        hint_of(&raised),
        "Set the foreign table's option site to what the column is to hold."
    );
    let raised = error(
        &mut sites.client,
        "ALTER FOREIGN TABLE pages OPTIONS (ADD site '')",
    );
    assert_eq!(raised.message(), "invalid value for option \"site\"");
    sites.execute("ALTER FOREIGN TABLE pages OPTIONS (ADD site 'Acme, Inc.')");
    assert_eq!(
        one(&mut sites.client, "SELECT DISTINCT site FROM pages"),
        "Acme, Inc."
    );
    let raised = error(
        &mut sites.client,
        "ALTER SERVER acme OPTIONS (ADD site 'acme')",
    );
    assert_eq!(raised.hint(), Some("Set it on the foreign table."));
}
