//! A foreign table, and the remote table behind it.

use confluence::options::{self, Reading};
use confluence::request::TableStats;
use confluence::schema::{Column, ColumnId, Table};
use confluence::{sample, tables};
use pgrx::{PgRelation, PgSqlErrorCode as Code, pg_sys};

use super::column::LocalColumn;
use super::options::{OptionList, written};
use super::{generated, sizes};
use crate::pg::list;
use crate::pg::report::Report;
use crate::settings;

/// What planning and scanning know of a foreign table.
#[derive(Debug)]
pub(crate) struct Relation {
    pub oid: pg_sys::Oid,
    /// The local name, without its schema.
    pub name: String,
    pub table: &'static Table,
    /// The local columns, by attribute number less one; None for one that the remote table does not give: dropped, the
    /// site's name, or one of the following.
    pub columns: Vec<Option<LocalColumn>>,
    /// The columns that PostgreSQL computes from others, by attribute number.
    pub computed: Vec<pg_sys::AttrNumber>,
    /// The columns that name nothing. It is an error to use one.
    nameless: Vec<Nameless>,
    pub site: Option<Site>,
    pub reading: Reading,
    /// How large the table is, if `ANALYZE` has told.
    pub sizes: TableStats,
}

/// A local column that is not the name of a remote one.
#[derive(Clone, Debug)]
struct Nameless {
    attribute: pg_sys::AttrNumber,
    /// Its local name.
    local: String,
    /// What its option names instead, if it has one.
    option: Option<String>,
}

/// The column that holds the same value in all rows: a name for the site that the table is read from.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub attribute: pg_sys::AttrNumber,
    pub type_oid: pg_sys::Oid,
    pub typmod: i32,
    pub name: String,
}

/// The column that the table's option of the same name gives a value.
pub(crate) const SITE: &str = "site";

/// The option of a column that names the remote one.
pub(super) const COLUMN_NAME: &str = "column_name";

impl Relation {
    /// Looks up a foreign table, which the caller holds a lock on.
    pub fn of(foreign_table: pg_sys::Oid) -> Self {
        // SAFETY: PostgreSQL plans and scans relations that it has locked.
        let relation = unsafe { PgRelation::with_lock(foreign_table, pg_sys::NoLock as _) };
        // SAFETY: the relation is a foreign table, so its entry and its server's exist; their option
        // lists are lists of DefElem.
        let (table_options, server_options, server) = unsafe {
            let entry = pg_sys::GetForeignTable(foreign_table);
            let server = pg_sys::GetForeignServer((*entry).serverid);
            (
                written((*entry).options),
                written((*server).options),
                (*entry).serverid,
            )
        };
        let table = remote_table(relation.name(), &table_options);
        let site_name = option(&table_options, SITE);
        let mut site = None;
        let (mut computed, mut nameless) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for attribute in relation.tuple_desc().iter() {
            let (type_oid, typmod) = (attribute.type_oid().value(), attribute.type_mod());
            let is_dropped = attribute.is_dropped();
            let option = (!is_dropped)
                .then(|| column_name(foreign_table, attribute.attnum))
                .flatten();
            let name = option.as_deref().unwrap_or(attribute.name());
            let column = match table.column(name) {
                _ if is_dropped => None,
                _ if option.is_none() && generated::is_generated(attribute) => {
                    computed.push(attribute.attnum);
                    None
                }
                _ if name == SITE && site_name.is_some() => {
                    site = site_name.map(|site| Site {
                        attribute: attribute.attnum,
                        type_oid,
                        typmod,
                        name: site.to_owned(),
                    });
                    None
                }
                Some((place, _)) => Some(LocalColumn {
                    place,
                    type_oid,
                    typmod,
                }),
                None => {
                    nameless.push(Nameless {
                        attribute: attribute.attnum,
                        local: attribute.name().to_owned(),
                        option,
                    });
                    None
                }
            };
            columns.push(column);
        }
        Self {
            oid: foreign_table,
            name: relation.name().to_owned(),
            table,
            sizes: sizes::sizes(&relation, server, table, &columns),
            columns,
            computed,
            nameless,
            site,
            reading: Reading {
                prefer: settings::prefer(),
                ..Reading::new(&server_options, &table_options)
            },
        }
    }

    /// Whether statistics tell how common each value of a column is. Of objects that are asked one by one, they show
    /// only those that were looked at.
    pub fn knows_kinds(&self, place: ColumnId) -> bool {
        let column = &self.table.columns[place];
        self.sizes.knows(place) && !sizes::is_of_few_objects(self.table, column)
    }

    /// Whether statistics tell how the times in a column are spread.
    pub fn knows_times(&self, place: ColumnId) -> bool {
        self.sizes.knows(place) && sample::is_from_all_times(self.table, &self.sizes, self.reading)
    }

    /// Raises an error if one of the columns that are used names nothing.
    pub fn refuse_nameless(&self, is_used: impl Fn(pg_sys::AttrNumber) -> bool) {
        let mut nameless = self.nameless.iter();
        if let Some(used) = nameless.find(|column| is_used(column.attribute)) {
            used.refuse(self);
        }
    }

    /// Whether a column's values are neither those of the remote table nor the site's name.
    pub fn is_local(&self, attribute: pg_sys::AttrNumber) -> bool {
        self.computed.contains(&attribute)
            || self
                .nameless
                .iter()
                .any(|column| column.attribute == attribute)
    }

    /// The local name of a column.
    pub fn name_of(&self, attribute: pg_sys::AttrNumber) -> String {
        // SAFETY: a look-up in the catalog; a column that is gone has no name, which may be NULL.
        unsafe { list::text(pg_sys::get_attname(self.oid, attribute, true)) }
    }

    /// The local column of an attribute number. None for system columns, whole rows and what the remote table does not
    /// give.
    pub fn column(&self, attribute: pg_sys::AttrNumber) -> Option<(&LocalColumn, &'static Column)> {
        let place = usize::try_from(attribute).ok()?.checked_sub(1)?;
        let local = self.columns.get(place)?.as_ref()?;
        Some((local, &self.table.columns[local.place]))
    }
}

/// A relation's name, with its schema.
pub(crate) fn full_name(relation: pg_sys::Oid) -> String {
    // SAFETY: look-ups in the catalog; what is gone meanwhile has no name, which may be NULL.
    unsafe {
        let schema = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(relation));
        let name = pg_sys::get_rel_name(relation);
        if name.is_null() {
            return String::new();
        }
        list::text(pg_sys::quote_qualified_identifier(schema, name))
    }
}

fn option<'w>(written: &'w OptionList, wanted: &str) -> Option<&'w str> {
    let found = written.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

fn remote_table(local_name: &str, table_options: &OptionList) -> &'static Table {
    let name = option(table_options, "table").unwrap_or(local_name);
    tables::find(name).unwrap_or_else(|| {
        refuse_remote_table(name, |nearest| match nearest {
            Some(nearest) => {
                format!("Set the foreign table's option table, perhaps to '{nearest}'.")
            }
            None => "Set the foreign table's option table to the name of a remote table. IMPORT FOREIGN SCHEMA declares all there are.".to_owned(),
        })
    })
}

/// Raises that there is no such remote table. The hint is told the name that was most likely meant, if any is near.
pub(crate) fn refuse_remote_table(name: &str, hint: impl FnOnce(Option<&str>) -> String) -> ! {
    let names = tables::ALL.iter().map(|table| table.name);
    Report::new(
        Code::ERRCODE_FDW_TABLE_NOT_FOUND,
        format!("Confluence has no table \"{name}\""),
    )
    .hint(hint(options::nearest(name, names)))
    .raise()
}

/// What a column's option says which remote column it is.
fn column_name(table: pg_sys::Oid, attribute: pg_sys::AttrNumber) -> Option<String> {
    // SAFETY: a look-up in the catalog, for a column of a table that exists; it gives a list of DefElem.
    let options = unsafe { written(pg_sys::GetForeignColumnOptions(table, attribute)) };
    option(&options, COLUMN_NAME).map(str::to_owned)
}

impl Nameless {
    fn refuse(&self, relation: &Relation) -> ! {
        let Relation { oid, table, .. } = relation;
        let wanted = self.option.as_deref().unwrap_or(&self.local);
        let report = Report::new(
            Code::ERRCODE_FDW_COLUMN_NAME_NOT_FOUND,
            format!("\"{}\" has no column \"{wanted}\"", table.name),
        )
        .detail(format!(
            "Column \"{}\" of foreign table \"{}\".",
            self.local, relation.name
        ));
        if wanted == SITE {
            report
                .hint("Set the foreign table's option site to what the column is to hold.")
                .raise();
        }
        let names = table.columns.iter().map(|column| column.name);
        let (perhaps, nearest) = match options::nearest(&wanted.to_lowercase(), names) {
            Some(nearest) => (", perhaps so", nearest),
            None => ("", "..."),
        };
        let action = match self.option {
            Some(_) => "SET",
            None => "ADD",
        };
        report
            .hint(format!(
                "Name the remote column{perhaps}: ALTER FOREIGN TABLE {} ALTER COLUMN {} OPTIONS ({action} {COLUMN_NAME} '{nearest}').",
                full_name(*oid),
                pgrx::spi::quote_identifier(&self.local),
            ))
            .raise()
    }
}
