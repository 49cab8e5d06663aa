//! Paths of joins by batch: when one can be made, and what it costs.

use std::sync::OnceLock;

use confluence::request::{self, Manner, Sort};
use confluence::schema::{Column, ColumnId};
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::plan::PATH_METHODS;
use super::{JoinType, window};
use crate::pg::compat::{self, ScanPath};
use crate::pg::list;
use crate::pg::nodes::{Expr, Node, Nodes, Set};
use crate::pg::planning::{Clause, EqualMember, PathKey, Rel, Root};
use crate::plan::estimate::{self, Estimate, Keys};
use crate::plan::paths::{self, Order};
use crate::plan::planner::Planner;
use crate::plan::pushdown::Op;
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
    /// How many rows of the outer side the first window has at most.
    pub first_window: usize,
    /// How many rows will do, where each row of the outer side gives one at least.
    pub enough: Option<usize>,
    /// Whether rows are given in the order of the outer side.
    pub ordered: bool,
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
    if let Some(Some(previous)) = PREVIOUS.get() {
        // SAFETY: whoever was there before gets the same. It may raise an error, which must not jump over frames of ours.
        unsafe {
            pg_sys::ffi::pg_guard_ffi_boundary(|| {
                previous(root, joinrel, outerrel, innerrel, jointype, extra);
            });
        }
    }
    if !settings::ENABLE_BATCH_JOIN.get() {
        return;
    }
    // SAFETY: PostgreSQL passes a query, three relations of it, of which two have all their own paths, and what it knows of
    // the join. All of it stays until the query is planned.
    let join = unsafe {
        let nodes = (
            Root::new(root),
            Rel::new(joinrel),
            Rel::new(outerrel),
            Rel::new(innerrel),
        );
        let (Some(root), Some(joinrel), Some(outerrel), Some(innerrel)) = nodes else {
            return;
        };
        let (clauses, special) = (
            Nodes::new((*extra).restrictlist),
            Node::new((*extra).sjinfo),
        );
        Join {
            root,
            joinrel,
            outerrel,
            innerrel,
            clauses,
            special,
            jointype,
        }
    };
    let Some(planner) = join.planner() else {
        return;
    };
    let paths = planner.paths();
    planner.drop_loops(&paths);
    for path in paths {
        // SAFETY: the path is a new one, for this join.
        unsafe { pg_sys::add_path(joinrel, path.as_ptr()) };
    }
}

/// A join that PostgreSQL thinks of.
#[derive(Clone, Copy)]
struct Join<'p> {
    root: Root<'p>,
    joinrel: Rel<'p>,
    outerrel: Rel<'p>,
    innerrel: Rel<'p>,
    /// The clauses of the join.
    clauses: Nodes<'p, pg_sys::RestrictInfo>,
    /// What is special about it, if it is no inner join.
    special: Option<Node<'p, pg_sys::SpecialJoinInfo>>,
    jointype: pg_sys::JoinType::Type,
}

impl<'p> Join<'p> {
    /// The planner of the join by batch, if it may be one: its inner side is a table of ours, by itself.
    fn planner(self) -> Option<JoinPlanner<'p>> {
        let is_table = self.innerrel.is_base() && self.innerrel.is_table();
        let inner = is_table
            .then(|| Planner::find(self.root, self.innerrel))
            .flatten()?;
        let kind = JoinType::of(self.jointype)?;
        self.can_stand_alone().then_some(JoinPlanner {
            join: self,
            inner,
            kind,
        })
    }

    /// The paths of the outer side that are worth joining: the cheapest, and those in whose order the join's rows are of
    /// use. None that depends on values from elsewhere.
    fn outer_paths(self) -> Vec<OuterPath<'p>> {
        let cheapest = self.outerrel.cheapest_path();
        let cheapest = cheapest.filter(|path| !path.is_parameterized());
        if self.jointype == pg_sys::JoinType::JOIN_UNIQUE_OUTER {
            let unique = cheapest.and_then(|path| self.unique(path));
            return unique.into_iter().map(OuterPath::as_it_comes).collect();
        }
        let sorted = cheapest.and_then(|path| self.sorted(path));
        let in_order = self.outerrel.paths().iter().chain(sorted);
        let in_order = in_order.filter_map(|path| {
            let pathkeys = self
                .root
                .join_pathkeys(self.joinrel, self.jointype, path.pathkeys());
            (!path.is_parameterized() && !pathkeys.is_empty())
                .then_some(OuterPath { path, pathkeys })
        });
        cheapest
            .map(OuterPath::as_it_comes)
            .into_iter()
            .chain(in_order)
            .collect()
    }

    /// A path of the outer side, sorted as the query wants its first rows, so that the keys of these are asked for and no
    /// others. None where it comes in that order anyway, or where the outer side alone does not decide on it.
    fn sorted(self, path: Node<'p, pg_sys::Path>) -> Option<Node<'p, pg_sys::Path>> {
        let wanted = self.root.query_pathkeys();
        let rows = self.root.wanted_rows()?;
        let (_, is_sorted) = wanted.shared_with(path.pathkeys());
        let is_own = |pathkey: PathKey<'p>| {
            let class = pathkey.class();
            let members = class.members_of(self.outerrel);
            let given = |member: &EqualMember<'p>| {
                let mut targets = self.outerrel.target().iter();
                targets.any(|target| target.var().is_some() && target.equals(member.expr()))
            };
            !class.is_volatile() && members.iter().any(given)
        };
        let can_be = !wanted.is_empty() && !is_sorted && wanted.iter().all(is_own);
        can_be.then(|| path.sorted_by(self.root, self.outerrel, wanted, rows))
    }

    /// A path of the outer side, made unique.
    fn unique(self, path: Node<'p, pg_sys::Path>) -> Option<Node<'p, pg_sys::Path>> {
        let special = self.special?;
        // SAFETY: all are of one query, and the join is a semijoin whose outer side is to be unique. What comes back is a
        // path over the other one, or NULL.
        unsafe {
            let unique = pg_sys::create_unique_path(
                self.root.as_ptr(),
                self.outerrel.as_ptr(),
                path.as_ptr(),
                special.as_ptr(),
            );
            Node::new(unique.cast())
        }
    }

    /// Whether neither the join nor its inner side depends on values from elsewhere, and each has a node of its own
    /// in the plan: conditions that hold or do not hold for all rows would put another one above it.
    fn can_stand_alone(self) -> bool {
        let has_constants = |clauses: Nodes<'p, pg_sys::RestrictInfo>| {
            clauses.iter().any(Clause::is_pseudoconstant)
        };
        self.joinrel.lateral_relids().is_empty()
            && self.innerrel.lateral_relids().is_empty()
            && !has_constants(self.clauses)
            && !has_constants(self.innerrel.restrictions())
    }
}

/// The planner of a join by batch.
struct JoinPlanner<'p> {
    join: Join<'p>,
    /// The inner side.
    inner: Planner<'p>,
    kind: JoinType,
}

/// A path of the outer side.
#[derive(Clone, Copy)]
struct OuterPath<'p> {
    path: Node<'p, pg_sys::Path>,
    /// The order of its rows that the join keeps; none where it does not.
    pathkeys: Nodes<'p, pg_sys::PathKey>,
}

impl<'p> OuterPath<'p> {
    /// One whose order is not kept.
    fn as_it_comes(path: Node<'p, pg_sys::Path>) -> Self {
        Self {
            path,
            pathkeys: Nodes::default(),
        }
    }

    /// How many of its rows fit into a window.
    fn rows_in_window(&self) -> f64 {
        (window::most_bytes() / (self.path.width() + window::ROW)).max(1) as f64
    }
}

/// A clause that says that a column of the inner side equals something of the outer side.
struct KeyClause<'p> {
    /// The column, by its place in the remote table.
    place: ColumnId,
    /// The column's attribute number.
    attribute: pg_sys::AttrNumber,
    /// What it equals.
    value: Expr<'p>,
}

impl<'p> JoinPlanner<'p> {
    /// The cheapest path for each key and each order.
    fn paths(&self) -> Vec<Node<'p, pg_sys::Path>> {
        let keys = self.keys();
        if keys.is_empty() {
            return Vec::new();
        }
        let outer_paths = self.join.outer_paths();
        outer_paths
            .iter()
            .flat_map(|outer| keys.iter().filter_map(|key| self.path(key, outer)))
            .collect()
    }

    /// Drops the nested loops of the same two sides that ask for keys one by one, where a batch that gives their order is
    /// expected to cost no more in all. A loop seems cheap where little of it is wanted, or where its keys are few; but
    /// where that is not as expected, each further key costs a request.
    fn drop_loops(&self, batches: &[Node<'p, pg_sys::Path>]) {
        let is_same = |one: Rel<'p>, other: Rel<'p>| std::ptr::eq(one.as_ptr(), other.as_ptr());
        self.join.joinrel.retain_paths(|path| {
            let of_these = path.scan_in_loop().is_some_and(|inner| {
                inner.is_parameterized() && is_same(inner.rel(), self.join.innerrel)
            });
            let is_replaced = || {
                batches.iter().any(|batch| {
                    let (_, in_order) = path.pathkeys().shared_with(batch.pathkeys());
                    in_order && batch.total_cost() <= path.total_cost()
                })
            };
            path.is_parameterized() || !of_these || !is_replaced()
        });
    }

    /// The keys that the site can be asked for.
    fn keys(&self) -> Vec<KeyClause<'p>> {
        let clauses = self.join.clauses.iter();
        clauses
            // What is checked behind an outer join says nothing about which rows it pairs.
            .filter(|&clause| !self.kind.is_outer() || !self.is_checked_behind(clause))
            .flat_map(|clause| self.inner.driving_pushdowns_of(clause.expr()))
            .filter_map(|pushdown| {
                let is_key = pushdown.shape == Op::Equal && self.is_of_outer_side(pushdown.value);
                let attribute = self.attribute(pushdown.place)?;
                is_key.then_some(KeyClause {
                    place: pushdown.place,
                    attribute,
                    value: pushdown.value,
                })
            })
            .collect()
    }

    fn is_checked_behind(&self, clause: Clause<'p>) -> bool {
        clause.is_pushed_down()
            || !clause
                .required_relids()
                .is_subset_of(self.join.joinrel.relids())
    }

    fn is_of_outer_side(&self, value: Expr<'p>) -> bool {
        let relations = value.relations();
        !relations.is_empty() && relations.is_subset_of(self.join.outerrel.relids())
    }

    /// The local attribute of a remote column, if rows of the inner side bring it.
    fn attribute(&self, place: ColumnId) -> Option<pg_sys::AttrNumber> {
        let mut columns = (1i16..).zip(&self.inner.relation().columns);
        let (attribute, _) =
            columns.find(|(_, local)| local.is_some_and(|local| local.place == place))?;
        let mut targets = self.join.innerrel.target().iter();
        targets
            .any(|expr| expr.is_var(self.inner.number(), attribute))
            .then_some(attribute)
    }

    /// The cheapest path that asks for a key.
    fn path(&self, key: &KeyClause<'p>, outer: &OuterPath<'p>) -> Option<Node<'p, pg_sys::Path>> {
        let keys = Keys {
            place: key.place,
            count: self.join.root.distinct_values(key.value, outer.path.rows()),
        };
        let must_exist = self.inner.must_exist(key.place, key.value);
        let sorts = self.inner.range_sorts();
        let scan = sorts
            .into_iter()
            .map(Some)
            .chain([None])
            .filter_map(|sort| self.scan(keys, sort, must_exist, outer))
            .min_by(|one, other| {
                one.estimate
                    .total_cost()
                    .total_cmp(&other.estimate.total_cost())
            })?;
        Some(self.join(key, &scan, outer))
    }

    /// Whether nothing above stops the join before its end. Whoever wants an order that it does not give reads all of it
    /// first.
    fn all_is_read(&self, outer: &OuterPath<'p>) -> bool {
        let wanted = self.join.root.query_pathkeys();
        let (shared, _) = wanted.shared_with(outer.pathkeys);
        !wanted.is_empty() && shared == 0 || self.inner.all_is_read(Order::by(outer.pathkeys))
    }

    /// How many rows of the outer side are taken before the first keys are asked for, where somebody may stop early. In
    /// order, a window's keys are asked for side by side before any row is given: so many rows as are wanted of the join.
    /// Otherwise no more than one request has keys for.
    fn first_window(&self, at_once: usize, outer: &OuterPath<'p>) -> f64 {
        let at_once = at_once as f64;
        let Some(wanted) = self.wanted_rows(outer) else {
            return at_once;
        };
        let rows_of_each = self.join.joinrel.rows() / outer.path.rows().max(1.0);
        let rows = (wanted / rows_of_each.max(1e-6)).ceil();
        rows.clamp(1.0, wanted.max(at_once))
    }

    /// How many rows are wanted of the join, where it gives them in the order that the query wants.
    fn wanted_rows(&self, outer: &OuterPath<'p>) -> Option<f64> {
        if outer.pathkeys.is_empty() {
            return None;
        }
        let root = self.join.root;
        let rows = root.wanted_rows().filter(|&rows| rows < 1e9)?;
        let (_, in_order) = root.query_pathkeys().shared_with(outer.pathkeys);
        // The next row shows that a part of the order, or a tie, is over.
        let one_more = !in_order || root.wants_ties();
        Some(rows + f64::from(u8::from(one_more)))
    }

    /// The reading of the inner side in one order.
    fn scan(
        &self,
        keys: Keys,
        sort: Option<Sort>,
        must_exist: bool,
        outer: &OuterPath<'p>,
    ) -> Option<InnerScan> {
        let (inner, relation) = (self.inner, self.inner.relation());
        let quals = inner.quals();
        let mut choice = PathPlan {
            sort,
            ..PathPlan::default()
        };
        let columns = inner.used_places(quals, &choice);
        let all_is_read = self.all_is_read(outer);
        let manner = Manner {
            sorted: sort.is_some(),
            relies_on_order: false,
            eager: all_is_read || !outer.pathkeys.is_empty() || self.kind == JoinType::Anti,
        };
        let way = estimate::way(inner, quals, Some(keys), manner, &columns)?;
        let column: &Column = &relation.table.columns[keys.place];
        let at_once = request::keys_at_once(relation.table, way.endpoint, keys.place)?;
        if way.enumerates_parents
            || !(way.endpoint.takes(column) || way.endpoint.needs(column.name))
        {
            return None;
        }
        let share = keys.share(relation);
        let received = inner.rows_sent(quals, sort) * share;
        let page_size = estimate::page_size(relation, Some(&way), &columns);
        // In order, all that is asked for comes before the first row is given; but where the first match will do, what is
        // behind it is not wanted. That a row has no match is known when all have come.
        let in_order = !outer.pathkeys.is_empty();
        let waits = match self.kind {
            JoinType::Anti => true,
            kind => in_order && (!kind.first_match_will_do() || at_once == 1),
        };
        let eager = all_is_read || waits;
        let estimate = Estimate::new(
            Some(&way),
            received.max(1.0),
            estimate::parts(relation, &columns),
            page_size,
            relation.reading.abreast(eager),
        );
        choice.eager = eager;
        choice.effort = estimate.effort.into();
        choice.expected = relation.sizes.rows.map(|_| received as u64);
        choice.endpoint = paths::place_of(relation, &way);
        choice.keyed = Some(BatchKey {
            place: keys.place,
            at_once,
        });
        choice.must_exist = must_exist.then_some(keys.place);
        let in_window = outer.rows_in_window();
        let windows = (outer.path.rows() / in_window).max(1.0);
        let rows = (self.join.innerrel.rows() * share).max(1.0);
        // Rows of keys that were asked for stay for the windows behind, as far as they fit.
        let row_bytes = self.join.innerrel.width() + window::ROW;
        let known = (window::most_bytes() as f64 / (rows * row_bytes as f64)).min(1.0);
        let of_windows = (windows * keys.count.min(in_window) / keys.count.max(1.0)).max(1.0);
        Some(InnerScan {
            choice,
            estimate,
            asked_again: 1.0 + (of_windows - 1.0) * (1.0 - known),
            first_window: match all_is_read {
                true => None,
                false => Some(self.first_window(at_once, outer).min(in_window)),
            },
            in_window,
            rows,
        })
    }

    /// The join with that reading as its inner side.
    fn join(
        &self,
        key: &KeyClause<'p>,
        inner: &InnerScan,
        outer: &OuterPath<'p>,
    ) -> Node<'p, pg_sys::Path> {
        let joinrel = self.join.joinrel;
        let wanted = inner.first_window.and_then(|_| self.wanted_rows(outer));
        let OuterPath {
            path: outer,
            pathkeys,
        } = *outer;
        let ordered = !pathkeys.is_empty();
        // SAFETY: settings of the backend.
        let (cpu_tuple_cost, cpu_operator_cost) =
            unsafe { (pg_sys::cpu_tuple_cost, pg_sys::cpu_operator_cost) };
        let (startup, total) = (inner.estimate.startup_cost(), inner.estimate.total_cost());
        // Each row of the outer side is kept for a while, and each of the inner side finds its partners by
        // its key and is then held against the conditions.
        let cpu = cpu_tuple_cost * (outer.rows() + inner.rows + joinrel.rows())
            + cpu_operator_cost * (outer.rows() + 2.0 * inner.rows);
        // In order, it is kept, too, and taken up again.
        let kept = match ordered && !self.kind.first_match_will_do() {
            true => cpu_tuple_cost * inner.rows,
            false => 0.0,
        };
        let asking = total * inner.asked_again;
        let first = inner.first_window.unwrap_or(inner.in_window);
        let first = (first / outer.rows().max(1.0)).min(1.0);
        let outer_run = outer.total_cost() - outer.startup_cost();
        // What has come before the first row: of a window that is in order, all.
        let asked_first = match ordered {
            true => startup.max(asking * first),
            false => startup,
        };
        let saved = match inner.choice.eager {
            true => SAFER.min(asking),
            false => 0.0,
        };
        let total_cost = outer.total_cost() + asking - saved + cpu + kept;
        let startup_cost = outer.startup_cost() + outer_run * first + asked_first;
        let scan = ScanPath {
            rows: inner.rows,
            startup_cost: startup,
            total_cost: total + cpu_tuple_cost * inner.rows,
            pathkeys: Nodes::default(),
            required_outer: Set::empty(),
            private: inner.choice,
        }
        .create(self.join.root, self.join.innerrel);
        // Rows of a left join are at least as many as those of its outer side, unless some are dropped behind it.
        let drops = self
            .join
            .clauses
            .iter()
            .any(|clause| self.is_checked_behind(clause));
        let enough = match self.kind {
            JoinType::Left if !drops => wanted,
            _ => None,
        };
        let chosen = Chosen {
            kind: self.kind,
            inner: self.inner.number(),
            attribute: key.attribute,
            first_window: inner.first_window.map_or(usize::MAX, |rows| rows as usize),
            enough: enough.map(|rows| rows as usize),
            ordered,
        };
        // SAFETY: the node is allocated in the current memory context, zeroed, and gets its tags; all that it points to is of
        // the same query, or lives as long as the library.
        unsafe {
            let at = pg_sys::palloc0(size_of::<pg_sys::CustomPath>()).cast::<pg_sys::CustomPath>();
            (*at).path.type_ = pg_sys::NodeTag::T_CustomPath;
            (*at).path.pathtype = pg_sys::NodeTag::T_CustomScan;
            (*at).path.parent = joinrel.as_ptr();
            (*at).path.pathtarget = (*joinrel.as_ptr()).reltarget;
            (*at).path.rows = joinrel.rows();
            (*at).path.startup_cost = startup_cost.min(total_cost);
            (*at).path.total_cost = total_cost;
            (*at).path.pathkeys = pathkeys.as_ptr();
            (*at).flags = pg_sys::CUSTOMPATH_SUPPORT_PROJECTION;
            (*at).custom_paths = list::from_pointers([outer.as_ptr(), scan.as_ptr().cast()]);
            (*at).custom_private = list::from_pointers::<pg_sys::Node>([
                self.join.clauses.as_ptr().cast(),
                key.value.as_ptr().cast(),
                list::of_value(&chosen).cast(),
            ]);
            (*at).methods = &PATH_METHODS.0;
            let path = Node::always(&raw mut (*at).path);
            compat::take_disabled_nodes(path, outer);
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
    /// How many rows of the outer side are taken before the first key is asked for, where that is not as many as fit.
    first_window: Option<f64>,
    /// How many of them fit.
    in_window: f64,
}
