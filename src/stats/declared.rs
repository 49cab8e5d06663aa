//! Declared statistics: what planning knows of columns before `ANALYZE`, how many values they have and how many rows have
//! none, from the tables' declarations.
//!
//! PostgreSQL takes an unknown column for one of 200 values. A join by ids would then seem to bring hundreds of rows
//! for each row that it brings. And it takes next to none for NULL, where comments that reply to nothing are most of them.

use confluence::schema::{Column, Table};
use pgrx::{pg_guard, pg_sys};

use crate::catalog::relation::Relation;

/// What is declared of a column that `ANALYZE` has not looked at: a row of `pg_statistic`, in the current memory context,
/// which [`free`] frees. None where that is nothing.
pub(super) fn find(
    relation: &Relation,
    attribute: pg_sys::AttrNumber,
    inherited: bool,
) -> Option<pg_sys::HeapTuple> {
    if is_analyzed(relation.oid, attribute, inherited) {
        return None;
    }
    let (_, column) = relation.column(attribute)?;
    let known = ColumnStats {
        nulls: column.share_of_nulls() as f32,
        distinct: distinct(relation.table, column),
    };
    Some(known.tuple(relation.oid, attribute))
}

/// What is declared of a column.
struct ColumnStats {
    nulls: f32,
    /// As PostgreSQL writes it: what is below 0 stands for a share of the rows, and 0 for nobody knows.
    distinct: f32,
}

/// How many values a column has, as PostgreSQL writes it.
fn distinct(table: &Table, column: &Column) -> f32 {
    let is_key = matches!(table.key, [key] if *key == column.name);
    let rows_per_value = if is_key { 1.0 } else { column.rows_per_value };
    match rows_per_value > 0.0 {
        true => (-1.0 / rows_per_value).max(-1.0) as f32,
        false => 0.0,
    }
}

/// Whether `ANALYZE` has told.
fn is_analyzed(table: pg_sys::Oid, attribute: pg_sys::AttrNumber, inherited: bool) -> bool {
    // SAFETY: a catalog look-up; planning runs in a transaction.
    unsafe {
        pg_sys::SearchSysCacheExists(
            pg_sys::SysCacheIdentifier::STATRELATTINH as i32,
            pg_sys::Datum::from(table),
            pg_sys::Datum::from(attribute),
            pg_sys::Datum::from(inherited),
            pg_sys::Datum::null(),
        )
    }
}

impl ColumnStats {
    /// A row of `pg_statistic` that tells this and nothing else.
    fn tuple(self, table: pg_sys::Oid, attnum: pg_sys::AttrNumber) -> pg_sys::HeapTuple {
        // SAFETY: the catalog is there, and planning runs in a transaction. The arrays have an entry for each attribute of the
        // catalog, of which those that may not be NULL are set.
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
                pg_sys::Anum_pg_statistic_stanullfrac,
                pg_sys::Datum::from(self.nulls.to_bits()),
            );
            set(
                pg_sys::Anum_pg_statistic_stadistinct,
                pg_sys::Datum::from(self.distinct.to_bits()),
            );
            let tuple = pg_sys::heap_form_tuple(shape, values.as_mut_ptr(), nulls.as_mut_ptr());
            pg_sys::table_close(statistics, pg_sys::AccessShareLock as i32);
            tuple
        }
    }
}

/// Frees what [`find`] has found.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn free(tuple: pg_sys::HeapTuple) {
    // SAFETY: PostgreSQL passes back what it was given, once.
    unsafe { pg_sys::heap_freetuple(tuple) };
}
