//! Rows on their way from the site: one [`Batch`] for each page.

use crate::Budget;
use crate::budget::BytesHeld;

/// Where the rows of a batch have a column's value. Their reader has said which columns it wants, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(usize);

impl Slot {
    /// The slot of the n-th of the wanted columns, from 0.
    pub const fn nth(n: usize) -> Self {
        Self(n)
    }

    /// The slot of one of the wanted columns.
    pub fn of<C: PartialEq>(column: C, wanted: &[C]) -> Option<Self> {
        wanted.iter().position(|known| *known == column).map(Self)
    }

    /// The slots of the first of the wanted columns, so many.
    pub(crate) fn first(count: usize) -> impl Iterator<Item = Self> + Clone {
        (0..count).map(Self)
    }

    /// How many slots a row has before it.
    pub(crate) const fn index(self) -> usize {
        self.0
    }
}

/// A value of a row. Text lies in the batch's arena, so a row costs no allocation of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Int(i64),
    Timestamp(i64),
    Text(Span),
    Link(Span),
}

/// A piece of a batch's arena.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub start: u32,
    pub length: u32,
}

/// A value, as a reader of the batch sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// The site gave no value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number, of 64 or 32 bits.
    Int(i64),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(i64),
    /// Text, or a JSON document as text.
    Text(&'a str),
    /// A path below the first part, which is the site's address.
    Link(&'a str, &'a str),
}

/// The rows of one page, in the page's order, decoded into the wanted columns.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) width: usize,
    pub(crate) cells: Vec<Cell>,
    pub(crate) text: String,
    pub(crate) site: String,
    /// The room that it takes of its session's.
    pub(crate) held: BytesHeld,
}

impl Batch {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Rows of which nothing is known but a key, in the first slot.
    ///
    /// # Errors
    /// If there is no room for them.
    pub(crate) fn of_keys<'k>(
        width: usize,
        keys: impl Iterator<Item = Value<'k>>,
    ) -> Result<Self, Budget> {
        let mut batch = Self::new(width);
        for (row, key) in keys.enumerate() {
            batch.add_row()?;
            batch.take(row, Slot::nth(0), key)?;
        }
        Ok(batch)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        // A row of no columns cannot be told from no row, so a shape always has its key in it.
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// How many bytes a copy of it takes, besides itself.
    pub(crate) fn size(&self) -> usize {
        self.cells.len() * size_of::<Cell>() + self.text.len() + self.site.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The value of a row in a slot. Panics where there is no such row or slot.
    #[inline]
    pub fn value(&self, row: usize, slot: Slot) -> Value<'_> {
        self.read(self.cells[row * self.width + slot.0])
    }

    #[inline]
    pub(crate) fn read(&self, cell: Cell) -> Value<'_> {
        match cell {
            Cell::Null => Value::Null,
            Cell::Boolean(value) => Value::Boolean(value),
            Cell::Int(value) => Value::Int(value),
            Cell::Timestamp(micros) => Value::Timestamp(micros),
            Cell::Text(span) => Value::Text(self.span(span)),
            Cell::Link(span) => Value::Link(&self.site, self.span(span)),
        }
    }

    #[inline]
    fn span(&self, span: Span) -> &str {
        &self.text[span.start as usize..(span.start + span.length) as usize]
    }

    /// Holds the room that it takes by now.
    ///
    /// # Errors
    /// If there is not as much.
    pub(crate) fn fit(&mut self) -> Result<(), Budget> {
        self.held.fit(self.size())
    }

    /// Adds a row of nothing.
    ///
    /// # Errors
    /// If it would take more than the rows of an answer may.
    #[inline]
    pub(crate) fn add_row(&mut self) -> Result<(), Budget> {
        let cells = self.cells.len() + self.width;
        if cells * size_of::<Cell>() > Budget::Rows.limit() {
            return Err(Budget::Rows);
        }
        let reserved = self.cells.try_reserve(self.width);
        reserved.map_err(|_| Budget::System)?;
        self.cells.resize(cells, Cell::Null);
        Ok(())
    }

    /// Keeps a text.
    ///
    /// # Errors
    /// If there is no memory for it, or the texts take more than all that a session may hold.
    #[inline]
    pub(crate) fn add_text(&mut self, text: &str) -> Result<Span, Budget> {
        let start = self.text.len();
        if start + text.len() > Budget::InFlight.limit() {
            return Err(Budget::InFlight);
        }
        let reserved = self.text.try_reserve(text.len());
        reserved.map_err(|_| Budget::System)?;
        self.text.push_str(text);
        Ok(self.since(start))
    }

    /// The texts that were kept since there were so many bytes of them.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> Span {
        // A budget keeps both far below 4 GiB.
        Span {
            start: start as u32,
            length: (self.text.len() - start) as u32,
        }
    }

    /// Puts another batch's value into a slot. Links have no part in what is read in two pieces.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(crate) fn take(&mut self, row: usize, slot: Slot, value: Value) -> Result<(), Budget> {
        self.cells[row * self.width + slot.0] = match value {
            Value::Text(text) => Cell::Text(self.add_text(text)?),
            Value::Int(number) => Cell::Int(number),
            Value::Boolean(value) => Cell::Boolean(value),
            Value::Timestamp(time) => Cell::Timestamp(time),
            Value::Null | Value::Link(..) => Cell::Null,
        };
        Ok(())
    }

    /// Adds to the numbers in a slot, which are of 32 bits.
    ///
    /// # Errors
    /// The number that cannot be added to, as the sum would be too large.
    pub(crate) fn add(&mut self, slot: Slot, number: i64) -> Result<(), i64> {
        for cell in self
            .cells
            .iter_mut()
            .skip(slot.0)
            .step_by(self.width.max(1))
        {
            if let Cell::Int(value) = cell {
                let sum = value.checked_add(number);
                let sum = sum.filter(|sum| i32::try_from(*sum).is_ok());
                *value = sum.ok_or(*value)?;
            }
        }
        Ok(())
    }

    /// Keeps the rows for which `wanted` holds; it is asked about every row once, in order.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(&Batch, usize) -> bool) {
        let mut kept = 0;
        for row in 0..self.len() {
            if wanted(self, row) {
                if kept != row {
                    let from = row * self.width;
                    self.cells
                        .copy_within(from..from + self.width, kept * self.width);
                }
                kept += 1;
            }
        }
        self.cells.truncate(kept * self.width);
    }
}
