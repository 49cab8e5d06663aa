//! Values: PostgreSQL's as those that the site is asked for.

use confluence::request::Values;
use confluence::schema::{ColumnId, Kind, Table};
use pgrx::datum::UnboxDatum;
use pgrx::prelude::*;
use pgrx::{Array, pg_sys};

use super::pushdown::{Op, Pushdown};

/// The values of an equality. NULLs in an array equal nothing.
///
/// # Safety
/// `datum` is of the type, which is one that planning admits for the column.
pub(crate) unsafe fn values_of(
    table: &Table,
    place: ColumnId,
    shape: Op,
    datum: pg_sys::Datum,
    type_oid: pg_sys::Oid,
) -> Values {
    let is_text = table.columns[place].kind == Kind::Text;
    // SAFETY: by the caller's promise; arrays are read as arrays of their element type.
    unsafe {
        match (shape, is_text) {
            (Op::AnyOf, true) => {
                let array = Array::<&str>::from_datum(datum, false);
                let texts = array.iter().flat_map(|array| array.iter().flatten());
                Values::texts(texts.map(str::to_owned).collect())
            }
            (Op::AnyOf, false) => Values::ints(match pg_sys::get_element_type(type_oid) {
                pg_sys::INT2OID => ints::<i16>(datum),
                pg_sys::INT4OID => ints::<i32>(datum),
                _ => ints::<i64>(datum),
            }),
            (_, true) => {
                let text = <&str>::from_datum(datum, false).unwrap_or_default();
                Values::texts(vec![text.to_owned()])
            }
            (_, false) => Values::ints(vec![int(datum, type_oid)]),
        }
    }
}

/// The values of an equality that are written in the query; None where only the scan will know them.
///
/// # Safety
/// The condition is one that planning admits for its column.
pub(super) unsafe fn constant(table: &Table, pushdown: &Pushdown) -> Option<Values> {
    // SAFETY: by the caller's promise; the tag names the struct.
    unsafe {
        if (*pushdown.value).type_ != pg_sys::NodeTag::T_Const {
            return None;
        }
        let constant = pushdown.value.cast::<pg_sys::Const>();
        let (datum, type_oid) = ((*constant).constvalue, (*constant).consttype);
        (!(*constant).constisnull)
            .then(|| values_of(table, pushdown.place, pushdown.shape, datum, type_oid))
    }
}

/// A value that rows are told apart by. The site's equality and PostgreSQL's agree on these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum JoinKey {
    Int(i64),
    Text(String),
}

/// One value that a column is asked for by. None for NULL.
///
/// # Safety
/// `datum` is of the type, which is one that planning admits for the column.
pub(crate) unsafe fn key(
    datum: pg_sys::Datum,
    is_null: bool,
    type_oid: pg_sys::Oid,
) -> Option<JoinKey> {
    if is_null {
        return None;
    }
    Some(match type_oid {
        pg_sys::TEXTOID | pg_sys::VARCHAROID => {
            // SAFETY: by the caller's promise.
            let text = unsafe { <&str>::from_datum(datum, false) };
            JoinKey::Text(text.unwrap_or_default().to_owned())
        }
        _ => JoinKey::Int(int(datum, type_oid)),
    })
}

/// A number of any of the types that planning admits.
pub(super) fn int(datum: pg_sys::Datum, type_oid: pg_sys::Oid) -> i64 {
    match type_oid {
        pg_sys::INT2OID => i64::from(datum.value() as i16),
        pg_sys::INT4OID => i64::from(datum.value() as i32),
        _ => datum.value() as i64,
    }
}

/// The elements of an array of numbers that are not NULL.
///
/// # Safety
/// `datum` is an array with elements of the type.
unsafe fn ints<T>(datum: pg_sys::Datum) -> Vec<i64>
where
    T: FromDatum + Into<i64> + for<'a> UnboxDatum<As<'a> = T> + 'static,
{
    // SAFETY: by the caller's promise.
    let Some(array) = (unsafe { Array::<T>::from_datum(datum, false) }) else {
        return Vec::new();
    };
    // Room for all of them at once: a list that grows takes up to three times as much.
    let mut numbers = Vec::with_capacity(array.len());
    numbers.extend(array.iter().flatten().map(Into::into));
    numbers
}
