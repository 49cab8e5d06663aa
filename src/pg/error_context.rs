//! Error context: the line CONTEXT of an error that PostgreSQL raises itself.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;

use super::list;

unsafe extern "C-unwind" {
    /// PostgreSQL's own, which pgrx does not declare.
    fn errcontext_msg(format: *const c_char, ...) -> c_int;
}

/// Runs something. An error that it raises gets a line of CONTEXT, which is made up only then.
///
/// pgrx reports an error anew where it leaves Rust, and asks those on PostgreSQL's stack of callbacks for CONTEXT then;
/// what they told before is lost. So this takes its place on the stack when the error has come, and costs nothing
/// while none does. Whoever catches the error puts the stack back to what it was.
pub(crate) fn with_context<T>(line: impl FnOnce() -> String, run: impl FnOnce() -> T) -> T {
    // The error goes on, so nobody looks at what it has left half done.
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(done) => done,
        Err(error) => {
            let line = line();
            push(&line);
            LAST.set(message(&*error).map(|message| LastContext { message, line }));
            resume_unwind(error)
        }
    }
}

/// The last line that was told, and the message of the error that it was told with.
struct LastContext {
    message: String,
    line: String,
}

thread_local! {
    static LAST: RefCell<Option<LastContext>> = const { RefCell::new(None) };
}

/// Executes a node of a plan below one of ours. Where an error comes from there through PostgreSQL, its line of CONTEXT
/// is lost on the way back into Rust; it is told again.
pub(crate) fn keeping_context<T>(execute: impl FnOnce() -> T) -> T {
    // A line from before is of an error that somebody has caught.
    LAST.set(None);
    match catch_unwind(AssertUnwindSafe(execute)) {
        Ok(done) => done,
        Err(error) => {
            LAST.with_borrow(|last| {
                if let Some(told) = last
                    && message(&*error).as_ref() == Some(&told.message)
                {
                    push(&told.line);
                }
            });
            resume_unwind(error)
        }
    }
}

/// The message of an error of PostgreSQL's own.
fn message(error: &(dyn Any + Send)) -> Option<String> {
    match error.downcast_ref()? {
        CaughtError::PostgresError(report) => Some(report.message().to_owned()),
        _ => None,
    }
}

/// Has a line told with the error that is under way.
fn push(line: &str) {
    // SAFETY: the stack is this thread's alone, as PostgreSQL is. What is put on it, and its text, live as long as the
    // subtransaction, none of them on Rust's stack, which unwinds. The error ends the subtransaction, or is caught in
    // it: in both cases, whoever catches it has put the stack back first, PostgreSQL's PG_CATCH and main loop as
    // well as pgrx where it calls PostgreSQL. Between here and there, nothing of ours catches it and goes on. So the
    // entry is gone before its memory is.
    unsafe {
        let callback = pg_sys::MemoryContextAllocZero(
            pg_sys::CurTransactionContext,
            size_of::<pg_sys::ErrorContextCallback>(),
        )
        .cast::<pg_sys::ErrorContextCallback>();
        let text = list::pstrdup(line);
        (*callback).arg = pg_sys::MemoryContextStrdup(pg_sys::CurTransactionContext, text).cast();
        (*callback).callback = Some(tell);
        (*callback).previous = pg_sys::error_context_stack;
        pg_sys::error_context_stack = callback;
    }
}

/// Adds a line to the error that is being reported. It owns nothing and cannot panic, so it needs no guard: if
/// PostgreSQL raises an error for want of memory, that may jump over it.
///
/// # Safety
/// `line` is a string that ends with NUL, and an error is being reported.
unsafe extern "C-unwind" fn tell(line: *mut c_void) {
    // SAFETY: the format takes one string, which `line` is.
    unsafe {
        errcontext_msg(c"%s".as_ptr(), line.cast::<c_char>());
    }
}
