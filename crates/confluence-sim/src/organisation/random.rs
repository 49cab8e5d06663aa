//! Numbers that look random and are the same in every run.

use super::record::NONE;

/// SplitMix64. Written out, because an organisation must stay the same over the years: a library may change its
/// generator, and every golden result with it.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scramble(self.0)
    }

    /// A number below `bound`, which must not be zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of a product: even over any bound without a division.
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// True in `part` of `whole` cases.
    pub(crate) fn once_in(&mut self, part: u64, whole: u64) -> bool {
        self.below(whole) < part
    }

    /// The first in `part` of `whole` cases, else the second.
    pub(crate) fn either<T>(&mut self, part: u64, whole: u64, first: T, second: T) -> T {
        if self.once_in(part, whole) {
            first
        } else {
            second
        }
    }

    /// A number of one of so many users, and once in so many cases of nobody.
    pub(crate) fn user(&mut self, users: usize, nobody_once_in: u64) -> u32 {
        if self.once_in(1, nobody_once_in) {
            NONE
        } else {
            self.index(users) as u32
        }
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

/// A number that belongs to `number` under `seed`, without the numbers before it.
pub(crate) fn mix(seed: u64, number: u64) -> u64 {
    scramble(
        scramble(seed ^ 0x5851_F42D_4C95_7F2D)
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
    )
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
