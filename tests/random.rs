//! What happens by chance, and can be had again: the seeds of the two random drivers.
//!
//! Each round of a driver (a query, and whatever befalls it) follows from one number. A run takes the numbers from
//! `CONFLUENCE_FDW_TEST_SEED` on, `CONFLUENCE_FDW_TEST_ROUNDS` of them; so the round of a failure is a run of its own.

use std::io::Write as _;
use std::str::FromStr;

use fastrand::Rng;

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
