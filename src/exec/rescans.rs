//! Rescans: how often the scans of a plan are run, and which of them all begin when one does.

use std::collections::HashSet;
use std::ffi::CStr;

use pgrx::pg_sys;
use pgrx::pg_sys::NodeTag;

use crate::pg::{compat, list};

/// What a plan says of its foreign scans, by their numbers in it.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Those that can be run more than once: those on the inner side of nested loops, in subqueries that depend on a row
    /// outside of them, and in the recursive part of a `WITH RECURSIVE`.
    pub again: HashSet<i32>,
    /// Those of which each is asked for its first row before one is asked for its second.
    pub together: Vec<Vec<i32>>,
}

impl Runs {
    /// # Safety
    /// `statement` is a valid plan.
    pub unsafe fn of(statement: *const pg_sys::PlannedStmt) -> Self {
        let mut runs = Self::default();
        // SAFETY: by the caller's promise; the list of subplans holds plans, and NULL for those that are not used.
        unsafe {
            visit((*statement).planTree, false, &mut runs);
            for (number, plan) in (1..).zip(list::iter::<pg_sys::Plan>((*statement).subplans)) {
                if !plan.is_null() {
                    let again = !is_empty((*plan).extParam)
                        || pg_sys::bms_is_member(number, (*statement).rewindPlanIDs);
                    visit(plan, again, &mut runs);
                }
            }
        }
        runs
    }
}

/// Notes the foreign scans of a plan; `again` says whether all of it can be run more than once.
///
/// # Safety
/// `plan` is NULL or a valid plan.
unsafe fn visit(plan: *mut pg_sys::Plan, again: bool, runs: &mut Runs) {
    if plan.is_null() {
        return;
    }
    // SAFETY: raises an error where the stack ends. By the caller's promise the plan is valid, and a node's tag says
    // what it can be cast to.
    unsafe {
        pg_sys::check_stack_depth();
        match (*plan).type_ {
            NodeTag::T_ForeignScan if again => {
                runs.again.insert((*plan).plan_node_id);
            }
            NodeTag::T_Append => {
                let append = plan.cast::<pg_sys::Append>();
                visit_all((*append).appendplans, again, runs);
            }
            NodeTag::T_MergeAppend => {
                let append = plan.cast::<pg_sys::MergeAppend>();
                if !compat::may_leave_out(append) {
                    let plans = list::iter::<pg_sys::Plan>((*append).mergeplans);
                    runs.together
                        .push(plans.filter_map(|plan| scan_of(plan)).collect());
                }
                visit_all((*append).mergeplans, again, runs);
            }
            NodeTag::T_SubqueryScan => {
                let scan = plan.cast::<pg_sys::SubqueryScan>();
                visit((*scan).subplan, again, runs);
            }
            NodeTag::T_CustomScan => {
                let scan = plan.cast::<pg_sys::CustomScan>();
                // A join by batch asks for other keys each time. What others do with theirs, nobody knows.
                let again = again || !is_batch_join(scan);
                visit_all((*scan).custom_plans, again, runs);
            }
            _ => {}
        }
        visit((*plan).lefttree, again, runs);
        visit((*plan).righttree, again || runs_right_again(plan), runs);
    }
}

/// The number of the foreign scan that a plan asks for a row as soon as it is asked for one itself.
///
/// # Safety
/// `plan` is valid.
unsafe fn scan_of(mut plan: *mut pg_sys::Plan) -> Option<i32> {
    // SAFETY: by the caller's promise; a node's tag says what it can be cast to, and a sort has a plan below it.
    unsafe {
        loop {
            plan = match (*plan).type_ {
                NodeTag::T_ForeignScan => return Some((*plan).plan_node_id),
                NodeTag::T_Sort | NodeTag::T_IncrementalSort => (*plan).lefttree,
                NodeTag::T_SubqueryScan => (*plan.cast::<pg_sys::SubqueryScan>()).subplan,
                _ => return None,
            };
        }
    }
}

/// # Safety
/// The list holds valid plans.
unsafe fn visit_all(plans: *const pg_sys::List, again: bool, runs: &mut Runs) {
    // SAFETY: by the caller's promise.
    unsafe {
        for plan in list::iter::<pg_sys::Plan>(plans) {
            visit(plan, again, runs);
        }
    }
}

/// Whether one run of a plan runs its right side more than once.
///
/// # Safety
/// `plan` is a valid plan.
unsafe fn runs_right_again(plan: *mut pg_sys::Plan) -> bool {
    // SAFETY: by the caller's promise; a nested loop has a right side.
    unsafe {
        match (*plan).type_ {
            NodeTag::T_RecursiveUnion => true,
            NodeTag::T_NestLoop => {
                let inner = (*plan).righttree;
                // It keeps all rows, unless they depend on the loop.
                let is_kept = (*inner).type_ == NodeTag::T_Material
                    && is_empty((*inner).allParam)
                    && (*plan.cast::<pg_sys::NestLoop>()).nestParams.is_null();
                !is_kept
            }
            _ => false,
        }
    }
}

/// # Safety
/// `params` is NULL or a valid set.
unsafe fn is_empty(params: *const pg_sys::Bitmapset) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { pg_sys::bms_membership(params) == pg_sys::BMS_Membership::BMS_EMPTY_SET }
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

/// # Safety
/// `scan` is a valid plan.
unsafe fn is_batch_join(scan: *const pg_sys::CustomScan) -> bool {
    // SAFETY: by the caller's promise; the name of a node's methods lives as long as the library that it is of.
    unsafe { is_name_of_join(CStr::from_ptr((*(*scan).methods).CustomName)) }
}
