//! A column of a foreign table, and the types that an import declares.

use confluence::schema::{Column, ColumnId, Kind};
use pgrx::pg_sys;

/// A local column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalColumn {
    /// Its place in the remote table.
    pub place: ColumnId,
    pub type_oid: pg_sys::Oid,
    pub typmod: i32,
}

impl LocalColumn {
    /// Whether its type is the one that an import declares, or one that compares the same way: then
    /// conditions on it mean the same to the site.
    pub fn is_natural(&self, kind: Kind) -> bool {
        (self.type_oid == natural_type(kind) && self.typmod < 0)
            || (natural_type(kind) == pg_sys::TEXTOID && self.type_oid == pg_sys::VARCHAROID)
    }
}

/// The type that an import declares.
pub(crate) fn natural_type(kind: Kind) -> pg_sys::Oid {
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
pub(crate) fn natural_type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bigint => "bigint",
        Kind::Integer => "integer",
        Kind::Text | Kind::Link => "pg_catalog.text",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamp with time zone",
        Kind::JsonInString | Kind::Json => "pg_catalog.jsonb",
    }
}

/// Whether `ANALYZE` reads a column. Bodies and what takes a request for each row cost more than their statistics
/// are worth.
pub(crate) fn is_read(column: &Column) -> bool {
    !column.is_body() && column.part.is_none()
}
