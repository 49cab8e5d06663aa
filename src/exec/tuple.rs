//! Tuples: rows into slots.

use confluence::batch::{Batch, Slot, Value};
use confluence::schema::Kind;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use crate::catalog::column::LocalColumn;
use crate::catalog::relation::{Relation, SITE};
use crate::pg::error_context::with_context;
use crate::pg::report::Report;
use crate::pg::times::timestamp;
use crate::plan::scan_plan::ScanPlan;

/// Writes rows of batches into a scan's slot.
#[derive(Debug)]
pub(crate) struct Writer {
    /// The foreign table's name, for errors.
    table: String,
    /// Where a batch has the rows' ids, if it has, for errors.
    id: Option<Slot>,
    targets: Vec<TargetColumn>,
    /// The site's name, and its place in the tuple.
    site: Option<(usize, pg_sys::Datum)>,
}

/// Where a batch's slot goes.
#[derive(Debug)]
struct TargetColumn {
    /// The local name.
    column: String,
    /// The batch's slot, which several columns can have.
    slot: Slot,
    /// The place in the tuple.
    place: usize,
    conversion: Conversion,
}

/// How a value becomes a datum.
#[derive(Debug)]
enum Conversion {
    /// The column has the type that an import declares.
    Natural,
    /// Through the input function of the column's type.
    Input {
        function: pg_sys::Oid,
        io_param: pg_sys::Oid,
        typmod: i32,
    },
}

impl Writer {
    /// What it writes of the site's name lies in the current memory context.
    pub fn new(relation: &Relation, plan: &ScanPlan) -> Self {
        let slots = plan.columns();
        let slot_of = |place| Slot::of(place, &slots);
        let targets: Vec<TargetColumn> = plan
            .outputs
            .iter()
            .map(
                |output| match relation.column(output.attribute).zip(slot_of(output.place)) {
                    Some(((local, column), slot)) => TargetColumn {
                        column: relation.name_of(output.attribute),
                        slot,
                        place: output.attribute as usize - 1,
                        conversion: conversion(local, column.kind),
                    },
                    None => Report::new(
                        Code::ERRCODE_INTERNAL_ERROR,
                        "a planned column is not there any more",
                    )
                    .raise(),
                },
            )
            .collect();
        let site = relation.site.as_ref().map(|site| {
            let (function, io_param) = input_function(site.type_oid);
            let name = Value::Text(&site.name);
            let datum = with_context(
                || place_of(SITE, &relation.name),
                || input(name, function, io_param, site.typmod),
            );
            let datum = datum.unwrap_or(pg_sys::Datum::null());
            (site.attribute as usize - 1, datum)
        });
        Self {
            table: relation.name.clone(),
            id: slots
                .iter()
                .position(|&place| relation.table.columns[place].name == "id")
                .map(Slot::nth),
            targets,
            site,
        }
    }

    /// Writes a row's values into a slot that has been cleared. What they point to lies in the current
    /// memory context, which PostgreSQL clears for the next row.
    ///
    /// # Safety
    /// `slot` is the scan's slot, with the table's row type.
    pub unsafe fn write(&self, batch: &Batch, row: usize, slot: *mut pg_sys::TupleTableSlot) {
        // SAFETY: the slot's arrays have an entry for each attribute, and targets are attributes.
        let (values, nulls) = unsafe {
            let count = (*(*slot).tts_tupleDescriptor).natts as usize;
            (
                std::slice::from_raw_parts_mut((*slot).tts_values, count),
                std::slice::from_raw_parts_mut((*slot).tts_isnull, count),
            )
        };
        nulls.fill(true);
        let mut texts = Texts::for_row(&self.targets, batch, row);
        for target in &self.targets {
            let value = batch.value(row, target.slot);
            if value == Value::Null {
                continue;
            }
            let datum = match target.conversion {
                Conversion::Natural => natural(value, &mut texts),
                Conversion::Input {
                    function,
                    io_param,
                    typmod,
                } => with_context(
                    || self.place_of(target, batch, row),
                    || input(value, function, io_param, typmod),
                ),
            };
            values[target.place] = datum.unwrap_or_else(|| {
                Report::new(
                    Code::ERRCODE_DATETIME_FIELD_OVERFLOW,
                    "timestamp out of range",
                )
                .detail(format!("{}.", self.place_of(target, batch, row)))
                .raise()
            });
            nulls[target.place] = false;
        }
        if let Some((place, name)) = self.site {
            values[place] = name;
            nulls[place] = false;
        }
    }

    /// Where a value stands, for the one who has to find it.
    fn place_of(&self, target: &TargetColumn, batch: &Batch, row: usize) -> String {
        let place = place_of(&target.column, &self.table);
        match self.id.map(|id| batch.value(row, id)) {
            None | Some(Value::Null) => place,
            Some(id) => format!("{place}, row {}", literal(id)),
        }
    }
}

/// A column as PostgreSQL's own messages name it.
fn place_of(column: &str, table: &str) -> String {
    format!("column \"{column}\" of foreign table \"{table}\"")
}

/// Whether a node of a plan has given no row.
///
/// # Safety
/// `slot` is NULL, or a valid slot, as each node of a plan gives one.
pub(crate) unsafe fn is_empty(slot: *mut pg_sys::TupleTableSlot) -> bool {
    // SAFETY: where it is not NULL, the slot is valid, as the caller says.
    unsafe { slot.is_null() || u32::from((*slot).tts_flags) & pg_sys::TTS_FLAG_EMPTY != 0 }
}

/// A datum of the type that an import declares; None for a time that PostgreSQL does not have.
fn natural(value: Value, texts: &mut Texts) -> Option<pg_sys::Datum> {
    Some(match value {
        Value::Null => pg_sys::Datum::null(),
        Value::Boolean(value) => pg_sys::Datum::from(value),
        Value::Int(value) => pg_sys::Datum::from(value),
        Value::Timestamp(micros) => pg_sys::Datum::from(timestamp(micros)?),
        Value::Text(text) => texts.datum(&[text]),
        Value::Link(site, path) => texts.datum(&[site, path]),
    })
}

/// The texts of a row, in one allocation: an allocation for each would cost more than all the rest.
struct Texts {
    at: *mut u8,
    left: usize,
}

impl Texts {
    fn for_row(targets: &[TargetColumn], batch: &Batch, row: usize) -> Self {
        let left = targets
            .iter()
            .filter(|target| matches!(target.conversion, Conversion::Natural))
            .map(|target| match batch.value(row, target.slot) {
                Value::Text(text) => text_size(text.len()),
                Value::Link(site, path) => text_size(site.len() + path.len()),
                _ => 0,
            })
            .sum();
        let at = if left == 0 {
            std::ptr::null_mut()
        } else {
            // SAFETY: palloc gives that much, aligned for anything, or raises.
            unsafe { pg_sys::palloc(left).cast() }
        };
        Self { at, left }
    }

    /// A text datum of these pieces. The database's encoding is UTF-8: the extension is refused elsewhere.
    fn datum(&mut self, pieces: &[&str]) -> pg_sys::Datum {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let size = text_size(length);
        assert!(size <= self.left, "a row's texts were measured");
        let datum = self.at.cast::<pg_sys::varlena>();
        // SAFETY: `size` bytes are left at `at`, which stays aligned for a header as sizes are multiples
        // of its alignment.
        unsafe {
            pgrx::set_varsize_4b(datum, (length + pg_sys::VARHDRSZ) as i32);
            let mut at = self.at.add(pg_sys::VARHDRSZ);
            for piece in pieces {
                std::ptr::copy_nonoverlapping(piece.as_ptr(), at, piece.len());
                at = at.add(piece.len());
            }
            self.at = self.at.add(size);
        }
        self.left -= size;
        pg_sys::Datum::from(datum)
    }
}

/// What a text of that length takes, header and alignment included.
fn text_size(length: usize) -> usize {
    (pg_sys::VARHDRSZ + length).next_multiple_of(align_of::<u32>())
}

/// A datum of any type, the way PostgreSQL itself reads a literal; None for a time that PostgreSQL does not have.
fn input(
    value: Value,
    function: pg_sys::Oid,
    io_param: pg_sys::Oid,
    typmod: i32,
) -> Option<pg_sys::Datum> {
    // SAFETY: every type's output and input functions take and give strings that end with NUL.
    unsafe {
        let literal = match value {
            // As ISO 8601 writes it: under other styles, a zone's name may stand for another zone.
            Value::Timestamp(micros) => {
                pg_sys::pstrdup(pg_sys::timestamptz_to_str(timestamp(micros)?))
            }
            // It may be long: PostgreSQL alone finds the memory for it, or raises.
            Value::Text(text) => c_string(text),
            other => c_string(&literal(other)),
        };
        Some(pg_sys::OidInputFunctionCall(
            function, literal, io_param, typmod,
        ))
    }
}

/// A copy that ends with NUL, in the current memory context. No text of a row has a NUL in it.
fn c_string(text: &str) -> *mut std::ffi::c_char {
    // SAFETY: palloc gives that much, or raises; the copy fills it.
    unsafe {
        let copy = pg_sys::palloc(text.len() + 1).cast::<u8>();
        std::ptr::copy_nonoverlapping(text.as_ptr(), copy, text.len());
        copy.add(text.len()).write(0);
        copy.cast()
    }
}

fn literal(value: Value) -> String {
    match value {
        Value::Null | Value::Timestamp(_) => String::new(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => text.to_owned(),
        Value::Link(site, path) => format!("{site}{path}"),
    }
}

fn conversion(local: &LocalColumn, kind: Kind) -> Conversion {
    let is_json = matches!(kind, Kind::JsonInString | Kind::Json);
    let is_plain = !is_json && local.is_natural(kind) && local.typmod < 0;
    if is_plain {
        return Conversion::Natural;
    }
    let (function, io_param) = input_function(local.type_oid);
    Conversion::Input {
        function,
        io_param,
        typmod: local.typmod,
    }
}

/// The input function of a column's type, and what it is called with.
fn input_function(type_oid: pg_sys::Oid) -> (pg_sys::Oid, pg_sys::Oid) {
    let mut function = pg_sys::InvalidOid;
    let mut io_param = pg_sys::InvalidOid;
    // SAFETY: the type is that of a column, so it exists; it gives the input function of the type.
    unsafe { pg_sys::getTypeInputInfo(type_oid, &mut function, &mut io_param) };
    (function, io_param)
}
