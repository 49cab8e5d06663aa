//! Plan creation: the plan of the path that was chosen.

use pgrx::{pg_guard, pg_sys};

use super::planner::Planner;
use super::scan_plan::{ClauseAt, Condition, PathPlan, ScanPlan};
use crate::pg::list;
use crate::pg::nodes::{Expr, Nodes};
use crate::pg::planning::Clause;

/// Makes the plan of the path that was chosen. Clauses that the site answers exactly are only kept for
/// rechecks of locked rows; those that it merely narrows, and all others, PostgreSQL checks itself.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_plan(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    _foreign_table: pg_sys::Oid,
    best_path: *mut pg_sys::ForeignPath,
    tlist: *mut pg_sys::List,
    scan_clauses: *mut pg_sys::List,
    outer_plan: *mut pg_sys::Plan,
) -> *mut pg_sys::ForeignScan {
    // SAFETY: PostgreSQL passes a query, a table of it, which is of this wrapper, and clauses of the same query. The path
    // is one that was offered for it, which keeps its choice there.
    let (planner, choice, clauses) = unsafe {
        (
            Planner::of(root, baserel),
            list::value_of((*best_path).fdw_private),
            Nodes::new(scan_clauses),
        )
    };
    let parts = ScanParts::of(planner, choice, clauses);
    // SAFETY: what PostgreSQL has passed is handed on, and the lists are of expressions of the same query.
    unsafe {
        pg_sys::make_foreignscan(
            tlist,
            list_of(&parts.checked),
            planner.number(),
            list_of(&parts.values),
            list::of_value(&parts.plan),
            std::ptr::null_mut(),
            list_of(&parts.answered),
            outer_plan,
        )
    }
}

/// What a plan is made of.
struct ScanParts<'p> {
    plan: ScanPlan,
    /// The values of the conditions.
    values: Vec<Expr<'p>>,
    /// What the site answers.
    answered: Vec<Expr<'p>>,
    /// What PostgreSQL checks.
    checked: Vec<Expr<'p>>,
}

impl<'p> ScanParts<'p> {
    fn of(
        planner: Planner<'p>,
        choice: PathPlan,
        clauses: Nodes<'p, pg_sys::RestrictInfo>,
    ) -> Self {
        let mut parts = Self {
            plan: ScanPlan {
                outputs: Vec::new(),
                computed: Vec::new(),
                conditions: Vec::new(),
                choice,
            },
            values: Vec::new(),
            answered: Vec::new(),
            checked: Vec::new(),
        };
        for clause in clauses.iter() {
            // Pseudoconstant clauses are checked once, by a node of their own.
            if !clause.is_pseudoconstant() {
                parts.add(planner, clause);
            }
        }
        let used = planner.used(
            parts.checked.iter().copied(),
            parts.answered.iter().copied(),
        );
        parts.plan.outputs = used.outputs(planner.relation());
        parts.plan.computed = used.computed(planner.relation());
        parts
    }

    fn add(&mut self, planner: Planner<'p>, clause: Clause<'p>) {
        let (relation, choice) = (planner.relation(), self.plan.choice);
        let mut expr = clause.expr();
        if planner.is_given(expr, choice.sort) {
            self.answered.push(expr);
            return;
        }
        let is_own = clause.relids() == planner.baserel().relids();
        let mut pushdowns = planner.pushdowns_of_clause(clause);
        pushdowns.retain(|pushdown| {
            choice.answers(relation, pushdown) && (is_own || planner.can_drive(pushdown))
        });
        if pushdowns.is_empty() {
            self.checked.push(expr);
            return;
        }
        if pushdowns.iter().any(|pushdown| pushdown.turned) {
            // Readers of a plan look for the column on the left. The original may be shared with other paths.
            expr = expr.commuted().unwrap_or(expr);
        }
        let is_answered = pushdowns.iter().all(|pushdown| {
            let column = &relation.table.columns[pushdown.place];
            !pushdown.narrows && relation.table.answers_exactly(column)
        });
        let (list, place): (_, fn(usize) -> ClauseAt) = match is_answered {
            true => (&mut self.answered, ClauseAt::Answered),
            false => (&mut self.checked, ClauseAt::Checked),
        };
        for pushdown in pushdowns {
            self.plan.conditions.push(Condition {
                place: pushdown.place,
                shape: pushdown.shape,
                clause: place(list.len()),
            });
            self.values.push(pushdown.value);
        }
        list.push(expr);
    }
}

fn list_of(exprs: &[Expr]) -> *mut pg_sys::List {
    exprs
        .iter()
        .copied()
        .collect::<Nodes<pg_sys::Expr>>()
        .as_ptr()
}
