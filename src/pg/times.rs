//! Times: PostgreSQL's, and everybody else's.

use pgrx::pg_sys;

/// PostgreSQL counts time from 2000-01-01 UTC, everybody else from 1970-01-01 UTC. In microseconds.
pub(crate) const EPOCH_OFFSET: i64 = 946_684_800_000_000;

/// A time in PostgreSQL's microseconds, of one in microseconds since 1970-01-01 UTC. None where PostgreSQL has no such
/// time: it would take one that it can neither show nor dump.
pub(crate) fn timestamp(micros: i64) -> Option<pg_sys::TimestampTz> {
    /// Midnight of 4714-11-24 BC, and that of 294277-01-01, which is not a time any more.
    const TIMES: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;
    let time = micros.checked_sub(EPOCH_OFFSET)?;
    TIMES.contains(&time).then_some(time)
}

/// A time in microseconds since 1970-01-01 UTC, of one in PostgreSQL's. Infinite times stay so: they are at the ends of
/// what can be written.
pub(super) fn unix_micros(time: pg_sys::TimestampTz) -> i64 {
    match time {
        infinite @ (i64::MIN | i64::MAX) => infinite,
        finite => finite.saturating_add(EPOCH_OFFSET),
    }
}
