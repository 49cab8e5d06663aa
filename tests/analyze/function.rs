//! `confluence.analyze`: what is worth it of a server, within a number of requests.

use confluence::tables;
use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, lines};
use confluence_sim::{Fault, Organisation, Reply};

use super::{is_near, known};

/// What it says, as `table|requests|rows|left_out`.
fn analyzed(site: &mut Site, max_requests: &str) -> Vec<String> {
    site.sim.clear_log();
    lines(
        &mut site.client,
        &format!("SELECT * FROM confluence.analyze('site'{max_requests})"),
    )
}

/// A cell of what it says of a table.
fn cell(rows: &[String], table: &str, place: usize) -> String {
    let name = format!("confluence_{table}|");
    let row = rows.iter().find(|row| row.starts_with(&name));
    let cells: Vec<&str> = row.expect("a row").split('|').collect();
    cells[place].to_owned()
}

#[test]
fn every_table_is_analyzed_or_left_out_for_a_reason() {
    let mut site = Site::of(small());
    let rows = analyzed(&mut site, ", 10000");
    assert_eq!(rows.len(), tables::ALL.len());
    let pages: f64 = cell(&rows, "pages", 2).parse().expect("a number");
    assert!(is_near(pages, 3_000.0, 1.1), "{pages}");
    assert_eq!(known(&mut site.client, "pages").0, pages);
    assert_eq!(
        cell(&rows, "search", 3),
        "it cannot be read without a condition"
    );
    assert_eq!(cell(&rows, "site", 3), "it is small");
    let sent: usize = rows
        .iter()
        .map(|row| {
            row.split('|')
                .nth(1)
                .expect("requests")
                .parse::<usize>()
                .expect("a number")
        })
        .sum();
    assert_eq!(sent, site.sim.log().len(), "{rows:#?}");
    for row in &rows {
        let cells: Vec<&str> = row.split('|').collect();
        let is_left_out = cells[3] != "NULL";
        assert_eq!(cells[2] == "NULL", is_left_out, "{row}");
    }
}

#[test]
fn it_sends_no_more_requests_than_it_may() {
    for most in [0, 1, 5, 40, 100] {
        let mut site = Site::of(Organisation::demo());
        let rows = analyzed(&mut site, &format!(", {most}"));
        assert!(
            site.sim.log().len() <= most,
            "{most}: {}",
            site.sim.log().len()
        );
        let left = rows
            .iter()
            .filter(|row| row.ends_with("no requests are left"));
        assert!(left.count() > 0, "{most}: {rows:#?}");
        if most == 40 {
            // Listings come first, the largest before the others.
            assert_eq!(cell(&rows, "pages", 3), "NULL", "{rows:#?}");
        }
    }
}

#[test]
fn another_call_goes_on_with_what_was_left_out() {
    let mut site = Site::of(Organisation::demo());
    let done = |rows: &[String]| -> Vec<String> {
        let done = rows.iter().filter(|row| row.ends_with("|NULL"));
        done.map(|row| row.split('|').next().expect("a name").to_owned())
            .collect()
    };
    let first = done(&analyzed(&mut site, ", 40"));
    let second = done(&analyzed(&mut site, ", 40"));
    assert!(!first.is_empty() && !second.is_empty());
    assert!(
        second.iter().all(|table| !first.contains(table)),
        "{first:?} {second:?}"
    );
}

#[test]
fn a_table_that_fails_does_not_keep_it_from_the_others() {
    let mut site = Site::with(small(), "max_retries '0'");
    site.sim
        .fault(Fault::on("/wiki/api/v2/pages"), Reply::status(500));
    site.sim
        .fault(Fault::on("/wiki/rest/api/audit"), Reply::status(403));
    let rows = analyzed(&mut site, ", 1000");
    assert_eq!(
        cell(&rows, "pages", 3),
        "Confluence failed with status 500 after 1 attempts"
    );
    assert_ne!(cell(&rows, "audit_log", 3), "NULL");
    assert_eq!(known(&mut site.client, "pages").0, -1.0);
    assert!(known(&mut site.client, "attachments").0 >= 0.0, "{rows:#?}");
    // The session goes on.
    site.sim.clear_faults();
    assert_eq!(cell(&analyzed(&mut site, ""), "pages", 3), "NULL");
}

#[test]
fn it_analyzes_what_is_the_callers_and_says_whose_the_rest_is() {
    let mut site = Site::of(small());
    let role = format!("analyst_{}", site.database.name());
    site.execute(&format!(
        "CREATE ROLE {role}; GRANT USAGE ON FOREIGN SERVER site TO {role}; GRANT CREATE, USAGE ON SCHEMA public TO {role};
         CREATE USER MAPPING FOR {role} SERVER site OPTIONS (email 'svc@example.com', api_token 'other');
         DROP USER MAPPING FOR {role} SERVER site;
         ALTER FOREIGN TABLE confluence_blogposts OWNER TO {role}; SET ROLE {role}"
    ));
    let rows = analyzed(&mut site, "");
    assert_eq!(cell(&rows, "blogposts", 3), "NULL", "{rows:#?}");
    assert_eq!(cell(&rows, "pages", 3), "it belongs to role \"postgres\"");
    site.execute(&format!(
        "RESET ROLE; ALTER FOREIGN TABLE confluence_blogposts OWNER TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}"
    ));
}

#[test]
fn what_it_cannot_do_is_an_error() {
    let mut site = Site::of(small());
    for (arguments, code) in [
        ("NULL", "22004"),
        ("'nowhere'", "42704"),
        ("'site', NULL", "22004"),
        ("'site', -1", "22023"),
    ] {
        let sql = format!("SELECT * FROM confluence.analyze({arguments})");
        assert_eq!(error(&mut site.client, &sql).code().code(), code, "{sql}");
    }
    let sql = "BEGIN READ ONLY; SELECT * FROM confluence.analyze('site')";
    assert_eq!(error(&mut site.client, sql).code().code(), "25006");
    site.execute("ROLLBACK");
    assert!(site.sim.log().is_empty());
}
