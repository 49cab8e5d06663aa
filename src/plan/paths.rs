//! Paths: the ways to read a table, plainly, in an order, up to the end of a range, and by keys that a join gives.
//! PostgreSQL picks the cheapest.

use confluence::request::{AccessPath, Manner, Sort};
use confluence::schema::{ColumnId, Kind};
use pgrx::{pg_guard, pg_sys};

use super::consumption::Taken;
use super::estimate::{self, Estimate};
use super::planner::Planner;
use super::pushdown::{self, Op, Qual};
use super::scan_plan::PathPlan;
use crate::catalog::relation::Relation;
use crate::pg::compat::{self, ScanPath};
use crate::pg::nodes::{Nodes, Set};
use crate::pg::planning::{Clause, EqualMember, PathKey};
use crate::settings;

/// What a read for keys that come one by one costs, against one for all of them together: where as few keys are expected as
/// one request takes anyway, more of them may come.
const ONE_BY_ONE: f64 = 1.1;

/// The order in which a path gives its rows, as far as the query wants one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Order<'p> {
    /// The first of the query's sort keys.
    pathkeys: Nodes<'p, pg_sys::PathKey>,
    /// How many of these come first and are the same in all rows, so that they sort nothing.
    fixed: usize,
}

impl<'p> Order<'p> {
    /// The order of rows that come sorted by these keys, each of which sorts something.
    pub fn by(pathkeys: Nodes<'p, pg_sys::PathKey>) -> Self {
        Self { pathkeys, fixed: 0 }
    }

    /// What is left of it in rows that come as they come.
    fn without_sort(self) -> Self {
        Self {
            pathkeys: self.pathkeys.iter().take(self.fixed).collect(),
            ..self
        }
    }

    /// Whether rows have to come from the site in it.
    pub(super) fn is_relied_on(self) -> bool {
        self.pathkeys.len() > self.fixed
    }

    /// How the rows come that are wanted in an order.
    pub(super) fn brings(self, wanted: Nodes<'p, pg_sys::PathKey>) -> Brings {
        match wanted.shared_with(self.pathkeys) {
            (shared, _) if shared > self.fixed => Brings::Parts,
            (_, true) => Brings::OnePart,
            _ => Brings::Disorder,
        }
    }
}

/// How rows come, for whoever wants them in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brings {
    /// Part by part: what is wanted of a part can be done before the next one is read.
    Parts,
    /// They all have the same sort keys, if any is wanted.
    OnePart,
    /// Only when all are there can they be brought into the order.
    Disorder,
}

/// A path that has been thought of.
struct Candidate<'p> {
    choice: PathPlan,
    estimate: Estimate,
    rows: f64,
    pathkeys: Nodes<'p, pg_sys::PathKey>,
    required_outer: Set<'p>,
}

/// Estimates how many rows the table gives under the query's conditions. Looks at catalogs only.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_rel_size(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    _foreign_table: pg_sys::Oid,
) {
    // SAFETY: PostgreSQL passes a query and a table of it, which is of this wrapper.
    let planner = unsafe { Planner::of(root, baserel) };
    planner.baserel().set_tuples(planner.tuples());
    let rows = planner.rows_left(planner.quals());
    planner.baserel().set_size(rows, planner.width());
}

/// Offers the ways to read the table.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_paths(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    _foreign_table: pg_sys::Oid,
) {
    // SAFETY: PostgreSQL passes a query and a table of it, which is of this wrapper.
    let planner = unsafe { Planner::of(root, baserel) };
    let quals = planner.quals();
    // Of paths that cost the same the first one stays, and a range answered is less to check.
    let mut sorts: Vec<Option<Sort>> = planner.range_sorts().into_iter().map(Some).collect();
    sorts.push(None);
    let wanted = planner.wanted_order();
    let in_order = wanted.sort.filter(|_| planner.has_one_chain());
    if let Some(sort) = wanted.sort
        && !sorts.contains(&Some(sort))
    {
        sorts.push(Some(sort));
    }
    for sort in sorts {
        let order = match sort.is_some() && sort == in_order {
            true => wanted.order,
            false => wanted.order.without_sort(),
        };
        planner.add(planner.candidate(quals, sort, order, Set::empty()));
    }
    for (required_outer, quals) in planner.parameterizations() {
        let sort = range_sorts(planner.relation(), &quals).into_iter().next();
        planner.add(planner.candidate(&quals, sort, Order::default(), required_outer));
    }
}

/// The orders that come to an end of a condition's range, so that reading can stop there. A range that is
/// bounded on both sides can be read from either end of the listing: what is new comes first, unless
/// the range lies so far back that the other way is shorter.
fn range_sorts(relation: &Relation, quals: &[Qual]) -> Vec<Sort> {
    let mut sorts = Vec::new();
    let ranges = || {
        quals
            .iter()
            .filter_map(|qual| qual.pushdown)
            .filter(|pushdown| relation.table.columns[pushdown.place].sort.is_some())
    };
    for descending in [true, false] {
        for range in ranges() {
            let sort = Sort {
                column: range.place,
                descending,
            };
            if range.shape.ends(descending) && !sorts.contains(&sort) {
                sorts.push(sort);
            }
        }
    }
    sorts
}

/// The order that the query wants of a table's rows, as far as the site can list in it.
#[derive(Default)]
struct WantedOrder<'p> {
    /// The column to sort by, by its place in the remote table.
    sort: Option<Sort>,
    order: Order<'p>,
}

impl<'p> Planner<'p> {
    /// The orders that come to an end of a range of the table's own conditions.
    pub fn range_sorts(self) -> Vec<Sort> {
        range_sorts(self.relation(), self.quals())
    }

    /// As many of the query's sort keys as a listing of the site gives: those that are the same in all rows, one that the
    /// site sorts by, and what then sorts nothing any more.
    fn wanted_order(self) -> WantedOrder<'p> {
        let mut pathkeys = Vec::new();
        let (mut sort, mut fixed) = (None, 0);
        for pathkey in self.root().query_pathkeys().iter() {
            let class = pathkey.class();
            if class.is_volatile() {
                break;
            }
            let members = class.members_of(self.baserel());
            let sorts_nothing = match sort {
                // Each row has another value there.
                Some(Sort { column, .. }) if is_key(self.relation(), column) => !members.is_empty(),
                _ => members.iter().any(|member| self.is_fixed(member.expr())),
            };
            if sorts_nothing {
                fixed += usize::from(sort.is_none());
            } else if sort.is_none()
                && let Some(found) = self.sort_of(pathkey, &members)
            {
                sort = Some(found);
            } else {
                break;
            }
            pathkeys.push(pathkey);
        }
        let order = Order {
            pathkeys: pathkeys.into_iter().collect(),
            fixed,
        };
        // Several tables of which all is read are read side by side, which an order between them would not allow.
        let is_one_of_several = !self.baserel().top_parents().is_empty();
        if is_one_of_several && self.query_is_taken(order) == Taken::Whole {
            return WantedOrder::default();
        }
        // Rows move in such an order while it is read, so it is not worth it where all are read anyway.
        let columns = self.relation().table.columns;
        let moves = sort.is_some_and(|sort| columns[sort.column].changes);
        if moves && self.is_taken(order) == Taken::Whole {
            return WantedOrder {
                sort: None,
                order: order.without_sort(),
            };
        }
        WantedOrder { sort, order }
    }

    /// The column and the direction in which the site can list so that rows come in the order of a sort key, some members
    /// of whose class are of this table.
    fn sort_of(self, pathkey: PathKey<'p>, members: &[EqualMember<'p>]) -> Option<Sort> {
        // With a lateral reference, conditions come in that make other chains than those counted here.
        if !self.baserel().lateral_relids().is_empty() {
            return None;
        }
        let mut columns = members.iter();
        let (local, column) = columns.find_map(|member| self.own_column(member.expr()))?;
        // The site's order of text is its own; that of numbers and times is everybody's.
        let family = match column.kind {
            Kind::Bigint => pg_sys::INTEGER_BTREE_FAM_OID,
            Kind::Timestamp => pushdown::DATETIME_BTREE_FAMILY,
            _ => return None,
        };
        if column.sort.is_none() || pathkey.family() != family {
            return None;
        }
        Some(Sort {
            column: local.place,
            descending: compat::is_descending(pathkey),
        })
    }

    /// Whether the table's own conditions are sure to make one chain: rows of several come in no order.
    fn has_one_chain(self) -> bool {
        let relation = self.relation();
        let mut pushdowns = self.quals().iter().filter_map(|qual| qual.pushdown);
        relation.table.main().sorts
            && relation.table.main().needed().next().is_none()
            && pushdowns.all(|pushdown| {
                estimate::pieces(relation, &pushdown).is_some_and(|pieces| pieces <= 1.0)
            })
    }

    /// The sets of outer relations that can give keys, each with all clauses that then hold.
    fn parameterizations(self) -> Vec<(Set<'p>, Vec<Qual<'p>>)> {
        let baserel = self.baserel();
        let can_take = |clause: &Clause<'p>| baserel.can_take(*clause);
        let mut clauses: Vec<Clause> = baserel.join_clauses().iter().filter(can_take).collect();
        if baserel.has_class_joins() {
            for attribute in self.askable() {
                let implied = self.root().implied_equalities(baserel, attribute);
                clauses.extend(implied.iter().filter(can_take));
            }
        }
        let mut outers: Vec<Set> = Vec::new();
        for clause in clauses {
            if self.driving_pushdowns_of(clause.expr()).is_empty() {
                continue;
            }
            let outer = clause.relids().union(baserel.lateral_relids());
            let outer = outer.without(self.number());
            if !outer.is_empty() && !outers.contains(&outer) {
                outers.push(outer);
            }
        }
        outers
            .into_iter()
            .map(|outer| {
                let mut all = self.quals().to_vec();
                all.extend(self.quals_of(self.root().clauses_given(baserel, outer)));
                (outer, all)
            })
            .collect()
    }

    /// The attribute numbers of the columns whose values can be asked for.
    fn askable(self) -> impl Iterator<Item = pg_sys::AttrNumber> {
        let relation = self.relation();
        (1..)
            .zip(&relation.columns)
            .filter_map(move |(attribute, local)| {
                let column = &relation.table.columns[local.as_ref()?.place];
                relation.table.can_ask_for(column).then_some(attribute)
            })
    }

    /// Works out one way to read.
    fn candidate(
        self,
        quals: &[Qual<'p>],
        sort: Option<Sort>,
        order: Order<'p>,
        required_outer: Set<'p>,
    ) -> Candidate<'p> {
        let relation = self.relation();
        let choice = PathPlan {
            sort,
            ordered: order.is_relied_on(),
            ..PathPlan::default()
        };
        let received = self.rows_sent(quals, sort);
        let parameterized = !required_outer.is_empty();
        let enough = match parameterized {
            true => None,
            false => self.limit(quals, &choice, order),
        };
        let taken = match parameterized {
            // A join may stop an inner scan at its first row.
            true => Taken::Part,
            false if self.are_all(received, enough) => Taken::Whole,
            false => self.is_taken(order),
        };
        let eager = taken == Taken::Whole;
        let columns = self.used_places(quals, &choice);
        let manner = Manner {
            sorted: sort.is_some(),
            relies_on_order: choice.ordered,
            eager,
        };
        let way = estimate::way(self, quals, None, manner, &columns);
        let page_size = estimate::page_size(relation, way.as_ref(), &columns);
        let abreast = relation.reading.abreast(eager);
        let parts = estimate::parts(relation, &columns);
        let mut estimate = Estimate::new(way.as_ref(), received, parts, page_size, abreast);
        if eager && sort.is_none() && self.is_cached_by_earlier_scan(quals, received) {
            estimate = estimate.without_requests();
        }
        let shown = enough.map_or(estimate, |rows| estimate.limited(rows as f64));
        Candidate {
            choice: PathPlan {
                enough,
                eager,
                open_ended: taken == Taken::AsWanted,
                effort: shown.effort.into(),
                expected: relation.sizes.rows.map(|_| received as u64),
                endpoint: way.map_or(0, |way| place_of(relation, &way)),
                must_exist: self.key_that_must_exist(quals),
                ..choice
            },
            estimate,
            rows: self.rows_left(quals),
            pathkeys: order.pathkeys,
            required_outer,
        }
    }

    /// The column of the conditions whose values the site has listed.
    fn key_that_must_exist(self, quals: &[Qual<'p>]) -> Option<ColumnId> {
        let keys = quals.iter().filter_map(|qual| qual.pushdown);
        let mut keys = keys.filter(|pushdown| pushdown.shape == Op::Equal);
        keys.find(|key| self.must_exist(key.place, key.value))
            .map(|key| key.place)
    }

    /// Whether a query's rows are those of this table alone, or of several of which this is one. A child of a table or of
    /// a UNION ALL knows who is at the top.
    fn is_alone(self) -> bool {
        let top = match self.baserel().top_parents() {
            none if none.is_empty() => self.baserel().relids(),
            top => top,
        };
        self.root().base_rels() == top
    }

    /// How many rows will do: what `LIMIT` and `OFFSET` say, if nothing stands between them and the table. Of several
    /// tables that are read as one, the first that are wanted of all are among the first so many of each.
    fn limit(self, quals: &[Qual<'p>], choice: &PathPlan, order: Order<'p>) -> Option<u64> {
        let limit = self.root().limit().filter(|&rows| rows < 1e9)?;
        let (_, in_order) = self.root().query_pathkeys().shared_with(order.pathkeys);
        let nothing_left = || {
            quals.iter().all(|qual| {
                self.is_given(qual.clause.expr(), choice.sort)
                    || choice.leaves_nothing_of(self.relation(), qual)
                    // It leaves all rows or none.
                    || self.is_fixed(qual.clause.expr())
            })
        };
        (self.is_alone() && in_order && nothing_left()).then_some(limit as u64)
    }

    /// Whether so many rows are all that there are, as far as somebody has counted. Several tables that are read as one may
    /// have enough in the first of them.
    fn are_all(self, rows: f64, enough: Option<u64>) -> bool {
        let is_counted = self.relation().sizes.rows.is_some();
        is_counted
            && self.baserel().top_parents().is_empty()
            && enough.is_some_and(|enough| enough as f64 >= rows)
    }

    /// Adds a path, if it is any good.
    fn add(self, candidate: Candidate<'p>) {
        let is_keyed = !candidate.required_outer.is_empty();
        let again = match is_keyed && settings::ENABLE_BATCH_JOIN.get() {
            true => ONE_BY_ONE,
            false => 1.0,
        };
        let required_outer = match candidate.required_outer {
            none if none.is_empty() => self.baserel().lateral_relids(),
            outer => outer,
        };
        let path = ScanPath {
            rows: candidate.rows,
            startup_cost: candidate.estimate.startup_cost(),
            // SAFETY: a setting of the backend.
            total_cost: candidate.estimate.total_cost() * again
                + unsafe { pg_sys::cpu_tuple_cost } * candidate.rows,
            pathkeys: candidate.pathkeys,
            required_outer,
            private: candidate.choice,
        };
        let path = path.create(self.root(), self.baserel());
        // SAFETY: the path is a new one, for this table.
        unsafe { pg_sys::add_path(self.baserel().as_ptr(), path.as_ptr().cast()) };
    }
}

/// Whether a column tells all rows apart.
fn is_key(relation: &Relation, place: ColumnId) -> bool {
    matches!(relation.table.key, [key] if *key == relation.table.columns[place].name)
}

/// An endpoint's place among the table's.
pub(crate) fn place_of(relation: &Relation, way: &AccessPath) -> usize {
    let mut endpoints = relation.table.endpoints.iter();
    endpoints
        .position(|endpoint| std::ptr::eq(endpoint, way.endpoint))
        .unwrap_or(0)
}
