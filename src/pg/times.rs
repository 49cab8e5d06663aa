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

/// The time that an expression stands for, as far as planning can tell, in PostgreSQL's microseconds.
///
/// # Safety
/// `root` and the expression are valid; its type is one of times.
pub(crate) unsafe fn estimate(
    root: *mut pg_sys::PlannerInfo,
    value: *mut pg_sys::Expr,
) -> Option<i64> {
    // SAFETY: by the caller's promise; a Const holds what its type says.
    unsafe {
        let value = pg_sys::estimate_expression_value(root, value.cast());
        Some(constant(value.cast())?.saturating_sub(EPOCH_OFFSET))
    }
}

/// The time that is written in a query, in microseconds since 1970-01-01 UTC; None of any other expression.
///
/// # Safety
/// The expression is valid; its type is one of times.
pub(crate) unsafe fn constant(value: *mut pg_sys::Expr) -> Option<i64> {
    // SAFETY: by the caller's promise; a Const holds what its type says.
    unsafe {
        if (*value).type_ != pg_sys::NodeTag::T_Const {
            return None;
        }
        let constant = value.cast::<pg_sys::Const>();
        (!(*constant).constisnull).then(|| micros((*constant).constvalue, (*constant).consttype))
    }
}

/// A time in microseconds since 1970-01-01 UTC. `datum` is of the type, which is one of times.
pub(crate) fn micros(datum: pg_sys::Datum, type_oid: pg_sys::Oid) -> i64 {
    let mut overflow = 0;
    // SAFETY: times are passed as they are, and the functions take what their names say, whatever it is; dates and times without a zone become times in
    // the session's zone, as PostgreSQL's own comparison makes them. What is too far away for a time
    // becomes infinite, since they are told of the overflow rather than raising it.
    let time = unsafe {
        match type_oid {
            pg_sys::DATEOID => {
                pg_sys::date2timestamptz_opt_overflow(datum.value() as i32, &mut overflow)
            }
            pg_sys::TIMESTAMPOID => {
                pg_sys::timestamp2timestamptz_opt_overflow(datum.value() as i64, &mut overflow)
            }
            _ => datum.value() as i64,
        }
    };
    match time {
        // PostgreSQL's infinite times, at the ends of what can be written.
        infinite @ (i64::MIN | i64::MAX) => infinite,
        finite => finite.saturating_add(EPOCH_OFFSET),
    }
}
