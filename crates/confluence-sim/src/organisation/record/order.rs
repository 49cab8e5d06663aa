//! The orders in which listings are.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a listing is sorted by. Ties are broken by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateSort {
    Id,
    CreatedDate,
    ModifiedDate,
}

impl DateSort {
    pub(crate) const COUNT: usize = 3;

    /// By the word of the API.
    pub(crate) fn by(word: &str) -> Self {
        match word {
            "created-date" => Self::CreatedDate,
            "modified-date" => Self::ModifiedDate,
            _ => Self::Id,
        }
    }
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
    /// Those of each space, in the order.
    pub by_space: Vec<Vec<u32>>,
}

impl PageOrder {
    pub(crate) fn of_space(&self, space: u32) -> &[u32] {
        &self.by_space[space as usize]
    }

    /// The part of a list in this order that lies within a range of ranks.
    pub(crate) fn within<'a>(&self, list: &'a [u32], ranks: &Range<usize>) -> &'a [u32] {
        let below = |end: usize| {
            list.partition_point(|&number| (self.rank_of[number as usize] as usize) < end)
        };
        &list[below(ranks.start)..below(ranks.end)]
    }
}

/// As they come, or backwards.
pub(crate) fn directed<'a, T>(
    items: impl DoubleEndedIterator<Item = T> + 'a,
    backwards: bool,
) -> Box<dyn Iterator<Item = T> + 'a> {
    match backwards {
        true => Box::new(items.rev()),
        false => Box::new(items),
    }
}
