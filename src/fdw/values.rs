//! The values of conditions, when the scan starts.

use confluence::scan::{self, Range, Values};
use confluence::table::{Kind, Table};
use pgrx::datum::UnboxDatum;
use pgrx::prelude::*;
use pgrx::{Array, pg_sys};

use super::list;
use super::plan::{Condition, Plan};
use super::quals::Shape;
use super::times;

/// What the values of a plan's conditions make of them.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub conditions: Vec<scan::Condition>,
    pub range: Option<Range>,
    pub windows: Vec<(usize, Range)>,
}

/// Evaluates the values of a plan's conditions. None if one of them is NULL, so that no row can match.
///
/// # Safety
/// `node` is a scan node that is being executed, and `values` are its plan's expressions, initialised.
pub(super) unsafe fn bind(
    plan: &Plan,
    table: &'static Table,
    node: *mut pg_sys::ForeignScanState,
    values: *mut pg_sys::List,
) -> Option<Bound> {
    let mut bound = Bound::default();
    // SAFETY: the expressions stand in the order of the conditions; they are evaluated in the memory
    // that PostgreSQL clears for each row, and what is kept is copied out of it.
    unsafe {
        let context = (*node).ss.ps.ps_ExprContext;
        let exprs = list::iter::<pg_sys::ExprState>(values);
        for (condition, state) in plan.conditions.iter().zip(exprs) {
            let mut is_null = false;
            let datum = pg_sys::ExecEvalExprSwitchContext(state, context, &mut is_null);
            if is_null {
                return None;
            }
            let type_oid = pg_sys::exprType((*state).expr.cast());
            if condition.shape.is_range() {
                let time = times::micros(datum, type_oid);
                let range = if plan.window_of(table, condition) {
                    window(&mut bound.windows, condition.place)
                } else {
                    bound.range.get_or_insert(EVERYTHING)
                };
                narrow(range, condition.shape, time);
            } else {
                bound.conditions.push(scan::Condition {
                    column: condition.place,
                    values: values_of(table, condition, datum, type_oid),
                });
            }
        }
    }
    Some(bound)
}

const EVERYTHING: Range = Range {
    from: None,
    to: None,
};

/// The span of a column's times, as far as it is known.
fn window(windows: &mut Vec<(usize, Range)>, column: usize) -> &mut Range {
    let place = windows.iter().position(|(known, _)| *known == column);
    let place = place.unwrap_or_else(|| {
        windows.push((column, EVERYTHING));
        windows.len() - 1
    });
    &mut windows[place].1
}

/// Narrows a range, both of whose ends are within.
fn narrow(range: &mut Range, shape: Shape, time: i64) {
    let (from, to) = match shape {
        Shape::From { strict } => (Some(time.saturating_add(strict.into())), None),
        Shape::To { strict } => (None, Some(time.saturating_sub(strict.into()))),
        _ => (Some(time), Some(time)),
    };
    range.from = range.from.max(from);
    range.to = match (range.to, to) {
        (Some(known), Some(new)) => Some(known.min(new)),
        (known, new) => known.or(new),
    };
}

/// The values of an equality. NULLs in an array equal nothing.
///
/// # Safety
/// `datum` is of the type, which is one that planning admits for the column.
unsafe fn values_of(
    table: &Table,
    condition: &Condition,
    datum: pg_sys::Datum,
    type_oid: pg_sys::Oid,
) -> Values {
    let is_text = table.columns[condition.place].kind == Kind::Text;
    // SAFETY: by the caller's promise; arrays are read as arrays of their element type.
    unsafe {
        match (condition.shape, is_text) {
            (Shape::AnyOf, true) => {
                let array = Array::<&str>::from_datum(datum, false);
                let texts = array.iter().flat_map(|array| array.iter().flatten());
                Values::texts(texts.map(str::to_owned).collect())
            }
            (Shape::AnyOf, false) => Values::ints(match pg_sys::get_element_type(type_oid) {
                pg_sys::INT2OID => ints::<i16>(datum),
                pg_sys::INT4OID => ints::<i32>(datum),
                _ => ints::<i64>(datum),
            }),
            (_, true) => {
                let text = <&str>::from_datum(datum, false).unwrap_or_default();
                Values::texts(vec![text.to_owned()])
            }
            (_, false) => Values::ints(vec![int(datum, type_oid)]),
        }
    }
}

/// A value that rows are told apart by. The site's equality and PostgreSQL's agree on these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Int(i64),
    Text(String),
}

/// One value that a column is asked for by. None for NULL.
///
/// # Safety
/// `datum` is of the type, which is one that planning admits for the column.
pub(super) unsafe fn key(
    datum: pg_sys::Datum,
    is_null: bool,
    type_oid: pg_sys::Oid,
) -> Option<Key> {
    if is_null {
        return None;
    }
    Some(match type_oid {
        pg_sys::TEXTOID | pg_sys::VARCHAROID => {
            // SAFETY: by the caller's promise.
            let text = unsafe { <&str>::from_datum(datum, false) };
            Key::Text(text.unwrap_or_default().to_owned())
        }
        _ => Key::Int(int(datum, type_oid)),
    })
}

/// A number of any of the types that planning admits.
pub(super) fn int(datum: pg_sys::Datum, type_oid: pg_sys::Oid) -> i64 {
    match type_oid {
        pg_sys::INT2OID => i64::from(datum.value() as i16),
        pg_sys::INT4OID => i64::from(datum.value() as i32),
        _ => datum.value() as i64,
    }
}

/// The elements of an array of numbers that are not NULL.
///
/// # Safety
/// `datum` is an array with elements of the type.
unsafe fn ints<T>(datum: pg_sys::Datum) -> Vec<i64>
where
    T: FromDatum + Into<i64> + for<'a> UnboxDatum<As<'a> = T> + 'static,
{
    // SAFETY: by the caller's promise.
    let Some(array) = (unsafe { Array::<T>::from_datum(datum, false) }) else {
        return Vec::new();
    };
    // Room for all of them at once: a list that grows takes up to three times as much.
    let mut numbers = Vec::with_capacity(array.len());
    numbers.extend(array.iter().flatten().map(Into::into));
    numbers
}
