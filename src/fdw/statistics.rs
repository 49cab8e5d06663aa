//! What is known of a table since `ANALYZE` has looked at it. Of columns that it does not read, that is nothing.

use confluence::scan::Sizes;
use confluence::table::{Column, Table};
use pgrx::{PgRelation, pg_guard, pg_sys};

use super::analyze;
use super::declared;
use super::is_ours;
use super::relation::{LocalColumn, Relation};

/// The size of a table.
pub(super) fn sizes(
    relation: &PgRelation,
    table: &'static Table,
    columns: &[Option<LocalColumn>],
) -> Sizes {
    // SAFETY: an open relation has its row of pg_class.
    let (rows, requests) = unsafe {
        let class = (*relation.as_ptr()).rd_rel;
        (f64::from((*class).reltuples), (*class).relpages)
    };
    // Nobody has looked.
    if rows < 0.0 {
        return Sizes::default();
    }
    let requests = (requests > 0).then_some(f64::from(requests));
    let rows_per_value = columns
        .iter()
        .zip(1i16..)
        .filter_map(|(local, attribute)| {
            let place = local.as_ref()?.place;
            let known = Distinct::of(relation.oid(), attribute)?.rows_per_value(rows);
            let most = most_per_value(table, &table.columns[place], rows, requests);
            Some((place, known.min(most)))
        })
        .collect();
    Sizes {
        rows: Some(rows),
        requests,
        rows_per_value,
    }
}

/// How many rows a value can be taken to have on average. Where rows of a few objects stand for all, statistics know of
/// fewer objects than there are, and overrate each.
fn most_per_value(table: &Table, column: &Column, rows: f64, requests: Option<f64>) -> f64 {
    if !is_of_few_objects(table, column) {
        return f64::INFINITY;
    }
    match requests {
        // There is about a request for each.
        Some(requests) if table.main().path.contains(&format!("{{{}}}", column.name)) => {
            rows / requests
        }
        _ if column.rows_per_value > 0.0 => column.rows_per_value,
        _ => f64::INFINITY,
    }
}

/// Whether a look at the table chooses rows by a few values of the column.
pub(super) fn is_of_few_objects(table: &Table, column: &Column) -> bool {
    let main = table.main();
    let mut named = [main.sources, main.hangs_on].into_iter().flatten();
    named.any(|source| source.columns.iter().any(|(own, _)| *own == column.name))
}

/// How many different values a column has.
struct Distinct {
    nulls: f64,
    /// As PostgreSQL notes it: a number, or the negative of a share of the rows.
    values: f64,
}

impl Distinct {
    fn of(table: pg_sys::Oid, attribute: i16) -> Option<Self> {
        // SAFETY: a look-up in the catalog, whose row is given back.
        unsafe {
            let row = pg_sys::SearchSysCache3(
                pg_sys::SysCacheIdentifier::STATRELATTINH as i32,
                pg_sys::Datum::from(table),
                pg_sys::Datum::from(attribute),
                pg_sys::Datum::from(false),
            );
            if row.is_null() {
                return None;
            }
            let statistics = pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_statistic>();
            let found = Self {
                nulls: (*statistics).stanullfrac.into(),
                values: (*statistics).stadistinct.into(),
            };
            pg_sys::ReleaseSysCache(row);
            // PostgreSQL notes 0 where it cannot tell.
            (found.values != 0.0).then_some(found)
        }
    }

    fn rows_per_value(&self, rows: f64) -> f64 {
        let values = if self.values < 0.0 {
            -self.values * rows
        } else {
            self.values
        };
        rows * (1.0 - self.nulls) / values.max(1.0)
    }
}

/// Whoever was asked for statistics before.
static mut BEFORE: pg_sys::get_relation_stats_hook_type = None;

/// Sees to it that planning asks here for statistics. Called once, when the library is loaded.
pub(super) fn install() {
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
        if column.is_some_and(|(_, column)| !analyze::is_read(column)) {
            (*found).statsTuple = std::ptr::null_mut();
            return true;
        }
        declared::find(entry, attribute, &relation, found)
    }
}
