//! Datums that know their type, which makes them safe to read.

use std::marker::PhantomData;

use pgrx::datum::UnboxDatum;
use pgrx::prelude::*;
use pgrx::{Array, PgSqlErrorCode as Code, pg_sys};

use super::report::Report;
use super::times;

/// A value, not NULL, and its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypedDatum<'m> {
    datum: pg_sys::Datum,
    type_oid: pg_sys::Oid,
    memory: PhantomData<&'m ()>,
}

impl<'m> TypedDatum<'m> {
    /// A value of a type; None where it is NULL.
    ///
    /// # Safety
    /// Where it is not NULL, the datum is a valid one of the type, and what it points to stays while `'m` lasts.
    pub unsafe fn new(datum: pg_sys::Datum, is_null: bool, type_oid: pg_sys::Oid) -> Option<Self> {
        (!is_null).then_some(Self {
            datum,
            type_oid,
            memory: PhantomData,
        })
    }

    /// The value itself, for PostgreSQL.
    pub(super) fn datum(self) -> pg_sys::Datum {
        self.datum
    }

    pub fn type_oid(self) -> pg_sys::Oid {
        self.type_oid
    }

    /// Whether it is the truth value true.
    pub fn is_true(self) -> bool {
        self.type_oid == pg_sys::BOOLOID && self.datum.value() != 0
    }

    /// A number of any size.
    pub fn int(self) -> i64 {
        match self.type_oid {
            pg_sys::INT2OID => i64::from(self.datum.value() as i16),
            pg_sys::INT4OID => i64::from(self.datum.value() as i32),
            pg_sys::INT8OID => self.datum.value() as i64,
            _ => self.is_not("a number"),
        }
    }

    /// Whether it is a text.
    pub fn is_text(self) -> bool {
        matches!(self.type_oid, pg_sys::TEXTOID | pg_sys::VARCHAROID)
    }

    /// A text.
    pub fn text(self) -> String {
        if !self.is_text() {
            self.is_not("a text");
        }
        // SAFETY: it is a text, not NULL, and it is copied.
        let text = unsafe { <&str>::from_datum(self.datum, false) };
        text.unwrap_or_default().to_owned()
    }

    /// The whole number that a number of the type `numeric` is; None where it is another one, or too large.
    pub fn whole_number(self) -> Option<i64> {
        if self.type_oid != pg_sys::NUMERICOID {
            self.is_not("a number with decimals");
        }
        // SAFETY: it is such a number, not NULL.
        let number = unsafe { AnyNumeric::from_datum(self.datum, false) }?.to_string();
        let whole = match number.split_once('.') {
            Some((whole, decimals)) if decimals.bytes().all(|digit| digit == b'0') => whole,
            Some(_) => return None,
            None => &number,
        };
        whole.parse().ok()
    }

    /// A length of time in microseconds, as PostgreSQL compares it: a day has 24 hours, and a month 30 days. None where that
    /// is too long.
    pub fn span(self) -> Option<i64> {
        const DAY: i64 = 86_400_000_000;
        if self.type_oid != pg_sys::INTERVALOID {
            self.is_not("a length of time");
        }
        // SAFETY: it is such a value, not NULL.
        let span = unsafe { *self.datum.cast_mut_ptr::<pg_sys::Interval>() };
        let days = i64::from(span.month) * 30 + i64::from(span.day);
        days.checked_mul(DAY)?.checked_add(span.time)
    }

    /// The elements of an array of one dimension that are not NULL; None for another one, and for one of very many.
    pub fn elements(self) -> Option<Vec<TypedDatum<'m>>> {
        /// An array of more elements is not looked into.
        const LOOKED_INTO: usize = 10_000;
        let type_oid = self.element_type();
        if self.array_length()? > LOOKED_INTO {
            return None;
        }
        let (mut length, mut by_value, mut align) = (0, false, 0);
        let (mut values, mut nulls, mut count) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
        // SAFETY: it is an array of elements of that type, which is looked up; both lists have a place for each element.
        unsafe {
            let array =
                pg_sys::pg_detoast_datum(self.datum.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
            if (*array).ndim > 1 {
                return None;
            }
            pg_sys::get_typlenbyvalalign(type_oid, &mut length, &mut by_value, &mut align);
            pg_sys::deconstruct_array(
                array,
                type_oid,
                length.into(),
                by_value,
                align,
                &mut values,
                &mut nulls,
                &mut count,
            );
            let places = 0..usize::try_from(count).unwrap_or(0);
            let elements =
                places.filter_map(|n| Self::new(*values.add(n), *nulls.add(n), type_oid));
            Some(elements.collect())
        }
    }

    /// The numbers of an array that are not NULL.
    pub fn ints(self) -> Vec<i64> {
        self.int_elements::<i16>()
            .or_else(|| self.int_elements::<i32>())
            .or_else(|| self.int_elements::<i64>())
            .unwrap_or_else(|| self.is_not("an array of numbers"))
    }

    /// The numbers of an array of such numbers; None for one of others.
    fn int_elements<T>(self) -> Option<Vec<i64>>
    where
        T: FromDatum + IntoDatum + Into<i64> + for<'a> UnboxDatum<As<'a> = T> + 'static,
    {
        if self.element_type() != T::type_oid() {
            return None;
        }
        // SAFETY: it is an array of such elements, not NULL.
        let array = unsafe { Array::<T>::from_datum(self.datum, false) }?;
        // Room for all of them at once: a list that grows takes up to three times as much.
        let mut numbers = Vec::with_capacity(array.len());
        numbers.extend(array.iter().flatten().map(Into::into));
        Some(numbers)
    }

    /// The texts of an array that are not NULL.
    pub fn texts(self) -> Vec<String> {
        if !matches!(self.element_type(), pg_sys::TEXTOID | pg_sys::VARCHAROID) {
            self.is_not("an array of texts");
        }
        // SAFETY: it is an array of texts, not NULL, and they are copied.
        let array = unsafe { Array::<&str>::from_datum(self.datum, false) };
        let texts = array.iter().flat_map(|array| array.iter().flatten());
        texts.map(str::to_owned).collect()
    }

    /// A time, in microseconds since 1970-01-01 UTC.
    pub fn micros(self) -> i64 {
        let mut overflow = 0;
        // SAFETY: the functions take what their names say; dates and times without a zone become times in the session's
        // zone, as PostgreSQL's own comparison makes them. What is too far away for a time becomes infinite, since they
        // are told of the overflow rather than raising it.
        let time = unsafe {
            match self.type_oid {
                pg_sys::DATEOID => {
                    pg_sys::date2timestamptz_opt_overflow(self.datum.value() as i32, &mut overflow)
                }
                pg_sys::TIMESTAMPOID => pg_sys::timestamp2timestamptz_opt_overflow(
                    self.datum.value() as i64,
                    &mut overflow,
                ),
                pg_sys::TIMESTAMPTZOID => self.datum.value() as i64,
                _ => self.is_not("a time"),
            }
        };
        times::unix_micros(time)
    }

    /// How many elements an array has, NULLs included; None for what is no array.
    pub fn array_length(self) -> Option<usize> {
        if self.element_type() == pg_sys::InvalidOid {
            return None;
        }
        // SAFETY: it is an array, whose header is followed by the sizes of its dimensions once it is no longer compressed.
        let length = unsafe {
            let array =
                pg_sys::pg_detoast_datum(self.datum.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
            pg_sys::ArrayGetNItems((*array).ndim, array.add(1).cast())
        };
        usize::try_from(length).ok()
    }

    /// The type of an array's elements; InvalidOid for what is no array.
    pub fn element_type(self) -> pg_sys::Oid {
        // SAFETY: a catalog look-up; InvalidOid for what is no array.
        unsafe { pg_sys::get_element_type(self.type_oid) }
    }

    /// Raises what cannot be: planning admits values by their types.
    fn is_not(self, wanted: &str) -> ! {
        Report::new(
            Code::ERRCODE_INTERNAL_ERROR,
            format!("a value of type {} is not {wanted}", self.type_oid.to_u32()),
        )
        .raise()
    }
}
