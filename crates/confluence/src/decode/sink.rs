//! Where rows go while they are decoded.

use std::fmt;

use jiff::Timestamp;

use super::Problem;
use super::shape::Shape;
use crate::Sanitized;
use crate::batch::{Batch, Cell, Span, Value};
use crate::table::Kind;

/// Where rows go while they are decoded.
pub(super) struct Sink<'s> {
    pub shape: &'s Shape,
    /// Slots whose values are known beforehand.
    given: Vec<(usize, Value<'s>)>,
    pub batch: Batch,
    pub problem: Option<Problem>,
    /// The length of the longest list of rows so far.
    pub longest: u64,
    /// Whether a list of rows was as long as the site says that it gives at most.
    pub full: bool,
    /// The first row within the object around the rows that is being read.
    first_inside: usize,
    /// The values that this object tells.
    around: Vec<(usize, Cell)>,
    /// Whether values are those of the object around the rows.
    is_around: bool,
    /// The slots that every row owes, and whether the row that is being read has paid.
    owed: Vec<(usize, bool)>,
}

impl<'s> Sink<'s> {
    pub fn new(shape: &'s Shape, given: Vec<(usize, Value<'s>)>) -> Self {
        Self {
            shape,
            given,
            batch: Batch::new(shape.width()),
            problem: None,
            longest: 0,
            full: false,
            first_inside: 0,
            around: Vec::new(),
            is_around: false,
            owed: (0..shape.width())
                .filter(|&slot| shape.is_owed(slot))
                .map(|slot| (slot, false))
                .collect(),
        }
    }

    /// Notes that the row has a field for a slot, whatever it is.
    pub fn came(&mut self, slot: usize) {
        for (owed, has_come) in &mut self.owed {
            *has_come |= *owed == slot;
        }
    }

    /// Begins a row that lies at the place of this number.
    pub fn begin_row(&mut self, place: Option<usize>) {
        for (_, has_come) in &mut self.owed {
            *has_come = false;
        }
        let width = self.shape.width();
        self.batch
            .cells
            .resize(self.batch.cells.len() + width, Cell::Null);
        for given in 0..self.given.len() {
            let (slot, value) = self.given[given];
            let cell = match value {
                Value::Int(id) => Cell::Int(id),
                Value::Text(text) => Cell::Text(self.text(text)),
                _ => Cell::Null,
            };
            self.put(slot, cell);
        }
        let shape = self.shape;
        for &(slot, value) in place.iter().flat_map(|&place| &shape.sets[place]) {
            let cell = Cell::Text(self.text(value));
            self.put(slot, cell);
        }
    }

    fn put(&mut self, slot: usize, cell: Cell) {
        if self.is_around {
            self.around.push((slot, cell));
            return;
        }
        let row = self.batch.cells.len() - self.shape.width();
        let known = &mut self.batch.cells[row + slot];
        // Of several places, the first one that is there counts.
        if !self.shape.has_several[slot] || *known == Cell::Null {
            *known = cell;
        }
    }

    /// Begins an object around a list of rows.
    pub fn begin_around(&mut self) {
        self.first_inside = self.batch.len();
        self.around.clear();
    }

    /// Reads fields of the object around the rows, until this is called with false.
    pub fn set_around(&mut self, is_around: bool) {
        self.is_around = is_around;
    }

    /// Ends the object around a list of rows: what it tells holds for all of them.
    pub fn end_around(&mut self) -> bool {
        let width = self.shape.width();
        for row in self.first_inside..self.batch.len() {
            for &(slot, cell) in &self.around {
                self.batch.cells[row * width + slot] = cell;
            }
            self.check_required(row, |at| at.starts_with('^'));
        }
        self.problem.is_none()
    }

    /// Notes how long a list of rows was, and how long the site says that it can be.
    pub fn end_list(&mut self, length: u64, most: Option<u64>) {
        self.longest = self.longest.max(length);
        self.full |= length > 0 && most.is_some_and(|most| length >= most);
    }

    /// Notes that an object on the way to the rows is not what it should be.
    pub fn lack(&mut self, name: &str) {
        self.problem
            .get_or_insert_with(|| Problem::Shape(format!("an object without {name}")));
    }

    /// Ends a row: a problem is told with the row's id, which may stand behind the broken field.
    pub fn end_row(&mut self) -> bool {
        self.check_required(self.batch.len() - 1, |at| !at.starts_with('^'));
        if self.problem.is_none()
            && let Some((slot, _)) = self.owed.iter().find(|(_, has_come)| !has_come)
        {
            self.problem = Some(Problem::Value {
                field: self.shape.columns[*slot].at,
                id: None,
                found: "nothing, though it was asked for".to_owned(),
            });
        }
        if self.problem.is_none() {
            return true;
        }
        let row_id = self.row_id();
        if let Some(Problem::Value { id, .. }) = &mut self.problem {
            *id = row_id;
        }
        false
    }

    fn check_required(&mut self, row: usize, concerns: impl Fn(&str) -> bool) {
        if self.problem.is_some() {
            return;
        }
        let width = self.shape.width();
        let missing = self
            .shape
            .columns
            .iter()
            .zip(&self.batch.cells[row * width..])
            .find(|(column, cell)| {
                column.required
                    && column.part.is_none()
                    && **cell == Cell::Null
                    && concerns(column.at)
            });
        if let Some((column, _)) = missing {
            self.problem = Some(Problem::Value {
                field: column.at,
                id: None,
                found: "nothing".to_owned(),
            });
        }
    }

    fn row_id(&self) -> Option<String> {
        let slot = self.shape.id?;
        let row = self.batch.len().checked_sub(1)?;
        match self.batch.value(row, slot) {
            Value::Int(id) => Some(id.to_string()),
            Value::Text(id) => Some(id.to_owned()),
            _ => None,
        }
    }

    pub fn refuse(&mut self, slot: usize, found: impl fmt::Display) {
        if self.problem.is_none() {
            let found = Sanitized::within(&found.to_string(), 80).to_string();
            self.problem = Some(Problem::Value {
                field: self.shape.columns[slot].at,
                id: None,
                found,
            });
        }
    }

    fn text(&mut self, text: &str) -> Span {
        let start = self.batch.text.len();
        if text.contains('\0') {
            self.batch
                .text
                .extend(text.chars().map(|c| if c == '\0' { '\u{fffd}' } else { c }));
        } else {
            self.batch.text.push_str(text);
        }
        // An answer is below 4 GiB. A replaced U+0000 stands in it as six bytes, and here as three.
        Span {
            start: start as u32,
            length: (self.batch.text.len() - start) as u32,
        }
    }

    pub fn json(&mut self, document: &str) -> Span {
        if document.contains("\\u0000") {
            self.text(&without_nul_escapes(document))
        } else {
            self.text(document)
        }
    }

    pub fn string(&mut self, slot: usize, value: &str) {
        let column = self.shape.columns[slot];
        if value.is_empty() && column.empty_is_null {
            return;
        }
        let cell = match column.kind {
            Kind::Text => Some(Cell::Text(self.text(value))),
            Kind::JsonInString | Kind::Json => is_json(value).then(|| Cell::Text(self.json(value))),
            Kind::Link => Some(Cell::Link(self.text(value))),
            Kind::Bigint => value.parse().ok().map(Cell::Int),
            Kind::Integer => value.parse::<i32>().ok().map(|n| Cell::Int(n.into())),
            Kind::Timestamp => value
                .parse::<Timestamp>()
                .ok()
                .map(|time| Cell::Timestamp(time.as_microsecond())),
            Kind::Boolean => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.refuse(slot, format_args!("\"{value}\"")),
        }
    }

    pub fn integer(&mut self, slot: usize, value: i64) {
        let cell = match self.shape.columns[slot].kind {
            Kind::Bigint => Some(Cell::Int(value)),
            Kind::Integer => i32::try_from(value).ok().map(|n| Cell::Int(n.into())),
            // Version 1 of the API writes some times as milliseconds since 1970.
            Kind::Timestamp => value.checked_mul(1000).map(Cell::Timestamp),
            // Version 1 of the API writes some ids as numbers.
            Kind::Text => Some(Cell::Text(self.text(&value.to_string()))),
            _ => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.refuse(slot, value),
        }
    }

    pub fn boolean(&mut self, slot: usize, value: bool) {
        match self.shape.columns[slot].kind {
            Kind::Boolean => self.put(slot, Cell::Boolean(value)),
            _ => self.refuse(slot, value),
        }
    }
}

/// Whether a database will take it: a value is built, since merely skipping over one lets through halves of
/// characters and numbers beyond all bounds.
fn is_json(document: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(document).is_ok()
}

/// A JSON document in which the escape for U+0000 is one for U+FFFD, as U+0000 in text is.
fn without_nul_escapes(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (replaced, length) = if escape.starts_with("\\u0000") {
            ("\\ufffd", 6)
        } else {
            // An escaped character is one byte, so that \\\\u0000 stays what it is: a backslash and letters.
            (&escape[..2], 2)
        };
        out.push_str(replaced);
        rest = &escape[length..];
    }
    out.push_str(rest);
    out
}
