//! Earlier scans: listings that two scans of one statement need: the second is served what the first has brought.

use pgrx::pg_sys;

use super::estimate;
use super::pushdown::{self, Pushdown, Qual};
use super::scan_plan::PathPlan;
use crate::catalog::relation::Relation;
use crate::settings;

/// What a row of a listing takes at most when it is kept, in bytes: the site's JSON, compressed.
const KEPT_ROW: f64 = 300.0;

/// Whether another relation of the query, one that was planned before, needs the same listing of `rows` rows, so that
/// this one sends no request for it.
///
/// # Safety
/// `root` and `baserel` are valid, and so are the clauses.
pub(super) unsafe fn is_cached(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
    rows: f64,
) -> bool {
    if rows * KEPT_ROW > settings::statement_cache_size() as f64 {
        return false;
    }
    // SAFETY: by the caller's promise; the array has a place for each relation of the query, which is NULL where it
    // is not one of tables.
    unsafe {
        let listing = ListingKey::of(root, baserel, relation, clauses);
        (1..(*baserel).relid as usize).any(|number| {
            let other = *(*root).simple_rel_array.add(number);
            if other.is_null()
                || (*other).reloptkind != pg_sys::RelOptKind::RELOPT_BASEREL
                || (*other).serverid != (*baserel).serverid
                || (*other).userid != (*baserel).userid
                || (*other).fdwroutine.is_null()
            {
                return false;
            }
            let entry = *(*root).simple_rte_array.add(number);
            let relation_of_other = Relation::of((*entry).relid);
            let clauses = pushdown::quals(
                root,
                (*other).baserestrictinfo,
                (*other).relid,
                &relation_of_other,
            );
            std::ptr::eq(relation_of_other.table, relation.table)
                && ListingKey::of(root, other, &relation_of_other, &clauses).is(&listing)
        })
    }
}

/// What tells a listing of a table from others.
struct ListingKey {
    /// The parameters that its columns need.
    params: Vec<(&'static str, &'static str)>,
    /// What the site is asked for.
    conditions: Vec<Pushdown>,
}

impl ListingKey {
    /// The listing of a relation.
    ///
    /// # Safety
    /// `root` and `baserel` are valid, and so are the clauses.
    unsafe fn of(
        root: *mut pg_sys::PlannerInfo,
        baserel: *mut pg_sys::RelOptInfo,
        relation: &Relation,
        clauses: &[Qual],
    ) -> Self {
        let choice = PathPlan::default();
        // SAFETY: by the caller's promise.
        let columns = unsafe { estimate::used_places(root, baserel, relation, clauses, &choice) };
        let mut params: Vec<(&str, &str)> = columns
            .iter()
            .filter_map(|&place| relation.table.columns[place].asked_with)
            .collect();
        params.sort_unstable();
        params.dedup();
        let mut conditions: Vec<Pushdown> =
            clauses.iter().filter_map(|qual| qual.pushdown).collect();
        conditions.sort_by_key(|condition| condition.place);
        Self { params, conditions }
    }

    /// Whether the two are the same, request by request.
    ///
    /// # Safety
    /// The conditions' values are valid.
    unsafe fn is(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Pushdown, &Pushdown)| {
            one.place == other.place
                && one.shape == other.shape
                // SAFETY: by the caller's promise.
                && unsafe { pg_sys::equal(one.value.cast(), other.value.cast()) }
        };
        self.params == other.params
            && self.conditions.len() == other.conditions.len()
            && self.conditions.iter().zip(&other.conditions).all(is_same)
    }
}
