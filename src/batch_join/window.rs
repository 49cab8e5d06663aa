//! The window: rows of the outer side that wait for their keys.

use std::collections::HashMap;
use std::ffi::CStr;

use confluence::request::{Key, Values};
use pgrx::pg_sys;

use crate::exec::tuple::is_empty;
use crate::pg::nodes::Node;

const NAME: &CStr = c"confluence_fdw batch join";

/// What a row and its key take besides the row's tuple, roughly, in bytes.
pub(super) const ROW: usize = 96;

/// How much a window may take, in bytes.
pub(super) fn most_bytes() -> usize {
    // SAFETY: the backend's own setting.
    let kilobytes = unsafe { pg_sys::work_mem };
    kilobytes as usize * 1024
}

/// Rows of the outer side, each with its key, and whether it is in a pair.
pub(super) struct OuterWindow {
    /// Where the rows lie.
    context: pg_sys::MemoryContext,
    rows: Vec<WindowRow>,
    /// The rows of each key, by their places.
    by_key: HashMap<Key, Vec<usize>>,
    bytes: usize,
    /// Rows with a key that are in no pair yet.
    open: usize,
}

struct WindowRow {
    tuple: pg_sys::MinimalTuple,
    matched: bool,
}

impl OuterWindow {
    /// An empty one, whose rows will lie below a memory context.
    ///
    /// # Safety
    /// `parent` is a memory context, and the window is not used any more once it is reset.
    pub unsafe fn below(parent: pg_sys::MemoryContext) -> Self {
        // SAFETY: the parent is valid, as the caller says, and the new context goes with it.
        let context = unsafe {
            pg_sys::AllocSetContextCreateInternal(
                parent,
                NAME.as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            )
        };
        Self {
            context,
            rows: Vec::new(),
            by_key: HashMap::new(),
            bytes: 0,
            open: 0,
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.by_key.clear();
        self.bytes = 0;
        self.open = 0;
        // SAFETY: the context is the window's own, and nothing points into it any more: a row that was given
        // before is over when the next one is asked for.
        unsafe { pg_sys::MemoryContextReset(self.context) };
    }

    /// Keeps a copy of a row. Without a key it is in no pair.
    pub fn add(&mut self, row: Node<pg_sys::TupleTableSlot>, key: Option<Key>) {
        // SAFETY: the slot is valid; of an empty one, PostgreSQL would make a row of what was in it. The copy is made in the
        // window's memory.
        let tuple = unsafe {
            assert!(!is_empty(row.as_ptr()), "a row is kept");
            let before = pg_sys::MemoryContextSwitchTo(self.context);
            let tuple = pg_sys::ExecCopySlotMinimalTuple(row.as_ptr());
            pg_sys::MemoryContextSwitchTo(before);
            self.bytes += (*tuple).t_len as usize + ROW;
            tuple
        };
        if let Some(key) = key {
            self.by_key.entry(key).or_default().push(self.rows.len());
            self.open += 1;
        }
        self.rows.push(WindowRow {
            tuple,
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

    /// All keys.
    pub fn values(&self) -> Values {
        Values::of(self.by_key.keys().cloned())
    }

    /// The `n`-th row of a key, if there is one.
    pub fn row_of(&self, key: &Key, n: usize) -> Option<usize> {
        self.by_key.get(key)?.get(n).copied()
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
