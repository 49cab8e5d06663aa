//! How many requests queries take, against the fewest that could answer them.

use std::collections::BTreeSet;

use confluence_fdw_tests::estimated_requests;
use confluence_fdw_tests::site::Site;
use confluence_sim::Organisation;

use crate::cases::{Case, Truth};
use crate::measure::Measure;
use crate::report::{Report, Table, Verdict, grouped};

pub fn run(report: &mut Report) {
    report.section("1. Requests");
    report.text(
        "How many requests for data a query sends, as the stand-in counts them, and the fewest with which the API lets \
         anybody answer it: worked out from the organisation, at 250 rows, 250 ids and 100 spaces to a request. A \
         listing of all pages is cut into chains that are read side by side; it may take one request more for each \
         chain, and two for the list of spaces. So is a long list of spaces: it may take one more for each chain, and for \
         each first page that is asked for before. The rows are counted, too. The tables were analyzed before. Estimates \
         are those of `EXPLAIN` in the session that has just read the rows, and must be within a factor of 2.",
    );
    standard(report);
    small_site(report);
}

fn standard(report: &mut Report) {
    let organisation = Organisation::standard();
    let truth = Truth::of(&organisation);
    let mut site = Site::of(organisation.clone());
    site.execute(&truth.wanted_pages(1_000));
    site.execute(&truth.wanted_spaces());
    site.analyze();
    let mut table = counts("A site of 500 spaces, 100,000 pages and 15,000 permissions");
    let mut estimates = estimates("Estimates on that site");
    for case in [
        truth.listings(),
        truth.limits(),
        truth.conditions(),
        truth.ranges(),
        truth.joins(),
    ]
    .into_iter()
    .flatten()
    {
        count(&mut site, &case, &mut table, &mut estimates);
    }
    report.table(table);
    report.table(estimates);
}

/// The queries that `make demo` shows.
fn small_site(report: &mut Report) {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let export = organisation.export_users();
    let path = site.database.file("export-users.csv", export);
    let load = "SELECT * FROM confluence.load_user_emails($1)";
    site.client
        .query(load, &[&path.to_str().expect("a path")])
        .expect("the export is loaded");
    site.analyze();
    let mut table = counts("The site of `make demo`: 8 spaces");
    let mut estimates = estimates("Estimates on that small site");
    for case in Truth::of(&organisation).of_a_small_site() {
        count(&mut site, &case, &mut table, &mut estimates);
    }
    report.table(table);
    report.table(estimates);
}

fn counts(title: &str) -> Table {
    Table::new(title, &["query", "rows", "requests", "minimum"])
        .called("at the minimum", "**above the minimum**")
}

fn estimates(title: &str) -> Table {
    Table::new(title, &["query", "estimated", "sent", "factor"])
}

fn count(site: &mut Site, case: &Case, counts: &mut Table, estimates: &mut Table) {
    let measured = site
        .measure(&case.sql)
        .unwrap_or_else(|error| panic!("{error:?}\n{}", case.sql));
    if let Some(expected) = case.rows {
        assert_eq!(measured.rows, expected, "rows of {}", case.sql);
    }
    let sent = measured.requests.len();
    let (most, minimum) = if let Some(besides) = case.cost.cut {
        let firsts = measured.requests.iter();
        let firsts = firsts.filter(|request| !request.contains("cursor="));
        let chains = firsts.collect::<BTreeSet<_>>().len();
        let least = case.cost.requests;
        (
            least + besides + chains,
            format!("≤ {least} + {besides} + {chains} chains"),
        )
    } else {
        (case.cost.requests, grouped(case.cost.requests))
    };
    counts.row(
        [
            case.what.clone(),
            grouped(measured.rows),
            grouped(sent),
            minimum,
        ],
        Verdict::of(sent <= most),
    );
    let estimated = estimated_requests(&mut site.client, &case.sql).round() as usize;
    let (low, high) = (estimated.min(sent).max(1), estimated.max(sent).max(1));
    let factor = high as f64 / low as f64;
    estimates.row(
        [
            case.what.clone(),
            grouped(estimated),
            grouped(sent),
            format!("{factor:.1}"),
        ],
        Verdict::of(factor <= 2.0),
    );
}
