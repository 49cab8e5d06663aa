//! Progress: notices that tell how far a scan has come, for sessions that have asked for them.
//!
//! They are raised by the backend between two batches and where it waits, never by the network thread.

use std::time::{Duration, Instant};

use confluence::http::Tally;

use crate::settings;

/// What a scan tells of itself.
#[derive(Debug)]
pub(super) struct Progress {
    table: String,
    /// How many rows there are, if that is known and all of them are read.
    rows: Option<f64>,
    began: Instant,
    told_at: Option<Instant>,
    /// The last notice: its beginning, and of how many requests it spoke.
    told: Option<(&'static str, u64)>,
}

const READING: &str = "reading";
const READ: &str = "read";
const STOPPED: &str = "stopped reading";

impl Progress {
    /// Begins with the scan.
    pub fn new(table: String, rows: Option<f64>) -> Self {
        Self {
            table,
            rows,
            began: Instant::now(),
            told_at: None,
            told: None,
        }
    }

    /// How long it is until there is something to tell even if nothing arrives. None where nobody wants to hear it.
    pub fn due_in(&self) -> Option<Duration> {
        interval()
            .filter(|interval| !interval.is_zero())
            .map(|interval| interval.saturating_sub(self.silence()))
    }

    /// Rows have arrived. Tells how far the scan has come, if it has not done so lately.
    pub fn tell(&mut self, tally: Tally) {
        if interval().is_some_and(|interval| self.silence() >= interval) {
            self.say(READING, tally);
        }
    }

    /// The same where nothing has arrived.
    pub fn tell_of_wait(&mut self, tally: Tally) {
        if self.due_in().is_some_and(|time| time.is_zero()) {
            self.say(READING, tally);
        }
    }

    /// Tells of a run's end. That of the first one is always told; those of a join's inner scan may be thousands.
    pub fn tell_of_run(&mut self, tally: Tally, is_first: bool) {
        if is_first && interval().is_some() {
            self.say(READ, tally);
        } else {
            self.tell(tally);
        }
        // From now on, rows are those of several readings.
        self.rows = None;
    }

    /// Tells of the scan's end, unless that has been told.
    pub fn tell_of_end(&mut self, tally: Tally, complete: bool) {
        let what = if complete { READ } else { STOPPED };
        if interval().is_some() && self.told != Some((what, tally.requests)) {
            self.say(what, tally);
        }
    }

    fn silence(&self) -> Duration {
        self.told_at.unwrap_or(self.began).elapsed()
    }

    fn say(&mut self, what: &'static str, tally: Tally) {
        let rate = tally.rows as f64 / self.began.elapsed().as_secs_f64().max(1e-6);
        let mut text = format!(
            "{what} {}: {}, {}, {rate:.0} rows/s",
            self.table,
            counted(tally.requests, "request"),
            counted(tally.rows, "row"),
        );
        if let Some(rows) = self.rows.filter(|_| what == READING) {
            let share = (100.0 * tally.rows as f64 / rows).min(100.0);
            text.push_str(&format!(", {share:.0}% of the table"));
        }
        if !tally.throttled.is_zero() {
            let seconds = tally.throttled.as_secs_f64();
            text.push_str(&format!(", throttled for {seconds:.1} s"));
        }
        self.told_at = Some(Instant::now());
        self.told = Some((what, tally.requests));
        pgrx::notice!("{text}");
    }
}

fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// The time between two notices; None where the session wants none.
fn interval() -> Option<Duration> {
    let milliseconds = settings::PROGRESS_INTERVAL.get().max(0);
    settings::PROGRESS
        .get()
        .then(|| Duration::from_millis(milliseconds as u64))
}
