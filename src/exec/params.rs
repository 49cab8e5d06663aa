//! Parameters: the values of conditions, when the scan starts.

use confluence::request::{PushedCondition, Range, ScanRequest};
use pgrx::pg_sys;

use crate::pg::datum::TypedDatum;
use crate::pg::list;
use crate::plan::scan_plan::{ScanPlan, of_column};
use crate::plan::values::values_of;

/// Evaluates the values of a plan's conditions, and puts them into the scan request. None if one of them is NULL, so that
/// no row can match.
///
/// # Safety
/// `node` is a scan of ours that is being executed, and `values` are the initialised expressions of its plan, which is
/// `plan`.
pub(super) unsafe fn bind(
    plan: &ScanPlan,
    node: *mut pg_sys::ForeignScanState,
    values: *mut pg_sys::List,
    scan_request: &mut ScanRequest,
) -> Option<()> {
    let table = scan_request.table;
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
            let column = condition.place;
            if condition.shape.is_range() {
                let range = if plan.window_of(table, condition) {
                    of_column(&mut scan_request.windows, column, Range::ALL)
                } else {
                    scan_request.range.get_or_insert(Range::ALL)
                };
                *range = range.and(condition.shape.span(value.micros()));
            } else {
                scan_request.conditions.push(PushedCondition {
                    column,
                    values: values_of(table, column, condition.shape, value),
                });
            }
        }
    }
    Some(())
}
