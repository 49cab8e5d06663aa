//! The sink: where rows go while they are decoded.

use std::fmt::{self, Write};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use serde::de;

use super::document::{self, Unfit};
use super::projection::{FieldNode, Incomplete, Projection};
use super::visitor::ListClaims;
use super::{DecodeError, ListShown, number, time};
use crate::batch::{Batch, Cell, Slot, Value};
use crate::schema::Kind;
use crate::{Budget, Sanitized};

/// Where rows go while they are decoded.
pub(super) struct Sink<'s> {
    pub shape: &'s Projection,
    /// Slots whose values are known beforehand.
    given: Vec<(Slot, Value<'s>)>,
    /// Whether nobody wants the rows any more.
    stop: &'s AtomicBool,
    /// Whether values are looked at as they are written.
    pub with_care: bool,
    /// Whether a value was met that has to be.
    pub is_unclear: bool,
    pub batch: Batch,
    pub problem: Option<DecodeError>,
    /// The length of the longest list of rows so far.
    pub longest: u64,
    /// Whether a list of rows was as long as the site says that it gives at most.
    pub full: bool,
    /// How many values could not be read and became NULL.
    pub unread: u64,
    /// The objects that are shown whole, those of whose lists only the beginning is shown, and the lists that are counted.
    pub objects: Batch,
    pub cut_objects: Batch,
    pub lists: Vec<ListShown>,
    /// Whether what is being read is an object around lists of rows.
    is_inside: bool,
    /// The first row within the object around the rows that is being read.
    first_inside: usize,
    /// How many lists have come whole within it, and how many have not.
    whole_lists: usize,
    cut_lists: usize,
    /// Whether it is of the kind that has rows; None as long as it has not said so.
    is_of_kind: Option<bool>,
    /// The first of the counted lists within it.
    first_list: usize,
    /// The values that this object tells.
    around: Vec<(Slot, Cell)>,
    /// Whether values are those of the object around the rows.
    is_around: bool,
    /// The slots that every row owes, and whether the row that is being read has paid.
    owed: Vec<(Slot, bool)>,
}

impl<'s> Sink<'s> {
    pub fn new(
        shape: &'s Projection,
        given: Vec<(Slot, Value<'s>)>,
        stop: &'s AtomicBool,
        with_care: bool,
    ) -> Self {
        Self {
            shape,
            given,
            stop,
            with_care,
            is_unclear: false,
            batch: Batch::new(shape.width()),
            problem: None,
            longest: 0,
            full: false,
            unread: 0,
            objects: Batch::new(1),
            cut_objects: Batch::new(1),
            lists: Vec::new(),
            is_inside: false,
            first_inside: 0,
            whole_lists: 0,
            cut_lists: 0,
            is_of_kind: None,
            first_list: 0,
            around: Vec::new(),
            is_around: false,
            owed: Slot::first(shape.width())
                .filter(|&slot| shape.is_owed(slot))
                .map(|slot| (slot, false))
                .collect(),
        }
    }

    /// Notes that the row has a field for a slot, whatever it is.
    pub fn came(&mut self, slot: Slot) {
        for (owed, has_come) in &mut self.owed {
            *has_come |= *owed == slot;
        }
    }

    /// Notes that there is an array for all that is wanted of its last element.
    pub fn came_all(&mut self, node: &FieldNode) {
        for slot in node.slots() {
            self.came(slot);
        }
    }

    /// Forgets what is wanted of an element, as there is another one behind it.
    pub fn forget_all(&mut self, node: &FieldNode) {
        for slot in node.slots() {
            if let Some(row) = self.batch.cells.len().checked_sub(self.shape.width()) {
                self.batch.cells[row + slot.index()] = Cell::Null;
            }
        }
    }

    /// Begins a row that lies at the place of this number.
    pub fn begin_row(&mut self, place: Option<usize>) {
        for (_, has_come) in &mut self.owed {
            *has_come = false;
        }
        if self.stop.load(Relaxed) {
            self.stop_reading();
        }
        if let Err(budget) = self.batch.add_row() {
            self.exceed(budget);
            return;
        }
        for given in 0..self.given.len() {
            let (slot, value) = self.given[given];
            let cell = match value {
                Value::Int(id) => Cell::Int(id),
                Value::Text(text) => self.text(text),
                _ => Cell::Null,
            };
            self.put(slot, cell);
        }
        let shape = self.shape;
        for &(slot, value) in place.iter().flat_map(|&place| &shape.sets[place]) {
            let cell = self.text(value);
            self.put(slot, cell);
        }
    }

    fn put(&mut self, slot: Slot, cell: Cell) {
        if self.is_around {
            self.around.push((slot, cell));
            return;
        }
        let row = self.batch.cells.len() - self.shape.width();
        let known = &mut self.batch.cells[row + slot.index()];
        // Of several places, the first one that is there counts.
        if !self.shape.has_several[slot.index()] || *known == Cell::Null {
            *known = cell;
        }
    }

    /// Begins an object around lists of rows.
    pub fn begin_around(&mut self) {
        self.is_inside = true;
        self.first_inside = self.batch.len();
        self.whole_lists = 0;
        self.cut_lists = 0;
        self.is_of_kind = self.shape.kind.is_none().then_some(true);
        self.first_list = self.lists.len();
        self.around.clear();
    }

    /// Reads fields of the object around the rows, until this is called with false.
    pub fn set_around(&mut self, is_around: bool) {
        self.is_around = is_around;
    }

    /// Ends the object around lists of rows: what it tells holds for all of them.
    pub fn end_around(&mut self) -> bool {
        self.is_inside = false;
        if let Incomplete::LeftOut(Some(object)) = self.shape.incomplete {
            self.end_object(object);
        }
        let width = self.shape.width();
        for row in self.first_inside..self.batch.len() {
            for &(slot, cell) in &self.around {
                self.batch.cells[row * width + slot.index()] = cell;
            }
            self.check_required(row, |at| at.starts_with('^'));
        }
        let around = self.around.iter().filter_map(|&(slot, cell)| {
            let Value::Text(text) = self.batch.read(cell) else {
                return None;
            };
            Some((self.shape.column(slot).name, text.to_owned()))
        });
        let around: Vec<(&'static str, String)> = around.collect();
        for list in &mut self.lists[self.first_list..] {
            list.around.clone_from(&around);
        }
        self.problem.is_none()
    }

    /// Notes whether the object around lists of rows is of the kind that has rows.
    pub fn take_kind(&mut self, is_of_kind: bool) {
        self.is_of_kind = Some(is_of_kind);
    }

    /// Notes an object all of whose lists have come whole, or that has none. Of any other one, nothing is kept.
    fn end_object(&mut self, object: Slot) {
        let mut around = self.around.iter();
        let key = around.find(|(slot, cell)| *slot == object && *cell != Cell::Null);
        let has_rows = self.is_of_kind == Some(true) && self.whole_lists == self.shape.sets.len();
        if key.is_none() || !has_rows {
            self.batch
                .cells
                .truncate(self.first_inside * self.shape.width());
        }
        let Some(&(_, key)) = key else { return };
        let shown = match self.is_of_kind {
            Some(true) if has_rows => &mut self.objects,
            Some(true) if self.cut_lists > 0 => &mut self.cut_objects,
            Some(false) => &mut self.objects,
            _ => return,
        };
        let row = shown.len();
        let noted = shown.add_row();
        let noted = noted.and_then(|()| shown.take(row, Slot::nth(0), self.batch.read(key)));
        if let Err(budget) = noted {
            self.exceed(budget);
        }
    }

    /// Whether an object on the way to rows may be without what the way leads through: then it is not whole.
    pub fn may_lack(&self) -> bool {
        self.is_inside && matches!(self.shape.incomplete, Incomplete::LeftOut(_))
    }

    /// Notes how long a list of rows was, and what the site says of it.
    pub fn end_list(&mut self, place: usize, length: u64, claims: ListClaims) {
        let ListClaims {
            most,
            size,
            goes_on,
        } = claims;
        self.longest = self.longest.max(length);
        let is_full = most.is_some_and(|most| length >= most);
        self.full |= length > 0 && is_full;
        match self.shape.incomplete {
            Incomplete::Refused => {}
            Incomplete::Counted => {
                // A page that counts rows which it does not give is as full as if it gave them.
                self.full |= length > 0 && size.is_some() && size == most;
                self.lists.push(ListShown {
                    place,
                    around: Vec::new(),
                    length,
                    size,
                    most,
                });
            }
            Incomplete::LeftOut(_) => {
                let is_short = size.is_some_and(|size| size > length);
                match is_full || is_short || goes_on {
                    true => self.cut_lists += 1,
                    false => self.whole_lists += 1,
                }
            }
        }
    }

    /// Notes that an object on the way to the rows is not what it should be.
    pub fn lack(&mut self, name: &str) {
        self.problem
            .get_or_insert_with(|| DecodeError::Shape(format!("an object without {name}")));
    }

    /// Notes that an object has a name twice.
    pub fn have_twice(&mut self, name: &str) {
        self.problem
            .get_or_insert_with(|| DecodeError::Shape(format!("an object with \"{name}\" twice")));
    }

    /// The answer has to be read once more, with care.
    pub fn be_careful<E: de::Error>(&mut self) -> E {
        self.is_unclear = true;
        E::custom("a number in a spelling of its own")
    }

    fn exceed(&mut self, budget: Budget) {
        self.problem.get_or_insert(DecodeError::TooLarge(budget));
    }

    fn stop_reading(&mut self) {
        self.problem
            .get_or_insert_with(|| DecodeError::Shape("what is not wanted any more".to_owned()));
    }

    /// Ends a row: a problem is told with the row's id, which may stand behind the broken field.
    pub fn end_row(&mut self) -> bool {
        self.check_required(self.batch.len() - 1, |at| !at.starts_with('^'));
        let not_paid = self.owed.iter().find(|(_, has_come)| !has_come);
        if self.problem.is_none()
            && let Some((slot, _)) = not_paid
        {
            if matches!(self.shape.incomplete, Incomplete::LeftOut(None)) {
                let row = self.batch.cells.len() - self.shape.width();
                self.batch.cells.truncate(row);
                return true;
            }
            self.problem = Some(DecodeError::Value {
                field: self.shape.at(*slot),
                id: None,
                found: "nothing, though it was asked for".to_owned(),
            });
        }
        if self.problem.is_none() {
            return true;
        }
        let row_id = self.row_id();
        if let Some(DecodeError::Value { id, .. }) = &mut self.problem {
            *id = row_id;
        }
        false
    }

    fn check_required(&mut self, row: usize, concerns: impl Fn(&str) -> bool) {
        if self.problem.is_some() {
            return;
        }
        let width = self.shape.width();
        let columns = self.shape.columns.iter().zip(&self.shape.at);
        let missing = columns
            .zip(&self.batch.cells[row * width..])
            .find(|((column, at), cell)| {
                column.required && column.part.is_none() && **cell == Cell::Null && concerns(at)
            });
        if let Some(((_, at), _)) = missing {
            self.problem = Some(DecodeError::Value {
                field: at,
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
            Value::Text(id) => Some(shown(id)),
            _ => None,
        }
    }

    /// Refuses a value that its column cannot hold.
    pub fn refuse(&mut self, slot: Slot, found: impl fmt::Display) {
        if self.problem.is_none() {
            self.problem = Some(DecodeError::Value {
                field: self.shape.at(slot),
                id: None,
                found: shown(found),
            });
        }
    }

    /// Leaves out a value that cannot be read, where that is said of the column; refuses it where it is not.
    fn leave_out(&mut self, slot: Slot, found: impl fmt::Display) {
        if self.shape.column(slot).informative {
            self.unread += 1;
        } else {
            self.refuse(slot, found);
        }
    }

    #[inline]
    fn text(&mut self, text: &str) -> Cell {
        // Nearly all are kept as they are, and looking at bytes is the fastest way to know.
        if text.as_bytes().contains(&0) {
            return self.text_without_nul(text);
        }
        match self.batch.add_text(text) {
            Ok(span) => Cell::Text(span),
            Err(budget) => {
                self.exceed(budget);
                Cell::Null
            }
        }
    }

    /// A text that PostgreSQL cannot hold as it is.
    #[cold]
    fn text_without_nul(&mut self, text: &str) -> Cell {
        let start = self.batch.text.len();
        let mut pieces = text.split('\0');
        let first = pieces.next().unwrap_or_default();
        let kept = self.batch.add_text(first).and_then(|_| {
            pieces.try_for_each(|piece| {
                self.batch.add_text("\u{fffd}")?;
                self.batch.add_text(piece).map(drop)
            })
        });
        self.cell(start, kept)
    }

    /// The text that was kept since there were so many bytes of them.
    fn cell(&mut self, start: usize, kept: Result<(), Budget>) -> Cell {
        if let Err(budget) = kept {
            self.exceed(budget);
            return Cell::Null;
        }
        Cell::Text(self.batch.since(start))
    }

    /// A text in a column.
    pub fn string(&mut self, slot: Slot, value: &str) {
        let column = self.shape.column(slot);
        // A required one that is empty is an error, below.
        if value.is_empty() && column.is_never_empty() && !column.required {
            return;
        }
        let cell = match column.kind {
            Kind::Text if column.required && !self.can_be_key(value) => None,
            Kind::Text => Some(self.text(value)),
            Kind::Link => match self.text(value) {
                Cell::Text(path) => Some(Cell::Link(path)),
                _ => None,
            },
            // A body that nobody has written anything in.
            Kind::JsonInString if value.trim_ascii().is_empty() => return,
            Kind::JsonInString => {
                return self.document(slot, value, document::check(value, self.stop));
            }
            Kind::Bigint => match value.parse() {
                Ok(number) => return self.integer(slot, number),
                Err(_) => None,
            },
            // As version 1 says of a position.
            Kind::Integer if value == "none" => return,
            Kind::Integer => value.parse::<i32>().ok().map(|n| Cell::Int(n.into())),
            Kind::Timestamp => time::of_text(value).map(Cell::Timestamp),
            Kind::Boolean => match value {
                "true" => Some(Cell::Boolean(true)),
                "false" => Some(Cell::Boolean(false)),
                _ => None,
            },
            Kind::Json => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.leave_out(slot, format_args!("\"{value}\"")),
        }
    }

    /// Whether rows can be told apart by the text: by none, or by one of which a part had to be replaced, they cannot.
    fn can_be_key(&self, text: &str) -> bool {
        let is_replaced =
            text.as_bytes().contains(&0) || self.with_care && text.contains('\u{fffd}');
        !text.is_empty() && !is_replaced
    }

    /// Any JSON value in a column that takes it as it is.
    pub fn value(&mut self, slot: Slot, json: &str) {
        let fits = document::check_limits(json.as_bytes(), self.stop);
        self.document(slot, json, fits);
    }

    fn document(&mut self, slot: Slot, json: &str, fits: Result<(), Unfit>) {
        match fits {
            Ok(()) => {
                let start = self.batch.text.len();
                let kept = match json.contains("\\u") {
                    true => document::mend(json, |piece| self.batch.add_text(piece).map(drop)),
                    false => self.batch.add_text(json).map(drop),
                };
                let cell = self.cell(start, kept);
                self.put(slot, cell);
            }
            Err(Unfit::TooLarge) => self.exceed(Budget::Document),
            Err(Unfit::Stopped) => self.stop_reading(),
            Err(Unfit::NoJson) => self.refuse(slot, format_args!("\"{json}\"")),
            Err(unfit) => self.refuse(slot, unfit),
        }
    }

    /// A whole number in a column.
    pub fn integer(&mut self, slot: Slot, value: i64) {
        // What is asked for by its id has one above zero. Others name nothing.
        if value < 1 && self.shape.names_objects[slot.index()] {
            return;
        }
        let cell = match self.shape.column(slot).kind {
            Kind::Bigint => Some(Cell::Int(value)),
            Kind::Integer => i32::try_from(value).ok().map(|n| Cell::Int(n.into())),
            // Version 1 of the API writes some times as milliseconds since 1970.
            Kind::Timestamp => time::of_milliseconds(value).map(Cell::Timestamp),
            // Version 1 of the API writes some ids as numbers.
            Kind::Text => Some(self.text(&value.to_string())),
            _ => None,
        };
        match cell {
            Some(cell) => self.put(slot, cell),
            None => self.leave_out(slot, value),
        }
    }

    /// A number in a column, as it is written.
    pub fn number(&mut self, slot: Slot, written: &str) {
        match (number::whole(written), self.shape.column(slot).kind) {
            (None, Kind::Text) => {
                let cell = self.text(written);
                self.put(slot, cell);
            }
            (Some(whole), _) => self.integer(slot, whole),
            (None, _) => self.leave_out(slot, written),
        }
    }

    /// True or false in a column.
    pub fn boolean(&mut self, slot: Slot, value: bool) {
        match self.shape.column(slot).kind {
            Kind::Boolean => self.put(slot, Cell::Boolean(value)),
            Kind::Text => {
                let cell = self.text(if value { "true" } else { "false" });
                self.put(slot, cell);
            }
            _ => self.refuse(slot, value),
        }
    }
}

/// What is found, for messages: the beginning of it, however long it is.
fn shown(found: impl fmt::Display) -> String {
    /// So many bytes hold the characters that are shown, and any secret among them.
    const ENOUGH: usize = 16 << 10;
    const MOST: usize = 80;
    struct Beginning(String);
    impl Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = text.floor_char_boundary(ENOUGH - self.0.len().min(ENOUGH));
            self.0.push_str(&text[..room]);
            if room < text.len() {
                Err(fmt::Error)
            } else {
                Ok(())
            }
        }
    }
    let mut beginning = Beginning(String::new());
    // An error says that there is enough of it.
    let _ = write!(beginning, "{found}");
    Sanitized::within(&beginning.0, MOST).to_string()
}
