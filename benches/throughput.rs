//! Rows per second at zero latency: through the extension, against the pure crate alone.
//!
//! Both read and decode the same pages of the same stand-in, by turns in one run, so the ratio says what
//! the extension itself costs, whatever the machine. Run it with `make bench`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use confluence::client::Session;
use confluence::engine::Engine;
use confluence::options::{self, Reading};
use confluence::scan::{Scan, Sizes, Wanted};
use confluence::tables::pages;
use confluence_fdw_tests::Database;
use confluence_sim::{Options, Organisation, Sim};
use postgres::Client;

const ROUNDS: usize = 5;

/// The columns that both sides read: all but the bodies.
fn columns() -> Vec<usize> {
    (0..pages::TABLE.columns.len())
        .filter(|&place| !pages::TABLE.columns[place].is_body())
        .collect()
}

fn main() {
    let sim = Sim::start(Options::of(Organisation::standard()));
    let db = Database::create();
    db.site_with(&sim, "max_concurrency '1'");
    let mut client = db.connect();
    let names: Vec<&str> = columns()
        .iter()
        .map(|&place| pages::TABLE.columns[place].name)
        .collect();
    let columns_in_sql = names.join(", ");
    let query = format!(
        "SELECT count(*), count(title) FROM (SELECT {columns_in_sql} FROM confluence_pages OFFSET 0) pages"
    );
    let create = format!("CREATE TEMP TABLE t AS SELECT {columns_in_sql} FROM confluence_pages");

    let mut alone = Vec::new();
    let mut through = Vec::new();
    let mut into_table = Vec::new();
    for _ in 0..ROUNDS {
        alone.push(read_alone(&sim));
        through.push(timed(|| {
            let row = client.query_one(query.as_str(), &[]).expect("pages");
            row.get::<_, i64>(0) as u64
        }));
        into_table.push(timed(|| fill_table(&mut client, &create)));
    }
    let alone = best(alone);
    println!(
        "pages of the organisation `standard`, {} columns, one chain, best of {ROUNDS}",
        names.len()
    );
    println!("{:<36} {:>12} {:>8}", "", "rows/s", "ratio");
    for (what, rate) in [
        ("the pure crate alone", alone),
        ("SELECT through the extension", best(through)),
        ("CREATE TABLE AS", best(into_table)),
    ] {
        println!("{what:<36} {rate:>12.0} {:>8.2}", rate / alone);
    }
}

/// Reads all pages with the pure crate, one chain, as the extension does.
fn read_alone(sim: &Sim) -> f64 {
    let server = [("base_url".to_owned(), sim.url().to_owned())];
    let mapping = [
        ("email".to_owned(), Options::EMAIL.to_owned()),
        ("api_token".to_owned(), Options::TOKEN.to_owned()),
    ];
    let config = options::config(&server, Some(&mapping)).expect("options");
    let session = Arc::new(Session::new(config).expect("a session"));
    let engine = Engine::start().expect("a thread");
    timed(|| {
        let wanted = Wanted {
            table: &pages::TABLE,
            columns: columns(),
            conditions: Vec::new(),
            sort: None,
            range: None,
            windows: Vec::new(),
            expected_rows: None,
            sizes: Sizes::default(),
            enough: None,
            eager: true,
            reading: Reading {
                page_size: 250,
                max_concurrency: 1,
                max_requests: 0,
            },
            spent: 0,
        };
        let mut scan = Scan::start(&engine, session.clone(), wanted, || {});
        let mut rows = 0;
        while let Some(batch) = scan.next_blocking().expect("pages") {
            rows += batch.len() as u64;
        }
        rows
    })
}

fn fill_table(client: &mut Client, create: &str) -> u64 {
    let rows = client.execute(create, &[]).expect("a table");
    client.batch_execute("DROP TABLE t").expect("dropped");
    rows
}

/// Rows per second.
fn timed(read: impl FnOnce() -> u64) -> f64 {
    let began = Instant::now();
    let rows = read();
    let took = began.elapsed().max(Duration::from_micros(1));
    rows as f64 / took.as_secs_f64()
}

fn best(rates: Vec<f64>) -> f64 {
    rates.into_iter().fold(0.0, f64::max)
}
