//! Seen keys: which rows a listing has given already. The site repeats some when things move while it is read.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use foldhash::quality::RandomState as NumberHashers;

use crate::Budget;
use crate::batch::{Batch, Slot, Value};

/// The keys of rows: some twenty bytes for each number, some forty for any other key.
#[derive(Debug, Default)]
pub(super) struct SeenKeys {
    // Each row has an id, and the standard hasher would take a good part of the time that a row takes. This one spreads
    // ids that end in many zero bits, too, and has keys of its own.
    numbers: HashSet<i64, NumberHashers>,
    hashes: HashSet<u128>,
    hashers: [RandomState; 2],
}

impl SeenKeys {
    /// Makes room for the keys of so many more rows.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn reserve(&mut self, rows: usize) -> Result<(), Budget> {
        // Only one of them will be used, and the other keeps the room of one page.
        let numbers = self.numbers.try_reserve(rows);
        let reserved = numbers.and_then(|()| self.hashes.try_reserve(rows));
        reserved.map_err(|_| Budget::System)
    }

    /// Whether a row with these values in its key's slots is new. Without values there, every row is. Texts, and
    /// keys of several columns, are told apart by 128 bits of hash, with keys of our own, so that no two of
    /// them meet, not even on purpose.
    pub fn is_new(&mut self, batch: &Batch, row: usize, key: &[Slot]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_regular_ids_differ_at_both_ends() {
        for step in [1, 1000, 1 << 15, 1 << 16, 1 << 32, 1 << 48, -1] {
            let hashers = NumberHashers::default();
            let hashes = (0..1024_i64).map(|n| hashers.hash_one(n * step));
            let lower: HashSet<u64> = hashes.clone().map(|hash| hash % 2048).collect();
            let upper: HashSet<u64> = hashes.map(|hash| hash >> 53).collect();
            // Random ones would give some 806 different ends.
            assert!(lower.len() > 700, "{step}: {} lower ends", lower.len());
            assert!(upper.len() > 700, "{step}: {} upper ends", upper.len());
        }
    }
}
