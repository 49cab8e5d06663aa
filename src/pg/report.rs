//! Reports: what a user gets to read when something goes wrong.

use std::panic;

use pgrx::pg_sys::panic::{CaughtError, ErrorReport, ErrorReportWithLevel};
use pgrx::{PgLogLevel, PgSqlErrorCode as Code, pg_sys};

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
        let mut report = ErrorReport::new(self.code, readable(self.message), "");
        if let Some(detail) = self.detail {
            report = report.set_detail(readable(detail));
        }
        if let Some(hint) = self.hint {
            report = report.set_hint(readable(hint));
        }
        report
    }
}

/// Text in the client's encoding. PostgreSQL raises an error in place of a message that it cannot send, and the message is
/// lost with its SQLSTATE. What this program says is ASCII, but sites and people's names are not: a character that the
/// client has not becomes an escape, such as \u4f60.
pub(crate) fn readable(text: String) -> String {
    const UTF8: i32 = pg_sys::pg_enc::PG_UTF8 as i32;
    const SQL_ASCII: i32 = pg_sys::pg_enc::PG_SQL_ASCII as i32;
    if text.is_ascii() {
        return text;
    }
    // SAFETY: a setting of the session.
    let client = unsafe { pg_sys::pg_get_client_encoding() };
    if matches!(client, UTF8 | SQL_ASCII) {
        return text;
    }
    // SAFETY: looks into the catalog, if that can be looked into.
    let conversion = unsafe {
        match pg_sys::IsTransactionState() {
            true => pg_sys::FindDefaultConversionProc(UTF8, client),
            false => pg_sys::InvalidOid,
        }
    };
    let can_be_sent = |c: char| {
        c.is_ascii() || conversion != pg_sys::InvalidOid && can_be_converted(c, conversion, client)
    };
    text.chars()
        .map(|c| match can_be_sent(c) {
            true => c.to_string(),
            false => format!("\\u{:04x}", u32::from(c)),
        })
        .collect()
}

/// Whether an encoding has a character, by the function that converts to it from UTF-8.
fn can_be_converted(c: char, conversion: pg_sys::Oid, encoding: i32) -> bool {
    let mut from = [0_u8; 8];
    let mut to = [0_u8; 64];
    let length = c.encode_utf8(&mut from).len() as i32;
    // SAFETY: both buffers are valid for their lengths, the second for four times as much as the first, as conversions may
    // take; what cannot be converted is told by the count and raises nothing.
    let converted = unsafe {
        pg_sys::pg_do_encoding_conversion_buf(
            conversion,
            pg_sys::pg_enc::PG_UTF8 as i32,
            encoding,
            from.as_mut_ptr(),
            length,
            to.as_mut_ptr(),
            to.len() as i32,
            true,
        )
    };
    converted == length
}
