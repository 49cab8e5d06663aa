//! Paths: the ways to read a table, plainly, in an order, up to the end of a range, and by keys that a join gives.
//! PostgreSQL picks the cheapest.

use confluence::request::{AccessPath, Sort};
use confluence::schema::{ColumnId, Kind};
use pgrx::{pg_guard, pg_sys};

use super::earlier_scans;
use super::estimate::{self, Estimate, is_fixed};
use super::must_exist::must_exist;
use super::pushdown::{self, Op, Qual};
use super::scan_plan::PathPlan;
use crate::catalog::relation::Relation;
use crate::pg::{compat, list};

/// The order in which a path gives its rows, as far as the query wants one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The first of the query's sort keys.
    pathkeys: *mut pg_sys::List,
    /// How many of these come first and are the same in all rows, so that they sort nothing.
    fixed: usize,
}

impl Default for Order {
    /// No order.
    fn default() -> Self {
        Self {
            pathkeys: std::ptr::null_mut(),
            fixed: 0,
        }
    }
}

impl Order {
    /// What is left of it in rows that come as they come.
    fn without_sort(self) -> Self {
        // SAFETY: a list of ours.
        let fixed = unsafe { list::iter::<pg_sys::PathKey>(self.pathkeys) }.take(self.fixed);
        Self {
            pathkeys: list::from_pointers(fixed),
            ..self
        }
    }

    /// Whether rows have to come from the site in it.
    fn is_relied_on(self) -> bool {
        // SAFETY: a list of ours.
        unsafe { list::iter::<pg_sys::PathKey>(self.pathkeys) }.len() > self.fixed
    }

    /// How the rows come that are wanted in an order.
    ///
    /// # Safety
    /// `wanted` is a list of sort keys of the query.
    unsafe fn brings(self, wanted: *mut pg_sys::List) -> Brings {
        let mut common = 0;
        // SAFETY: by the caller's promise.
        let all =
            unsafe { pg_sys::pathkeys_count_contained_in(wanted, self.pathkeys, &mut common) };
        match common as usize {
            common if common > self.fixed => Brings::Parts,
            _ if all => Brings::OnePart,
            _ => Brings::Disorder,
        }
    }
}

/// How rows come, for whoever wants them in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brings {
    /// Part by part: what is wanted of a part can be done before the next one is read.
    Parts,
    /// They all have the same sort keys, if any is wanted.
    OnePart,
    /// Only when all are there can they be brought into the order.
    Disorder,
}

/// A path that has been thought of.
struct Candidate {
    choice: PathPlan,
    estimate: Estimate,
    rows: f64,
    pathkeys: *mut pg_sys::List,
    required_outer: pg_sys::Relids,
}

/// Estimates how many rows the table gives under the query's conditions. Looks at catalogs only.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_rel_size(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
) {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes a valid base relation, and nobody else looks at it meanwhile.
    unsafe {
        (*baserel).tuples = estimate::tuples(&relation);
        let clauses = pushdown::quals(
            root,
            (*baserel).baserestrictinfo,
            (*baserel).relid,
            &relation,
        );
        (*baserel).rows = estimate::rows_left(root, baserel, &relation, &clauses);
        (*(*baserel).reltarget).width = estimate::width(root, baserel, &relation);
    }
}

/// Offers the ways to read the table.
#[pg_guard]
pub(crate) unsafe extern "C-unwind" fn get_foreign_paths(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
) {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes a valid base relation with its restrictions, equivalence classes and
    // join clauses set up.
    unsafe {
        let clauses = pushdown::quals(
            root,
            (*baserel).baserestrictinfo,
            (*baserel).relid,
            &relation,
        );
        // Of paths that cost the same the first one stays, and a range answered is less to check.
        let mut sorts: Vec<Option<Sort>> = range_sorts(&relation, &clauses)
            .into_iter()
            .map(Some)
            .collect();
        sorts.push(None);
        let wanted = wanted_order(root, baserel, &relation);
        let in_order = wanted.sort.filter(|_| has_one_chain(&relation, &clauses));
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
            let candidate = candidate(
                root,
                baserel,
                &relation,
                &clauses,
                sort,
                order,
                std::ptr::null_mut(),
            );
            add(root, baserel, candidate);
        }
        for (required_outer, clauses) in parameterizations(root, baserel, &relation) {
            let sort = range_sorts(&relation, &clauses).into_iter().next();
            let candidate = candidate(
                root,
                baserel,
                &relation,
                &clauses,
                sort,
                Order::default(),
                required_outer,
            );
            add(root, baserel, candidate);
        }
    }
}

/// The orders that come to an end of a condition's range, so that reading can stop there. A range that is
/// bounded on both sides can be read from either end of the listing: what is new comes first, unless
/// the range lies so far back that the other way is shorter.
pub(crate) fn range_sorts(relation: &Relation, clauses: &[Qual]) -> Vec<Sort> {
    let mut sorts = Vec::new();
    let ranges = || {
        clauses
            .iter()
            .filter_map(|clause| clause.pushdown)
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
struct WantedOrder {
    /// The column to sort by, by its place in the remote table.
    sort: Option<Sort>,
    order: Order,
}

/// As many of the query's sort keys as a listing of the site gives: those that are the same in all rows, one that the
/// site sorts by, and what then sorts nothing any more.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn wanted_order(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
) -> WantedOrder {
    let mut pathkeys = Vec::new();
    let (mut sort, mut fixed) = (None, 0);
    // SAFETY: query_pathkeys is a list of PathKey nodes, whose classes have lists of members.
    unsafe {
        for pathkey in list::iter::<pg_sys::PathKey>((*root).query_pathkeys) {
            let class = (*pathkey).pk_eclass;
            if (*class).ec_has_volatile {
                break;
            }
            let members = members(class, baserel);
            let sorts_nothing = match sort {
                // Each row has another value there.
                Some(Sort { column, .. }) if is_key(relation, column) => !members.is_empty(),
                _ => members
                    .iter()
                    .any(|&member| is_fixed((*member).em_expr, (*baserel).relid, relation)),
            };
            if sorts_nothing {
                fixed += usize::from(sort.is_none());
            } else if sort.is_none()
                && let Some(found) = sort_of(baserel, relation, pathkey, &members)
            {
                sort = Some(found);
            } else {
                break;
            }
            pathkeys.push(pathkey);
        }
    }
    let pathkeys = list::from_pointers(pathkeys);
    let order = Order { pathkeys, fixed };
    // SAFETY: by the caller's promise.
    unsafe {
        // Several tables of which all is read are read side by side, which an order between them would not allow.
        let is_one_of_several = !(*baserel).top_parent_relids.is_null();
        if is_one_of_several && !may_stop(root) {
            return WantedOrder {
                sort: None,
                order: Order::default(),
            };
        }
        // Rows move in such an order while it is read, so it is not worth it where all are read anyway.
        let moves = sort.is_some_and(|sort| relation.table.columns[sort.column].changes);
        if moves && all_is_read(root, baserel, &order) {
            return WantedOrder {
                sort: None,
                order: order.without_sort(),
            };
        }
    }
    WantedOrder { sort, order }
}

/// Whether a column tells all rows apart.
fn is_key(relation: &Relation, place: ColumnId) -> bool {
    matches!(relation.table.key, [key] if *key == relation.table.columns[place].name)
}

/// The members of a class that are of this relation alone, and not what an outer join above it may have made of it.
///
/// # Safety
/// `class` and `baserel` are valid, and of one query.
unsafe fn members(
    class: *mut pg_sys::EquivalenceClass,
    baserel: *mut pg_sys::RelOptInfo,
) -> Vec<*mut pg_sys::EquivalenceMember> {
    // SAFETY: by the caller's promise.
    unsafe {
        list::iter::<pg_sys::EquivalenceMember>((*class).ec_members)
            .chain(compat::child_members(class, (*baserel).relid))
            .filter(|&member| {
                !(*member).em_is_const
                    && pg_sys::bms_membership((*member).em_relids)
                        != pg_sys::BMS_Membership::BMS_EMPTY_SET
                    && pg_sys::bms_is_subset((*member).em_relids, (*baserel).relids)
            })
            .collect()
    }
}

/// The column and the direction in which the site can list so that rows come in the order of a sort key, some members
/// of whose class are of this table.
///
/// # Safety
/// All pointers are valid.
unsafe fn sort_of(
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    pathkey: *mut pg_sys::PathKey,
    members: &[*mut pg_sys::EquivalenceMember],
) -> Option<Sort> {
    // SAFETY: by the caller's promise.
    unsafe {
        // With a lateral reference, conditions come in that make other chains than those counted here.
        if pg_sys::bms_membership((*baserel).lateral_relids)
            != pg_sys::BMS_Membership::BMS_EMPTY_SET
        {
            return None;
        }
        let mut columns = members.iter();
        let (local, column) = columns.find_map(|&member| {
            pushdown::own_column((*member).em_expr, (*baserel).relid, relation)
        })?;
        // The site's order of text is its own; that of numbers and times is everybody's.
        let family = match column.kind {
            Kind::Bigint => pg_sys::INTEGER_BTREE_FAM_OID,
            Kind::Timestamp => pushdown::DATETIME_BTREE_FAMILY,
            _ => return None,
        };
        if column.sort.is_none() || (*pathkey).pk_opfamily != family {
            return None;
        }
        Some(Sort {
            column: local.place,
            descending: compat::is_descending(pathkey),
        })
    }
}

/// Whether the conditions are sure to make one chain: rows of several come in no order.
fn has_one_chain(relation: &Relation, clauses: &[Qual]) -> bool {
    relation.table.main().sorts
        && relation.table.main().needed().next().is_none()
        && clauses
            .iter()
            .filter_map(|clause| clause.pushdown)
            .all(|pushdown| {
                estimate::pieces(relation, &pushdown).is_some_and(|pieces| pieces <= 1.0)
            })
}

/// The sets of outer relations that can give keys, each with all clauses that then hold.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn parameterizations(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
) -> Vec<(pg_sys::Relids, Vec<Qual>)> {
    // SAFETY: join clauses and equivalence classes are set up before paths are asked for; sets of
    // relations that are kept are fresh ones of our own.
    unsafe {
        let rel = (*baserel).relid;
        let mut join_clauses: Vec<*mut pg_sys::RestrictInfo> =
            list::iter::<pg_sys::RestrictInfo>((*baserel).joininfo)
                .filter(|rinfo| pg_sys::join_clause_is_movable_to(*rinfo, baserel))
                .collect();
        if (*baserel).has_eclass_joins {
            for attribute in askable(relation) {
                let mut attribute = attribute;
                let implied = pg_sys::generate_implied_equalities_for_column(
                    root,
                    baserel,
                    Some(is_member),
                    (&raw mut attribute).cast(),
                    (*baserel).lateral_referencers,
                );
                let movable = list::iter::<pg_sys::RestrictInfo>(implied)
                    .filter(|rinfo| pg_sys::join_clause_is_movable_to(*rinfo, baserel));
                join_clauses.extend(movable);
            }
        }
        let mut outers: Vec<pg_sys::Relids> = Vec::new();
        for rinfo in join_clauses {
            let pushdown = pushdown::pushdown_of_clause((*rinfo).clause, rel, relation);
            if !pushdown.is_some_and(|pushdown| pushdown::can_drive(relation, &pushdown)) {
                continue;
            }
            let outer = pg_sys::bms_union((*rinfo).clause_relids, (*baserel).lateral_relids);
            let outer = pg_sys::bms_del_member(outer, rel as i32);
            let is_empty = pg_sys::bms_membership(outer) == pg_sys::BMS_Membership::BMS_EMPTY_SET;
            if !is_empty && !outers.iter().any(|known| pg_sys::bms_equal(*known, outer)) {
                outers.push(outer);
            }
        }
        outers
            .into_iter()
            .map(|outer| {
                let info = pg_sys::get_baserel_parampathinfo(root, baserel, outer);
                let mut all = pushdown::quals(root, (*baserel).baserestrictinfo, rel, relation);
                all.extend(pushdown::quals(root, (*info).ppi_clauses, rel, relation));
                (outer, all)
            })
            .collect()
    }
}

/// The attribute numbers of the columns whose values can be asked for.
fn askable(relation: &Relation) -> impl Iterator<Item = pg_sys::AttrNumber> {
    (1..)
        .zip(&relation.columns)
        .filter_map(|(attribute, local)| {
            let column = &relation.table.columns[local.as_ref()?.place];
            relation.table.can_ask_for(column).then_some(attribute)
        })
}

/// Says whether a member of an equivalence class is the column that is looked for.
#[pg_guard]
unsafe extern "C-unwind" fn is_member(
    _root: *mut pg_sys::PlannerInfo,
    rel: *mut pg_sys::RelOptInfo,
    _class: *mut pg_sys::EquivalenceClass,
    member: *mut pg_sys::EquivalenceMember,
    attribute: *mut std::ffi::c_void,
) -> bool {
    // SAFETY: `attribute` is the number that the call above passes; the member's expression is valid.
    unsafe {
        let mut expr = (*member).em_expr;
        while (*expr).type_ == pg_sys::NodeTag::T_RelabelType {
            expr = (*expr.cast::<pg_sys::RelabelType>()).arg;
        }
        if (*expr).type_ != pg_sys::NodeTag::T_Var {
            return false;
        }
        let var = expr.cast::<pg_sys::Var>();
        (*var).varno as pg_sys::Index == (*rel).relid
            && (*var).varattno == *attribute.cast::<pg_sys::AttrNumber>()
    }
}

/// Works out one way to read.
///
/// # Safety
/// `root` and `baserel` are valid, and so are the clauses.
unsafe fn candidate(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
    sort: Option<Sort>,
    order: Order,
    required_outer: pg_sys::Relids,
) -> Candidate {
    // SAFETY: by the caller's promise.
    unsafe {
        let choice = PathPlan {
            sort,
            ordered: order.is_relied_on(),
            ..PathPlan::default()
        };
        let rows = estimate::rows_left(root, baserel, relation, clauses);
        let received = estimate::rows_sent(root, baserel, relation, clauses, sort);
        let parameterized = !required_outer.is_null();
        // A join may stop an inner scan at its first row.
        let eager = all_is_read(root, baserel, &order) && !parameterized;
        let columns = estimate::used_places(root, baserel, relation, clauses, &choice);
        let way = estimate::way(relation, clauses, None, sort.is_some(), &columns);
        let page_size = estimate::page_size(relation, way.as_ref(), &columns);
        let parts = estimate::parts(relation, &columns);
        let is_kept = eager
            && sort.is_none()
            && earlier_scans::is_cached(root, baserel, relation, clauses, received);
        let estimate = Estimate::new(
            way.as_ref(),
            received,
            parts,
            page_size,
            if eager {
                relation.reading.max_concurrency
            } else {
                1
            },
        );
        let estimate = if is_kept {
            estimate.without_requests()
        } else {
            estimate
        };
        let enough = (!parameterized)
            .then(|| limit(root, baserel, relation, clauses, &choice, &order))
            .flatten();
        let shown = enough.map_or(estimate, |rows| estimate.limited(rows as f64, page_size));
        Candidate {
            choice: PathPlan {
                enough,
                eager,
                requests: shown.requests,
                expected: relation.sizes.rows.map(|_| received as u64),
                endpoint: way.map_or(0, |way| place_of(relation, &way)),
                must_exist: key_that_must_exist(root, baserel, relation, clauses),
                ..choice
            },
            estimate,
            rows,
            pathkeys: order.pathkeys,
            required_outer,
        }
    }
}

/// The column of the clauses whose values the site has listed.
///
/// # Safety
/// As for [`candidate`].
unsafe fn key_that_must_exist(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
) -> Option<ColumnId> {
    let keys = clauses.iter().filter_map(|clause| clause.pushdown);
    let mut keys = keys.filter(|pushdown| pushdown.shape == Op::Equal);
    // SAFETY: by the caller's promise.
    keys.find(|key| unsafe { must_exist(root, baserel, relation, key.place, key.value) })
        .map(|key| key.place)
}

pub(crate) fn place_of(relation: &Relation, way: &AccessPath) -> usize {
    let mut endpoints = relation.table.endpoints.iter();
    endpoints
        .position(|endpoint| std::ptr::eq(endpoint, way.endpoint))
        .unwrap_or(0)
}

/// Whether a query's rows are those of this table alone, or of several of which this is one.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn is_alone(root: *mut pg_sys::PlannerInfo, baserel: *mut pg_sys::RelOptInfo) -> bool {
    // SAFETY: by the caller's promise. A child of a table or of a UNION ALL knows who is at the top.
    unsafe {
        let top = match (*baserel).top_parent_relids {
            top if top.is_null() => (*baserel).relids,
            top => top,
        };
        pg_sys::bms_equal((*root).all_baserels, top)
    }
}

/// Whether all rows are needed before the query gives its first: where it sorts or groups the rows of this table
/// alone, and they do not come in that order, or where it gives one row for all of them. A sort by what is the same in
/// all rows is none.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn all_come_first(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    order: &Order,
) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        let query = (*root).parse;
        let has_sets = !(*query).groupingSets.is_null();
        let groups = !(*query).groupClause.is_null() || has_sets;
        if (*query).hasAggs && !groups {
            return true;
        }
        if !is_alone(root, baserel) {
            return false;
        }
        let grouped = groups
            && match order.brings((*root).group_pathkeys) {
                Brings::Parts => false,
                // What comes in one part is one group, whose first row is enough where nothing is counted.
                Brings::OnePart => {
                    (*query).hasAggs
                        || has_sets
                        || !pg_sys::grouping_is_sortable((*query).groupClause)
                }
                Brings::Disorder => true,
            };
        let distinct = !(*query).distinctClause.is_null()
            && (order.brings((*root).distinct_pathkeys) == Brings::Disorder
                || !pg_sys::grouping_is_sortable((*query).distinctClause));
        let sorted = !(*query).sortClause.is_null()
            && order.brings((*root).sort_pathkeys) == Brings::Disorder;
        grouped || distinct || sorted
    }
}

/// Whether all rows of the table are read, for whatever reason.
///
/// # Safety
/// `root` and `baserel` are valid.
pub(crate) unsafe fn all_is_read(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    order: &Order,
) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { all_come_first(root, baserel, order) || !may_stop(root) }
}

/// Whether something may stop the reading of a query's rows: a `LIMIT`, cursor or `EXISTS`, in it or around it.
///
/// # Safety
/// `root` is valid.
unsafe fn may_stop(mut root: *mut pg_sys::PlannerInfo) -> bool {
    // SAFETY: a query's planner information lives as long as that of the queries inside of it.
    unsafe {
        while !root.is_null() {
            if (*root).tuple_fraction > 0.0 || !(*(*root).parse).limitCount.is_null() {
                return true;
            }
            root = (*root).parent_root;
        }
    }
    false
}

/// How many rows will do: what `LIMIT` and `OFFSET` say, if nothing stands between them and the table. Of several tables
/// that are read as one, the first that are wanted of all are among the first so many of each.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn limit(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
    choice: &PathPlan,
    order: &Order,
) -> Option<u64> {
    // SAFETY: by the caller's promise.
    unsafe {
        let limited = (*root).limit_tuples > 0.0 && (*root).limit_tuples < 1e9;
        let in_order = (*root).query_pathkeys.is_null()
            || pg_sys::pathkeys_contained_in((*root).query_pathkeys, order.pathkeys);
        let nothing_left = clauses.iter().all(|clause| {
            let (expr, rel) = ((*clause.rinfo).clause, (*baserel).relid);
            pushdown::is_given(expr, rel, relation, choice.sort)
                || choice.leaves_nothing_of(relation, clause)
                // It leaves all rows or none.
                || is_fixed(expr, rel, relation)
        });
        (is_alone(root, baserel) && limited && in_order && nothing_left)
            .then_some((*root).limit_tuples as u64)
    }
}

/// Adds a path, if it is any good.
///
/// # Safety
/// `root` and `baserel` are valid, and so is what the candidate points to.
unsafe fn add(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    candidate: Candidate,
) {
    // SAFETY: all pointers are valid, or NULL where PostgreSQL allows that.
    unsafe {
        let required_outer = if candidate.required_outer.is_null() {
            (*baserel).lateral_relids
        } else {
            candidate.required_outer
        };
        let path = compat::ScanPath {
            rows: candidate.rows,
            startup_cost: candidate.estimate.startup_cost(),
            total_cost: candidate.estimate.total_cost() + pg_sys::cpu_tuple_cost * candidate.rows,
            pathkeys: candidate.pathkeys,
            required_outer,
            private: list::of_value(&candidate.choice),
        };
        pg_sys::add_path(baserel, path.create(root, baserel).cast());
    }
}
