//! Listings that two scans of one statement need: the second is served what the first has brought.

use pgrx::pg_sys;

use super::cost;
use super::quals::{self, Qual};
use super::relation::Relation;
use crate::settings;

/// What a row of a listing takes at most when it is kept, in bytes: the site's JSON, compressed.
const KEPT_ROW: f64 = 300.0;

/// Whether another relation of the query, one that was planned before, needs the same listing of `rows` rows, so that
/// this one sends no request for it.
///
/// # Safety
/// `root` and `baserel` are valid, and so are the clauses.
pub(super) unsafe fn is_listed_before(
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
        let Some(listing) = listing(baserel, relation, clauses) else {
            return false;
        };
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
            let clauses = quals::quals(
                (*other).baserestrictinfo,
                (*other).relid,
                &relation_of_other,
            );
            std::ptr::eq(relation_of_other.table, relation.table)
                && self::listing(other, &relation_of_other, &clauses)
                    .is_some_and(|of_other| of_other == listing)
        })
    }
}

/// What tells the plain listing of a relation from others of its table: the parameters that its columns need. None
/// where the site is asked for some rows only.
///
/// # Safety
/// `baserel` is valid, and so are the clauses.
unsafe fn listing(
    baserel: *mut pg_sys::RelOptInfo,
    relation: &Relation,
    clauses: &[Qual],
) -> Option<Vec<(&'static str, &'static str)>> {
    if clauses.iter().any(|clause| clause.usable.is_some()) {
        return None;
    }
    // SAFETY: by the caller's promise.
    let columns = unsafe { cost::used_places(baserel, relation, clauses.iter().copied()) };
    let mut params: Vec<(&str, &str)> = columns
        .iter()
        .filter_map(|&place| relation.table.columns[place].asked_with)
        .collect();
    params.sort_unstable();
    params.dedup();
    Some(params)
}
