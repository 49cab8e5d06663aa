//! The ways to read a table: plainly, in an order, up to the end of a range, and by keys that a join
//! gives. PostgreSQL picks the cheapest.

use confluence::scan::Way;
use confluence::table::Kind;
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::compat;
use super::cost::{self, Estimate};
use super::list;
use super::listed::is_listed;
use super::quals::{self, Qual, Shape, Usable};
use super::relation::Relation;
use super::shared;

/// What a path does that another path of the same table does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Choice {
    /// The site's order, by a column's place in the remote table.
    pub sort: Option<(usize, bool)>,
    /// Whether PostgreSQL relies on the order.
    pub ordered: bool,
    /// How many rows will do, where nothing is left to do with them.
    pub enough: Option<u64>,
    /// Whether all rows will be read.
    pub eager: bool,
    /// How many requests are expected.
    pub requests: f64,
    /// How many rows are expected from the site, where somebody has counted.
    pub expected: Option<u64>,
    /// The endpoint that is expected to be asked, by its place among the table's.
    pub endpoint: usize,
    /// The column whose values a join by batch gives.
    pub keyed: Option<Keyed>,
    /// A column of the conditions whose values the site itself has listed, by its place in the remote table.
    pub listed: Option<usize>,
}

/// A column whose values come from a join by batch, while the query runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Keyed {
    /// The column, by its place in the remote table.
    pub place: usize,
    /// How many of its values one request takes.
    pub at_once: usize,
}

impl Choice {
    /// Whether this path answers the condition, or leaves it to PostgreSQL.
    pub fn answers(&self, relation: &Relation, usable: &Usable) -> bool {
        !usable.shape.is_range()
            || relation.table.columns[usable.place].window.is_some()
            || self.sort.is_some_and(|(column, _)| column == usable.place)
    }

    /// Whether this path answers a clause so well that PostgreSQL need not check it.
    pub fn leaves_nothing_of(&self, relation: &Relation, clause: &Qual) -> bool {
        clause.usable.is_some_and(|usable| {
            let column = &relation.table.columns[usable.place];
            self.answers(relation, &usable) && relation.table.answers_exactly(column)
        })
    }
}

/// A path that has been thought of.
struct Candidate {
    choice: Choice,
    estimate: Estimate,
    rows: f64,
    pathkeys: *mut pg_sys::List,
    required_outer: pg_sys::Relids,
}

/// Estimates how many rows the table gives under the query's conditions. Looks at catalogs only.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn get_foreign_rel_size(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
) {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes a valid base relation, and nobody else looks at it meanwhile.
    unsafe {
        (*baserel).tuples = cost::tuples(&relation);
        let clauses = quals::quals(
            root,
            (*baserel).baserestrictinfo,
            (*baserel).relid,
            &relation,
        );
        (*baserel).rows = cost::rows_left(root, baserel, &relation, &clauses);
        (*(*baserel).reltarget).width = cost::width(baserel, &relation);
    }
}

/// Offers the ways to read the table.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn get_foreign_paths(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    foreign_table: pg_sys::Oid,
) {
    let relation = Relation::of(foreign_table);
    // SAFETY: PostgreSQL passes a valid base relation with its restrictions, equivalence classes and
    // join clauses set up.
    unsafe {
        let clauses = quals::quals(
            root,
            (*baserel).baserestrictinfo,
            (*baserel).relid,
            &relation,
        );
        // Of paths that cost the same the first one stays, and a range answered is less to check.
        let mut sorts: Vec<Option<(usize, bool)>> = range_sorts(&relation, &clauses)
            .into_iter()
            .map(Some)
            .collect();
        sorts.push(None);
        let wanted_order = wanted_order(root, baserel, &relation);
        if let Some((sort, _)) = wanted_order
            && !sorts.contains(&Some(sort))
        {
            sorts.push(Some(sort));
        }
        for sort in sorts {
            let pathkeys = wanted_order
                .filter(|(order, _)| Some(*order) == sort)
                .filter(|_| has_one_chain(&relation, &clauses))
                .map(|(_, pathkey)| list::from_pointers([pathkey]));
            let candidate = candidate(
                root,
                baserel,
                &relation,
                &clauses,
                sort,
                pathkeys.unwrap_or(std::ptr::null_mut()),
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
                std::ptr::null_mut(),
                required_outer,
            );
            add(root, baserel, candidate);
        }
    }
}

/// The orders that come to an end of a condition's range, so that reading can stop there. A range that is
/// bounded on both sides can be read from either end of the listing: what is new comes first, unless
/// the range lies so far back that the other way is shorter.
pub(super) fn range_sorts(relation: &Relation, clauses: &[Qual]) -> Vec<(usize, bool)> {
    let mut sorts = Vec::new();
    let ranges = || {
        clauses
            .iter()
            .filter_map(|clause| clause.usable)
            .filter(|usable| relation.table.columns[usable.place].sort.is_some())
    };
    for descending in [true, false] {
        for range in ranges() {
            let sort = (range.place, descending);
            if range.shape.ends(descending) && !sorts.contains(&sort) {
                sorts.push(sort);
            }
        }
    }
    sorts
}

/// The first sort key of the query, if the site can list in its order.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn wanted_order(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
) -> Option<((usize, bool), *mut pg_sys::PathKey)> {
    // SAFETY: query_pathkeys is a list of PathKey nodes, whose classes have lists of members.
    unsafe {
        // With a lateral reference, conditions come in that make other chains than those counted here.
        if pg_sys::bms_membership((*baserel).lateral_relids)
            != pg_sys::BMS_Membership::BMS_EMPTY_SET
        {
            return None;
        }
        let pathkey = list::iter::<pg_sys::PathKey>((*root).query_pathkeys).next()?;
        let class = (*pathkey).pk_eclass;
        if (*class).ec_has_volatile {
            return None;
        }
        let (local, column) = list::iter::<pg_sys::EquivalenceMember>((*class).ec_members)
            .filter(|member| !(**member).em_is_child && !(**member).em_is_const)
            // Not the column as an outer join above may have made it NULL.
            .filter(|member| pg_sys::bms_is_subset((**member).em_relids, (*baserel).relids))
            .find_map(|member| quals::own_column((*member).em_expr, (*baserel).relid, relation))?;
        // The site's order of text is its own; that of numbers and times is everybody's.
        let family = match column.kind {
            Kind::Bigint => pg_sys::INTEGER_BTREE_FAM_OID,
            Kind::Timestamp => quals::DATETIME_BTREE_FAMILY,
            _ => return None,
        };
        if column.sort.is_none() || (*pathkey).pk_opfamily != family {
            return None;
        }
        // Rows move in such an order while it is read, so it is not worth it where all are read anyway.
        if column.changes && all_is_read(root, baserel, true) {
            return None;
        }
        Some(((local.place, compat::is_descending(pathkey)), pathkey))
    }
}

/// Whether the conditions are sure to make one chain: rows of several come in no order.
fn has_one_chain(relation: &Relation, clauses: &[Qual]) -> bool {
    relation.table.main().sorts
        && relation.table.main().needed().next().is_none()
        && clauses
            .iter()
            .filter_map(|clause| clause.usable)
            .all(|usable| cost::pieces(relation, &usable).is_some_and(|pieces| pieces <= 1.0))
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
            let usable = quals::usable((*rinfo).clause, rel, relation);
            if !usable.is_some_and(|usable| quals::can_drive(relation, &usable)) {
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
                let mut all = quals::quals(root, (*baserel).baserestrictinfo, rel, relation);
                all.extend(quals::quals(root, (*info).ppi_clauses, rel, relation));
                (outer, all)
            })
            .collect()
    }
}

/// The attribute numbers of the columns whose values can be asked for.
fn askable(relation: &Relation) -> impl Iterator<Item = i16> {
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
        (*var).varno as pg_sys::Index == (*rel).relid && (*var).varattno == *attribute.cast::<i16>()
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
    sort: Option<(usize, bool)>,
    pathkeys: *mut pg_sys::List,
    required_outer: pg_sys::Relids,
) -> Candidate {
    // SAFETY: by the caller's promise.
    unsafe {
        let choice = Choice {
            sort,
            ordered: !pathkeys.is_null(),
            ..Choice::default()
        };
        let rows = cost::rows_left(root, baserel, relation, clauses);
        let received = cost::rows_sent(root, baserel, relation, clauses, sort);
        let parameterized = !required_outer.is_null();
        // A join may stop an inner scan at its first row.
        let eager = all_is_read(root, baserel, choice.ordered) && !parameterized;
        let checked = clauses
            .iter()
            .filter(|clause| !choice.leaves_nothing_of(relation, clause));
        let columns = cost::used_places(baserel, relation, checked.copied());
        let way = cost::way(relation, clauses, None, sort.is_some(), &columns);
        let page_size = cost::page_size(relation, way.as_ref(), &columns);
        let parts = cost::parts(relation, &columns);
        let is_kept = eager
            && sort.is_none()
            && shared::is_listed_before(root, baserel, relation, clauses, received);
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
            .then(|| limit(root, baserel, relation, clauses, &choice, pathkeys))
            .flatten();
        let shown = enough.map_or(estimate, |rows| estimate.limited(rows as f64, page_size));
        Candidate {
            choice: Choice {
                enough,
                eager,
                requests: shown.requests,
                expected: relation.sizes.rows.map(|_| received as u64),
                endpoint: way.map_or(0, |way| place_of(relation, &way)),
                listed: listed(root, baserel, relation, clauses),
                ..choice
            },
            estimate,
            rows,
            pathkeys,
            required_outer,
        }
    }
}

/// The column of the clauses whose values the site has listed.
///
/// # Safety
/// As for [`candidate`].
unsafe fn listed(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
) -> Option<usize> {
    let keys = clauses.iter().filter_map(|clause| clause.usable);
    let mut keys = keys.filter(|usable| usable.shape == Shape::Equal);
    // SAFETY: by the caller's promise.
    keys.find(|key| unsafe { is_listed(root, baserel, relation, key.place, key.value) })
        .map(|key| key.place)
}

pub(super) fn place_of(relation: &Relation, way: &Way) -> usize {
    let mut endpoints = relation.table.endpoints.iter();
    endpoints
        .position(|endpoint| std::ptr::eq(endpoint, way.endpoint))
        .unwrap_or(0)
}

/// Whether all rows are needed before the query gives its first: where it sorts or groups the rows of this table
/// alone, and they do not come in order, or where it gives one row for all of them.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn all_come_first(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    ordered: bool,
) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        let query = (*root).parse;
        let groups = !(*query).groupClause.is_null() || !(*query).groupingSets.is_null();
        let sorts = !(*query).sortClause.is_null() || !(*query).distinctClause.is_null();
        let alone = pg_sys::bms_equal((*root).all_baserels, (*baserel).relids);
        ((*query).hasAggs && !groups) || (alone && !ordered && (groups || sorts))
    }
}

/// Whether nothing above stops the reading: no `LIMIT`, cursor or `EXISTS`, in no query around this one.
///
/// # Safety
/// `root` and `baserel` are valid.
pub(super) unsafe fn all_is_read(
    mut root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    ordered: bool,
) -> bool {
    // SAFETY: by the caller's promise.
    if unsafe { all_come_first(root, baserel, ordered) } {
        return true;
    }
    // SAFETY: a query's planner information lives as long as that of the queries inside of it.
    unsafe {
        while !root.is_null() {
            if (*root).tuple_fraction > 0.0 || !(*(*root).parse).limitCount.is_null() {
                return false;
            }
            root = (*root).parent_root;
        }
    }
    true
}

/// How many rows will do: what `LIMIT` and `OFFSET` say, if nothing stands between them and the table.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn limit(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
    choice: &Choice,
    pathkeys: *mut pg_sys::List,
) -> Option<u64> {
    // SAFETY: by the caller's promise.
    unsafe {
        let alone = pg_sys::bms_equal((*root).all_baserels, (*baserel).relids);
        let limited = (*root).limit_tuples > 0.0 && (*root).limit_tuples < 1e9;
        let in_order = (*root).query_pathkeys.is_null()
            || pg_sys::pathkeys_contained_in((*root).query_pathkeys, pathkeys);
        let nothing_left = clauses.iter().all(|clause| {
            let given = quals::is_given(
                (*clause.rinfo).clause,
                (*baserel).relid,
                relation,
                choice.sort,
            );
            given || choice.leaves_nothing_of(relation, clause)
        });
        (alone && limited && in_order && nothing_left).then_some((*root).limit_tuples as u64)
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
