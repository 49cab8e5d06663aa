//! Plan creation: the plan of the path that was chosen.

use pgrx::{pg_guard, pg_sys};

use super::columns::Used;
use super::pushdown;
use super::scan_plan::{ClauseAt, Condition, PathPlan, ScanPlan};
use crate::catalog::relation::Relation;
use crate::pg::list;

/// Makes the plan of the path that was chosen. Clauses that the site answers exactly are only kept for
/// rechecks of locked rows; those that it merely narrows, and all others, PostgreSQL checks itself.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_plan(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
    best_path: *mut pg_sys::ForeignPath,
    tlist: *mut pg_sys::List,
    scan_clauses: *mut pg_sys::List,
    outer_plan: *mut pg_sys::Plan,
) -> *mut pg_sys::ForeignScan {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes valid nodes; the path is one that get_foreign_paths made.
    unsafe {
        let choice: PathPlan = list::value_of((*best_path).fdw_private);
        let rel = (*baserel).relid;
        let mut plan = ScanPlan {
            outputs: Vec::new(),
            computed: Vec::new(),
            conditions: Vec::new(),
            choice,
        };
        let mut values: Vec<*mut pg_sys::Expr> = Vec::new();
        let mut answered: Vec<*mut pg_sys::Expr> = Vec::new();
        let mut checked: Vec<*mut pg_sys::Expr> = Vec::new();
        for rinfo in list::iter::<pg_sys::RestrictInfo>(scan_clauses) {
            // Pseudoconstant clauses are checked once, by a node of their own.
            if (*rinfo).pseudoconstant {
                continue;
            }
            let clause = (*rinfo).clause;
            if pushdown::is_given(clause, rel, &relation, choice.sort) {
                answered.push(clause);
                continue;
            }
            let own = pg_sys::bms_equal((*rinfo).clause_relids, (*baserel).relids);
            let pushdown =
                pushdown::pushdown_of_qual(root, rinfo, rel, &relation).filter(|pushdown| {
                    choice.answers(&relation, pushdown)
                        && (own || pushdown::can_drive(&relation, pushdown))
                });
            let Some(pushdown) = pushdown else {
                checked.push(clause);
                continue;
            };
            let clause = if pushdown.turned {
                turned(clause)
            } else {
                clause
            };
            let column = &relation.table.columns[pushdown.place];
            let (list, place): (_, fn(usize) -> ClauseAt) =
                if relation.table.answers_exactly(column) {
                    (&mut answered, ClauseAt::Answered)
                } else {
                    (&mut checked, ClauseAt::Checked)
                };
            plan.conditions.push(Condition {
                place: pushdown.place,
                shape: pushdown.shape,
                clause: place(list.len()),
            });
            values.push(pushdown.value);
            list.push(clause);
        }
        let used = Used::of(
            root,
            baserel,
            &relation,
            checked.iter().copied(),
            answered.iter().copied(),
        );
        plan.outputs = used.outputs(&relation);
        plan.computed = used.computed(&relation);
        pg_sys::make_foreignscan(
            tlist,
            list::from_pointers(checked),
            rel,
            list::from_pointers(values),
            list::of_value(&plan),
            std::ptr::null_mut(),
            list::from_pointers(answered),
            outer_plan,
        )
    }
}

/// A copy of a comparison, with its sides turned: readers of a plan look for the column on the left.
///
/// # Safety
/// `clause` is an OpExpr of two arguments, whose operator has a commutator.
unsafe fn turned(clause: *mut pg_sys::Expr) -> *mut pg_sys::Expr {
    // SAFETY: by the caller's promise; the original may be shared with other paths, so it stays.
    unsafe {
        let copy = pg_sys::copyObjectImpl(clause.cast()).cast::<pg_sys::OpExpr>();
        pg_sys::CommuteOpExpr(copy);
        copy.cast()
    }
}
