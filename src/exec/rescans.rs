//! Rescans: how often the scans of a plan are run, how far each is read, and which of them all begin when one does.

use std::collections::HashSet;
use std::ffi::CStr;

use pgrx::pg_sys;
use pgrx::pg_sys::NodeTag;

use crate::pg::nodes::{Node, Nodes, Set};
use crate::pg::plan_tree::Plan;
use crate::pg::{compat, list};

/// What a plan says of its foreign scans, by their numbers in it.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Those that can be run more than once: those on the inner side of nested loops, in subqueries that depend on a row
    /// outside of them, and in the recursive part of a `WITH RECURSIVE`.
    pub again: HashSet<i32>,
    /// Those of which all rows are taken, whoever stops above: what is over them sorts them, hashes them, or makes one
    /// row of all. Others may be, too: of most subqueries nobody tells here how they are read.
    pub whole: HashSet<i32>,
    /// Those of which each is asked for its first row before one is asked for its second.
    pub together: Vec<Vec<i32>>,
}

impl Runs {
    /// What there is to say of a statement.
    pub fn of(statement: Node<'_, pg_sys::PlannedStmt>) -> Self {
        let mut runs = Self::default();
        // SAFETY: the node is valid, and all of it is of one plan; the list of subplans holds plans, and NULL for those that
        // are not used.
        let (top, subplans, rewound) = unsafe {
            let statement = statement.as_ptr();
            (
                Node::new((*statement).planTree),
                list::iter((*statement).subplans).map(|plan| Node::new(plan)),
                Set::new((*statement).rewindPlanIDs),
            )
        };
        visit(top, At::default(), &mut runs);
        for (number, plan) in (1..).zip(subplans) {
            let depends = plan.is_some_and(|plan| !plan.outer_params().is_empty());
            let at = At {
                again: depends || rewound.contains(number),
                whole: false,
            };
            visit(plan, at, &mut runs);
        }
        runs
    }
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, Default)]
struct At {
    /// Whether all of it can be run more than once.
    again: bool,
    /// Whether all of its rows are taken each time.
    whole: bool,
}

/// Notes the foreign scans of a plan, if there is one.
fn visit(plan: Option<Plan>, at: At, runs: &mut Runs) {
    let Some(plan) = plan else {
        return;
    };
    // SAFETY: raises an error where the stack ends.
    unsafe { pg_sys::check_stack_depth() };
    if plan.tag() == NodeTag::T_ForeignScan {
        if at.again {
            runs.again.insert(plan.number());
        }
        if at.whole {
            runs.whole.insert(plan.number());
        }
    } else if plan.tag() == NodeTag::T_Append {
        visit_all(plan.parts(), at, runs);
    } else if let Some(append) = plan.merge_append() {
        if !compat::may_leave_out(append) {
            let scans = plan.parts().iter().filter_map(scan_of);
            runs.together.push(scans.collect());
        }
        visit_all(plan.parts(), at, runs);
    } else if plan.tag() == NodeTag::T_SubqueryScan {
        visit_all(plan.parts(), at, runs);
    } else if let Some(name) = plan.custom_name() {
        // A join by batch asks for other keys each time. What others do with theirs, nobody knows.
        let is_join = is_name_of_join(name);
        let at = At {
            again: at.again || !is_join,
            whole: at.whole && is_join,
        };
        visit_all(plan.parts(), at, runs);
    }
    // The sides of a merge join are read until one of them ends.
    let may_stop = matches!(plan.tag(), NodeTag::T_Limit | NodeTag::T_MergeJoin);
    let left = At {
        whole: plan.takes_all() || at.whole && !may_stop,
        ..at
    };
    let right = At {
        again: at.again || runs_right_again(plan),
        // What a nested loop gives values to may be there to be stopped at its first row.
        whole: at.whole && !may_stop && !plan.gives_params() && !plan.wants_one_partner(),
    };
    visit(plan.left(), left, runs);
    visit(plan.right(), right, runs);
}

/// What is expected of a plan in a statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// How often it is run; None where nobody can tell.
    pub runs: Option<f64>,
    /// The share of its rows that is taken each time: less than all where a limit above stops it.
    pub share: f64,
}

impl Expected {
    const ONCE: Self = Self {
        runs: Some(1.0),
        share: 1.0,
    };

    /// What is expected of a plan, by its number in the statement.
    pub fn of(statement: Node<'_, pg_sys::PlannedStmt>, number: i32) -> Option<Self> {
        // SAFETY: as in [`Runs::of`].
        let (top, subplans) = unsafe {
            let statement = statement.as_ptr();
            (
                Node::new((*statement).planTree),
                list::iter((*statement).subplans)
                    .filter_map(|plan| Node::<pg_sys::Plan>::new(plan)),
            )
        };
        // A subquery that depends on a row outside of it is run as often as there are such rows.
        let subplans = subplans.map(|plan| {
            let runs = plan.outer_params().is_empty().then_some(1.0);
            (plan, Self { runs, share: 1.0 })
        });
        let mut waiting: Vec<(Plan, Self)> =
            top.map(|plan| (plan, Self::ONCE)).into_iter().collect();
        waiting.extend(subplans);
        while let Some((plan, expected)) = waiting.pop() {
            if plan.number() == number {
                return Some(expected);
            }
            let (below, right) = (expected.below(plan), expected.right_of(plan));
            let parts = plan.parts();
            waiting.extend(parts.iter().chain(plan.left()).map(|part| (part, below)));
            waiting.extend(plan.right().map(|plan| (plan, right)));
        }
        None
    }

    /// What is expected of what is below a plan.
    fn below(self, plan: Plan) -> Self {
        // Runs that are kept do not come again.
        let runs = match plan.kept_runs() {
            Some(kept) if kept > 0.0 => self.runs.map(|runs| runs.min(kept)),
            _ => self.runs,
        };
        let share = match plan.left() {
            _ if plan.takes_all() => 1.0,
            Some(left) if plan.tag() == NodeTag::T_Limit => {
                self.share * (plan.rows() / left.rows().max(1.0)).min(1.0)
            }
            _ => self.share,
        };
        Self { runs, share }
    }

    /// What is expected of the right side of a join.
    fn right_of(self, plan: Plan) -> Self {
        let each = match plan.left() {
            Some(left) if plan.tag() == NodeTag::T_NestLoop => left.rows().max(1.0),
            _ => 1.0,
        };
        let each = if runs_right_again(plan) { each } else { 1.0 };
        Self {
            runs: self.below(plan).runs.map(|runs| runs * each),
            // How far each run goes, nobody can tell.
            share: if each > 1.0 { 1.0 } else { self.share },
        }
    }
}

/// The number of the foreign scan that a plan asks for a row as soon as it is asked for one itself.
fn scan_of(plan: Plan) -> Option<i32> {
    let mut plan = plan;
    loop {
        plan = match plan.tag() {
            NodeTag::T_ForeignScan => return Some(plan.number()),
            NodeTag::T_Sort | NodeTag::T_IncrementalSort => plan.left()?,
            NodeTag::T_SubqueryScan => plan.parts().iter().next()?,
            _ => return None,
        };
    }
}

fn visit_all(plans: Nodes<'_, pg_sys::Plan>, at: At, runs: &mut Runs) {
    for plan in plans.iter() {
        visit(Some(plan), at, runs);
    }
}

/// Whether one run of a plan runs its right side more than once.
fn runs_right_again(plan: Plan) -> bool {
    match plan.tag() {
        NodeTag::T_RecursiveUnion => true,
        NodeTag::T_NestLoop => {
            // It keeps all rows, unless they depend on the loop.
            let is_kept = |inner: Plan| {
                inner.tag() == NodeTag::T_Material
                    && inner.params().is_empty()
                    && !plan.gives_params()
            };
            !plan.right().is_some_and(is_kept)
        }
        _ => false,
    }
}

/// What the names of joins by batch begin with.
const BATCH_JOIN: &[u8] = b"Confluence Batch ";

/// Whether a custom node of that name is a join by batch.
pub(crate) const fn is_name_of_join(name: &CStr) -> bool {
    let (mut name, mut start) = (name.to_bytes(), BATCH_JOIN);
    while let [expected, rest @ ..] = start {
        match name {
            [found, others @ ..] if *found == *expected => (name, start) = (others, rest),
            _ => return false,
        }
    }
    true
}
