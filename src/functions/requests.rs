//! `confluence.requests`: the session's latest requests, why each was sent, and what became of it.

use std::time::UNIX_EPOCH;

use pgrx::pg_sys;
use pgrx::prelude::*;

use crate::observe::request_log;
use crate::pg::report::readable;
use crate::pg::times::EPOCH_OFFSET;

/// The session's latest requests, those of roles whose rights the caller has.
#[pg_extern]
#[allow(clippy::type_complexity, reason = "a row's type is its columns")]
fn requests() -> TableIterator<
    'static,
    (
        name!(scan, Option<i64>),
        name!(sent_at, Option<TimestampWithTimeZone>),
        name!(server, String),
        name!(reason, String),
        name!(method, &'static str),
        name!(path, String),
        name!(served_by, &'static str),
        name!(outcome, &'static str),
        name!(status, Option<i32>),
        name!(milliseconds, Option<f64>),
        name!(bytes, Option<i64>),
        name!(rows, Option<i64>),
    ),
> {
    // SAFETY: tells the current user.
    let caller = unsafe { pg_sys::GetUserId() };
    TableIterator::new(request_log::seen_by(caller).into_iter().map(|request| {
        let sent_at = request.sent_at.duration_since(UNIX_EPOCH).ok();
        let sent_at = sent_at.and_then(|since| {
            let micros = i64::try_from(since.as_micros()).ok()? - EPOCH_OFFSET;
            TimestampWithTimeZone::try_from(micros).ok()
        });
        (
            request.origin.scan.map(|scan| scan as i64),
            sent_at,
            request.origin.server.clone(),
            request.reason.to_string(),
            request.method,
            readable(request.path.to_string()),
            request.served_by.name(),
            request.outcome.name(),
            request.status.map(i32::from),
            request.took.map(|took| took.as_micros() as f64 / 1e3),
            request.bytes.map(|bytes| bytes as i64),
            request.rows.map(|rows| rows as i64),
        )
    }))
}
