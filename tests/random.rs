//! What the two random drivers share: seeds, by which what happens by chance can be had again, and the rows of a query.
//!
//! Each round of a driver (a query, and whatever befalls it) follows from one number. A run takes the numbers from
//! `CONFLUENCE_FDW_TEST_SEED` on, `CONFLUENCE_FDW_TEST_ROUNDS` of them; so the round of a failure is a run of its own.

use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;
use std::str::FromStr;

use fastrand::Rng;
use postgres::{Client, SimpleQueryMessage};

const SEED: &str = "CONFLUENCE_FDW_TEST_SEED";
const ROUNDS: &str = "CONFLUENCE_FDW_TEST_ROUNDS";

/// Which rounds to run.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// The number that the first one follows from; the next one follows from the next number.
    pub first: u64,
    /// How many; None where the driver decides.
    pub count: Option<u64>,
}

impl Rounds {
    /// Those that the environment asks for; else the same ones in every run.
    pub fn asked_for() -> Self {
        Self {
            first: variable(SEED).unwrap_or(1),
            count: variable(ROUNDS),
        }
    }
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(_) => panic!("{name} is to be a whole number, and is {text:?}"),
    }
}

/// The command that runs one round again.
pub fn again(module: &str, seed: u64) -> String {
    format!("{SEED}={seed} {ROUNDS}=1 make test TESTS={module}::")
}

/// The chances of a round, or of a part of it.
pub fn chances(seed: u64, part: u64) -> Rng {
    // Seeds that lie side by side give numbers that look alike at first.
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ part.rotate_left(32));
    rng.u64(..);
    rng
}

/// One of several.
pub fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

/// Tells the result of a run, also where the test passes: the runner keeps back what a test prints, not what it writes.
pub fn tell(line: &str) {
    // Whether anybody reads it is no matter of the test.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The rows of all statements, which are run one after the other: cells joined by `|`, NULL as `NULL`.
pub fn run(client: &mut Client, statements: &[String]) -> Result<Vec<String>, postgres::Error> {
    let mut rows = Vec::new();
    for statement in statements {
        for message in client.simple_query(statement)? {
            if let SimpleQueryMessage::Row(row) = message {
                let cells = (0..row.len()).map(|cell| row.get(cell).unwrap_or("NULL"));
                rows.push(cells.collect::<Vec<_>>().join("|"));
            }
        }
    }
    Ok(rows)
}

/// How an answer is not the right one.
#[derive(Debug)]
pub struct Difference {
    rows: usize,
    right: usize,
    /// Rows that are not right, or more often there than is right.
    pub more: Vec<String>,
    pub less: Vec<String>,
}

impl Difference {
    pub fn between(mut rows: Vec<String>, right: &[String], ordered: bool) -> Option<Self> {
        let mut sorted = right.to_vec();
        if !ordered {
            rows.sort_unstable();
            sorted.sort_unstable();
        }
        (rows != sorted).then(|| Self {
            rows: rows.len(),
            right: right.len(),
            more: without(&rows, right),
            less: without(right, &rows),
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let shown = |rows: &[String]| {
            rows.iter()
                .take(5)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n    ")
        };
        write!(
            f,
            "{} rows where {} are right\n  {} are missing:\n    {}\n  {} are too many:\n    {}",
            self.rows,
            self.right,
            self.less.len(),
            shown(&self.less),
            self.more.len(),
            shown(&self.more),
        )
    }
}

/// These rows without those, each of which takes one away.
fn without(these: &[String], those: &[String]) -> Vec<String> {
    let mut left: HashMap<&String, usize> = HashMap::new();
    for row in those {
        *left.entry(row).or_default() += 1;
    }
    let mut more = these.to_vec();
    more.retain(|row| match left.get_mut(row) {
        Some(count @ 1..) => {
            *count -= 1;
            false
        }
        _ => true,
    });
    more
}
