//! The statistics hook: what is known of a table's columns since `ANALYZE` has looked at it. Of columns that it does
//! not read, that is nothing.

use pgrx::{pg_guard, pg_sys};

use super::declared;
use crate::catalog::column;
use crate::catalog::relation::Relation;
use crate::catalog::server::is_ours;
use crate::pg::planning::Root;
use crate::plan::planner::Planner;

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
    // SAFETY: libraries set this while they are loaded, which nothing is now. Whoever was asked before is asked as PostgreSQL
    // would; it may raise an error, which must not jump over frames of ours.
    let is_known = unsafe {
        BEFORE.is_some_and(|before| {
            pg_sys::ffi::pg_guard_ffi_boundary(|| before(root, entry, attribute, found))
        })
    };
    if is_known {
        return true;
    }
    // SAFETY: PostgreSQL passes a query that is being planned and an entry of its range table.
    let (root, table, is_foreign_table, inherited) = unsafe {
        (
            Root::new(root),
            (*entry).relid,
            (*entry).rtekind == pg_sys::RTEKind::RTE_RELATION
                && (*entry).relkind == pg_sys::RELKIND_FOREIGN_TABLE as std::ffi::c_char,
            (*entry).inh,
        )
    };
    if !is_foreign_table {
        return false;
    }
    // What planning knows of the table already, or would look up in a moment.
    let planner = root.and_then(|root| Planner::find(root, root.rel_of_entry(entry)?));
    let known = match planner {
        Some(planner) => known_of(planner.relation(), attribute, inherited),
        // SAFETY: a foreign table has a server.
        None if is_ours(unsafe { (*pg_sys::GetForeignTable(table)).serverid }) => {
            known_of(&Relation::of(table), attribute, inherited)
        }
        None => return false,
    };
    let tuple = match known {
        ColumnKnowledge::AsAlways => return false,
        ColumnKnowledge::Nothing => std::ptr::null_mut(),
        ColumnKnowledge::Declared(tuple) => tuple,
    };
    // SAFETY: PostgreSQL passes its place for what is known of the column.
    unsafe {
        (*found).statsTuple = tuple;
        if !tuple.is_null() {
            (*found).freefunc = Some(declared::free);
            // Everybody may read how the tables are declared.
            (*found).acl_ok = true;
        }
    }
    true
}

/// What planning is told of a column.
enum ColumnKnowledge {
    /// What PostgreSQL finds itself.
    AsAlways,
    Nothing,
    Declared(pg_sys::HeapTuple),
}

fn known_of(
    relation: &Relation,
    attribute: pg_sys::AttrNumber,
    inherited: bool,
) -> ColumnKnowledge {
    let column = relation.column(attribute);
    let is_read = column.is_some_and(|(_, column)| column::is_read(column));
    if !is_read && (column.is_some() || relation.is_local(attribute)) {
        return ColumnKnowledge::Nothing;
    }
    match declared::find(relation, attribute, inherited) {
        Some(tuple) => ColumnKnowledge::Declared(tuple),
        None => ColumnKnowledge::AsAlways,
    }
}
