//! Rows per second at zero latency: what the extension itself costs.
//!
//! All sides read the same pages of the same stand-in, by turns in one run, so the ratios hold whatever the machine.

use std::sync::Arc;
use std::time::Instant;

use confluence::engine::Engine;
use confluence::http::{RequestLog, RequestOrigin, RequestRecorder};
use confluence::options::{self, Reading};
use confluence::request::ScanRequest;
use confluence::scan::Scan;
use confluence::schema::ColumnId;
use confluence::session::Session;
use confluence::tables::pages;
use confluence_fdw_tests::Database;
use confluence_sim::{Options, Organisation, Sim};
use postgres::Client;

use crate::measure::quick;
use crate::report::{Report, Table, Verdict, grouped, ratio};

const ROUNDS: usize = 7;
/// What is left of the pure crate's speed.
const OF_ALONE: f64 = 0.85;
/// How much faster than reading the same rows from a PostgreSQL.
const OF_POSTGRES_FDW: f64 = 1.5;

/// The columns that all sides read: those that the listing brings, but for the bodies.
pub fn columns() -> Vec<ColumnId> {
    pages::TABLE
        .columns_by_id()
        .filter(|(_, column)| column.asked_with.is_none() && column.part.is_none())
        .map(|(id, _)| id)
        .collect()
}

/// The same, by name.
pub fn column_names() -> Vec<&'static str> {
    let names = columns().into_iter();
    names
        .map(|place| pages::TABLE.columns[place].name)
        .collect()
}

pub fn run(report: &mut Report) {
    report.section("3. Throughput");
    let names = column_names();
    let columns = names.join(", ");
    report.text(format!(
        "Rows per second at zero latency: 100,000 pages, {} columns of each (all but the bodies and those that take a \
         request for each page). The stand-in runs on the same processor. \"The pure crate\" is `crates/confluence`, \
         which asks, pages and decodes, and knows no PostgreSQL; it reads one chain, as `max_concurrency '1'` does. \
         `SELECT` counts every column, so that all of them become values of PostgreSQL, and no client has to take them. \
         `COPY TO` writes to `/dev/null`. All take turns in {ROUNDS} rounds; the middle one counts, of the rates and of the ratios within a round.",
        names.len()
    ));
    let sim = Sim::start(Options {
        // Nobody reads it, and it takes time.
        keep_log: false,
        ..quick(Organisation::standard())
    });
    let one = site(&sim, "max_concurrency '1'");
    let eight = site(&sim, "");
    let has_postgres_fdw = copy_elsewhere(&eight, &columns);
    let counts: Vec<String> = names.iter().map(|name| format!("count({name})")).collect();
    let counts = format!(
        "SELECT count(*), {} FROM confluence_pages",
        counts.join(", ")
    );
    let create = |from: &str| format!("CREATE TABLE copied AS SELECT {columns} FROM {from}");
    let copy = format!("COPY (SELECT {columns} FROM confluence_pages) TO '/dev/null'");
    let through: [(&str, &str); 3] = [
        ("`SELECT`", &counts),
        ("`CREATE TABLE AS`", &create("confluence_pages")),
        ("`COPY TO`", &copy),
    ];

    let mut alone = Rates::default();
    let mut through_rates: [[Rates; 2]; 3] = Default::default();
    let mut copied = Rates::default();
    let mut sessions = [one.connect(), eight.connect()];
    for _ in 0..ROUNDS {
        alone.0.push(read_alone(&sim));
        for (rates, (_, statement)) in through_rates.iter_mut().zip(through) {
            for (rates, session) in rates.iter_mut().zip(&mut sessions) {
                rates.0.push(run_statement(session, statement));
            }
        }
        if has_postgres_fdw {
            let statement = create("elsewhere.pages");
            copied.0.push(run_statement(&mut sessions[1], &statement));
        }
    }

    let mut table = Table::new(
        "Against the pure crate alone: at least 0.85 on one chain",
        &["", "rows/s", "ratio"],
    );
    table.row(
        alone.cells("the pure crate, one chain", &alone),
        Verdict::Open,
    );
    for (chains, width) in ["one chain", "eight chains"].into_iter().enumerate() {
        for (rates, (what, _)) in through_rates.iter().zip(through) {
            let rates = &rates[chains];
            let verdict = match chains {
                0 => Verdict::of(rates.against(&alone) >= OF_ALONE),
                _ => Verdict::Open,
            };
            table.row(rates.cells(&format!("{what}, {width}"), &alone), verdict);
        }
    }
    report.table(table);

    report.text(
        "`CREATE TABLE AS` from the site, with the defaults, against `CREATE TABLE AS` from the same rows in a table of \
         the same PostgreSQL, read through `postgres_fdw` with `fetch_size '10000'`.",
    );
    let mut table = Table::new(
        "Against postgres_fdw: at least 1.50",
        &["", "rows/s", "ratio"],
    );
    if has_postgres_fdw {
        let [_, [_, created], _] = &through_rates;
        table.row(copied.cells("`postgres_fdw`", &copied), Verdict::Open);
        table.row(
            created.cells("`confluence_fdw`", &copied),
            Verdict::of(created.against(&copied) >= OF_POSTGRES_FDW),
        );
    } else {
        let cells = ["`postgres_fdw`", "not installed", "–"].map(str::to_owned);
        table.row(cells, Verdict::Missed);
    }
    report.table(table);
}

/// Rows per second, round by round.
#[derive(Default)]
struct Rates(Vec<f64>);

impl Rates {
    /// How many times as fast as others: the middle one of the rounds, so that what else the machine does in one of
    /// them does not matter.
    fn against(&self, others: &Rates) -> f64 {
        let rounds = self.0.iter().zip(&others.0);
        middle(rounds.map(|(rate, other)| rate / other).collect())
    }

    fn cells(&self, what: &str, others: &Rates) -> [String; 3] {
        [
            what.to_owned(),
            grouped(middle(self.0.clone()) as usize),
            ratio(self.against(others)),
        ]
    }
}

fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// A database that reads the stand-in.
fn site(sim: &Sim, options: &str) -> Database {
    let database = Database::create();
    database.site_with(sim, options);
    database.execute("ANALYZE confluence_pages, confluence_spaces");
    database
}

/// Copies the pages into a table, and lets `postgres_fdw` read it as `elsewhere.pages`. Not every installation has
/// `postgres_fdw`: whether this one has.
fn copy_elsewhere(database: &Database, columns: &str) -> bool {
    let mut client = database.connect();
    if client
        .batch_execute("CREATE EXTENSION postgres_fdw")
        .is_err()
    {
        return false;
    }
    let socket = std::env::var("PGHOST").expect("PGHOST");
    let port = std::env::var("PGPORT").expect("PGPORT");
    let name = database.name();
    database.execute(&format!(
        "CREATE SCHEMA copies;
         CREATE TABLE copies.pages AS SELECT {columns} FROM confluence_pages;
         ANALYZE copies.pages"
    ));
    // The other session sees what has been committed.
    database.execute(&format!(
        "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw
             OPTIONS (host '{socket}', port '{port}', dbname '{name}', fetch_size '10000');
         CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere;
         CREATE SCHEMA elsewhere;
         IMPORT FOREIGN SCHEMA copies FROM SERVER elsewhere INTO elsewhere"
    ));
    true
}

/// Reads all pages with the pure crate, one chain, as the extension does. Rows per second.
fn read_alone(sim: &Sim) -> f64 {
    let server = [("base_url".to_owned(), sim.url().to_owned())];
    let mapping = [
        ("email".to_owned(), Options::EMAIL.to_owned()),
        ("api_token".to_owned(), Options::TOKEN.to_owned()),
    ];
    let config = options::config(&server, Some(&mapping)).expect("options");
    let session = Arc::new(Session::new(config).expect("a session"));
    let engine = Engine::start().expect("a thread");
    let log = Arc::new(RequestLog::default());
    timed(|| {
        let reading = Reading {
            max_concurrency: 1,
            ..Reading::USUAL
        };
        let scan_request = ScanRequest {
            eager: true,
            ..ScanRequest::whole(&pages::TABLE, columns(), reading)
        };
        let origin = RequestOrigin {
            server: "site".to_owned(),
            scan: None,
            reader: 0,
        };
        let recorder = RequestRecorder::new(log.clone(), origin);
        let mut scan = Scan::start(&engine, session.clone(), scan_request, recorder, || {});
        let mut rows = 0;
        while let Some(batch) = scan.next_blocking().expect("pages") {
            rows += batch.len() as u64;
        }
        rows
    })
}

/// Rows per second of a statement over all pages.
fn run_statement(client: &mut Client, statement: &str) -> f64 {
    settle(client);
    let rate = timed(|| {
        if statement.starts_with("SELECT") {
            let row = client.query_one(statement, &[]).expect("pages");
            row.get::<_, i64>(0) as u64
        } else {
            client.execute(statement, &[]).expect("pages")
        }
    });
    let clean = "DROP TABLE IF EXISTS copied";
    client.batch_execute(clean).expect("dropped");
    rate
}

/// Ends the server's work for what was written before. So its log goes on in files that it has already, as that of a
/// server in use does: a fresh one would spend a third of a `CREATE TABLE AS` on making files.
pub fn settle(client: &mut Client) {
    client.batch_execute("CHECKPOINT").expect("a checkpoint");
}

fn timed(read: impl FnOnce() -> u64) -> f64 {
    let began = Instant::now();
    let rows = read();
    rows as f64 / began.elapsed().as_secs_f64()
}
