//! Values: PostgreSQL's as those that the site is asked for.

use confluence::request::{Key, Values};
use confluence::schema::{ColumnId, Kind, Table};
use pgrx::pg_sys;

use super::pushdown::{Op, Pushdown};
use crate::pg::datum::TypedDatum;

/// The values of an equality. NULLs in an array equal nothing.
pub(crate) fn values_of(table: &Table, place: ColumnId, shape: Op, value: TypedDatum) -> Values {
    let is_text = table.columns[place].kind == Kind::Text;
    match (shape, is_text) {
        (Op::AnyOf, true) => Values::texts(value.texts()),
        (Op::AnyOf, false) if is_of_text(value.element_type()) => Values::ints(
            value
                .texts()
                .iter()
                .filter_map(|text| spelled(text))
                .collect(),
        ),
        (Op::AnyOf, false) => Values::ints(value.ints()),
        (_, true) => Values::texts(vec![value.text()]),
        (_, false) => Values::ints(number(value).into_iter().collect()),
    }
}

/// The number that a column of whole numbers has to hold to equal a value: one of another type may be equal to none.
fn number(value: TypedDatum) -> Option<i64> {
    match value.type_oid() {
        text if is_of_text(text) => spelled(&value.text()),
        pg_sys::NUMERICOID => value.whole_number(),
        _ => Some(value.int()),
    }
}

fn is_of_text(type_oid: pg_sys::Oid) -> bool {
    matches!(type_oid, pg_sys::TEXTOID | pg_sys::VARCHAROID)
}

/// The number that PostgreSQL writes as this text, if there is one.
fn spelled(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// The values of an equality that are written in the query; None where only the scan will know them.
pub(super) fn constant(table: &Table, pushdown: &Pushdown) -> Option<Values> {
    let value = pushdown.value.constant()?;
    Some(values_of(table, pushdown.place, pushdown.shape, value))
}

/// One value that a column of a type is asked for by, or holds. The site's equality and PostgreSQL's agree on these. None where
/// the column cannot hold such a value.
pub(crate) fn key(value: TypedDatum, column: pg_sys::Oid) -> Option<Key> {
    match is_of_text(column) {
        true => Some(Key::Text(value.text())),
        false => number(value).map(Key::Int),
    }
}
