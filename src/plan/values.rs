//! Values: PostgreSQL's as those that the site is asked for.

use confluence::request::{Key, Values};
use confluence::schema::{ColumnId, Kind, Table};

use super::pushdown::{Op, Pushdown};
use crate::pg::datum::TypedDatum;

/// The values of an equality. NULLs in an array equal nothing.
pub(crate) fn values_of(table: &Table, place: ColumnId, shape: Op, value: TypedDatum) -> Values {
    let is_text = table.columns[place].kind == Kind::Text;
    match (shape, is_text) {
        (Op::AnyOf, true) => Values::texts(value.texts()),
        (Op::AnyOf, false) => Values::ints(value.ints()),
        (_, true) => Values::texts(vec![value.text()]),
        (_, false) => Values::ints(vec![value.int()]),
    }
}

/// The values of an equality that are written in the query; None where only the scan will know them.
pub(super) fn constant(table: &Table, pushdown: &Pushdown) -> Option<Values> {
    let value = pushdown.value.constant()?;
    Some(values_of(table, pushdown.place, pushdown.shape, value))
}

/// One value that a column is asked for by. The site's equality and PostgreSQL's agree on these.
pub(crate) fn key(value: TypedDatum) -> Key {
    match value.is_text() {
        true => Key::Text(value.text()),
        false => Key::Int(value.int()),
    }
}
