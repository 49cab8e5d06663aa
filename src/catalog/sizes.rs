//! Sizes of tables, as `ANALYZE` has left them in the catalogs.

use std::ffi::CString;

use confluence::request::TableStats;
use confluence::schema::{Column, Table};
use pgrx::{PgRelation, pg_sys};

use super::column::LocalColumn;
use super::options::written;

/// The size of a table, and of those of the same server that stand beside it under their own names and list what its
/// endpoints need.
pub(super) fn sizes(
    relation: &PgRelation,
    server: pg_sys::Oid,
    table: &'static Table,
    columns: &[Option<LocalColumn>],
) -> TableStats {
    let parents = TableStats::tables_that_tell_of(table);
    let parents = parents.into_iter().filter_map(|parent| {
        let rows = rows_of(relation.namespace_oid(), server, parent)?;
        Some((parent.name, rows))
    });
    TableStats {
        parents: parents.collect(),
        ..own_sizes(relation, table, columns)
    }
}

/// How many rows `ANALYZE` has found in a table of a schema that is of a server and has a remote table's name.
fn rows_of(schema: pg_sys::Oid, server: pg_sys::Oid, table: &Table) -> Option<f64> {
    let name = CString::new(table.name).ok()?;
    // SAFETY: look-ups in the catalogs, whose rows are given back, and copied from before. An attribute that is there has
    // the type of its column: a list of options.
    unsafe {
        let oid = pg_sys::get_relname_relid(name.as_ptr(), schema);
        let cache = pg_sys::SysCacheIdentifier::FOREIGNTABLEREL as i32;
        let row = pg_sys::SearchSysCache1(cache, pg_sys::Datum::from(oid));
        if row.is_null() {
            return None;
        }
        let entry = pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_foreign_table>();
        let is_of_server = (*entry).ftserver == server;
        let mut is_null = true;
        let place = pg_sys::Anum_pg_foreign_table_ftoptions as i16;
        let options = pg_sys::SysCacheGetAttr(cache, row, place, &raw mut is_null);
        let options = match is_null {
            true => Vec::new(),
            false => written(pg_sys::untransformRelOptions(options)),
        };
        pg_sys::ReleaseSysCache(row);
        let named = options.iter().find(|(name, _)| name == "table");
        if !is_of_server || named.is_some_and(|(_, name)| name != table.name) {
            return None;
        }
        let cache = pg_sys::SysCacheIdentifier::RELOID as i32;
        let row = pg_sys::SearchSysCache1(cache, pg_sys::Datum::from(oid));
        if row.is_null() {
            return None;
        }
        let class = pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_class>();
        let rows = f64::from((*class).reltuples);
        pg_sys::ReleaseSysCache(row);
        (rows >= 0.0).then_some(rows)
    }
}

fn own_sizes(
    relation: &PgRelation,
    table: &'static Table,
    columns: &[Option<LocalColumn>],
) -> TableStats {
    // SAFETY: an open relation has its row of pg_class.
    let (rows, requests) = unsafe {
        let class = (*relation.as_ptr()).rd_rel;
        (f64::from((*class).reltuples), (*class).relpages)
    };
    // Nobody has looked.
    if rows < 0.0 {
        return TableStats::default();
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
    TableStats {
        rows: Some(rows),
        requests,
        rows_per_value,
        parents: Vec::new(),
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
    fn of(table: pg_sys::Oid, attribute: pg_sys::AttrNumber) -> Option<Self> {
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
