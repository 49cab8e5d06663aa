//! The plan of a join by batch: a custom scan over the plans of both sides.
//!
//! Its scan tuple is made of what both sides give; what it computes, it computes from that.

use std::ffi::CStr;

use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::paths::Chosen;
use super::{JoinType, exec};
use crate::exec::rescans;
use crate::pg::nodes::{Expr, Node, Nodes};
use crate::pg::planning::{Rel, Target};
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

/// A plan that [`plan_custom_path`] made, or a copy of one.
#[derive(Clone, Copy)]
pub(super) struct BatchScan<'s>(Node<'s, pg_sys::CustomScan>);

impl<'s> BatchScan<'s> {
    /// From a plan tree.
    ///
    /// # Safety
    /// `scan` is a plan that [`plan_custom_path`] made, or a copy of one, and stays while `'s` lasts, which stands for the
    /// plan that it is a part of.
    pub unsafe fn of(scan: *mut pg_sys::CustomScan) -> Self {
        // SAFETY: as the caller says.
        Self(unsafe { Node::always(scan) })
    }

    /// What the executor gets to know.
    pub fn plan(self) -> BatchPlan {
        // SAFETY: that is what such a plan keeps there.
        unsafe { list::value_of((*self.0.as_ptr()).custom_private) }
    }

    /// The plans of both sides.
    pub fn sides(self) -> Nodes<'s, pg_sys::Plan> {
        // SAFETY: such a plan keeps them there.
        unsafe { Nodes::new((*self.0.as_ptr()).custom_plans) }
    }

    /// The key, of a row of the outer side.
    pub fn key(self) -> Expr<'s> {
        // SAFETY: the first of the plan's expressions.
        match unsafe { Node::new(self.expr(0).cast()) } {
            Some(key) => key,
            None => missing("its key"),
        }
    }

    /// The conditions under which two rows are a pair.
    pub fn conditions(self) -> Nodes<'s, pg_sys::Expr> {
        // SAFETY: the second of the plan's expressions is a list of them, or NIL.
        unsafe { Nodes::new(self.expr(1).cast()) }
    }

    fn expr(self, place: usize) -> *mut pg_sys::Node {
        // SAFETY: such a plan has a list of nodes there, of which NIL is one.
        let mut parts = unsafe { list::iter::<pg_sys::Node>((*self.0.as_ptr()).custom_exprs) };
        parts.nth(place).unwrap_or(std::ptr::null_mut())
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
    // SAFETY: the path is one that the hook made, so its list holds the clauses, the key and what was chosen; PostgreSQL
    // passes the relation that it is for, and has planned both sides. All of it is of one query.
    let (rel, clauses, key, chosen, sides) = unsafe {
        let mut private = list::iter::<pg_sys::Node>((*best_path).custom_private);
        let mut next = || private.next().unwrap_or(std::ptr::null_mut());
        (
            Rel::always(rel),
            Nodes::new(next().cast()),
            Expr::new(next().cast()),
            list::value_of(next().cast()),
            Nodes::<pg_sys::Plan>::new(custom_plans),
        )
    };
    let parts = JoinParts::of(rel, clauses, key, chosen, sides);
    // SAFETY: the node is allocated in the planner's memory context, zeroed, and gets its tag; all that it points to is of
    // the same query, or lives as long as the library.
    unsafe {
        let scan = pg_sys::palloc0(size_of::<pg_sys::CustomScan>()).cast::<pg_sys::CustomScan>();
        (*scan).scan.plan.type_ = pg_sys::NodeTag::T_CustomScan;
        (*scan).scan.plan.targetlist = tlist;
        (*scan).scan.plan.qual = parts.filters.as_ptr();
        (*scan).scan.scanrelid = 0;
        (*scan).flags = (*best_path).flags;
        (*scan).custom_plans = custom_plans;
        (*scan).custom_exprs = list::from_pointers::<pg_sys::Node>([
            parts.key.as_ptr().cast(),
            parts.conditions.as_ptr().cast(),
        ]);
        (*scan).custom_private = list::of_value(&parts.plan);
        (*scan).custom_scan_tlist = parts.targets.as_ptr();
        (*scan).methods = methods_of(parts.plan.chosen.kind);
        scan.cast()
    }
}

/// What a plan is made of.
struct JoinParts<'q> {
    plan: BatchPlan,
    key: Expr<'q>,
    /// The conditions under which two rows are a pair.
    conditions: Nodes<'q, pg_sys::Expr>,
    /// What is checked behind the join.
    filters: Nodes<'q, pg_sys::Expr>,
    /// The columns of the scan tuple.
    targets: Nodes<'q, pg_sys::TargetEntry>,
}

impl<'q> JoinParts<'q> {
    fn of(
        rel: Rel<'q>,
        clauses: Nodes<'q, pg_sys::RestrictInfo>,
        key: Option<Expr<'q>>,
        chosen: Chosen,
        sides: Nodes<'q, pg_sys::Plan>,
    ) -> Self {
        let (conditions, filters) = match chosen.kind.is_outer() {
            true => clauses.of_outer_join(rel),
            false => (clauses.exprs(), Nodes::default()),
        };
        let mut sides = sides.iter();
        let (Some(key), Some(outer), Some(inner)) = (key, sides.next(), sides.next()) else {
            missing("one of its sides, or its key")
        };
        let mut tuple = ScanTuple::default();
        tuple.add_side(outer.targets(), SideColumn::Outer);
        tuple.add_side(inner.targets(), SideColumn::Inner);
        tuple.take_names_of(rel.target());
        tuple.take_names_of(filters);
        Self {
            key: tuple.named_as_here(key),
            conditions: conditions
                .iter()
                .map(|condition| tuple.named_as_here(condition))
                .collect(),
            filters,
            targets: tuple.targets.iter().copied().collect(),
            plan: BatchPlan {
                inner_key: key_of(inner.targets(), &chosen),
                columns: tuple.columns,
                chosen,
            },
        }
    }
}

/// The columns of the scan tuple.
#[derive(Default)]
struct ScanTuple<'q> {
    targets: Vec<Target<'q>>,
    columns: Vec<SideColumn>,
}

impl<'q> ScanTuple<'q> {
    /// Adds what a side gives.
    fn add_side(&mut self, targets: Nodes<'q, pg_sys::TargetEntry>, from: fn(usize) -> SideColumn) {
        for (place, target) in targets.iter().enumerate() {
            let number = self.columns.len() as i16 + 1;
            let own = Target::new_of(target.expr().copied(), number);
            self.targets.push(own);
            self.columns.push(from(place));
        }
    }

    /// Names its columns as expressions behind the join do. Since PostgreSQL 16, an outer join gives the columns of
    /// its inner side other names, and looks each up by the first that it finds.
    fn take_names_of(&mut self, exprs: Nodes<'q, pg_sys::Expr>) {
        for name in exprs.names() {
            match self.target_of(name) {
                Some(target) => target.set_expr(name.copied()),
                None => self.take_names_of(computed_here(name)),
            }
        }
    }

    /// A copy of an expression that names the columns as they are named here.
    fn named_as_here(&self, expr: Expr<'q>) -> Expr<'q> {
        let copy = expr.copied();
        self.rename(std::iter::once(copy).collect());
        copy
    }

    /// Renames the columns in expressions that are nobody else's.
    fn rename(&self, exprs: Nodes<'q, pg_sys::Expr>) {
        for name in exprs.names() {
            match self.target_of(name) {
                Some(target) => compat::join_names(name, target.expr()),
                None => self.rename(computed_here(name)),
            }
        }
    }

    /// The target that is the same column, whatever joins have done to its name.
    fn target_of(&self, name: Expr<'q>) -> Option<Target<'q>> {
        let (var, placeholder) = (name.var(), name.placeholder().map(|(number, _)| number));
        let is_same = |known: Expr<'q>| match (var, placeholder) {
            (Some(var), _) => known.is_var(var.relation, var.attribute),
            (None, Some(number)) => known
                .placeholder()
                .is_some_and(|(known, _)| known == number),
            (None, None) => false,
        };
        let mut targets = self.targets.iter().copied();
        targets.find(|target| is_same(target.expr()))
    }
}

/// What a placeholder stands for that neither side gives: this join computes it.
fn computed_here<'q>(name: Expr<'q>) -> Nodes<'q, pg_sys::Expr> {
    match name.placeholder() {
        Some((_, expr)) => std::iter::once(expr).collect(),
        None => missing("a column of its rows"),
    }
}

/// The place of the key's column in what the inner side gives.
fn key_of(targets: Nodes<'_, pg_sys::TargetEntry>, chosen: &Chosen) -> usize {
    let mut targets = targets.iter();
    targets
        .position(|target| target.expr().is_var(chosen.inner, chosen.attribute))
        .unwrap_or_else(|| missing("the key of its inner side"))
}

/// Raises what cannot be: planning has seen it before.
fn missing(what: &str) -> ! {
    Report::new(
        Code::ERRCODE_INTERNAL_ERROR,
        format!("plan of a join by batch lacks {what}"),
    )
    .raise()
}
