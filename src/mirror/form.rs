//! The form of a mirror's tables: a number that the mirror keeps, by which a version knows whether it has made them.
//!
//! Views and functions have none: `create_mirror` makes them anew.

use pgrx::PgSqlErrorCode as Code;
use pgrx::prelude::*;
use pgrx::spi::quote_literal;

use super::place::MirrorSchema;
use crate::pg::report::Report;

/// The form that this version makes. Whoever changes the tables raises it, and freezes the new form: see `tests/frozen`.
pub(super) const FORMAT: i32 = 1;

/// What a mirror says of itself.
struct Made {
    format: i32,
    by_version: String,
    server: String,
}

/// Refuses a mirror whose tables a newer version has made: nobody here knows what they mean.
pub(super) fn must_be_known(place: &MirrorSchema) -> Result<(), Report> {
    not_newer(place, &made(place)?)
}

/// Refuses a mirror whose tables are not those that this version reads and writes.
pub(super) fn must_be_current(place: &MirrorSchema) -> Result<(), Report> {
    let made = made(place)?;
    not_newer(place, &made)?;
    if made.format == FORMAT {
        return Ok(());
    }
    let (version, name) = (env!("CARGO_PKG_VERSION"), &place.name);
    Err(Report::new(
        Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("mirror \"{name}\" was made by an older version, and is not up to date"),
    )
    .detail(format!(
        "confluence_fdw {} has made tables of format {}; this is {version}, whose format is {FORMAT}.",
        made.by_version, made.format
    ))
    .hint(format!(
        "SELECT * FROM confluence.create_mirror({}, {}) brings it up to date, and keeps its history.",
        quote_literal(&made.server),
        quote_literal(name)
    )))
}

fn not_newer(place: &MirrorSchema, made: &Made) -> Result<(), Report> {
    if made.format <= FORMAT {
        return Ok(());
    }
    let version = env!("CARGO_PKG_VERSION");
    Err(Report::new(
        Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("mirror \"{}\" was made by a newer version", place.name),
    )
    .detail(format!(
        "confluence_fdw {} has made tables of format {}; this is {version}, which knows formats up to {FORMAT}. Nothing was changed.",
        made.by_version, made.format
    ))
    .hint(format!(
        "Install confluence_fdw {} or a newer version.",
        made.by_version
    )))
}

fn made(place: &MirrorSchema) -> Result<Made, Report> {
    let sql = format!(
        "SELECT format, extension_version, server FROM {}.mirror",
        place.quoted()
    );
    let (format, by_version, server) = Spi::get_three::<i32, String, String>(&sql)?;
    Ok(Made {
        format: format.unwrap_or(0),
        by_version: by_version.unwrap_or_default(),
        server: server.unwrap_or_default(),
    })
}
