//! `ANALYZE` looks at a table for a few requests, and planning knows its site from then on.

use std::sync::Arc;
use std::time::Duration;

use confluence::tables;
use confluence_fdw_tests::site::{Site, list, small};
use confluence_fdw_tests::{error, explain, explain_with, lines, one, requests};
use confluence_sim::{Fault, Organisation, Reply, Size};
use serde_json::Value;

use crate::scene::{PAGES, PERMISSIONS, SPACES, Scene, WHO_AM_I, until};

/// The most requests that a look may take.
const BUDGET: usize = 60;

fn analyze(site: &mut Site, table: &str) -> Vec<String> {
    site.sim.clear_log();
    site.execute(&format!("ANALYZE {table}"));
    requests(&site.sim)
}

/// How many rows a table has, and how many requests read them all, as far as planning knows.
fn known(client: &mut postgres::Client, table: &str) -> (f64, f64) {
    let row = one(
        client,
        &format!(
            "SELECT reltuples, relpages FROM pg_class WHERE oid = 'confluence_{table}'::regclass"
        ),
    );
    let (rows, requests) = row.split_once('|').expect("two cells");
    let number = |text: &str| text.parse().expect("a number");
    (number(rows), number(requests))
}

fn sized(spaces: usize, pages: usize, largest_space_share: f64) -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces,
        pages,
        permissions: spaces * 30,
        users: 50,
        seed: 5,
        largest_space_share,
    })
}

/// Whether one number is within a factor of another.
fn is_near(one: f64, other: f64, factor: f64) -> bool {
    let (one, other) = (one.max(1.0), other.max(1.0));
    one <= other * factor && other <= one * factor
}

#[test]
fn a_short_table_is_read_whole() {
    let mut scene = Scene::of(confluence_sim::Options::of(crate::scene::small_site()), "");
    // The table, its rows, and the requests that reading it takes: a space is asked for its permissions, and so on.
    for (table, rows, requests) in [
        ("spaces", 3.0, 1.0),
        ("pages", 45.0, 1.0),
        ("permissions", 40.0, 4.0),
        ("root_pages", f64::NAN, 4.0),
        ("groups", 12.0, 1.0),
        ("group_members", f64::NAN, 13.0),
    ] {
        scene.sim.clear_log();
        lines(&mut scene.client, &format!("ANALYZE confluence_{table}"));
        assert_eq!(
            scene.sim.data_requests().len() as f64,
            requests,
            "{table}: {:#?}",
            confluence_fdw_tests::requests(&scene.sim)
        );
        let rows = if rows.is_nan() {
            let all = format!("SELECT count(*) FROM confluence_{table}");
            one(&mut scene.client, &all).parse().expect("a number")
        } else {
            rows
        };
        assert_eq!(known(&mut scene.client, table), (rows, requests), "{table}");
    }
}

#[test]
fn a_long_table_costs_a_few_requests_and_its_size_is_known() {
    let mut site = Site::of(Organisation::standard());
    for table in [
        "spaces",
        "pages",
        "permissions",
        "blogposts",
        "attachments",
        "footer_comments",
        "inline_comments",
        "tasks",
        "labels",
        "root_pages",
        "label_pages",
        "label_blogposts",
        "group_members",
        "space_roles",
        "space_role_assignments",
        "space_settings",
        "blogpost_versions",
        "audit_log",
    ] {
        let sent = analyze(&mut site, &format!("confluence_{table}"));
        assert!(sent.len() <= BUDGET, "{table}: {sent:#?}");
        let (rows, needed) = known(&mut site.client, table);
        let all = format!("SELECT count(*) FROM confluence_{table}");
        let (counted, read) = site.read(&all);
        let truth: f64 = counted[0].parse().expect("a number");
        assert!(is_near(rows, truth, 1.3), "{table}: {rows} of {truth}");
        assert!(
            is_near(needed, read.len() as f64, 1.3),
            "{table}: {needed} requests of {}",
            read.len()
        );
    }
}

#[test]
fn every_table_is_looked_at_or_skipped() {
    let site = Site::of(Organisation::demo());
    let (mut client, notices) = site.database.connect_with_notices();
    let names: Vec<&str> = tables::ALL.iter().map(|table| table.name).collect();
    site.sim.clear_log();
    lines(&mut client, &format!("ANALYZE {}", names.join(", ")));
    let warnings: Vec<String> = notices
        .take()
        .iter()
        .filter(|notice| notice.message().starts_with("skipping"))
        .map(|notice| notice.message().to_owned())
        .collect();
    for table in tables::ALL {
        let name = table.name.trim_start_matches("confluence_");
        let is_skipped = warnings
            .iter()
            .any(|warning| warning.contains(&format!("\"{}\"", table.name)));
        let is_open =
            !["search", "custom_content"].contains(&name) && !name.starts_with("custom_content_");
        assert_eq!(is_skipped, !is_open, "{name}: {warnings:#?}");
        let (rows, needed) = known(&mut client, name);
        assert_eq!((rows >= 0.0, needed >= 1.0), (is_open, is_open), "{name}");
    }
    assert!(site.sim.data_requests().len() <= tables::ALL.len() * BUDGET);
}

#[test]
fn a_table_that_the_account_may_not_read_is_skipped_and_says_why() {
    let site = Site::of(small());
    let (mut client, notices) = site.database.connect_with_notices();
    site.sim.fault(
        Fault::on("/wiki/rest/api/audit"),
        Reply::Status {
            code: 403,
            headers: Vec::new(),
            body: r#"{"statusCode":403,"message":"not an administrator"}"#.into(),
        },
    );
    lines(
        &mut client,
        "ANALYZE confluence_audit_log, confluence_spaces",
    );
    let said: Vec<String> = notices
        .take()
        .iter()
        .map(|n| n.message().to_owned())
        .collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert_eq!(said[0], "Confluence does not allow this request");
    assert_eq!(
        said[1],
        "skipping \"confluence_audit_log\" --- cannot analyze this foreign table"
    );
    assert_eq!(known(&mut client, "audit_log").0, -1.0);
    assert_eq!(known(&mut client, "spaces"), (60.0, 1.0));
}

#[test]
fn a_site_without_anything_has_no_rows() {
    let mut site = Site::of(sized(0, 0, 0.5));
    for table in ["spaces", "pages", "permissions", "attachments", "tasks"] {
        analyze(&mut site, &format!("confluence_{table}"));
        assert_eq!(known(&mut site.client, table), (0.0, 1.0), "{table}");
    }
    let (rows, requests) = site.read("SELECT id FROM confluence_pages");
    assert!(rows.is_empty() && requests.len() == 1);
}

#[test]
fn pages_are_counted_wherever_they_lie() {
    for (spaces, pages, share) in [(80, 10_000, 0.9), (40, 20_000, 0.05), (3, 6_000, 0.6)] {
        let mut site = Site::of(sized(spaces, pages, share));
        let sent = analyze(&mut site, "confluence_pages");
        assert!(sent.len() <= BUDGET, "{sent:#?}");
        let (rows, _) = known(&mut site.client, "pages");
        assert!(is_near(rows, pages as f64, 1.1), "{share}: {rows}");
        let distinct = one(
            &mut site.client,
            "SELECT array_agg(n_distinct ORDER BY attname) FROM pg_stats
             WHERE tablename = 'confluence_pages' AND attname IN ('id', 'space_id')",
        );
        let (id, of_spaces) = distinct[1..distinct.len() - 1]
            .split_once(',')
            .expect("two numbers");
        assert_eq!(id, "-1");
        let of_spaces: f64 = of_spaces.parse().expect("a number");
        // Where most pages are in one space, few others are seen.
        let factor = if share > 0.5 { 4.0 } else { 1.5 };
        assert!(
            is_near(of_spaces, spaces as f64, factor),
            "{share}: {of_spaces}"
        );
    }
}

#[test]
fn ids_tell_the_size_where_the_account_may_not_search() {
    let mut site = Site::of(Organisation::standard());
    for table in ["pages", "attachments"] {
        site.sim.clear_faults();
        site.sim.fault(
            Fault::on("/wiki/rest/api/search"),
            Reply::Status {
                code: 401,
                headers: vec![(
                    "x-failure-category".into(),
                    "FAILURE_CLIENT_SCOPE_CHECK".into(),
                )],
                body: r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.into(),
            },
        );
        let sent = analyze(&mut site, &format!("confluence_{table}"));
        assert!(sent.len() <= BUDGET, "{sent:#?}");
        let (rows, _) = known(&mut site.client, table);
        site.sim.clear_faults();
        let all = format!("SELECT count(*) FROM confluence_{table}");
        let truth: f64 = one(&mut site.client, &all).parse().expect("a number");
        assert!(is_near(rows, truth, 1.3), "{table}: {rows} of {truth}");
    }
}

#[test]
fn bodies_and_parts_are_not_read_and_nothing_is_known_of_them() {
    let mut site = Site::of(small());
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_pages) FROM SERVER site INTO whole
            OPTIONS (optional_columns 'true')",
    );
    let rows = |site: &mut Site, condition: &str| {
        let plan = explain_with(
            &mut site.client,
            "FORMAT JSON",
            &format!("SELECT id FROM whole.confluence_pages WHERE {condition}"),
        );
        let plan: Value = serde_json::from_str(&plan).expect("JSON");
        plan[0]["Plan"]["Plan Rows"].as_f64().expect("a number")
    };
    let sent = analyze(&mut site, "whole.confluence_pages");
    assert!(sent.len() <= BUDGET, "{sent:#?}");
    assert!(
        sent.iter()
            .all(|r| !r.contains("body-format") && !r.contains("/likes")),
        "{sent:#?}"
    );
    // As without statistics: most have one, and few are like anything.
    assert!(rows(&mut site, "body_storage IS NOT NULL") > 2_500.0);
    assert!(rows(&mut site, "like_count IS NULL") < 100.0);
    let some = rows(&mut site, "body_storage > 'a'");
    assert!((500.0..2_000.0).contains(&some), "{some}");
    // Of what is read, much is known.
    assert!(rows(&mut site, "title IS NULL") < 2.0);
}

#[test]
fn it_tells_what_it_took_if_it_is_asked_to() {
    let site = Site::of(small());
    let (mut client, notices) = site.database.connect_with_notices();
    let mut said = |sql: &str| {
        lines(&mut client, sql);
        let notices = notices.take().into_iter();
        let ours = notices.filter(|notice| notice.message().contains("in sample"));
        ours.map(|notice| (notice.severity().to_owned(), notice.message().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(said("ANALYZE confluence_spaces"), []);
    let whole =
        "\"confluence_spaces\": 1 requests for 60 rows in sample, 60 rows and 1 requests in all";
    assert_eq!(
        said("ANALYZE VERBOSE confluence_spaces"),
        [("INFO".to_owned(), whole.to_owned())]
    );
}

#[test]
fn columns_can_be_named() {
    let mut site = Site::of(small());
    site.execute("ANALYZE confluence_spaces (key, type)");
    assert_eq!(
        one(
            &mut site.client,
            "SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_stats WHERE tablename = 'confluence_spaces'"
        ),
        "key,type"
    );
}

#[test]
fn it_reads_as_the_owner() {
    let mut site = Site::of(small());
    let role = format!("owner_{}", site.database.name());
    site.execute(&format!(
        "CREATE ROLE {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'svc@example.com', api_token 'other');
         GRANT CREATE ON SCHEMA public TO {role};
         ALTER FOREIGN TABLE confluence_spaces OWNER TO {role}"
    ));
    let raised = error(&mut site.client, "ANALYZE confluence_spaces");
    assert_eq!(raised.code().code(), "28000");
    let detail = raised.detail().expect("a detail");
    assert!(detail.contains(&role), "{detail}");
    site.execute(&format!(
        "ALTER FOREIGN TABLE confluence_spaces OWNER TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}"
    ));
}

#[test]
fn a_failure_in_the_middle_is_an_error_and_changes_nothing() {
    let mut site = Site::with(small(), "max_retries '0'");
    analyze(&mut site, "confluence_permissions");
    let before = known(&mut site.client, "permissions");
    for (path, nth) in [(SPACES, 1), (PERMISSIONS, 7)] {
        site.sim.fault(Fault::on(path).nth(nth), Reply::status(500));
        let raised = error(&mut site.client, "ANALYZE confluence_permissions");
        assert_eq!(
            raised.message(),
            "Confluence failed with status 500 after 1 attempts"
        );
        site.sim.clear_faults();
        assert_eq!(known(&mut site.client, "permissions"), before);
    }
    site.sim.fault(Fault::on(WHO_AM_I), Reply::status(403));
    let fresh = &mut site.database.connect();
    let raised = error(fresh, "ANALYZE confluence_permissions");
    assert_eq!(raised.code().code(), "28000");
}

#[test]
fn a_cancel_ends_it() {
    let site = Site::of(small());
    site.sim.fault(Fault::on(PAGES), Reply::NeverAnswer);
    let mut client = site.database.connect();
    let pid = one(&mut client, "SELECT pg_backend_pid()");
    std::thread::scope(|scope| {
        let analyzing = scope.spawn(move || {
            let raised = error(&mut client, "ANALYZE confluence_pages");
            (client, raised)
        });
        until("it waits", Duration::from_secs(30), || {
            site.sim.in_flight() == 1 && !site.sim.probes().is_empty()
        });
        let mut other = site.database.connect();
        one(&mut other, &format!("SELECT pg_cancel_backend({pid})"));
        let (mut client, raised) = analyzing.join().expect("it ended");
        assert_eq!(raised.code().code(), "57014");
        assert_eq!(known(&mut client, "pages").0, -1.0);
        // The session goes on.
        site.sim.clear_faults();
        lines(&mut client, "ANALYZE confluence_pages");
    });
}

#[test]
fn it_stays_within_the_requests_that_are_allowed() {
    let mut site = Site::with(small(), "max_requests '9'");
    for table in ["pages", "permissions", "tasks", "page_versions"] {
        let sent = analyze(&mut site, &format!("confluence_{table}"));
        assert!(sent.len() <= 9, "{table}: {sent:#?}");
        assert!(known(&mut site.client, table).0 > 0.0, "{table}");
    }
}

#[test]
fn a_table_that_too_few_requests_are_allowed_for_is_skipped() {
    let site = Site::with(small(), "max_requests '1'");
    let (mut client, notices) = site.database.connect_with_notices();
    // What one request has shown of pages is not how many there are.
    lines(
        &mut client,
        "ANALYZE confluence_permissions, confluence_pages, confluence_spaces",
    );
    let told = notices.take();
    let told: Vec<_> = told
        .iter()
        .map(|told| (told.code().code(), told.message(), told.hint()))
        .collect();
    let hint = Some(
        "Raise the option max_requests of the table or of its server. A look takes at most 60 requests.",
    );
    assert_eq!(
        told,
        [
            (
                "54000",
                "the scan of \"confluence_permissions\" needs more than 1 request",
                hint
            ),
            (
                "01000",
                "skipping \"confluence_permissions\" --- cannot analyze this foreign table",
                None
            ),
            (
                "54000",
                "the scan of \"confluence_pages\" needs more than 1 request",
                hint
            ),
            (
                "01000",
                "skipping \"confluence_pages\" --- cannot analyze this foreign table",
                None
            ),
        ]
    );
    assert_eq!(known(&mut client, "permissions").0, -1.0);
    assert_eq!(known(&mut client, "pages").0, -1.0);
    assert_eq!(known(&mut client, "spaces"), (60.0, 1.0));
}

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

/// The requests that a plan expects. What is inside of a nested loop comes as often as rows come from outside.
fn expected_requests(node: &Value, times: f64) -> f64 {
    let own = node["Estimated Requests"].as_f64().unwrap_or(0.0) * times;
    let plans = node["Plans"].as_array().map_or(&[][..], Vec::as_slice);
    let is_loop = node["Node Type"] == "Nested Loop";
    let outer = plans.first().and_then(|plan| plan["Plan Rows"].as_f64());
    let inner: f64 = plans
        .iter()
        .map(|plan| {
            let is_inner = is_loop && plan["Parent Relationship"] == "Inner";
            let rows = outer.filter(|_| is_inner).unwrap_or(1.0);
            expected_requests(plan, times * rows)
        })
        .sum();
    own + inner
}

fn estimate(site: &mut Site, sql: &str) -> f64 {
    let plan = explain_with(&mut site.client, "FORMAT JSON", sql);
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    expected_requests(&plan[0]["Plan"], 1.0)
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
        let estimated = estimate(&mut site, sql);
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
        assert!(by_id.contains("?id={1}"), "{pages:?} {by_id}");
        // A few spaces are asked for as quickly as all.
        let all = plan(ALL);
        let is_small = pages.is_some_and(|pages| pages <= 1_000);
        assert_eq!(all.contains("{1}"), is_small, "{pages:?} {all}");
        let grants = plan(GRANTS);
        // Ten pages are in one space.
        assert_eq!(
            grants.contains("/spaces/{1}/permissions"),
            pages != Some(10),
            "{pages:?} {grants}"
        );
        let recent = plan(RECENT);
        assert!(recent.contains("stops early"), "{pages:?} {recent}");
    }
}
