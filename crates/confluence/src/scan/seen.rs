//! Which rows a listing has given already: the site repeats some when things move while it is read.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use crate::batch::{Batch, Value};

/// The keys of rows: some twenty bytes for each number, some forty for any other key.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: HashSet<i64>,
    hashes: HashSet<u128>,
    hashers: [RandomState; 2],
}

impl Seen {
    /// Whether a row with these values in its key's slots is new. Without values there, every row is. Texts, and
    /// keys of several columns, are told apart by 128 bits of hash, with keys of our own, so that no two of
    /// them meet, not even on purpose.
    pub fn is_new(&mut self, batch: &Batch, row: usize, key: &[usize]) -> bool {
        if key
            .iter()
            .all(|&slot| batch.value(row, slot) == Value::Null)
        {
            return true;
        }
        if let [slot] = key
            && let Value::Int(id) = batch.value(row, *slot)
        {
            return self.numbers.insert(id);
        }
        let [low, high] = self.hashers.each_ref().map(|hashers| {
            let mut hasher = hashers.build_hasher();
            for &slot in key {
                match batch.value(row, slot) {
                    Value::Int(number) => (0, number).hash(&mut hasher),
                    Value::Text(text) => (1, text).hash(&mut hasher),
                    Value::Timestamp(time) => (2, time).hash(&mut hasher),
                    _ => 3.hash(&mut hasher),
                }
            }
            u128::from(hasher.finish())
        });
        self.hashes.insert(high << 64 | low)
    }
}
