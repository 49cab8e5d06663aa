//! Subtransactions: something that may fail, without taking the transaction with it.

use std::panic::{self, AssertUnwindSafe};

use pgrx::pg_sys::panic::CaughtError;
use pgrx::{PgSqlErrorCode as Code, PgTryBuilder, pg_sys};

use super::report::Report;

/// An error that was raised, and whose effects are undone.
pub(crate) struct UndoneError {
    pub message: String,
}

/// Runs something in a subtransaction. An error that it raises undoes what it has done, and comes back. Cancels, ends of the
/// session and defects go on.
pub(crate) fn run<T>(run: impl FnOnce() -> T) -> Result<T, UndoneError> {
    catching(run, goes_by).map_err(|report| UndoneError {
        message: report.message,
    })
}

/// The same, but nothing goes on: whoever calls raises the error again once what has to be done is done.
pub(crate) fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Report> {
    catching(run, |_| true)
}

fn catching<T>(
    run: impl FnOnce() -> T,
    is_caught: impl Fn(&CaughtError) -> bool + panic::RefUnwindSafe + panic::UnwindSafe,
) -> Result<T, Report> {
    // SAFETY: as PostgreSQL's own languages do it: what is the current memory context and resource owner is so again
    // behind the subtransaction, however that ends.
    let (context, owner) = unsafe {
        let before = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(before.0);
        before
    };
    let restore = || {
        // SAFETY: both are those from before, which stay.
        unsafe {
            pg_sys::MemoryContextSwitchTo(context);
            pg_sys::CurrentResourceOwner = owner;
        }
    };
    let run = AssertUnwindSafe(run);
    PgTryBuilder::new(move || {
        let run = run;
        let done = (run.0)();
        // SAFETY: the subtransaction is the one that was begun above: nothing leaves one open.
        unsafe { pg_sys::ReleaseCurrentSubTransaction() };
        Ok(done)
    })
    .catch_others(move |error| {
        if !is_caught(&error) {
            error.rethrow();
        }
        // SAFETY: as above.
        unsafe { pg_sys::RollbackAndReleaseCurrentSubTransaction() };
        Err(report(&error))
    })
    .finally(restore)
    .execute()
}

/// Whether an error is one of what was run, and no end or defect.
fn goes_by(error: &CaughtError) -> bool {
    let (CaughtError::PostgresError(report) | CaughtError::ErrorReport(report)) = error else {
        return false;
    };
    !matches!(
        report.sql_error_code(),
        Code::ERRCODE_QUERY_CANCELED
            | Code::ERRCODE_ADMIN_SHUTDOWN
            | Code::ERRCODE_CRASH_SHUTDOWN
            | Code::ERRCODE_CANNOT_CONNECT_NOW
            | Code::ERRCODE_INTERNAL_ERROR
    )
}

fn report(error: &CaughtError) -> Report {
    let (CaughtError::PostgresError(report)
    | CaughtError::ErrorReport(report)
    | CaughtError::RustPanic {
        ereport: report, ..
    }) = error;
    Report {
        code: report.sql_error_code(),
        message: report.message().to_owned(),
        detail: report.detail().map(str::to_owned),
        hint: report.hint().map(str::to_owned),
    }
}
