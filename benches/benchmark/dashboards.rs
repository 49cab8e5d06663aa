//! What dashboards and people send (`benches/dashboards.sql`): requests, how many of them at once, and time against the
//! limit that the latency sets.

use std::thread;
use std::time::{Duration, Instant};

use confluence_fdw_tests::corpus::{self, Statement};
use confluence_fdw_tests::site::Site;
use confluence_fdw_tests::{estimated_requests, requests};

use crate::measure::Measure;
use crate::report::{Report, Table, Verdict, grouped, progress, ratio, seconds};

const LATENCY: Duration = Duration::from_millis(150);
/// What runs at once in a session: `max_concurrency`.
const WIDTH: f64 = 8.0;
/// How much longer than the requests alone a statement may take.
const ALLOWED: f64 = 1.3;
/// The factor within which an estimate must be.
const NEAR: f64 = 3.0;
/// A statement is given up after so many times what it may take.
const PATIENCE: u32 = 8;

/// The charts of a live dashboard, beside one over a snapshot of who has access.
const LIVE: [&str; 5] = [
    "pages per space key",
    "pages per space id",
    "changes a day, third quarter",
    "latest changes with space and author",
    "audit records by category",
];
/// The chart that is over the snapshot, as it asks the site itself.
const LIVE_ACCESS: &str = "access by status";
const LIVE_REQUESTS: usize = 320;
const LIVE_TIME: Duration = Duration::from_secs(4);

pub fn run(report: &mut Report) {
    report.section("7. Dashboards");
    report.text(format!(
        "What Superset, pgAdmin, Metabase, Power BI and Evidence send, and what people write (`benches/dashboards.sql`), on a \
         site of 100 spaces, 20,000 pages and 6,000 permissions, at {} ms for every answer. \"Rounds\" are requests \
         that have to follow one another. Allowed are {ALLOWED} × the latency × the larger of requests ÷ {WIDTH}, rounded up, and rounds. \"In flight\" are \
         the most requests at one time. Spaces, pages and permissions were analyzed, other tables were not.",
        LATENCY.as_millis()
    ));
    let statements = corpus::statements();
    let mut site = corpus::site();
    never_analyzed(report, &mut site, &statements);
    site.analyze();
    // Who one is has been asked before.
    site.rows("SELECT id FROM confluence_spaces LIMIT 1")
        .expect("a space");
    let mut groups: Vec<&str> = statements.iter().map(|statement| statement.group).collect();
    groups.dedup();
    for group in groups {
        let of_group = statements
            .iter()
            .filter(|statement| statement.group == group);
        group_of(report, &mut site, group, of_group);
    }
    live(report, &mut site);
}

/// What `EXPLAIN` expects, and what is sent, on tables of which nothing is known.
fn never_analyzed(report: &mut Report, site: &mut Site, statements: &[Statement]) {
    report.text(format!(
        "Estimates are those of `EXPLAIN` in a session that has read nothing, on tables that were never analyzed. They must be within a factor \
         of {NEAR}."
    ));
    let mut table = Table::new(
        "Nothing analyzed",
        &["statement", "estimated", "sent", "factor"],
    );
    for statement in statements {
        progress(&format!("never analyzed: {}", statement.name));
        let mut fresh = site.database.connect();
        let estimated = estimated_requests(&mut fresh, &statement.sql)
            .round()
            .max(1.0);
        site.sim.clear_log();
        let patience = format!("SET statement_timeout = '60s'; {}", statement.sql);
        let read = fresh.simple_query(&patience);
        let sent = requests(&site.sim).len();
        let factor = estimated.max(sent as f64) / estimated.min(sent.max(1) as f64);
        let sent = match &read {
            Ok(_) => grouped(sent),
            Err(error) => format!("{}, then {error}", grouped(sent)),
        };
        table.row(
            [
                statement.name.to_owned(),
                grouped(estimated as usize),
                sent,
                ratio(factor),
            ],
            Verdict::of(read.is_ok() && factor <= NEAR),
        );
    }
    report.table(table);
}

fn group_of<'s>(
    report: &mut Report,
    site: &mut Site,
    group: &str,
    statements: impl Iterator<Item = &'s Statement>,
) {
    let mut table = Table::new(
        format!("{group}: no more requests and time than allowed"),
        &[
            "statement",
            "written by",
            "requests",
            "allowed",
            "rounds",
            "in flight",
            "measured",
            "measured ÷ allowed",
        ],
    )
    .named_by(2);
    for statement in statements {
        progress(statement.name);
        let rounds = whole_rounds(statement.requests).max(statement.rounds as f64);
        let allowed_time = LATENCY.mul_f64(ALLOWED * rounds);
        let patience = (allowed_time * PATIENCE).as_millis();
        site.execute(&format!("SET statement_timeout = '{patience}ms'"));
        site.sim.reset_in_flight_high_water();
        site.sim.set_latency(LATENCY);
        let began = Instant::now();
        let outcome = site.measure(&statement.sql);
        let took = began.elapsed();
        site.sim.set_latency(Duration::ZERO);
        site.execute("RESET statement_timeout");
        let sent = requests(&site.sim).len();
        let allowed = LATENCY.mul_f64(ALLOWED * whole_rounds(sent).max(statement.rounds as f64));
        let share = took.as_secs_f64() / allowed.as_secs_f64();
        let measured = match &outcome {
            Ok(_) => seconds(took),
            Err(error) => format!("{error} after {}", seconds(took)),
        };
        table.row(
            [
                statement.name.to_owned(),
                statement.by.to_owned(),
                grouped(sent),
                grouped(statement.requests),
                statement.rounds.to_string(),
                site.sim.in_flight_high_water().to_string(),
                measured,
                ratio(share),
            ],
            Verdict::of(outcome.is_ok() && sent <= statement.requests && share <= 1.0),
        );
    }
    report.table(table);
}

/// In how many rounds so many requests can be sent.
fn whole_rounds(requests: usize) -> f64 {
    (requests as f64 / WIDTH).ceil()
}

/// All charts of a dashboard at once, each in a session of its own, as tools do.
fn live(report: &mut Report, site: &mut Site) {
    site.execute("CREATE MATERIALIZED VIEW access_snapshot AS SELECT * FROM space_access");
    let access = corpus::statement(LIVE_ACCESS).sql;
    let of_snapshot = access.replace("space_access", "access_snapshot");
    assert_ne!(access, of_snapshot, "the view's name");
    let mut table = Table::new(
        "A live dashboard: six charts and the lists of three filters, at once",
        &[
            "nine sessions",
            "requests",
            "allowed",
            "measured",
            "allowed time",
        ],
    );
    let (sent, took) = at_once(site, &of_snapshot);
    table.row(
        [
            "who has access from a materialized view".to_owned(),
            grouped(sent),
            grouped(LIVE_REQUESTS),
            seconds(took),
            seconds(LIVE_TIME),
        ],
        Verdict::of(sent <= LIVE_REQUESTS && took <= LIVE_TIME),
    );
    let (sent, took) = at_once(site, &access);
    table.row(
        [
            "who has access from the site, too".to_owned(),
            grouped(sent),
            String::new(),
            seconds(took),
            String::new(),
        ],
        Verdict::Open,
    );
    report.table(table);
}

/// The requests of the dashboard with a chart about access, and the time until the last of its answers.
fn at_once(site: &Site, access: &str) -> (usize, Duration) {
    progress("a live dashboard");
    let filters = [
        "SELECT key AS key FROM confluence_spaces GROUP BY key ORDER BY key LIMIT 1000".to_owned(),
        corpus::statement("values of a filter").sql,
        "SELECT name AS name FROM confluence_groups GROUP BY name LIMIT 1000".to_owned(),
    ];
    let charts = LIVE.map(|name| corpus::statement(name).sql);
    let sessions: Vec<_> = charts
        .iter()
        .chain(&filters)
        .map(String::as_str)
        .chain([access])
        .map(|sql| (site.database.connect(), sql))
        .collect();
    site.sim.clear_log();
    site.sim.set_latency(LATENCY);
    let began = Instant::now();
    thread::scope(|scope| {
        for (mut session, sql) in sessions {
            scope.spawn(move || session.simple_query(sql).expect("a chart"));
        }
    });
    let took = began.elapsed();
    site.sim.set_latency(Duration::ZERO);
    // Each session asks who it is, too.
    (requests(&site.sim).len() + site.sim.probes().len(), took)
}
