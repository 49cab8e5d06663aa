//! The window: rows of the outer side that wait for their keys.

use std::collections::HashMap;

use confluence::request::Key;
use pgrx::pg_sys;

use crate::pg::memory::RowContext;
use crate::pg::nodes::Node;

/// What a row and its key take besides the row's tuple, roughly, in bytes.
pub(super) const ROW: usize = 96;

/// How much a window may take, in bytes.
pub(super) fn most_bytes() -> usize {
    // SAFETY: the backend's own setting.
    let kilobytes = unsafe { pg_sys::work_mem };
    kilobytes as usize * 1024
}

/// Which of a window's keys one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyNumber(pub usize);

/// Rows of the outer side, each with its key, and whether it is in a pair.
pub(super) struct OuterWindow {
    /// Where the rows lie.
    context: RowContext,
    rows: Vec<WindowRow>,
    numbers: HashMap<Key, KeyNumber>,
    /// The rows of each key, by their places.
    by_key: Vec<Vec<usize>>,
    bytes: usize,
    /// Rows with a key that are in no pair yet.
    open: usize,
}

struct WindowRow {
    tuple: pg_sys::MinimalTuple,
    key: Option<KeyNumber>,
    matched: bool,
}

impl OuterWindow {
    /// An empty one.
    pub fn new(context: RowContext) -> Self {
        Self {
            context,
            rows: Vec::new(),
            numbers: HashMap::new(),
            by_key: Vec::new(),
            bytes: 0,
            open: 0,
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.numbers.clear();
        self.by_key.clear();
        self.bytes = 0;
        self.open = 0;
        // A row that was given before is over when the next one is asked for.
        self.context.reset();
    }

    /// Keeps a copy of a row. Without a key it is in no pair.
    pub fn add(&mut self, row: Node<pg_sys::TupleTableSlot>, key: Option<Key>) {
        let (tuple, bytes) = self.context.copy_of(row);
        self.bytes += bytes + ROW;
        let key = key.map(|key| {
            let number = *self.numbers.entry(key).or_insert_with(|| {
                self.by_key.push(Vec::new());
                KeyNumber(self.by_key.len() - 1)
            });
            self.by_key[number.0].push(self.rows.len());
            self.open += 1;
            number
        });
        self.rows.push(WindowRow {
            tuple,
            key,
            matched: false,
        });
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many different keys there are.
    pub fn keys(&self) -> usize {
        self.by_key.len()
    }

    /// Whether it takes as much memory as it may.
    pub fn is_full(&self) -> bool {
        self.bytes >= most_bytes()
    }

    /// Whether each row that has a key is in a pair.
    pub fn all_matched(&self) -> bool {
        self.open == 0
    }

    /// Each key with its number, in no order.
    pub fn each_key(&self) -> impl Iterator<Item = (&Key, KeyNumber)> {
        self.numbers.iter().map(|(key, number)| (key, *number))
    }

    /// The number of a key, if there is a row that has it.
    pub fn number_of(&self, key: &Key) -> Option<KeyNumber> {
        self.numbers.get(key).copied()
    }

    /// The key of a row, if it has one.
    pub fn key_of(&self, row: usize) -> Option<KeyNumber> {
        self.rows[row].key
    }

    /// The `n`-th row of a key, if there is one.
    pub fn row_of(&self, key: KeyNumber, n: usize) -> Option<usize> {
        self.by_key[key.0].get(n).copied()
    }

    /// A row's tuple, which stays until the window is cleared.
    pub fn tuple(&self, row: usize) -> pg_sys::MinimalTuple {
        self.rows[row].tuple
    }

    /// Whether a row is in a pair.
    pub fn is_matched(&self, row: usize) -> bool {
        self.rows[row].matched
    }

    /// Notes that a row with a key is in a pair.
    pub fn set_matched(&mut self, row: usize) {
        if !std::mem::replace(&mut self.rows[row].matched, true) {
            self.open -= 1;
        }
    }
}
