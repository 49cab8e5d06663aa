//! The plan of a join by batch: a custom scan over the plans of both sides.
//!
//! Its scan tuple is made of what both sides give; what it computes, it computes from that.

use std::ffi::CStr;

use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::paths::{Chosen, is_var};
use super::{JoinType, exec};
use crate::exec::rescans;
use crate::pg::report::Report;
use crate::pg::{compat, list};

/// Callbacks, which PostgreSQL finds behind paths and plans for as long as the backend lives.
pub(super) struct Shared<T>(pub T);

// SAFETY: the tables hold names and functions, and nobody changes them.
unsafe impl<T> Sync for Shared<T> {}

pub(super) static PATH_METHODS: Shared<pg_sys::CustomPathMethods> =
    Shared(pg_sys::CustomPathMethods {
        CustomName: c"Confluence Batch Join".as_ptr(),
        PlanCustomPath: Some(plan_custom_path),
        ReparameterizeCustomPathByChild: None,
    });

/// Plans of each kind, under the names that EXPLAIN shows.
const fn scan_methods(name: &'static CStr) -> Shared<pg_sys::CustomScanMethods> {
    assert!(rescans::is_name_of_join(name));
    Shared(pg_sys::CustomScanMethods {
        CustomName: name.as_ptr(),
        CreateCustomScanState: Some(exec::create_custom_scan_state),
    })
}

static INNER: Shared<pg_sys::CustomScanMethods> = scan_methods(c"Confluence Batch Join");
static LEFT: Shared<pg_sys::CustomScanMethods> = scan_methods(c"Confluence Batch Left Join");
static SEMI: Shared<pg_sys::CustomScanMethods> = scan_methods(c"Confluence Batch Semi Join");
static ANTI: Shared<pg_sys::CustomScanMethods> = scan_methods(c"Confluence Batch Anti Join");

fn methods_of(kind: JoinType) -> &'static pg_sys::CustomScanMethods {
    match kind {
        JoinType::Inner => &INNER.0,
        JoinType::Left => &LEFT.0,
        JoinType::Semi => &SEMI.0,
        JoinType::Anti => &ANTI.0,
    }
}

/// Makes the nodes known by their names, for plans that are written down and read again.
pub(super) fn register() {
    for methods in [&INNER, &LEFT, &SEMI, &ANTI] {
        // SAFETY: the table lives as long as the backend, and a library is loaded once.
        unsafe { pg_sys::RegisterCustomScanMethods(&methods.0) };
    }
}

/// What the executor gets to know, besides the plans of both sides and the expressions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BatchPlan {
    pub chosen: Chosen,
    /// Where each column of the scan tuple comes from.
    pub columns: Vec<SideColumn>,
    /// The key's column in rows of the inner side, from 0.
    pub inner_key: usize,
}

/// A column of one of the sides, from 0.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum SideColumn {
    Outer(usize),
    Inner(usize),
}

impl BatchPlan {
    /// From a plan tree.
    ///
    /// # Safety
    /// `scan` is a plan that [`plan_custom_path`] made, or a copy of one.
    pub unsafe fn of(scan: *const pg_sys::CustomScan) -> Self {
        // SAFETY: by the caller's promise.
        unsafe { list::value_of((*scan).custom_private) }
    }
}

/// The expressions of a plan, in the order in which it keeps them.
pub(super) struct Exprs {
    /// The key, of a row of the outer side.
    pub key: *mut pg_sys::Expr,
    /// The conditions under which two rows are a pair.
    pub conditions: *mut pg_sys::List,
}

impl Exprs {
    /// From a plan tree.
    ///
    /// # Safety
    /// As for [`BatchPlan::of`].
    pub unsafe fn of(scan: *const pg_sys::CustomScan) -> Self {
        // SAFETY: by the caller's promise the list holds an expression and a list of such.
        unsafe {
            let mut parts = list::iter::<pg_sys::Node>((*scan).custom_exprs);
            let key = parts.next().unwrap_or(std::ptr::null_mut()).cast();
            let conditions = parts.next().unwrap_or(std::ptr::null_mut()).cast();
            Self { key, conditions }
        }
    }
}

/// Makes the plan of a path that was chosen.
#[pg_guard]
unsafe extern "C-unwind" fn plan_custom_path(
    _root: *mut pg_sys::PlannerInfo,
    rel: *mut pg_sys::RelOptInfo,
    best_path: *mut pg_sys::CustomPath,
    tlist: *mut pg_sys::List,
    _clauses: *mut pg_sys::List,
    custom_plans: *mut pg_sys::List,
) -> *mut pg_sys::Plan {
    // SAFETY: the path is one that the hook made, so its lists hold what is taken out of them; PostgreSQL has
    // planned both sides. The new nodes are allocated in the planner's memory context.
    unsafe {
        let mut private = list::iter::<pg_sys::Node>((*best_path).custom_private);
        let clauses = private.next().unwrap_or(std::ptr::null_mut()).cast();
        let key: *mut pg_sys::Node = private.next().unwrap_or(std::ptr::null_mut());
        let chosen: Chosen = list::value_of(private.next().unwrap_or(std::ptr::null_mut()).cast());
        let (conditions, filters) = split(clauses, &chosen, rel);

        let sides: Vec<*mut pg_sys::Plan> = list::iter(custom_plans).collect();
        let [outer, inner] = sides[..] else {
            missing("one of its sides")
        };
        let mut tuple = ScanTuple::default();
        tuple.add_side((*outer).targetlist, SideColumn::Outer);
        tuple.add_side((*inner).targetlist, SideColumn::Inner);
        tuple.take_names_of((*(*rel).reltarget).exprs);
        tuple.take_names_of(filters);
        let key = tuple.named_as_here(key);
        let conditions = tuple.named_as_here(conditions.cast());

        let plan = BatchPlan {
            inner_key: key_of((*inner).targetlist, &chosen),
            columns: tuple.columns,
            chosen,
        };
        let scan = pg_sys::palloc0(size_of::<pg_sys::CustomScan>()).cast::<pg_sys::CustomScan>();
        (*scan).scan.plan.type_ = pg_sys::NodeTag::T_CustomScan;
        (*scan).scan.plan.targetlist = tlist;
        (*scan).scan.plan.qual = filters;
        (*scan).scan.scanrelid = 0;
        (*scan).flags = (*best_path).flags;
        (*scan).custom_plans = custom_plans;
        (*scan).custom_exprs = list::from_pointers([key, conditions]);
        (*scan).custom_private = list::of_value(&plan);
        (*scan).custom_scan_tlist = tuple.targets;
        (*scan).methods = methods_of(plan.chosen.kind);
        scan.cast()
    }
}

/// The conditions under which two rows are a pair, and those that are checked behind the join.
///
/// # Safety
/// `clauses` is a list of RestrictInfo nodes of a join that gives `rel`.
unsafe fn split(
    clauses: *mut pg_sys::List,
    chosen: &Chosen,
    rel: *mut pg_sys::RelOptInfo,
) -> (*mut pg_sys::List, *mut pg_sys::List) {
    // SAFETY: by the caller's promise.
    unsafe {
        if !chosen.kind.is_outer() {
            let conditions = pg_sys::extract_actual_clauses(clauses, false);
            return (conditions, std::ptr::null_mut());
        }
        let (mut conditions, mut filters) = (std::ptr::null_mut(), std::ptr::null_mut());
        pg_sys::extract_actual_join_clauses(clauses, (*rel).relids, &mut conditions, &mut filters);
        (conditions, filters)
    }
}

/// The columns of the scan tuple.
#[derive(Default)]
struct ScanTuple {
    targets: *mut pg_sys::List,
    columns: Vec<SideColumn>,
}

impl ScanTuple {
    /// Adds what a side gives.
    unsafe fn add_side(&mut self, targets: *mut pg_sys::List, from: fn(usize) -> SideColumn) {
        // SAFETY: the targets are those of a plan.
        unsafe {
            for (place, target) in list::iter::<pg_sys::TargetEntry>(targets).enumerate() {
                self.add((*target).expr, from(place));
            }
        }
    }

    unsafe fn add(&mut self, expr: *mut pg_sys::Expr, from: SideColumn) {
        // SAFETY: the expression is valid; a copy of it is the list's own.
        unsafe {
            let expr = pg_sys::copyObjectImpl(expr.cast()).cast();
            let number = self.columns.len() as i16 + 1;
            let target = pg_sys::makeTargetEntry(expr, number, std::ptr::null_mut(), false);
            self.targets = pg_sys::lappend(self.targets, target.cast());
        }
        self.columns.push(from);
    }

    /// Names its columns as expressions behind the join do. Since PostgreSQL 16, an outer join gives the columns of
    /// its inner side other names, and looks each up by the first that it finds.
    unsafe fn take_names_of(&mut self, exprs: *mut pg_sys::List) {
        // SAFETY: the expressions are valid.
        unsafe {
            for name in names(exprs.cast()) {
                match self.target_of(name) {
                    Some(target) => (*target).expr = pg_sys::copyObjectImpl(name.cast()).cast(),
                    None => self.take_names_of(computed_here(name)),
                }
            }
        }
    }

    /// A copy of an expression that names the columns as they are named here.
    unsafe fn named_as_here(&self, expr: *mut pg_sys::Node) -> *mut pg_sys::Node {
        // SAFETY: the expression is valid; what is changed is the copy.
        unsafe {
            let copy = pg_sys::copyObjectImpl(expr.cast()).cast();
            self.rename(copy);
            copy
        }
    }

    unsafe fn rename(&self, expr: *mut pg_sys::Node) {
        // SAFETY: the expression is valid, and nobody else's.
        unsafe {
            for name in names(expr) {
                match self.target_of(name) {
                    Some(target) => compat::join_names(name, (*target).expr),
                    None => self.rename(computed_here(name).cast()),
                }
            }
        }
    }

    /// The target that is the same column, whatever joins have done to its name.
    unsafe fn target_of(&self, name: *mut pg_sys::Expr) -> Option<*mut pg_sys::TargetEntry> {
        // SAFETY: targets are valid; the tag names the struct.
        unsafe {
            let is_same = |known: *mut pg_sys::Expr| match (*name).type_ {
                pg_sys::NodeTag::T_Var => {
                    let var = name.cast::<pg_sys::Var>();
                    is_var(known.cast(), (*var).varno as pg_sys::Index, (*var).varattno)
                }
                pg_sys::NodeTag::T_PlaceHolderVar => {
                    (*known).type_ == pg_sys::NodeTag::T_PlaceHolderVar
                        && (*known.cast::<pg_sys::PlaceHolderVar>()).phid
                            == (*name.cast::<pg_sys::PlaceHolderVar>()).phid
                }
                _ => false,
            };
            list::iter::<pg_sys::TargetEntry>(self.targets).find(|target| is_same((**target).expr))
        }
    }
}

/// The columns and placeholders in an expression.
///
/// # Safety
/// `expr` is NULL or a valid expression, free of aggregates as all below the grouping is.
unsafe fn names(expr: *mut pg_sys::Node) -> Vec<*mut pg_sys::Expr> {
    // SAFETY: by the caller's promise.
    unsafe {
        let names = pg_sys::pull_var_clause(expr, pg_sys::PVC_INCLUDE_PLACEHOLDERS as i32);
        list::iter(names).collect()
    }
}

/// What a placeholder stands for that neither side gives: this join computes it.
///
/// # Safety
/// `name` is a column or a placeholder.
unsafe fn computed_here(name: *mut pg_sys::Expr) -> *mut pg_sys::List {
    // SAFETY: the tag names the struct.
    unsafe {
        if (*name).type_ != pg_sys::NodeTag::T_PlaceHolderVar {
            missing("a column of its rows");
        }
        list::from_pointers([(*name.cast::<pg_sys::PlaceHolderVar>()).phexpr])
    }
}

/// The place of the key's column in what the inner side gives.
///
/// # Safety
/// `targets` are those of the inner side's plan.
unsafe fn key_of(targets: *mut pg_sys::List, chosen: &Chosen) -> usize {
    // SAFETY: by the caller's promise.
    let place = unsafe {
        list::iter::<pg_sys::TargetEntry>(targets)
            .position(|target| is_var((*target).expr.cast(), chosen.inner, chosen.attribute))
    };
    place.unwrap_or_else(|| missing("the key of its inner side"))
}

/// Raises what cannot be: planning has seen it before.
fn missing(what: &str) -> ! {
    Report::new(
        Code::ERRCODE_INTERNAL_ERROR,
        format!("plan of a join by batch lacks {what}"),
    )
    .raise()
}
