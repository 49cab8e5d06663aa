//! Paths of joins by batch: when one can be made, and what it costs.

use std::sync::OnceLock;

use confluence::request::{self, Sort};
use confluence::schema::{Column, ColumnId};
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::plan::PATH_METHODS;
use super::{JoinType, window};
use crate::catalog::relation::Relation;
use crate::pg::{compat, list};
use crate::plan::estimate::{self, Estimate, Keys};
use crate::plan::must_exist;
use crate::plan::paths::{self, Order};
use crate::plan::pushdown::{self, Op, Qual};
use crate::plan::scan_plan::{BatchKey, PathPlan};
use crate::settings;

/// Where so few keys are expected that asking for them one by one would cost the same, a batch is the safer bet: it
/// costs no more where there turn out to be many. That is worth a twentieth of a request.
const SAFER: f64 = 5.0;

/// What a path tells the plan, besides its nodes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub kind: JoinType,
    /// The inner side's number in the range table.
    pub inner: pg_sys::Index,
    /// The attribute number of the key in the inner side.
    pub attribute: pg_sys::AttrNumber,
    /// How many keys one request takes.
    pub at_once: usize,
    /// Whether nothing above stops the join before its end.
    pub eager: bool,
}

/// Who was asked about joins before this library was loaded.
static PREVIOUS: OnceLock<pg_sys::set_join_pathlist_hook_type> = OnceLock::new();

/// Sees to it that PostgreSQL asks about joins.
pub(super) fn install() {
    // SAFETY: the backend has one thread that plans, and loads a library once.
    unsafe {
        if PREVIOUS.set(pg_sys::set_join_pathlist_hook).is_ok() {
            pg_sys::set_join_pathlist_hook = Some(set_join_pathlist);
        }
    }
}

/// Offers joins by batch where the inner side is a table of ours. PostgreSQL calls it for each order of each
/// two relations that it thinks of joining; it looks at catalogs only.
#[pg_guard]
unsafe extern "C-unwind" fn set_join_pathlist(
    root: *mut pg_sys::PlannerInfo,
    joinrel: *mut pg_sys::RelOptInfo,
    outerrel: *mut pg_sys::RelOptInfo,
    innerrel: *mut pg_sys::RelOptInfo,
    jointype: pg_sys::JoinType::Type,
    extra: *mut pg_sys::JoinPathExtraData,
) {
    // SAFETY: PostgreSQL passes valid relations, whose own paths are there, and the others before us get the
    // same.
    unsafe {
        if let Some(Some(previous)) = PREVIOUS.get() {
            // It may raise an error, which must not jump over frames of ours.
            pg_sys::ffi::pg_guard_ffi_boundary(|| {
                previous(root, joinrel, outerrel, innerrel, jointype, extra);
            });
        }
        if !settings::ENABLE_BATCH_JOIN.get() || !is_ours(innerrel) {
            return;
        }
        let Some(kind) = JoinType::of(jointype) else {
            return;
        };
        let Some(outer) = outer_path(root, outerrel, jointype, extra) else {
            return;
        };
        if !can_stand_alone(joinrel, innerrel, extra) {
            return;
        }
        let entry = *(*root).simple_rte_array.add((*innerrel).relid as usize);
        let join = JoinPlanner {
            root,
            joinrel,
            outerrel,
            innerrel,
            outer,
            kind,
            clauses: (*extra).restrictlist,
            relation: Relation::of((*entry).relid),
        };
        for path in join.paths() {
            pg_sys::add_path(joinrel, path.cast());
        }
    }
}

/// Whether a relation is a table of this wrapper, by itself.
///
/// # Safety
/// `rel` is valid.
unsafe fn is_ours(rel: *mut pg_sys::RelOptInfo) -> bool {
    // SAFETY: by the caller's promise; a foreign table has a server.
    unsafe {
        (*rel).reloptkind == pg_sys::RelOptKind::RELOPT_BASEREL
            && (*rel).rtekind == pg_sys::RTEKind::RTE_RELATION
            && !(*rel).fdwroutine.is_null()
            && crate::catalog::server::is_ours((*rel).serverid)
    }
}

/// The outer side's cheapest path, made unique where the join wants that. None where it depends on values from
/// elsewhere.
///
/// # Safety
/// All pointers are those of a call of the hook.
unsafe fn outer_path(
    root: *mut pg_sys::PlannerInfo,
    outerrel: *mut pg_sys::RelOptInfo,
    jointype: pg_sys::JoinType::Type,
    extra: *mut pg_sys::JoinPathExtraData,
) -> Option<*mut pg_sys::Path> {
    // SAFETY: by the caller's promise; paths of both sides are chosen before they are joined.
    unsafe {
        let mut path = (*outerrel).cheapest_total_path;
        if path.is_null() || !(*path).param_info.is_null() {
            return None;
        }
        if jointype == pg_sys::JoinType::JOIN_UNIQUE_OUTER {
            path = pg_sys::create_unique_path(root, outerrel, path, (*extra).sjinfo).cast();
        }
        (!path.is_null()).then_some(path)
    }
}

/// Whether neither the join nor its inner side depends on values from elsewhere, and each has a node of its own
/// in the plan: conditions that hold or do not hold for all rows would put another one above it.
///
/// # Safety
/// All pointers are those of a call of the hook.
unsafe fn can_stand_alone(
    joinrel: *mut pg_sys::RelOptInfo,
    innerrel: *mut pg_sys::RelOptInfo,
    extra: *mut pg_sys::JoinPathExtraData,
) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        let is_empty =
            |relids| pg_sys::bms_membership(relids) == pg_sys::BMS_Membership::BMS_EMPTY_SET;
        let has_constants = |clauses| {
            list::iter::<pg_sys::RestrictInfo>(clauses).any(|rinfo| (*rinfo).pseudoconstant)
        };
        is_empty((*joinrel).lateral_relids)
            && is_empty((*innerrel).lateral_relids)
            && !has_constants((*extra).restrictlist)
            && !has_constants((*innerrel).baserestrictinfo)
    }
}

/// A join that may be made by batch.
struct JoinPlanner {
    root: *mut pg_sys::PlannerInfo,
    joinrel: *mut pg_sys::RelOptInfo,
    outerrel: *mut pg_sys::RelOptInfo,
    innerrel: *mut pg_sys::RelOptInfo,
    outer: *mut pg_sys::Path,
    kind: JoinType,
    /// The clauses of the join: RestrictInfo nodes.
    clauses: *mut pg_sys::List,
    relation: Relation,
}

/// A clause that says that a column of the inner side equals something of the outer side.
struct KeyClause {
    /// The column, by its place in the remote table.
    place: ColumnId,
    /// The column's attribute number.
    attribute: pg_sys::AttrNumber,
    /// What it equals.
    value: *mut pg_sys::Expr,
}

impl JoinPlanner {
    /// The cheapest path for each key.
    ///
    /// # Safety
    /// All pointers are those of a call of the hook.
    unsafe fn paths(&self) -> Vec<*mut pg_sys::CustomPath> {
        // SAFETY: by the caller's promise.
        unsafe {
            self.keys()
                .iter()
                .filter_map(|key| self.path(key))
                .collect()
        }
    }

    /// The keys that the site can be asked for.
    unsafe fn keys(&self) -> Vec<KeyClause> {
        let relation = &self.relation;
        // SAFETY: the clauses are valid, and so are the sets of relations in them.
        unsafe {
            list::iter::<pg_sys::RestrictInfo>(self.clauses)
                // What is checked behind an outer join says nothing about which rows it pairs.
                .filter(|&rinfo| !self.kind.is_outer() || !self.is_checked_behind(rinfo))
                .filter_map(|rinfo| {
                    let pushdown = pushdown::pushdown_of_clause(
                        (*rinfo).clause,
                        (*self.innerrel).relid,
                        relation,
                    )?;
                    let is_key = pushdown.shape == Op::Equal
                        && pushdown::can_drive(relation, &pushdown)
                        && self.is_of_outer_side(pushdown.value);
                    let attribute = self.attribute(pushdown.place)?;
                    is_key.then_some(KeyClause {
                        place: pushdown.place,
                        attribute,
                        value: pushdown.value,
                    })
                })
                .collect()
        }
    }

    unsafe fn is_checked_behind(&self, rinfo: *mut pg_sys::RestrictInfo) -> bool {
        // SAFETY: both are valid.
        unsafe {
            (*rinfo).is_pushed_down
                || !pg_sys::bms_is_subset((*rinfo).required_relids, (*self.joinrel).relids)
        }
    }

    unsafe fn is_of_outer_side(&self, value: *mut pg_sys::Expr) -> bool {
        // SAFETY: both are valid.
        unsafe {
            let varnos = pushdown::varnos(value);
            pg_sys::bms_membership(varnos) != pg_sys::BMS_Membership::BMS_EMPTY_SET
                && pg_sys::bms_is_subset(varnos, (*self.outerrel).relids)
        }
    }

    /// The local attribute of a remote column, if rows of the inner side bring it.
    unsafe fn attribute(&self, place: ColumnId) -> Option<pg_sys::AttrNumber> {
        let mut columns = (1i16..).zip(&self.relation.columns);
        let (attribute, _) =
            columns.find(|(_, local)| local.is_some_and(|local| local.place == place))?;
        // SAFETY: the target of a relation is a list of expressions.
        unsafe {
            list::iter::<pg_sys::Node>((*(*self.innerrel).reltarget).exprs)
                .any(|expr| is_var(expr, (*self.innerrel).relid, attribute))
                .then_some(attribute)
        }
    }

    /// The cheapest path that asks for a key.
    unsafe fn path(&self, key: &KeyClause) -> Option<*mut pg_sys::CustomPath> {
        let relation = &self.relation;
        // SAFETY: all pointers are those of a call of the hook, and the key's clause is one of its.
        unsafe {
            let clauses = pushdown::quals(
                self.root,
                (*self.innerrel).baserestrictinfo,
                (*self.innerrel).relid,
                relation,
            );
            let keys = Keys {
                place: key.place,
                count: pg_sys::estimate_num_groups(
                    self.root,
                    list::from_pointers([key.value]),
                    (*self.outer).rows,
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                ),
            };
            let must_exist =
                must_exist::must_exist(self.root, self.innerrel, relation, key.place, key.value);
            let sorts = paths::range_sorts(relation, &clauses);
            let inner = sorts
                .into_iter()
                .map(Some)
                .chain([None])
                .filter_map(|sort| self.inner(&clauses, keys, sort, must_exist))
                .min_by(|one, other| {
                    one.estimate
                        .total_cost()
                        .total_cmp(&other.estimate.total_cost())
                })?;
            Some(self.join(key, &inner))
        }
    }

    /// The reading of the inner side in one order.
    unsafe fn inner(
        &self,
        clauses: &[Qual],
        keys: Keys,
        sort: Option<Sort>,
        must_exist: bool,
    ) -> Option<InnerScan> {
        let relation = &self.relation;
        let innerrel = self.innerrel;
        // SAFETY: as for path.
        unsafe {
            let mut choice = PathPlan {
                sort,
                ..PathPlan::default()
            };
            let columns = estimate::used_places(self.root, innerrel, relation, clauses, &choice);
            let way = estimate::way(relation, clauses, Some(keys), sort.is_some(), &columns)?;
            let column: &Column = &relation.table.columns[keys.place];
            let at_once = request::keys_at_once(relation.table, way.endpoint, keys.place)?;
            if way.enumerates_parents
                || !(way.endpoint.takes(column) || way.endpoint.needs(column.name))
            {
                return None;
            }
            let share = keys.share(relation);
            let received =
                estimate::rows_sent(self.root, innerrel, relation, clauses, sort) * share;
            let page_size = estimate::page_size(relation, Some(&way), &columns);
            // The join gives no order, so whatever wants one reads all of it first.
            let eager = !(*self.root).query_pathkeys.is_null()
                || paths::all_is_read(self.root, innerrel, &Order::default());
            let estimate = Estimate::new(
                Some(&way),
                received.max(1.0),
                estimate::parts(relation, &columns),
                page_size,
                if eager {
                    relation.reading.max_concurrency
                } else {
                    1
                },
            );
            choice.eager = eager;
            choice.requests = estimate.requests;
            choice.expected = relation.sizes.rows.map(|_| received as u64);
            choice.endpoint = paths::place_of(relation, &way);
            choice.keyed = Some(BatchKey {
                place: keys.place,
                at_once,
            });
            choice.must_exist = must_exist.then_some(keys.place);
            let in_window = self.rows_in_window();
            let windows = ((*self.outer).rows / in_window).max(1.0);
            Some(InnerScan {
                choice,
                estimate,
                asked_again: (windows * keys.count.min(in_window) / keys.count.max(1.0)).max(1.0),
                first_window: if eager { in_window } else { at_once as f64 },
                rows: ((*innerrel).rows * share).max(1.0),
            })
        }
    }

    /// How many rows of the outer side fit into a window.
    unsafe fn rows_in_window(&self) -> f64 {
        // SAFETY: a path has a target, and work_mem is the backend's own.
        unsafe {
            let width = (*(*self.outer).pathtarget).width.max(0) as usize;
            (window::most_bytes() / (width + window::ROW)).max(1) as f64
        }
    }

    /// The join with that reading as its inner side.
    unsafe fn join(&self, key: &KeyClause, inner: &InnerScan) -> *mut pg_sys::CustomPath {
        // SAFETY: as for path. Nodes are allocated in the planner's memory context, zeroed, with their tag.
        unsafe {
            let (cpu_tuple_cost, cpu_operator_cost) =
                (pg_sys::cpu_tuple_cost, pg_sys::cpu_operator_cost);
            let (startup, total) = (inner.estimate.startup_cost(), inner.estimate.total_cost());
            let scan = compat::ScanPath {
                rows: inner.rows,
                startup_cost: startup,
                total_cost: total + cpu_tuple_cost * inner.rows,
                pathkeys: std::ptr::null_mut(),
                required_outer: std::ptr::null_mut(),
                private: list::of_value(&inner.choice),
            }
            .create(self.root, self.innerrel);
            let chosen = Chosen {
                kind: self.kind,
                inner: (*self.innerrel).relid,
                attribute: key.attribute,
                at_once: inner.choice.keyed.map_or(1, |keyed| keyed.at_once),
                eager: inner.choice.eager,
            };
            let path =
                pg_sys::palloc0(size_of::<pg_sys::CustomPath>()).cast::<pg_sys::CustomPath>();
            (*path).path.type_ = pg_sys::NodeTag::T_CustomPath;
            (*path).path.pathtype = pg_sys::NodeTag::T_CustomScan;
            (*path).path.parent = self.joinrel;
            (*path).path.pathtarget = (*self.joinrel).reltarget;
            (*path).path.rows = (*self.joinrel).rows;
            let first = (inner.first_window / (*self.outer).rows.max(1.0)).min(1.0);
            (*path).path.startup_cost = (*self.outer).startup_cost
                + ((*self.outer).total_cost - (*self.outer).startup_cost) * first
                + startup;
            // Each row of the outer side is kept for a while, and each of the inner side finds its partners by
            // its key and is then held against the conditions.
            let total = total * inner.asked_again;
            let asking = if inner.choice.eager {
                total - SAFER
            } else {
                total
            };
            (*path).path.total_cost = (*self.outer).total_cost
                + asking
                + cpu_tuple_cost * ((*self.outer).rows + inner.rows + (*self.joinrel).rows)
                + cpu_operator_cost * ((*self.outer).rows + 2.0 * inner.rows);
            compat::take_disabled_nodes(&mut (*path).path, self.outer);
            (*path).flags = pg_sys::CUSTOMPATH_SUPPORT_PROJECTION;
            (*path).custom_paths = list::from_pointers([self.outer, scan.cast()]);
            (*path).custom_private = list::from_pointers::<pg_sys::Node>([
                self.clauses.cast(),
                key.value.cast(),
                list::of_value(&chosen).cast(),
            ]);
            (*path).methods = &PATH_METHODS.0;
            path
        }
    }
}

/// A reading of the inner side.
struct InnerScan {
    choice: PathPlan,
    estimate: Estimate,
    rows: f64,
    /// How often each key is asked for, in windows that are cut by memory.
    asked_again: f64,
    /// How many rows of the outer side are taken before the first key is asked for.
    first_window: f64,
}

/// Whether an expression is this column.
///
/// # Safety
/// `expr` is a valid node.
pub(super) unsafe fn is_var(
    expr: *mut pg_sys::Node,
    rel: pg_sys::Index,
    attribute: pg_sys::AttrNumber,
) -> bool {
    // SAFETY: the tag names the struct.
    unsafe {
        (*expr).type_ == pg_sys::NodeTag::T_Var && {
            let var = expr.cast::<pg_sys::Var>();
            (*var).varno as pg_sys::Index == rel
                && (*var).varattno == attribute
                && (*var).varlevelsup == 0
        }
    }
}
