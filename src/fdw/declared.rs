//! What planning knows of columns before `ANALYZE`: how many values they have, from the tables' declarations.
//!
//! PostgreSQL takes an unknown column for one of 200 values. A join by ids would then seem to bring hundreds of rows
//! for each row that it brings.

use std::sync::OnceLock;

use confluence::table::{Column, Table};
use pgrx::{pg_guard, pg_sys};

use super::relation::Relation;

/// Who was asked about columns before this library was loaded.
static PREVIOUS: OnceLock<pg_sys::get_relation_stats_hook_type> = OnceLock::new();

/// Sees to it that PostgreSQL asks about columns.
pub(super) fn install() {
    // SAFETY: the backend has one thread that plans, and loads a library once.
    unsafe {
        if PREVIOUS.set(pg_sys::get_relation_stats_hook).is_ok() {
            pg_sys::get_relation_stats_hook = Some(get_relation_stats);
        }
    }
}

/// Tells how many values a column of a table of ours has, where `ANALYZE` has not. PostgreSQL calls it while it
/// estimates; it looks at catalogs only.
#[pg_guard]
unsafe extern "C-unwind" fn get_relation_stats(
    root: *mut pg_sys::PlannerInfo,
    rte: *mut pg_sys::RangeTblEntry,
    attnum: pg_sys::AttrNumber,
    vardata: *mut pg_sys::VariableStatData,
) -> bool {
    // SAFETY: PostgreSQL passes a relation that it has locked, and a place for what is known of its column. The
    // tuple is allocated in the planner's memory context, and freed by the function that goes with it.
    unsafe {
        if let Some(Some(previous)) = PREVIOUS.get()
            && previous(root, rte, attnum, vardata)
        {
            return true;
        }
        if (*rte).relkind as u8 != pg_sys::RELKIND_FOREIGN_TABLE
            || !super::is_ours((*pg_sys::GetForeignTable((*rte).relid)).serverid)
            || is_analyzed((*rte).relid, attnum, (*rte).inh)
        {
            return false;
        }
        let relation = Relation::of((*rte).relid);
        let distinct = relation
            .column(attnum)
            .and_then(|(_, column)| distinct(relation.table, column));
        let Some(distinct) = distinct else {
            return false;
        };
        (*vardata).statsTuple = tuple((*rte).relid, attnum, distinct);
        (*vardata).freefunc = Some(free);
        // Everybody may read how the tables are declared.
        (*vardata).acl_ok = true;
        true
    }
}

/// How many values a column has, as PostgreSQL writes it: what is below 0 stands for a share of the rows.
fn distinct(table: &Table, column: &Column) -> Option<f32> {
    let is_key = matches!(table.key, [key] if *key == column.name);
    let rows_per_value = if is_key { 1.0 } else { column.rows_per_value };
    (rows_per_value > 0.0).then(|| (-1.0 / rows_per_value).max(-1.0) as f32)
}

/// Whether `ANALYZE` has told.
///
/// # Safety
/// Looks up a catalog, so it must run in a transaction.
unsafe fn is_analyzed(table: pg_sys::Oid, attnum: pg_sys::AttrNumber, inherited: bool) -> bool {
    // SAFETY: by the caller's promise.
    unsafe {
        pg_sys::SearchSysCacheExists(
            pg_sys::SysCacheIdentifier::STATRELATTINH as i32,
            pg_sys::Datum::from(table),
            pg_sys::Datum::from(attnum),
            pg_sys::Datum::from(inherited),
            pg_sys::Datum::null(),
        )
    }
}

/// A row of `pg_statistic` that tells the number of values and nothing else.
///
/// # Safety
/// Opens a catalog, so it must run in a transaction.
unsafe fn tuple(
    table: pg_sys::Oid,
    attnum: pg_sys::AttrNumber,
    distinct: f32,
) -> pg_sys::HeapTuple {
    // SAFETY: the arrays have an entry for each attribute of the catalog, of which those that may not be NULL are
    // set.
    unsafe {
        let statistics =
            pg_sys::table_open(pg_sys::StatisticRelationId, pg_sys::AccessShareLock as i32);
        let shape = (*statistics).rd_att;
        let count = (*shape).natts as usize;
        let mut values = vec![pg_sys::Datum::from(0); count];
        let mut nulls = vec![false; count];
        // Values of slots, which are arrays.
        nulls[pg_sys::Anum_pg_statistic_stanumbers1 as usize - 1..].fill(true);
        let mut set = |attribute: u32, value| values[attribute as usize - 1] = value;
        set(
            pg_sys::Anum_pg_statistic_starelid,
            pg_sys::Datum::from(table),
        );
        set(
            pg_sys::Anum_pg_statistic_staattnum,
            pg_sys::Datum::from(attnum),
        );
        set(
            pg_sys::Anum_pg_statistic_stadistinct,
            pg_sys::Datum::from(distinct.to_bits()),
        );
        let tuple = pg_sys::heap_form_tuple(shape, values.as_mut_ptr(), nulls.as_mut_ptr());
        pg_sys::table_close(statistics, pg_sys::AccessShareLock as i32);
        tuple
    }
}

/// Frees a tuple of [`tuple`].
#[pg_guard]
unsafe extern "C-unwind" fn free(tuple: pg_sys::HeapTuple) {
    // SAFETY: PostgreSQL passes back what get_relation_stats gave it, once.
    unsafe { pg_sys::heap_freetuple(tuple) };
}
