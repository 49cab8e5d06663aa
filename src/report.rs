//! What a user gets to read when something goes wrong.

use std::panic;

use pgrx::pg_sys::panic::{CaughtError, ErrorReport, ErrorReportWithLevel};
use pgrx::{PgLogLevel, PgSqlErrorCode as Code};

/// Replaces pgrx's panic hook, so that nobody is shown a backtrace, or waits for one.
///
/// An error travels through Rust as a panic: PostgreSQL's, such as a cancel, and ours. pgrx's hook takes a backtrace of
/// each and puts it into DETAIL where RUST_BACKTRACE is set in the server's environment, as images with other
/// extensions have it; to put names to the first one alone takes a tenth of a second. An error tells in its own fields
/// all that there is to tell. Only a panic that is none is a defect: the standard hook tells the server's log where it
/// was, with the backtrace that the environment asks for, and users get the message.
pub(crate) fn replace_panic_hook() {
    // pgrx's, which has been set since the library was loaded. Behind it is the standard one.
    drop(panic::take_hook());
    let standard = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let is_error = payload.is::<CaughtError>()
            || payload.is::<ErrorReportWithLevel>()
            || payload.is::<ErrorReport>();
        if !is_error {
            standard(info);
        }
    }));
}

/// An error with everything that PostgreSQL shows of one.
#[derive(Debug)]
pub(crate) struct Report {
    pub code: Code,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

impl Report {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: None,
            hint: None,
        }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says it at a level that is none of an error.
    pub fn say(self, level: PgLogLevel) {
        self.ready().report(level);
    }

    /// Says it as a warning. The statement goes on.
    pub fn warn(self) {
        self.say(PgLogLevel::WARNING);
    }

    /// Raises the error. Nothing behind the call runs, but everything that is owned is dropped.
    pub fn raise(self) -> ! {
        self.ready().report(PgLogLevel::ERROR);
        unreachable!("an error has been raised")
    }

    fn ready(self) -> ErrorReport {
        let mut report = ErrorReport::new(self.code, self.message, "");
        if let Some(detail) = self.detail {
            report = report.set_detail(detail);
        }
        if let Some(hint) = self.hint {
            report = report.set_hint(hint);
        }
        report
    }
}
