//! How long queries take where every answer does, against what the width of eight requests allows.

use std::time::{Duration, Instant};

use confluence_fdw_tests::site::Site;
use confluence_sim::{Organisation, Size};

use crate::cases::{Case, Cost, Truth};
use crate::measure::{Measure, quick};
use crate::report::{Report, Table, Verdict, grouped, median, milliseconds, progress, ratio};

/// Latencies in milliseconds, and how often a query is run at each.
const LATENCIES: [(u64, usize); 3] = [(20, 5), (100, 3), (300, 1)];
/// Requests under way at once: the default of `max_concurrency`.
const WIDTH: f64 = 8.0;
/// What a query may take beyond its share of the latency.
const ALLOWED: f64 = 1.15;
/// What the first row may take beyond the latency of each step.
const FIRST_ROW: Duration = Duration::from_millis(5);
/// How often the first row is waited for.
const FIRST_ROWS: usize = 7;
/// After so many times what is allowed, a query is given up.
const PATIENCE: u32 = 3;

pub fn run(report: &mut Report) {
    report.section("2. Latency");
    let organisation = Organisation::standard();
    let truth = Truth::of(&organisation);
    let mut site = Site::serving(quick(organisation.clone()), "");
    site.execute(&truth.wanted_pages(1_000));
    site.execute(&truth.wanted_pages(10_000));
    site.execute(&truth.wanted_spaces());
    site.analyze();
    let rounds: Vec<String> = LATENCIES
        .iter()
        .map(|(latency, rounds)| format!("{rounds} at {latency} ms"))
        .collect();
    report.text(format!(
        "Every answer of the stand-in comes after the latency. Eight requests are under way at once, which is the \
         default. No space of the site holds more than a tenth of its 100,000 pages. Allowed is 1.15 × the larger of \
         requests × latency ÷ 8 and longest × latency, plus one latency for each step. A step needs what the one before \
         it brought: the permissions of a space come after the list of spaces; its last requests may be fewer than \
         eight. Longest is the most requests of one chain, each of which begins with the answer to the one before. \
         Times are medians of {}.",
        rounds.join(", ")
    ));
    whole_queries(report, &mut site, &truth);
    first_rows(report, &mut site, &truth);
    drop(site);
    one_large_space(report);
}

fn whole_queries(report: &mut Report, site: &mut Site, truth: &Truth) {
    let cases = [
        truth.all_pages(),
        truth.all_permissions(),
        truth.pages_by_id(1_000),
        truth.pages_by_id(10_000),
        truth.pages_by_space(),
        truth.versions_of_a_space(),
        truth.permissions_by_type(),
    ];
    let mut table = Table::new(
        "Whole queries: measured ÷ allowed is at most 1",
        &[
            "latency",
            "query",
            "requests",
            "longest",
            "steps",
            "measured",
            "allowed",
            "measured ÷ allowed",
        ],
    )
    .named_by(2);
    for (milliseconds, rounds) in LATENCIES {
        let latency = Duration::from_millis(milliseconds);
        for case in &cases {
            whole_query(&mut table, site, case, latency, rounds);
        }
    }
    report.table(table);
}

fn whole_query(table: &mut Table, site: &mut Site, case: &Case, latency: Duration, rounds: usize) {
    let name = [format!("{} ms", latency.as_millis()), case.what.clone()];
    progress(&name.join(", "));
    let counted = format!("SELECT count(rows) FROM ({}) AS rows", case.sql);
    // Who one is has been asked before.
    site.rows("SELECT id FROM confluence_spaces LIMIT 1")
        .expect("a space");
    site.sim.set_latency(latency);
    let patience =
        Duration::from_secs(1) + PATIENCE * allowed(&case.cost, case.cost.requests, latency);
    site.execute(&format!(
        "SET statement_timeout = '{}ms'",
        patience.as_millis()
    ));
    let outcomes: Result<Vec<_>, _> = (0..rounds).map(|_| site.measure(&counted)).collect();
    site.sim.set_latency(Duration::ZERO);
    site.execute("RESET statement_timeout");
    let [latency_name, what] = name;
    let Ok(outcomes) = outcomes else {
        let given_up = format!("given up after {}", milliseconds(patience));
        let none = || "–".to_owned();
        let cells = [
            latency_name,
            what,
            none(),
            none(),
            none(),
            given_up,
            none(),
            none(),
        ];
        table.row(cells, Verdict::Missed);
        return;
    };
    let requests = outcomes[0].requests.len();
    let took = median(outcomes.iter().map(|outcome| outcome.took).collect());
    let allowed = allowed(&case.cost, requests, latency);
    table.row(
        [
            latency_name,
            what,
            grouped(requests),
            grouped(case.cost.longest),
            case.cost.steps.to_string(),
            milliseconds(took),
            milliseconds(allowed),
            ratio(took.as_secs_f64() / allowed.as_secs_f64()),
        ],
        Verdict::of(took <= allowed),
    );
}

fn allowed(cost: &Cost, requests: usize, latency: Duration) -> Duration {
    let rounds = (requests as f64 / WIDTH).max(cost.longest as f64);
    latency.mul_f64(ALLOWED * rounds) + latency * cost.steps
}

fn first_rows(report: &mut Report, site: &mut Site, truth: &Truth) {
    let by_ids = truth.pages_by_id(1_000);
    let versions = truth.versions_of_a_space();
    let permissions = truth.all_permissions();
    let mut scans: Vec<(&str, &str, u32)> = vec![
        ("all pages", "SELECT id FROM confluence_pages", 1),
        ("all spaces", "SELECT id FROM confluence_spaces", 1),
        (
            "the latest changes",
            "SELECT id FROM confluence_pages ORDER BY modified_at DESC",
            1,
        ),
        (
            "what changed since a time",
            "SELECT id FROM confluence_pages WHERE modified_at > '2026-11-01'",
            1,
        ),
    ];
    scans.extend([&by_ids, &permissions, &versions].map(|case| {
        let case: &Case = case;
        (&*case.what, &*case.sql, case.cost.steps)
    }));
    let mut table = Table::new(
        "The first row: after one latency + 5 ms for each step",
        &["latency", "query", "steps", "measured", "allowed"],
    )
    .named_by(2);
    report.text(format!(
        "The first row is that of a cursor over the query, in a session that has asked before. Medians of {FIRST_ROWS}."
    ));
    for (milliseconds_each, _) in LATENCIES {
        let latency = Duration::from_millis(milliseconds_each);
        for (what, sql, steps) in &scans {
            site.sim.set_latency(latency);
            let took = median((0..FIRST_ROWS).map(|_| first_row(site, sql)).collect());
            site.sim.set_latency(Duration::ZERO);
            let allowed = (latency + FIRST_ROW) * *steps;
            table.row(
                [
                    format!("{milliseconds_each} ms"),
                    (*what).to_owned(),
                    steps.to_string(),
                    milliseconds(took),
                    milliseconds(allowed),
                ],
                Verdict::of(took <= allowed),
            );
        }
    }
    report.table(table);
}

/// How long a cursor's first row takes. The rest of the query is given up.
fn first_row(site: &mut Site, sql: &str) -> Duration {
    site.execute(&format!("BEGIN; DECLARE first CURSOR FOR {sql}"));
    let began = Instant::now();
    let rows = site.rows("FETCH 1 FROM first").expect("a row");
    let took = began.elapsed();
    assert_eq!(rows, 1, "{sql}");
    site.execute("ROLLBACK");
    took
}

/// A site that is nearly all in one space.
fn one_large_space(report: &mut Report) {
    const MOST: f64 = 0.6;
    let organisation = Organisation::sized(Size {
        spaces: 100,
        pages: 20_000,
        permissions: 100,
        users: 100,
        largest_space_share: 0.9,
        ..Size::default()
    });
    let case = Truth::of(&organisation).all_pages();
    let mut side_by_side = Site::serving(quick(organisation.clone()), "");
    let mut plain = Site::serving(quick(organisation.clone()), "max_concurrency '1'");
    report.text(
        "A listing is cut along spaces. Where one space outlasts the others, it is read from both of its ends until they \
         meet. This site has 20,000 pages in 100 spaces, and 90 % of them in one. The plain listing is that of \
         `max_concurrency '1'`.",
    );
    let mut table = Table::new(
        "All pages of a site with 90 % of them in one space: at most 0.60 of the time of the plain listing",
        &[
            "latency",
            "plain",
            "requests",
            "side by side",
            "requests, side by side",
            "ratio",
        ],
    );
    side_by_side.analyze();
    for (milliseconds_each, rounds) in LATENCIES {
        let measure = |site: &mut Site| {
            site.rows("SELECT id FROM confluence_spaces LIMIT 1")
                .expect("a space");
            site.sim
                .set_latency(Duration::from_millis(milliseconds_each));
            let outcomes: Vec<_> = (0..rounds)
                .map(|_| site.measure(&case.sql).expect("pages"))
                .collect();
            site.sim.set_latency(Duration::ZERO);
            assert_eq!(Some(outcomes[0].rows), case.rows);
            let took = median(outcomes.iter().map(|outcome| outcome.took).collect());
            (took, outcomes[0].requests.len())
        };
        let (plain, of_plain) = measure(&mut plain);
        let (took, requests) = measure(&mut side_by_side);
        let share = took.as_secs_f64() / plain.as_secs_f64();
        table.row(
            [
                format!("{milliseconds_each} ms"),
                milliseconds(plain),
                grouped(of_plain),
                milliseconds(took),
                grouped(requests),
                ratio(share),
            ],
            Verdict::of(share <= MOST),
        );
    }
    report.table(table);
}
