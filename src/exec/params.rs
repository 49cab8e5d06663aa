//! Parameters: the values of conditions, when the scan starts.

use confluence::request::{self, Range};
use confluence::schema::{ColumnId, Table};
use pgrx::pg_sys;

use crate::pg::datum::TypedDatum;
use crate::pg::list;
use crate::plan::pushdown::Op;
use crate::plan::scan_plan::ScanPlan;
use crate::plan::values::values_of;

/// What the values of a plan's conditions make of them.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub conditions: Vec<request::PushedCondition>,
    pub range: Option<Range>,
    pub windows: Vec<(ColumnId, Range)>,
}

/// Evaluates the values of a plan's conditions. None if one of them is NULL, so that no row can match.
///
/// # Safety
/// `node` is a scan node that is being executed, and `values` are its plan's expressions, initialised.
pub(super) unsafe fn bind(
    plan: &ScanPlan,
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
            let type_oid = pg_sys::exprType((*state).expr.cast());
            let value = TypedDatum::new(datum, is_null, type_oid)?;
            if condition.shape.is_range() {
                let time = value.micros();
                let range = if plan.window_of(table, condition) {
                    window(&mut bound.windows, condition.place)
                } else {
                    bound.range.get_or_insert(EVERYTHING)
                };
                narrow(range, condition.shape, time);
            } else {
                bound.conditions.push(request::PushedCondition {
                    column: condition.place,
                    values: values_of(table, condition.place, condition.shape, value),
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
fn window(windows: &mut Vec<(ColumnId, Range)>, column: ColumnId) -> &mut Range {
    let place = windows.iter().position(|(known, _)| *known == column);
    let place = place.unwrap_or_else(|| {
        windows.push((column, EVERYTHING));
        windows.len() - 1
    });
    &mut windows[place].1
}

/// Narrows a range, both of whose ends are within.
fn narrow(range: &mut Range, shape: Op, time: i64) {
    let (from, to) = match shape {
        Op::From { strict } => (Some(time.saturating_add(strict.into())), None),
        Op::To { strict } => (None, Some(time.saturating_sub(strict.into()))),
        _ => (Some(time), Some(time)),
    };
    range.from = range.from.max(from);
    range.to = match (range.to, to) {
        (Some(known), Some(new)) => Some(known.min(new)),
        (known, new) => known.or(new),
    };
}
