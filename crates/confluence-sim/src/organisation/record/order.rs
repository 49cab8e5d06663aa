//! The orders in which pages are listed.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a listing of pages is sorted by. Ties are broken by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageSort {
    Id,
    CreatedDate,
    ModifiedDate,
    /// Whatever the case of the letters, by code point: as the filter on titles compares.
    Title,
}

impl PageSort {
    pub(crate) const COUNT: usize = 4;
}

/// A value that rows are sorted by; within one listing all are of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortValue {
    Number(i64),
    Text(String),
}

/// All pages of an organisation in one order, as numbers of pages.
#[derive(Debug)]
pub(crate) struct PageOrder {
    pub by_rank: Vec<u32>,
    pub rank_of: Vec<u32>,
    /// Grouped by space, and within a space in the order.
    pub by_space: Vec<u32>,
    /// Where each space begins in `by_space`; one more for the end.
    pub space_starts: Vec<u32>,
}

impl PageOrder {
    pub(crate) fn of_space(&self, space: u32) -> &[u32] {
        let space = space as usize;
        &self.by_space[self.space_starts[space] as usize..self.space_starts[space + 1] as usize]
    }

    /// The part of a list in this order that lies within a range of ranks.
    pub(crate) fn within<'a>(&self, list: &'a [u32], ranks: &Range<usize>) -> &'a [u32] {
        let below = |end: usize| {
            list.partition_point(|&number| (self.rank_of[number as usize] as usize) < end)
        };
        &list[below(ranks.start)..below(ranks.end)]
    }
}
