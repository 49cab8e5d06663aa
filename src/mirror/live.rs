//! The foreign tables that a mirror is read from: those that somebody has imported, and the others, which are imported beside
//! the mirror.

use std::collections::HashMap;

use confluence::schema::Table;
use confluence::tables;
use pgrx::prelude::*;
use pgrx::spi::{quote_identifier, quote_literal};
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::place::MirrorSchema;
use super::table::MirroredTable;
use crate::catalog::column::natural_type;
use crate::pg::report::Report;

/// Tables that tell who reads what, beside those that are mirrored.
pub(super) const SITE: &str = "confluence_site";
pub(super) const ADMIN_KEY: &str = "confluence_admin_key";

/// Tables that are read for one content only: what is above it.
const ANCESTORS: &[&str] = &[
    "confluence_page_ancestors",
    "confluence_folder_ancestors",
    "confluence_whiteboard_ancestors",
    "confluence_database_ancestors",
    "confluence_smart_link_ancestors",
];

/// Foreign tables of a server that belong to the caller or to a superuser, whose definition nobody else can change, with their
/// remote names and the columns that they have with the names and types of an import. Those of schema `$2` come last, and win.
const CANDIDATES: &str = "
    SELECT coalesce((SELECT o.option_value FROM pg_options_to_table(f.ftoptions) o WHERE o.option_name = 'table'), c.relname),
           format('%I.%I', n.nspname, c.relname),
           ARRAY(SELECT a.attname || ' ' || a.atttypid::bigint FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   AND a.attname = coalesce((SELECT o.option_value FROM pg_options_to_table(a.attfdwoptions) o
                                             WHERE o.option_name = 'column_name'), a.attname))
    FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.ftserver = $1 AND has_table_privilege(c.oid, 'SELECT')
      AND (pg_get_userbyid(c.relowner) = current_user OR (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = c.relowner))
      AND (SELECT count(*) FROM pg_options_to_table(f.ftoptions) o WHERE o.option_name <> 'table') = 0
    ORDER BY n.nspname = $2, c.oid";

/// The foreign tables, by the remote table's name.
pub(super) fn find(
    place: &MirrorSchema,
    server: pg_sys::Oid,
    tables: &[MirroredTable],
) -> Result<HashMap<&'static str, String>, Report> {
    let candidates = Spi::connect(|client| {
        let rows = client.select(CANDIDATES, None, &[server.into(), place.live().into()])?;
        rows.map(|row| {
            Ok((
                row.get::<String>(1)?.unwrap_or_default(),
                row.get::<String>(2)?.unwrap_or_default(),
                row.get::<Vec<String>>(3)?.unwrap_or_default(),
            ))
        })
        .collect::<Result<Vec<_>, spi::Error>>()
    })?;
    let mut found = HashMap::new();
    for remote in read(tables) {
        let imported = remote.columns.iter().filter(|column| !column.optional);
        let needed: Vec<String> = imported
            .map(|column| format!("{} {}", column.name, natural_type(column.kind).to_u32()))
            .collect();
        let fits = |has: &Vec<String>| needed.iter().all(|column| has.contains(column));
        for (_, name, _) in candidates
            .iter()
            .filter(|(of, _, has)| of == remote.name && fits(has))
        {
            found.insert(remote.name, name.clone());
        }
    }
    Ok(found)
}

/// The remote tables that a refresh reads, and those that are read for one content.
pub(super) fn read(tables: &[MirroredTable]) -> impl Iterator<Item = &'static Table> {
    let mirrored = tables.iter().filter_map(MirroredTable::remote);
    let frame = [SITE, ADMIN_KEY].iter().chain(ANCESTORS);
    let frame = frame.filter_map(|name| tables::find(name));
    mirrored.chain(frame).collect::<Vec<_>>().into_iter()
}

/// What is said where one of them is missing.
pub(super) fn missing(place: &MirrorSchema, server: &str, table: &str) -> Report {
    Report::new(
        Code::ERRCODE_UNDEFINED_TABLE,
        format!("server \"{server}\" has no foreign table \"{table}\" that the mirror can read"),
    )
    .hint(format!(
        "SELECT * FROM confluence.create_mirror({}, {}) imports it.",
        quote_literal(server),
        quote_literal(&place.name)
    ))
}

/// Imports what is not there yet beside the mirror.
pub(super) fn import_missing(
    place: &MirrorSchema,
    server: pg_sys::Oid,
    server_name: &str,
    tables: &[MirroredTable],
) -> Result<(), Report> {
    let found = find(place, server, tables)?;
    let names = read(tables).map(|table| table.name);
    let missing: Vec<&str> = names.filter(|name| !found.contains_key(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let live = MirrorSchema::claim(&place.live());
    let there = Spi::get_one_with_args::<Vec<String>>(
        "SELECT array_agg(relname::text) FROM pg_catalog.pg_class WHERE relnamespace = $1",
        &[live.oid.into()],
    )?
    .unwrap_or_default();
    // One that is there and does not fit is of an older version.
    for name in missing
        .iter()
        .filter(|name| there.iter().any(|known| known == *name))
    {
        Spi::run(&format!(
            "DROP FOREIGN TABLE {}.{}",
            live.quoted(),
            quote_identifier(name)
        ))?;
    }
    let list: Vec<String> = missing.iter().map(quote_identifier).collect();
    Spi::run(&format!(
        "IMPORT FOREIGN SCHEMA confluence LIMIT TO ({}) FROM SERVER {} INTO {}",
        list.join(", "),
        quote_identifier(server_name),
        live.quoted()
    ))?;
    Spi::run(&format!(
        "COMMENT ON SCHEMA {} IS {}",
        live.quoted(),
        quote_literal(format!(
            "Foreign tables that mirror \"{}\" is read from",
            place.name
        ))
    ))?;
    Ok(())
}
