//! The ways to read a table: plainly, in an order, up to the end of a range, and by keys that a join
//! gives. PostgreSQL picks the cheapest.

use confluence::table::Kind;
use pgrx::{pg_guard, pg_sys};
use serde::{Deserialize, Serialize};

use super::cost::{Chains, Estimate};
use super::list;
use super::quals::{self, Shape, Usable};
use super::relation::Relation;
use super::values;

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
}

impl Choice {
    /// Whether this path answers the condition, or leaves it to PostgreSQL.
    pub fn answers(&self, usable: &Usable) -> bool {
        !usable.shape.is_range() || self.sort.is_some_and(|(column, _)| column == usable.place)
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
        let tuples = tuples(baserel, &relation);
        (*baserel).tuples = tuples;
        let clauses = clauses((*baserel).baserestrictinfo, (*baserel).relid, &relation);
        (*baserel).rows = rows_left(root, baserel, &relation, &clauses);
        (*(*baserel).reltarget).width = width(baserel, &relation);
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
        let clauses = clauses((*baserel).baserestrictinfo, (*baserel).relid, &relation);
        // Of paths that cost the same the first one stays, and a range answered is less to check.
        let mut sorts: Vec<Option<(usize, bool)>> =
            range_sorts(&clauses).into_iter().map(Some).collect();
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
            let sort = range_sorts(&clauses).into_iter().next();
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

/// A clause, and what it means to the site.
#[derive(Clone, Copy)]
struct Clause {
    rinfo: *mut pg_sys::RestrictInfo,
    usable: Option<Usable>,
}

/// The clauses of a list of RestrictInfo nodes.
///
/// # Safety
/// `list` is NIL or a valid list of RestrictInfo nodes of the relation.
unsafe fn clauses(list: *mut pg_sys::List, rel: pg_sys::Index, relation: &Relation) -> Vec<Clause> {
    // SAFETY: by the caller's promise.
    unsafe {
        list::iter::<pg_sys::RestrictInfo>(list)
            .map(|rinfo| Clause {
                rinfo,
                usable: quals::usable((*rinfo).clause, rel, relation),
            })
            .collect()
    }
}

/// The orders that come to an end of a condition's range, so that reading can stop there. A range that is
/// bounded on both sides can be read from either end of the listing: what is new comes first, unless
/// the range lies so far back that the other way is shorter.
fn range_sorts(clauses: &[Clause]) -> Vec<(usize, bool)> {
    let mut sorts = Vec::new();
    for descending in [true, false] {
        for range in clauses.iter().filter_map(|clause| clause.usable) {
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
        let pathkey = list::iter::<pg_sys::PathKey>((*root).query_pathkeys).next()?;
        let class = (*pathkey).pk_eclass;
        if (*class).ec_has_volatile {
            return None;
        }
        let (local, column) = list::iter::<pg_sys::EquivalenceMember>((*class).ec_members)
            .filter(|member| !(**member).em_is_child && !(**member).em_is_const)
            .find_map(|member| quals::own_column((*member).em_expr, (*baserel).relid, relation))?;
        // The site's order of text is its own; that of numbers and times is everybody's.
        if column.sort.is_none() || !matches!(column.kind, Kind::Bigint | Kind::Timestamp) {
            return None;
        }
        // Rows move in such an order while it is read, so it is not worth it where all are read anyway.
        if column.changes && all_is_read(root) {
            return None;
        }
        #[cfg(feature = "pg18")]
        let descending = (*pathkey).pk_cmptype == pg_sys::CompareType::COMPARE_GT;
        #[cfg(not(feature = "pg18"))]
        let descending = (*pathkey).pk_strategy == pg_sys::BTGreaterStrategyNumber as i32;
        Some(((local.place, descending), pathkey))
    }
}

/// Whether the conditions are sure to make one chain: rows of several come in no order.
fn has_one_chain(relation: &Relation, clauses: &[Clause]) -> bool {
    relation.table.parent.is_none()
        && clauses
            .iter()
            .filter_map(|clause| clause.usable)
            .all(|usable| pieces(relation, &usable).is_some_and(|pieces| pieces <= 1.0))
}

/// Into how many requests a condition's values are cut; None if only the scan will know.
fn pieces(relation: &Relation, usable: &Usable) -> Option<f64> {
    let filter = relation.table.columns[usable.place].filter;
    match (usable.shape, filter) {
        // Of choices, one is sent, or none.
        (Shape::AnyOf, Some(filter)) if filter.choices.is_empty() => {
            array_length(usable.value).map(|length| (length / filter.max as f64).ceil())
        }
        (Shape::AnyOf, None) => array_length(usable.value),
        _ => Some(1.0),
    }
}

/// The sets of outer relations that can give keys, each with all clauses that then hold.
///
/// # Safety
/// `root` and `baserel` are valid.
unsafe fn parameterizations(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
) -> Vec<(pg_sys::Relids, Vec<Clause>)> {
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
                join_clauses.extend(list::iter::<pg_sys::RestrictInfo>(implied));
            }
        }
        let mut outers: Vec<pg_sys::Relids> = Vec::new();
        for rinfo in join_clauses {
            let usable = quals::usable((*rinfo).clause, rel, relation);
            if !usable.is_some_and(|usable| can_drive(relation, &usable)) {
                continue;
            }
            let outer = pg_sys::bms_union((*rinfo).clause_relids, (*baserel).lateral_relids);
            let outer = pg_sys::bms_del_member(outer, rel as i32);
            if !outer.is_null() && !outers.iter().any(|known| pg_sys::bms_equal(*known, outer)) {
                outers.push(outer);
            }
        }
        outers
            .into_iter()
            .map(|outer| {
                let info = pg_sys::get_baserel_parampathinfo(root, baserel, outer);
                let mut all = clauses((*baserel).baserestrictinfo, rel, relation);
                all.extend(clauses((*info).ppi_clauses, rel, relation));
                (outer, all)
            })
            .collect()
    }
}

/// Whether a condition from a join may decide what is asked for. One that widens what is listed may not:
/// the rows of a table do not depend on how it is joined.
pub(super) fn can_drive(relation: &Relation, usable: &Usable) -> bool {
    relation.table.columns[usable.place]
        .filter
        .is_none_or(|filter| !filter.widens)
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
    clauses: &[Clause],
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
        let rows = rows_left(root, baserel, relation, clauses);
        let received = rows_sent(root, baserel, relation, clauses, sort);
        let parameterized = !required_outer.is_null();
        // A join may stop an inner scan at its first row.
        let eager = all_is_read(root) && !parameterized;
        let estimate = Estimate::new(
            relation.table,
            received,
            chains(relation, clauses),
            relation.reading.page_size,
            eager && relation.reading.max_concurrency > 1,
        );
        let enough = (!parameterized)
            .then(|| limit(root, baserel, relation, clauses, &choice, pathkeys))
            .flatten();
        let shown = enough.map_or(estimate, |rows| {
            estimate.limited(rows as f64, relation.reading.page_size)
        });
        Candidate {
            choice: Choice {
                enough,
                eager,
                requests: shown.requests,
                ..choice
            },
            estimate,
            rows,
            pathkeys,
            required_outer,
        }
    }
}

/// Whether nothing above stops the reading: no `LIMIT`, cursor or `EXISTS`, in no query around this one.
///
/// # Safety
/// `root` is valid.
unsafe fn all_is_read(mut root: *mut pg_sys::PlannerInfo) -> bool {
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
    clauses: &[Clause],
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
            given
                || clause.usable.is_some_and(|usable| {
                    choice.answers(&usable)
                        && relation
                            .table
                            .answers_exactly(&relation.table.columns[usable.place])
                })
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
    let choice = serde_json::to_string(&candidate.choice).unwrap_or_default();
    // SAFETY: all pointers are valid, or NULL where PostgreSQL allows that.
    unsafe {
        let required_outer = if candidate.required_outer.is_null() {
            (*baserel).lateral_relids
        } else {
            candidate.required_outer
        };
        let path = pg_sys::create_foreignscan_path(
            root,
            baserel,
            std::ptr::null_mut(),
            candidate.rows,
            #[cfg(feature = "pg18")]
            0,
            candidate.estimate.startup_cost(),
            candidate.estimate.total_cost() + pg_sys::cpu_tuple_cost * candidate.rows,
            candidate.pathkeys,
            required_outer,
            std::ptr::null_mut(),
            #[cfg(any(feature = "pg17", feature = "pg18"))]
            std::ptr::null_mut(),
            list::of_string(&choice),
        );
        pg_sys::add_path(baserel, path.cast());
    }
}

/// The chains that the conditions make.
fn chains(relation: &Relation, clauses: &[Clause]) -> Chains {
    let usable = clauses.iter().filter_map(|clause| clause.usable);
    let asked: Vec<Usable> = usable.filter(|usable| !usable.shape.is_range()).collect();
    if let Some((place, _)) = relation.table.parent_column() {
        return asked
            .iter()
            .find(|usable| usable.place == place)
            .map_or(Chains::Listed, |usable| Chains::Known(value_count(usable)));
    }
    // Of several lists, only the one with the fewest pieces is cut.
    let cut = asked
        .iter()
        .filter_map(|usable| pieces(relation, usable))
        .filter(|pieces| *pieces > 1.0)
        .min_by(f64::total_cmp);
    Chains::Known(cut.unwrap_or(1.0))
}

/// How many values a condition has.
fn value_count(usable: &Usable) -> f64 {
    match usable.shape {
        Shape::AnyOf => array_length(usable.value).unwrap_or(10.0),
        _ => 1.0,
    }
}

/// The length of an array expression, where planning knows it.
fn array_length(value: *mut pg_sys::Expr) -> Option<f64> {
    // SAFETY: `value` is a valid expression whose type is an array type.
    unsafe {
        match (*value).type_ {
            pg_sys::NodeTag::T_Const => {
                let constant = value.cast::<pg_sys::Const>();
                if (*constant).constisnull {
                    return Some(0.0);
                }
                let array = pg_sys::pg_detoast_datum((*constant).constvalue.cast_mut_ptr())
                    .cast::<pg_sys::ArrayType>();
                let dimensions = array
                    .cast::<u8>()
                    .add(size_of::<pg_sys::ArrayType>())
                    .cast::<i32>();
                Some(f64::from(pg_sys::ArrayGetNItems((*array).ndim, dimensions)))
            }
            pg_sys::NodeTag::T_ArrayExpr => {
                let array = value.cast::<pg_sys::ArrayExpr>();
                (!(*array).multidims)
                    .then(|| list::iter::<pg_sys::Expr>((*array).elements).len() as f64)
            }
            _ => None,
        }
    }
}

/// How many rows the table has: what `pg_class` knows, or what is usual.
///
/// # Safety
/// `baserel` is valid.
unsafe fn tuples(baserel: *mut pg_sys::RelOptInfo, relation: &Relation) -> f64 {
    // SAFETY: by the caller's promise. PostgreSQL has put pg_class.reltuples here.
    let known = unsafe { (*baserel).tuples };
    if known > 0.0 {
        known
    } else {
        relation.table.rows
    }
}

/// How many rows all conditions together leave.
///
/// # Safety
/// `root` and `baserel` are valid, and so are the clauses.
unsafe fn rows_left(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Clause],
) -> f64 {
    // SAFETY: by the caller's promise.
    unsafe {
        let ranges = range_share(root, clauses, |shape| (shape.ends(true), shape.ends(false)));
        let others = clauses
            .iter()
            .filter(|clause| clause.usable.is_none_or(|u| !is_estimated(relation, &u)))
            .map(|clause| clause.rinfo);
        let rest = pg_sys::clauselist_selectivity(
            root,
            list::from_pointers(others),
            0,
            pg_sys::JoinType::JOIN_INNER,
            std::ptr::null_mut(),
        );
        let rows = tuples(baserel, relation) * asked_share(relation, clauses) * ranges * rest;
        rows.max(1.0).round()
    }
}

/// How many rows the site sends when it is read in this order.
///
/// # Safety
/// `root` and `baserel` are valid, and so are the clauses.
unsafe fn rows_sent(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Clause],
    sort: Option<(usize, bool)>,
) -> f64 {
    // A range keeps the site from sending rows at the end at which reading stops, not where it begins.
    let read: Vec<Clause> = clauses
        .iter()
        .filter(|clause| match (clause.usable, sort) {
            (Some(usable), Some((column, _))) => usable.place == column,
            _ => false,
        })
        .copied()
        .collect();
    // SAFETY: by the caller's promise.
    unsafe {
        let ranges = range_share(root, &read, |shape| match sort {
            Some((_, true)) => (shape.ends(true), false),
            _ => (false, shape.ends(false)),
        });
        let rows = tuples(baserel, relation) * asked_share(relation, clauses) * ranges;
        rows.max(1.0).round()
    }
}

/// Whether a condition's effect is known from the table's declaration or the span of a site's life.
fn is_estimated(relation: &Relation, usable: &Usable) -> bool {
    usable.shape.is_range() || relation.table.columns[usable.place].rows_per_value > 0.0
}

/// Which share of the rows equals what is asked for.
fn asked_share(relation: &Relation, clauses: &[Clause]) -> f64 {
    clauses
        .iter()
        .filter_map(|clause| clause.usable)
        .filter(|usable| !usable.shape.is_range() && is_estimated(relation, usable))
        .map(|usable| {
            let rows = relation.table.columns[usable.place].rows_per_value;
            (value_count(&usable) * rows / relation.table.rows).min(1.0)
        })
        .product()
}

/// The span over which a site's pages are taken to be spread, in microseconds: five years.
const LIFE_OF_A_SITE: f64 = 5.0 * 365.25 * 86_400e6;
/// The share of rows in a range of which planning knows nothing.
const UNKNOWN_RANGE: f64 = 0.05;

/// Which share of the rows lies in the conditions' ranges. `counts` says of a shape whether its value
/// bounds the share below, and above.
///
/// # Safety
/// `root` is valid, and so are the conditions' values.
unsafe fn range_share(
    root: *mut pg_sys::PlannerInfo,
    clauses: &[Clause],
    counts: impl Fn(Shape) -> (bool, bool),
) -> f64 {
    // SAFETY: GetCurrentTimestamp looks at the clock only.
    let now = unsafe { pg_sys::GetCurrentTimestamp() } as f64;
    let (mut from, mut to) = (now - LIFE_OF_A_SITE, now);
    let ranges = clauses
        .iter()
        .filter_map(|clause| clause.usable)
        .filter(|usable| usable.shape.is_range());
    for range in ranges {
        let (below, above) = counts(range.shape);
        if !below && !above {
            continue;
        }
        // SAFETY: by the caller's promise.
        let Some(time) = (unsafe { values::estimate_time(root, range.value) }) else {
            return UNKNOWN_RANGE;
        };
        if below {
            from = from.max(time as f64);
        }
        if above {
            to = to.min(time as f64);
        }
    }
    ((to - from) / LIFE_OF_A_SITE).clamp(1e-6, 1.0)
}

/// The usual width of the columns that the query uses.
///
/// # Safety
/// `baserel` is valid.
unsafe fn width(baserel: *mut pg_sys::RelOptInfo, relation: &Relation) -> i32 {
    // SAFETY: the target's expressions are valid nodes.
    unsafe {
        list::iter::<pg_sys::Expr>((*(*baserel).reltarget).exprs)
            .filter(|expr| (**expr).type_ == pg_sys::NodeTag::T_Var)
            .filter_map(|expr| relation.column((*expr.cast::<pg_sys::Var>()).varattno))
            .map(|(_, column)| column.width)
            .sum()
    }
}
