//! Which rows a listing has given already: the site repeats some when things move while it is read.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::batch::{Batch, Value};

/// The keys of rows: some twenty bytes for each number, some forty for each text.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: HashSet<i64>,
    texts: HashSet<u128>,
    hashers: [RandomState; 2],
}

impl Seen {
    /// Whether a row with this key is new. Texts are told apart by 128 bits of hash, with keys of our own,
    /// so that no two of them meet, not even on purpose.
    pub fn is_new(&mut self, batch: &Batch, row: usize, key: usize) -> bool {
        match batch.value(row, key) {
            Value::Int(id) => self.numbers.insert(id),
            Value::Text(id) => {
                let [low, high] = self.hashers.each_ref().map(|h| u128::from(h.hash_one(id)));
                self.texts.insert(high << 64 | low)
            }
            _ => true,
        }
    }
}
