//! The statistics hook: what is known of a table's columns since `ANALYZE` has looked at it. Of columns that it does
//! not read, that is nothing.

use pgrx::{pg_guard, pg_sys};

use super::declared;
use crate::catalog::column;
use crate::catalog::relation::Relation;
use crate::catalog::server::is_ours;

/// Whoever was asked for statistics before.
static mut BEFORE: pg_sys::get_relation_stats_hook_type = None;

/// Sees to it that planning asks here for statistics. Called once, when the library is loaded.
pub(crate) fn install() {
    // SAFETY: libraries are loaded one at a time, by the backend's one thread.
    unsafe {
        BEFORE = pg_sys::get_relation_stats_hook;
        pg_sys::get_relation_stats_hook = Some(statistics);
    }
}

/// Planning wants a column's statistics. Whoever was asked before comes first. A column that `ANALYZE` does not read
/// looks empty in them; of that one nothing is known. Before `ANALYZE`, the table's declaration tells. All others are
/// found as always.
#[pg_guard]
unsafe extern "C-unwind" fn statistics(
    root: *mut pg_sys::PlannerInfo,
    entry: *mut pg_sys::RangeTblEntry,
    attribute: pg_sys::AttrNumber,
    found: *mut pg_sys::VariableStatData,
) -> bool {
    // SAFETY: PostgreSQL passes an entry of the query's range table, whose table is locked; whoever was asked before
    // is asked as PostgreSQL would.
    unsafe {
        if let Some(before) = BEFORE {
            // It may raise an error, which must not jump over frames of ours.
            let known =
                pg_sys::ffi::pg_guard_ffi_boundary(|| before(root, entry, attribute, found));
            if known {
                return true;
            }
        }
        if (*entry).rtekind != pg_sys::RTEKind::RTE_RELATION
            || (*entry).relkind != pg_sys::RELKIND_FOREIGN_TABLE as std::ffi::c_char
            || !is_ours((*pg_sys::GetForeignTable((*entry).relid)).serverid)
        {
            return false;
        }
        let relation = Relation::of((*entry).relid);
        let column = relation.column(attribute);
        let is_read = column.is_some_and(|(_, column)| column::is_read(column));
        if !is_read && (column.is_some() || relation.is_local(attribute)) {
            (*found).statsTuple = std::ptr::null_mut();
            return true;
        }
        declared::find(entry, attribute, &relation, found)
    }
}
