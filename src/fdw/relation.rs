//! A foreign table, and the remote table behind it.

use confluence::options::{self, Reading};
use confluence::scan::{self, Sizes};
use confluence::table::{Column, Kind, Table};
use confluence::tables;
use pgrx::{PgRelation, PgSqlErrorCode as Code, pg_sys};

use super::options::{Written, written};
use super::statistics;
use crate::report::Report;

/// What planning and scanning know of a foreign table.
#[derive(Debug)]
pub(super) struct Relation {
    /// The local name, without its schema.
    pub name: String,
    pub table: &'static Table,
    /// The local columns, by attribute number less one; None for one that is not read: dropped, or the site's name.
    pub columns: Vec<Option<LocalColumn>>,
    pub site: Option<Site>,
    pub reading: Reading,
    /// How large the table is, if `ANALYZE` has told.
    pub sizes: Sizes,
}

/// A local column.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalColumn {
    /// Its place in the remote table.
    pub place: usize,
    pub type_oid: pg_sys::Oid,
    pub typmod: i32,
}

/// The column that holds the same value in all rows: a name for the site that the table is read from.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub attribute: i16,
    pub type_oid: pg_sys::Oid,
    pub typmod: i32,
    pub name: String,
}

/// The column that the table's option of the same name gives a value.
pub(super) const SITE: &str = "site";

impl LocalColumn {
    /// Whether its type is the one that an import declares, or one that compares the same way: then
    /// conditions on it mean the same to the site.
    pub fn is_natural(&self, kind: Kind) -> bool {
        (self.type_oid == natural_type(kind) && self.typmod < 0)
            || (natural_type(kind) == pg_sys::TEXTOID && self.type_oid == pg_sys::VARCHAROID)
    }
}

/// The type that an import declares.
pub(super) fn natural_type(kind: Kind) -> pg_sys::Oid {
    match kind {
        Kind::Bigint => pg_sys::INT8OID,
        Kind::Integer => pg_sys::INT4OID,
        Kind::Text | Kind::Link => pg_sys::TEXTOID,
        Kind::Boolean => pg_sys::BOOLOID,
        Kind::Timestamp => pg_sys::TIMESTAMPTZOID,
        Kind::JsonInString | Kind::Json => pg_sys::JSONBOID,
    }
}

/// That type's name, so that no search path leads to another type.
pub(super) fn natural_type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bigint => "bigint",
        Kind::Integer => "integer",
        Kind::Text | Kind::Link => "pg_catalog.text",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamp with time zone",
        Kind::JsonInString | Kind::Json => "pg_catalog.jsonb",
    }
}

impl Relation {
    /// Looks up a foreign table, which the caller holds a lock on.
    pub fn of(foreign_table: pg_sys::Oid) -> Self {
        // SAFETY: PostgreSQL plans and scans relations that it has locked.
        let relation = unsafe { PgRelation::with_lock(foreign_table, pg_sys::NoLock as _) };
        // SAFETY: the relation is a foreign table, so its entry and its server's exist; their option
        // lists are lists of DefElem.
        let (table_options, server_options) = unsafe {
            let entry = pg_sys::GetForeignTable(foreign_table);
            let server = pg_sys::GetForeignServer((*entry).serverid);
            (written((*entry).options), written((*server).options))
        };
        let table = remote_table(relation.name(), &table_options);
        let site_name = option(&table_options, SITE);
        let mut site = None;
        let mut columns = Vec::new();
        for attribute in relation.tuple_desc().iter() {
            let (type_oid, typmod) = (attribute.type_oid().value(), attribute.type_mod());
            let column = match site_name {
                _ if attribute.is_dropped() => None,
                Some(name) if attribute.name() == SITE => {
                    site = Some(Site {
                        attribute: attribute.attnum,
                        type_oid,
                        typmod,
                        name: name.to_owned(),
                    });
                    None
                }
                _ => Some(LocalColumn {
                    place: remote_column(table, attribute.name()),
                    type_oid,
                    typmod,
                }),
            };
            columns.push(column);
        }
        Self {
            name: relation.name().to_owned(),
            table,
            sizes: statistics::sizes(&relation, table, &columns),
            columns,
            site,
            reading: Reading::new(&server_options, &table_options),
        }
    }

    /// Whether statistics tell how common each value of a column is. Of objects that are asked one by one, they show
    /// only those that were looked at.
    pub fn knows_kinds(&self, place: usize) -> bool {
        let column = &self.table.columns[place];
        self.sizes.knows(place) && !statistics::is_of_few_objects(self.table, column)
    }

    /// Whether statistics tell how the times in a column are spread.
    pub fn knows_times(&self, place: usize) -> bool {
        self.sizes.knows(place) && scan::is_from_all_times(self.table, &self.sizes, self.reading)
    }

    /// The local column of an attribute number. None for system columns, whole rows and the site's name.
    pub fn column(&self, attribute: i16) -> Option<(&LocalColumn, &'static Column)> {
        let place = usize::try_from(attribute).ok()?.checked_sub(1)?;
        let local = self.columns.get(place)?.as_ref()?;
        Some((local, &self.table.columns[local.place]))
    }
}

fn option<'w>(written: &'w Written, wanted: &str) -> Option<&'w str> {
    let found = written.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

fn remote_table(local_name: &str, table_options: &Written) -> &'static Table {
    let name = option(table_options, "table").unwrap_or(local_name);
    tables::find(name).unwrap_or_else(|| {
        let names = || tables::ALL.iter().map(|table| table.name);
        Report::new(
            Code::ERRCODE_FDW_TABLE_NOT_FOUND,
            format!("Confluence has no table \"{name}\""),
        )
        .hint(match options::nearest(name, names()) {
            Some(nearest) => {
                format!("Set the foreign table's option table, perhaps to '{nearest}'.")
            }
            None => "Set the foreign table's option table to the name of a remote table. IMPORT FOREIGN SCHEMA declares all there are.".to_owned(),
        })
        .raise()
    })
}

fn remote_column(table: &'static Table, name: &str) -> usize {
    match table.column(name) {
        Some((place, _)) => place,
        None => {
            let names = table.columns.iter().map(|column| column.name);
            let report = Report::new(
                Code::ERRCODE_FDW_COLUMN_NAME_NOT_FOUND,
                format!("\"{}\" has no column \"{name}\"", table.name),
            );
            if name == SITE {
                report
                    .hint("Set the foreign table's option site to what the column is to hold.")
                    .raise();
            }
            match options::nearest(name, names) {
                Some(nearest) => {
                    report.hint(format!("Perhaps you meant the column \"{nearest}\"."))
                }
                None => report.hint("IMPORT FOREIGN SCHEMA declares all columns."),
            }
            .raise()
        }
    }
}
