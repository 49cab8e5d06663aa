//! The look itself: short and long tables, and what is skipped.

use std::sync::Arc;

use confluence::tables;
use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{explain_with, lines, one};
use confluence_sim::{Fault, Organisation, Reply, Size};
use serde_json::Value;

use super::{analyze, is_near, known};
use crate::scene::Scene;

/// The most requests that a look may take.
const BUDGET: usize = 60;

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
        // Few contents have tasks. Which ones are looked at depends on the day, as it is the time up to now that is cut.
        let factor = if table == "tasks" { 1.6 } else { 1.3 };
        assert!(is_near(rows, truth, factor), "{table}: {rows} of {truth}");
        assert!(
            is_near(needed, read.len() as f64, factor),
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
        // Few contents have tasks. Which ones are looked at depends on the day, as it is the time up to now that is cut.
        let factor = if table == "tasks" { 1.6 } else { 1.3 };
        assert!(is_near(rows, truth, factor), "{table}: {rows} of {truth}");
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
