//! Inner rows: those that have come for the keys of a window, kept until the outer side's rows are given in their order, and
//! for the windows to come, so that a key that comes again is not asked for again.
//!
//! What does not fit into `work_mem` waits in a temporary file as long as the window, or is not kept where nobody waits for
//! it. The rows of a key are chained, from the latest to the first, through memory and file alike: so all that grows with
//! their number is either bounded or on disk.

use std::collections::HashMap;

use confluence::request::{Key, Values};
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::window::{KeyNumber, OuterWindow, ROW, most_bytes};
use crate::pg::memory::RowContext;
use crate::pg::nodes::Node;
use crate::pg::report::Report;
use crate::pg::temp_file::{FilePlace, TempFile};

/// Rows of the inner side, by the keys of a window.
pub(super) struct InnerRows {
    /// Where the rows lie that are in memory, and what PostgreSQL keeps of the file.
    context: RowContext,
    in_memory: Vec<(pg_sys::MinimalTuple, Option<Place>)>,
    bytes: usize,
    file: Option<TempFile>,
    /// The latest row of each key of the window.
    latest: Vec<Option<Place>>,
    /// Keys all of whose rows are in memory, each with the latest: none where the site has none.
    known: HashMap<Key, Option<usize>>,
    /// What is in memory of keys that are known: so many rows, and bytes. What comes behind is the window's own.
    of_known: (usize, usize),
    /// Whether a row of the window is not in memory.
    lacks_some: bool,
    /// The row that was read last from the file; of words, since a tuple begins at an address that is a multiple of theirs.
    read: Vec<u64>,
    /// How many bytes have gone into files.
    pub spilled: u64,
}

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Memory(usize),
    File(FilePlace),
}

/// What stands before a row in the file: which row of the same key comes before it, and how many bytes it has.
type RowHeader = [u8; 32];

impl InnerRows {
    /// None yet.
    pub fn new(context: RowContext) -> Self {
        Self {
            context,
            in_memory: Vec::new(),
            bytes: 0,
            file: None,
            latest: Vec::new(),
            known: HashMap::new(),
            of_known: (0, 0),
            lacks_some: false,
            read: Vec::new(),
            spilled: 0,
        }
    }

    /// Is ready for the rows of a window, of whose keys some are known. Gives the others.
    pub fn begin(&mut self, window: &OuterWindow) -> Values {
        let known = window.each_key();
        let known = known
            .filter(|(key, _)| self.known.contains_key(key))
            .count();
        // What does not come again leaves the room to what comes now.
        match self.of_known.1 > most_bytes() / 2 && known < window.keys() / 2 {
            true => self.clear(),
            false => self.forget_unknown(),
        }
        self.latest.resize(window.keys(), None);
        let mut unknown = Vec::new();
        for (key, number) in window.each_key() {
            match self.known.get(key) {
                Some(latest) => self.latest[number.0] = latest.map(Place::Memory),
                None => unknown.push(key.clone()),
            }
        }
        Values::of(unknown)
    }

    /// Forgets the rows of keys that are not known.
    fn forget_unknown(&mut self) {
        let (rows, bytes) = self.of_known;
        for (tuple, _) in self.in_memory.drain(rows..) {
            // SAFETY: the copy is nobody else's; a row that was given before is over when the next one is asked for.
            unsafe { pg_sys::pfree(tuple.cast()) };
        }
        self.bytes = bytes;
        self.latest.clear();
        self.lacks_some = false;
        if let Some(file) = self.file.take() {
            file.close();
        }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.in_memory.clear();
        self.latest.clear();
        self.known.clear();
        self.bytes = 0;
        self.of_known = (0, 0);
        self.lacks_some = false;
        if let Some(file) = self.file.take() {
            file.close();
        }
        // A row that was given before is over when the next one is asked for.
        self.context.reset();
    }

    /// Keeps a copy of a row, for a key of the window.
    pub fn add(&mut self, row: Node<pg_sys::TupleTableSlot>, key: KeyNumber) {
        let (tuple, bytes) = self.context.copy_of(row);
        if !self.keep_in_memory(tuple, bytes, key) {
            let place = self.write(tuple, bytes, self.latest[key.0]);
            self.latest[key.0] = Some(place);
            // SAFETY: the copy is nobody else's.
            unsafe { pg_sys::pfree(tuple.cast()) };
        }
    }

    /// Keeps a copy of a row for later windows only, if there is room.
    pub fn keep(&mut self, row: Node<pg_sys::TupleTableSlot>, key: KeyNumber) {
        if self.lacks_some {
            return;
        }
        let (tuple, bytes) = self.context.copy_of(row);
        if !self.keep_in_memory(tuple, bytes, key) {
            // SAFETY: the copy is nobody else's.
            unsafe { pg_sys::pfree(tuple.cast()) };
        }
    }

    /// Keeps a copy where it is, as long as there is room for all of the window.
    fn keep_in_memory(
        &mut self,
        tuple: pg_sys::MinimalTuple,
        bytes: usize,
        key: KeyNumber,
    ) -> bool {
        self.lacks_some |= !self.has_room_for(bytes);
        if !self.lacks_some {
            self.bytes += bytes + ROW;
            self.in_memory.push((tuple, self.latest[key.0]));
            self.latest[key.0] = Some(Place::Memory(self.in_memory.len() - 1));
        }
        !self.lacks_some
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        self.bytes + bytes + ROW <= most_bytes()
    }

    /// All rows of the window have come: later ones need not ask for its keys, if they are all in memory.
    pub fn know(&mut self, window: &OuterWindow) {
        if self.lacks_some {
            return;
        }
        for (key, number) in window.each_key() {
            if self.known.contains_key(key) {
                continue;
            }
            let bytes = match key {
                Key::Int(_) => 0,
                Key::Text(text) => text.len(),
            };
            if !self.has_room_for(bytes) {
                break;
            }
            let latest = match self.latest[number.0] {
                Some(Place::Memory(place)) => Some(place),
                Some(Place::File(_)) => continue,
                None => None,
            };
            self.bytes += bytes + ROW;
            self.known.insert(key.clone(), latest);
        }
        self.of_known = (self.in_memory.len(), self.bytes);
    }

    fn write(&mut self, tuple: pg_sys::MinimalTuple, bytes: usize, before: Option<Place>) -> Place {
        let context = &mut self.context;
        let file = self
            .file
            .get_or_insert_with(|| context.keep_with(TempFile::new));
        let place = file.end();
        file.write(&header_of(before, bytes));
        // SAFETY: a tuple has as many bytes as it says, all of which PostgreSQL has set.
        file.write(unsafe { std::slice::from_raw_parts(tuple.cast(), bytes) });
        self.spilled += (size_of::<RowHeader>() + bytes) as u64;
        Place::File(place)
    }

    /// The latest row of a key.
    pub fn latest(&self, key: KeyNumber) -> Option<Place> {
        self.latest[key.0]
    }

    /// A row, which stays until another one is looked at, and the one of the same key before it.
    pub fn at(&mut self, place: Place) -> (pg_sys::MinimalTuple, Option<Place>) {
        let (place, file) = match (place, &mut self.file) {
            (Place::Memory(place), _) => return self.in_memory[place],
            (Place::File(place), Some(file)) => (place, file),
            (Place::File(_), None) => unreachable!("a place in a file that is there"),
        };
        file.seek(place);
        let mut header: RowHeader = [0; 32];
        file.read(&mut header);
        let (before, bytes) = read_header(&header);
        let words = bytes.div_ceil(size_of::<u64>());
        self.read.clear();
        if self.read.try_reserve(words).is_err() {
            Report::new(Code::ERRCODE_OUT_OF_MEMORY, "out of memory").raise();
        }
        self.read.resize(words, 0);
        // SAFETY: as many words have as many bytes at least, and any bytes are words.
        file.read(unsafe { std::slice::from_raw_parts_mut(self.read.as_mut_ptr().cast(), bytes) });
        (self.read.as_mut_ptr().cast(), before)
    }
}

fn header_of(before: Option<Place>, bytes: usize) -> RowHeader {
    let (kind, one, other) = match before {
        None => (0, 0, 0),
        Some(Place::Memory(place)) => (1, place as u64, 0),
        Some(Place::File(place)) => (2, place.segment as u64, place.offset as u64),
    };
    let mut header = [0; 32];
    for (to, word) in header
        .chunks_exact_mut(8)
        .zip([kind, one, other, bytes as u64])
    {
        to.copy_from_slice(&word.to_le_bytes());
    }
    header
}

fn read_header(header: &RowHeader) -> (Option<Place>, usize) {
    let mut words = [0; 4];
    for (word, from) in words.iter_mut().zip(header.chunks_exact(8)) {
        *word = from
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    let [kind, one, other, bytes] = words;
    let before = match kind {
        0 => None,
        1 => Some(Place::Memory(one as usize)),
        _ => Some(Place::File(FilePlace {
            segment: one as i32,
            offset: other as i64,
        })),
    };
    (before, bytes as usize)
}
