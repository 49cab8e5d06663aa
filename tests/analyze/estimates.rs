//! Estimates: rows and requests, and plans that fit sites of any size.

use confluence::tables;
use confluence_fdw_tests::site::{Site, list, small};
use confluence_fdw_tests::{estimated_requests, explain, explain_with, one};
use confluence_sim::Organisation;
use serde_json::Value;

use super::{analyze, is_near, known};

#[test]
fn what_is_usual_is_not_stored_as_if_it_had_been_measured() {
    for organisation in [Organisation::demo(), small()] {
        let mut site = Site::with(organisation, "max_requests '1'");
        for limit in [1, 2, 3, 5, 8] {
            site.execute(&format!(
                "ALTER SERVER site OPTIONS (SET max_requests '{limit}')"
            ));
            for table in tables::ALL {
                let name = table.name.trim_start_matches("confluence_");
                let sent = analyze(&mut site, table.name);
                assert!(sent.len() <= limit, "{name}: {sent:#?}");
                let (rows, _) = known(&mut site.client, name);
                // One row, as of the site itself, is usual and true.
                assert!(
                    rows != table.rows || rows == 1.0,
                    "{name} with {limit}: {rows}"
                );
            }
        }
    }
    let mut site = Site::with(Organisation::demo(), "max_requests '1'");
    analyze(&mut site, "confluence_pages");
    assert_eq!(known(&mut site.client, "pages"), (60.0, 1.0));
}

#[test]
fn tables_of_one_family_are_looked_at_together() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE TABLE things (id bigint NOT NULL);
         CREATE FOREIGN TABLE few (id bigint NOT NULL) INHERITS (things)
            SERVER site OPTIONS (table 'confluence_spaces');
         CREATE FOREIGN TABLE many (id bigint NOT NULL) INHERITS (things)
            SERVER site OPTIONS (table 'confluence_pages');
         ANALYZE things",
    );
    assert_eq!(
        one(
            &mut site.client,
            "SELECT round(n_distinct::numeric, 2) FROM pg_stats WHERE tablename = 'things' AND inherited"
        ),
        "-1.00"
    );
}

#[test]
fn requests_are_estimated_within_a_factor_of_two() {
    let organisation = Organisation::standard();
    let mut site = Site::of(organisation.clone());
    site.execute(
        "ANALYZE confluence_spaces, confluence_pages, confluence_permissions, confluence_blogposts,
            confluence_attachments, confluence_footer_comments, confluence_tasks, confluence_page_versions,
            confluence_group_members, confluence_labels",
    );
    let spaces: Vec<u64> = organisation.spaces().map(|space| space.id).collect();
    let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    let some_pages = |n: usize| list(pages.iter().step_by(pages.len() / n).copied().take(n));
    let queries = [
        "SELECT * FROM confluence_spaces".to_owned(),
        "SELECT id FROM confluence_spaces WHERE type = 'global'".to_owned(),
        "SELECT id, title FROM confluence_pages".to_owned(),
        "SELECT count(*) FROM confluence_pages".to_owned(),
        "SELECT id FROM confluence_pages WHERE title LIKE '%policy%'".to_owned(),
        "SELECT id FROM confluence_pages WHERE status = 'archived'".to_owned(),
        "SELECT id FROM confluence_pages WHERE subtype = 'live'".to_owned(),
        format!("SELECT id FROM confluence_pages WHERE space_id = {}", spaces[100]),
        format!("SELECT id FROM confluence_pages WHERE space_id IN ({})", list(spaces[50..80].iter().copied())),
        format!("SELECT id FROM confluence_pages WHERE space_id IN ({})", list(spaces[..300].iter().copied())),
        format!("SELECT title FROM confluence_pages WHERE id = {}", pages[5_000]),
        format!("SELECT title FROM confluence_pages WHERE id IN ({})", some_pages(1_000)),
        "SELECT id FROM confluence_pages WHERE modified_at >= '2026-11-10'".to_owned(),
        "SELECT id FROM confluence_pages WHERE modified_at >= '2026-09-01'".to_owned(),
        "SELECT id FROM confluence_pages WHERE created_at >= '2026-06-01'".to_owned(),
        "SELECT id FROM confluence_pages WHERE created_at < '2021-06-01'".to_owned(),
        "SELECT id FROM confluence_pages ORDER BY modified_at DESC LIMIT 300".to_owned(),
        "SELECT id FROM confluence_pages WHERE title = 'Runbook'".to_owned(),
        "SELECT * FROM confluence_permissions".to_owned(),
        "SELECT * FROM confluence_permissions WHERE operation_key = 'administer'".to_owned(),
        format!("SELECT * FROM confluence_permissions WHERE space_id = {}", spaces[7]),
        format!("SELECT * FROM confluence_permissions WHERE space_id IN ({})", list(spaces[..40].iter().copied())),
        "SELECT id FROM confluence_blogposts".to_owned(),
        "SELECT id FROM confluence_attachments".to_owned(),
        format!("SELECT id FROM confluence_attachments WHERE page_id = {}", pages[77]),
        "SELECT id FROM confluence_footer_comments".to_owned(),
        "SELECT id FROM confluence_tasks".to_owned(),
        "SELECT id FROM confluence_tasks WHERE status = 'incomplete'".to_owned(),
        format!("SELECT id FROM confluence_tasks WHERE page_id IN ({})", some_pages(50)),
        format!("SELECT number FROM confluence_page_versions WHERE page_id IN ({})", some_pages(50)),
        "SELECT account_id FROM confluence_group_members".to_owned(),
        "SELECT id FROM confluence_labels".to_owned(),
        "SELECT s.key, p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id".to_owned(),
        format!(
            "SELECT p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id
             WHERE s.key = '{}'",
            organisation.spaces().nth(100).expect("a space").key
        ),
        "SELECT s.key, p.principal_id FROM confluence_spaces AS s JOIN confluence_permissions AS p ON p.space_id = s.id"
            .to_owned(),
        format!(
            "SELECT v.number FROM confluence_pages AS p JOIN confluence_page_versions AS v ON v.page_id = p.id
             WHERE p.space_id = {}",
            spaces[100]
        ),
    ];
    let mut wrong = Vec::new();
    for sql in &queries {
        let estimated = estimated_requests(&mut site.client, sql);
        let (_, requests) = site.read(sql);
        let sent = requests.len() as f64;
        if !is_near(estimated, sent, 2.0) {
            wrong.push(format!("{estimated} for {sent}: {sql:.200}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Makes planning believe in a site of that size, as `ANALYZE` of one would.
fn pretend(site: &mut Site, pages: u64) {
    let spaces = (pages / 200).max(1);
    for (table, rows, requests) in [
        ("pages", pages, pages.div_ceil(250)),
        ("spaces", spaces, spaces.div_ceil(250)),
        ("permissions", spaces * 30, spaces + spaces.div_ceil(250)),
    ] {
        site.execute(&format!(
            "UPDATE pg_class SET reltuples = {rows}, relpages = {requests}
             WHERE oid = 'confluence_{table}'::regclass"
        ));
    }
}

#[test]
fn plans_fit_sites_of_any_size() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE TABLE ten AS SELECT id, space_id FROM confluence_pages LIMIT 10; ANALYZE ten;
         CREATE TABLE five AS SELECT id FROM confluence_spaces LIMIT 5; ANALYZE five",
    );
    const BY_ID: &str = "SELECT title FROM ten JOIN confluence_pages AS p USING (id)";
    const ALL: &str = "SELECT s.key, p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id";
    const GRANTS: &str =
        "SELECT * FROM five JOIN confluence_permissions AS p ON p.space_id = five.id";
    const RECENT: &str =
        "SELECT id FROM confluence_pages WHERE modified_at > now() - interval '2 days'";
    for pages in [None, Some(10), Some(1_000), Some(100_000), Some(1_000_000)] {
        if let Some(pages) = pages {
            pretend(&mut site, pages);
        }
        let mut plan = |sql: &str| explain(&mut site.client, sql);
        let by_id = plan(BY_ID);
        assert!(by_id.contains("?id={id}"), "{pages:?} {by_id}");
        // A few spaces are asked for as quickly as all.
        let all = plan(ALL);
        let is_small = pages.is_some_and(|pages| pages <= 1_000);
        assert_eq!(all.contains("={"), is_small, "{pages:?} {all}");
        let grants = plan(GRANTS);
        // Ten pages are in one space.
        assert_eq!(
            grants.contains("Keys: space_id"),
            pages != Some(10),
            "{pages:?} {grants}"
        );
        let recent = plan(RECENT);
        assert!(recent.contains("stops early"), "{pages:?} {recent}");
    }
}

/// Before `ANALYZE`, conditions that PostgreSQL estimates itself are estimated by what the tables declare: an id has one row.
#[test]
fn alternatives_are_estimated_by_what_is_declared() {
    let mut site = Site::of(small());
    for (condition, rows) in [
        ("id = 7", 1),
        ("id = 7 OR id = 9", 2),
        ("id = ANY ('{1,2,3}') OR id = 7", 4),
        ("id = 7 OR false", 1),
    ] {
        let sql = format!("SELECT id FROM confluence_pages WHERE {condition}");
        let plan = explain_with(&mut site.client, "FORMAT JSON", &sql);
        let plan: Value = serde_json::from_str(&plan).expect("JSON");
        assert_eq!(plan[0]["Plan"]["Plan Rows"], rows, "{condition}");
    }
}

#[test]
fn what_hangs_on_tables_that_were_analyzed_is_estimated_by_those() {
    let mut site = Site::of(Organisation::demo());
    site.execute("ANALYZE confluence_spaces, confluence_pages, confluence_blogposts");
    let mut wrong = Vec::new();
    for table in [
        "permissions",
        "space_operations",
        "page_labels",
        "page_versions",
        "page_properties",
        "attachments",
        "footer_comments",
        "blogpost_versions",
    ] {
        let sql = format!("SELECT * FROM confluence_{table}");
        let estimated = estimated_requests(&mut site.client, &sql);
        let (_, requests) = site.read(&sql);
        let sent = requests.len() as f64;
        if !is_near(estimated, sent, 3.0) {
            wrong.push(format!("{estimated} for {sent}: {table}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
