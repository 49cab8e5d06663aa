//! How often the scans of a plan are run.

use std::collections::HashSet;

use pgrx::pg_sys;
use pgrx::pg_sys::NodeTag;

use super::{batch, list};

/// The foreign scans that can be run more than once, by their numbers in the plan: those on the inner side of nested
/// loops, in subqueries that depend on a row outside of them, and in the recursive part of a `WITH RECURSIVE`.
///
/// # Safety
/// `statement` is a valid plan.
pub(super) unsafe fn again(statement: *const pg_sys::PlannedStmt) -> HashSet<i32> {
    let mut found = HashSet::new();
    // SAFETY: by the caller's promise; the list of subplans holds plans, and NULL for those that are not used.
    unsafe {
        visit((*statement).planTree, false, &mut found);
        for (number, plan) in (1..).zip(list::iter::<pg_sys::Plan>((*statement).subplans)) {
            if !plan.is_null() {
                let again = !is_empty((*plan).extParam)
                    || pg_sys::bms_is_member(number, (*statement).rewindPlanIDs);
                visit(plan, again, &mut found);
            }
        }
    }
    found
}

/// Notes the foreign scans of a plan; `again` says whether all of it can be run more than once.
///
/// # Safety
/// `plan` is NULL or a valid plan.
unsafe fn visit(plan: *mut pg_sys::Plan, again: bool, found: &mut HashSet<i32>) {
    if plan.is_null() {
        return;
    }
    // SAFETY: raises an error where the stack ends. By the caller's promise the plan is valid, and a node's tag says
    // what it can be cast to.
    unsafe {
        pg_sys::check_stack_depth();
        match (*plan).type_ {
            NodeTag::T_ForeignScan if again => {
                found.insert((*plan).plan_node_id);
            }
            NodeTag::T_Append => {
                let append = plan.cast::<pg_sys::Append>();
                visit_all((*append).appendplans, again, found);
            }
            NodeTag::T_MergeAppend => {
                let append = plan.cast::<pg_sys::MergeAppend>();
                visit_all((*append).mergeplans, again, found);
            }
            NodeTag::T_SubqueryScan => {
                let scan = plan.cast::<pg_sys::SubqueryScan>();
                visit((*scan).subplan, again, found);
            }
            NodeTag::T_CustomScan => {
                let scan = plan.cast::<pg_sys::CustomScan>();
                // A join by batch asks for other keys each time. What others do with theirs, nobody knows.
                let again = again || !batch::is_join(scan);
                visit_all((*scan).custom_plans, again, found);
            }
            _ => {}
        }
        visit((*plan).lefttree, again, found);
        visit((*plan).righttree, again || runs_right_again(plan), found);
    }
}

/// # Safety
/// The list holds valid plans.
unsafe fn visit_all(plans: *const pg_sys::List, again: bool, found: &mut HashSet<i32>) {
    // SAFETY: by the caller's promise.
    unsafe {
        for plan in list::iter::<pg_sys::Plan>(plans) {
            visit(plan, again, found);
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
