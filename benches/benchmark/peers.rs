//! What else brings Confluence's pages into a PostgreSQL table, and how long it takes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use confluence_fdw_tests::{Database, one};
use confluence_sim::{Options, Organisation, Sim};

use crate::measure::quick;
use crate::report::{Report, Table, Verdict, progress, ratio, seconds};
use crate::throughput::{column_names, settle};

/// Latencies in milliseconds, how often each contestant runs, and how many times faster than the peers' defaults the
/// extension must be.
const LATENCIES: [(u64, usize, f64); 2] = [(0, 2, 10.0), (100, 1, 7.0)];

const REQUIREMENTS: &str = include_str!("../peers/requirements.txt");
/// The rows that have to be there, whoever brought them.
const CHECKSUM: &str = "SELECT count(*), sum(hashtextextended(id::text || title, 0)) FROM pages";

/// A program that reads the site in its own way.
pub struct Peer {
    pub name: &'static str,
    pub program: &'static str,
    pub arguments: &'static [&'static str],
    pub is_tuned: bool,
}

const PEERS: [Peer; 3] = [
    Peer {
        name: "atlassian-python-api, psycopg `COPY`",
        program: "atlassian_pages.py",
        arguments: &[],
        is_tuned: false,
    },
    Peer {
        name: "dlt, its defaults",
        program: "dlt_pages.py",
        arguments: &["defaults"],
        is_tuned: false,
    },
    Peer {
        name: "dlt, tuned",
        program: "dlt_pages.py",
        arguments: &["tuned"],
        is_tuned: true,
    },
];

pub fn run(report: &mut Report) {
    report.section("4. Peers");
    report.text(format!(
        "100,000 pages of 500 spaces into a new table of the same PostgreSQL, from the same stand-in, 250 rows to a \
         request, without bodies. Whoever brought them, the number of rows and a checksum over ids and titles are \
         compared with those of the others. The programs are in `benches/peers`: {}. \
         dlt runs with its `rest_api` source and its `postgres` destination. Tuned, it reads the pages of each space by \
         themselves (a parallelized resource below the spaces), eight at once, normalizes in a process for each core, \
         and copies CSV; its `INSERT` statements are its default. `confluence_fdw` runs \
         `CREATE TABLE pages AS SELECT … FROM confluence_pages` with the same columns and its own defaults, after an \
         `ANALYZE` and without one. The time is that of the work: neither the start of a program nor its imports are \
         in it. At 0 ms the better of two runs counts, at 100 ms there is one.",
        versions()
    ));
    let sim = Sim::start(Options {
        // Nobody reads it, and it takes time.
        keep_log: false,
        ..quick(Organisation::standard())
    });
    let mut table = Table::new(
        "Pages into a table: at least 7 × as fast as the peers' defaults at 100 ms, 10 × at 0 ms; faster than dlt, tuned",
        &["latency", "program", "time", "times as long"],
    )
    .named_by(2);
    for (milliseconds, rounds, times) in LATENCIES {
        let latency = format!("{milliseconds} ms");
        let best = |run: &dyn Fn() -> Result<Loaded, String>| -> Result<Loaded, String> {
            (0..rounds)
                .try_fold(None, |best: Option<Loaded>, _| {
                    sim.set_latency(Duration::from_millis(milliseconds));
                    let loaded = run();
                    sim.set_latency(Duration::ZERO);
                    let loaded = loaded?;
                    Ok(Some(match best {
                        Some(best) if best.took < loaded.took => best,
                        _ => loaded,
                    }))
                })
                .map(|best| best.expect("at least one round"))
        };
        let ours = best(&|| Ok(ours(&sim, true))).expect("it is loaded");
        let unprepared = best(&|| Ok(self::ours(&sim, false))).expect("it is loaded");
        assert_eq!(unprepared.checksum, ours.checksum);
        let cells = |name: &str, took: Duration| {
            let times = took.as_secs_f64() / ours.took.as_secs_f64();
            [
                latency.clone(),
                name.to_owned(),
                seconds(took),
                ratio(times),
            ]
        };
        table.row(cells("confluence_fdw", ours.took), Verdict::Open);
        table.row(
            cells("confluence_fdw, without `ANALYZE`", unprepared.took),
            Verdict::Open,
        );
        for peer in &PEERS {
            progress(&format!("{latency}, {}", peer.name));
            match best(&|| peer.run(&sim)) {
                Ok(loaded) => {
                    assert_eq!(loaded.checksum, ours.checksum, "{}", peer.name);
                    let faster = loaded.took.as_secs_f64() / ours.took.as_secs_f64();
                    let required = if peer.is_tuned { 1.0 } else { times };
                    table.row(
                        cells(peer.name, loaded.took),
                        Verdict::of(faster >= required),
                    );
                }
                Err(why) => {
                    let cells = [&latency, peer.name, &why, "–"].map(str::to_owned);
                    table.row(cells, Verdict::Missed);
                }
            }
        }
    }
    report.table(table);
}

/// What a contestant has made.
pub struct Loaded {
    pub took: Duration,
    pub checksum: String,
}

fn ours(sim: &Sim, is_analyzed: bool) -> Loaded {
    let database = Database::create();
    database.site(sim);
    let mut client = database.connect();
    if is_analyzed {
        let analyze = "ANALYZE confluence_spaces, confluence_pages";
        client.batch_execute(analyze).expect("analyzed");
    }
    let create = format!(
        "CREATE TABLE pages AS SELECT {} FROM confluence_pages",
        column_names().join(", ")
    );
    settle(&mut client);
    let began = std::time::Instant::now();
    client.batch_execute(&create).expect("a table");
    Loaded {
        took: began.elapsed(),
        checksum: one(&mut client, CHECKSUM),
    }
}

impl Peer {
    /// Runs the program on a database of its own; or says why it did not work.
    fn run(&self, sim: &Sim) -> Result<Loaded, String> {
        self.run_with(sim, CHECKSUM)
    }

    /// The same with another checksum of what it has brought.
    pub fn run_with(&self, sim: &Sim, checksum: &str) -> Result<Loaded, String> {
        let database = Database::empty();
        settle(&mut database.connect());
        let python = std::env::var_os("CONFLUENCE_FDW_BENCH_PYTHON")
            .ok_or("not installed: run `make bench`")?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../benches/peers")
            .join(self.program);
        let mut command = Command::new(python);
        command
            .arg(program)
            .args(self.arguments)
            .stdin(Stdio::null())
            .env("CONFLUENCE_URL", sim.url())
            .env("CONFLUENCE_EMAIL", Options::EMAIL)
            .env("CONFLUENCE_TOKEN", Options::TOKEN)
            // Where PostgreSQL is, and the password, are in the environment already.
            .env("PGHOST", "127.0.0.1")
            .env("PGDATABASE", database.name())
            .env("NO_PROXY", "127.0.0.1")
            .env("RUNTIME__DLTHUB_TELEMETRY", "false");
        let output = command.output().map_err(|error| error.to_string())?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            return Err(last_line(&output.stderr));
        }
        let took: f64 = printed
            .trim()
            .parse()
            .map_err(|_| format!("printed {printed}"))?;
        Ok(Loaded {
            took: Duration::from_secs_f64(took),
            checksum: one(&mut database.connect(), checksum),
        })
    }
}

/// Where Python says what went wrong.
fn last_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.trim().lines().last().unwrap_or_default().to_owned()
}

/// What the peers are, as they are installed.
pub fn versions() -> String {
    let of_interest = ["dlt", "atlassian-python-api", "psycopg"];
    let lines = REQUIREMENTS
        .lines()
        .filter_map(|line| line.split_once("=="));
    let known: Vec<String> = lines
        .filter(|(name, _)| of_interest.contains(name))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    known.join(", ")
}
