//! `confluence.scans`: what this session has read of late, and what it cost.

use std::time::Duration;

use pgrx::datum::Interval;
use pgrx::pg_sys;
use pgrx::prelude::*;

use crate::observe::history::{self, ScanRecord};
use crate::pg::report::readable;

/// The session's latest scans, those of roles whose rights the caller has.
#[pg_extern]
#[allow(clippy::type_complexity, reason = "a row's type is its columns")]
fn scans() -> TableIterator<
    'static,
    (
        name!(scan, i64),
        name!(started_at, Option<TimestampWithTimeZone>),
        name!(server, String),
        name!(foreign_table, String),
        name!(remote_table, &'static str),
        name!(request, String),
        name!(requests, i64),
        name!(retries, i64),
        name!(probes, i64),
        name!(rows, i64),
        name!(bytes, i64),
        name!(unread, i64),
        name!(waited, Interval),
        name!(throttled, Interval),
        name!(complete, bool),
        name!(sqlstate, Option<String>),
        name!(error, Option<String>),
    ),
> {
    // SAFETY: tells the current user.
    let caller = unsafe { pg_sys::GetUserId() };
    TableIterator::new(history::seen_by(caller).into_iter().map(|record| {
        let ScanRecord { tally, error, .. } = record;
        let (sqlstate, error) = error.map_or((None, None), |error| {
            (error.sqlstate, Some(readable(error.message)))
        });
        (
            record.number as i64,
            TimestampWithTimeZone::try_from(record.started_at).ok(),
            record.server,
            record.foreign_table,
            record.remote_table,
            record.request,
            tally.requests as i64,
            tally.retries as i64,
            tally.probes as i64,
            tally.rows as i64,
            tally.bytes as i64,
            tally.unread as i64,
            interval(record.waited),
            interval(tally.throttled),
            record.complete,
            sqlstate,
            error,
        )
    }))
}

fn interval(time: Duration) -> Interval {
    Interval::from_micros(time.as_micros() as i64)
}
