//! The scan log: what is told of a scan, while it runs by notices, and afterwards by the session's history.

use std::time::Duration;

use confluence::http::Tally;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode, pg_sys};

use super::history::{self, Entry, ScanFailure, ScanRecord};
use super::progress::Progress;
use super::request_log;
use crate::pg::list;
use crate::pg::report::Report;

/// A scan's account of itself. There is nothing to tell of a scan that has asked for nothing.
#[derive(Debug, Default)]
pub(crate) struct ScanLog {
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    entry: Entry,
    progress: Progress,
    /// How many runs have come to the end that the site declares.
    completed: u64,
    /// Whether a run was given up before its end.
    cut_short: bool,
    /// Whether PostgreSQL has ended the scan.
    ended: bool,
}

impl ScanLog {
    /// A run begins. The first one enters the scan into the history; `rows` is how many rows it is to read, if known. Gives
    /// the scan's number.
    pub fn begin(&mut self, rows: Option<f64>, record: impl FnOnce() -> ScanRecord) -> u64 {
        let begun = self.begun.get_or_insert_with(|| {
            let record = record();
            Begun {
                progress: Progress::new(record.foreign_table.clone(), rows),
                entry: history::enter(record),
                completed: 0,
                cut_short: false,
                ended: false,
            }
        });
        let mut record = begun.entry.borrow_mut();
        record.complete = false;
        record.number
    }

    /// Rows have arrived.
    pub fn go_on(&mut self, tally: Tally, waited: Duration) {
        if let Some(begun) = &mut self.begun {
            begun.note(tally, waited);
            request_log::tell();
            begun.progress.tell(tally);
        }
    }

    /// Nothing has arrived yet.
    pub fn wait(&mut self, tally: Tally, waited: Duration) {
        if let Some(begun) = &mut self.begun {
            begun.note(tally, waited);
            request_log::tell();
            begun.progress.tell_of_wait(tally);
        }
    }

    /// How long a wait may take before there is something to tell.
    pub fn due_in(&self) -> Option<Duration> {
        self.begun.as_ref()?.progress.due_in()
    }

    /// The run came to its end.
    pub fn complete(&mut self, tally: Tally, waited: Duration) {
        if let Some(begun) = &mut self.begun {
            begun.note(tally, waited);
            request_log::tell();
            begun.completed += 1;
            begun.entry.borrow_mut().complete = !begun.cut_short;
            begun.progress.tell_of_run(tally, begun.completed == 1);
        }
    }

    /// The run was given up.
    pub fn cut_short(&mut self, tally: Tally, waited: Duration) {
        if let Some(begun) = &mut self.begun {
            begun.note(tally, waited);
            begun.cut_short = true;
        }
    }

    /// The run has failed.
    pub fn fail(&mut self, tally: Tally, waited: Duration, report: &Report) {
        if let Some(begun) = &mut self.begun {
            begun.note(tally, waited);
            begun.fail(Some(report.code), &report.message);
            request_log::tell();
        }
    }

    /// PostgreSQL has raised an error where the scan waited: a cancel, a time-out, the end of the session.
    pub fn interrupted(&self, tally: Tally, waited: Duration, error: &CaughtError) {
        if let Some(begun) = &self.begun {
            begun.note(tally, waited);
            let (CaughtError::PostgresError(report)
            | CaughtError::ErrorReport(report)
            | CaughtError::RustPanic {
                ereport: report, ..
            }) = error;
            begun.fail(Some(report.sql_error_code()), report.message());
        }
    }

    /// The scan is dropped. Errors elsewhere in the query, and a cancel where others wait, end it without a word.
    pub fn close(&self) {
        if let Some(begun) = &self.begun {
            let is_open = {
                let record = begun.entry.borrow();
                !begun.ended && !record.complete && record.error.is_none()
            };
            if is_open {
                begun.fail(None, "rolled back before it came to its end");
            }
        }
    }

    /// PostgreSQL ends the scan.
    pub fn end(&mut self, tally: Tally) {
        if let Some(begun) = &mut self.begun {
            begun.ended = true;
            let complete = begun.entry.borrow().complete;
            begun.progress.tell_of_end(tally, complete);
        }
    }
}

impl Begun {
    fn note(&self, tally: Tally, waited: Duration) {
        let mut record = self.entry.borrow_mut();
        record.tally = tally;
        record.waited = waited;
    }

    fn fail(&self, code: Option<PgSqlErrorCode>, message: &str) {
        let mut record = self.entry.borrow_mut();
        record.complete = false;
        record.error = Some(ScanFailure {
            sqlstate: code.map(sqlstate),
            message: message.to_owned(),
        });
    }
}

/// The five characters of a code.
fn sqlstate(code: PgSqlErrorCode) -> String {
    // SAFETY: it gives a string that ends with NUL, which is copied before the next call.
    unsafe { list::text(pg_sys::unpack_sql_state(code as i32)) }
}
