//! Seen keys: which rows a listing has given already. The site repeats some when things move while it is read.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

use crate::Budget;
use crate::batch::{Batch, Slot, Value};

/// The keys of rows: some twenty bytes for each number, some forty for any other key.
#[derive(Debug, Default)]
pub(super) struct SeenKeys {
    numbers: HashSet<i64, BuildHasherDefault<NumberHasher>>,
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

/// Hashes one number by one multiplication: each row has an id, and the standard hasher would take a good part of
/// the time that a row takes. It withstands numbers that are chosen to collide, and these are the site's own
/// ids: whoever chose them so would slow down nobody but the site's readers, and no row would be lost.
#[derive(Debug, Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write_i64(&mut self, number: i64) {
        /// 2⁶⁴ divided by the golden ratio: it spreads numbers that follow each other.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ number.cast_unsigned()) * u128::from(SPREAD);
        // The set uses both ends of a hash, and ids that end in many zero bits would leave the lower end empty.
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_i64(byte.into());
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_regular_ids_differ_at_both_ends() {
        for step in [1, 1000, 1 << 15, 1 << 16, 1 << 32, 1 << 48, -1] {
            let hashes = (0..1024_i64).map(|n| {
                let mut hasher = NumberHasher::default();
                (n * step).hash(&mut hasher);
                hasher.finish()
            });
            let lower: HashSet<u64> = hashes.clone().map(|hash| hash % 2048).collect();
            let upper: HashSet<u64> = hashes.map(|hash| hash >> 53).collect();
            // Random ones would give some 806 different ends.
            assert!(lower.len() > 700, "{step}: {} lower ends", lower.len());
            assert!(upper.len() > 700, "{step}: {} upper ends", upper.len());
        }
    }
}
