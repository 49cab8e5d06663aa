//! What a user gets to read when something goes wrong.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode as Code};

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
