//! Things of one kind, and the orders in which listings have them.

use super::random::Random;
use super::record::{Container, DateSort, Hanging};
use std::borrow::Cow;
use std::sync::OnceLock;

impl DateSort {
    fn of_hanging<T>(self, of: &Hanging<T>) -> i64 {
        match self {
            Self::Id => of.id as i64,
            Self::CreatedDate => of.revisions.created_at,
            Self::ModifiedDate => of.revisions.modified_at,
        }
    }
}

/// All things of one kind in an organisation. Their ids go up with their containers, so that what hangs on one
/// container stands together.
#[derive(Debug)]
pub(crate) struct Collection<T> {
    records: Vec<Hanging<T>>,
    by_creation: OnceLock<Vec<u32>>,
    by_modification: OnceLock<Vec<u32>>,
}

/// Some of the things of a collection that stand together, in an order.
pub(crate) struct Part<'a, T> {
    records: &'a [Hanging<T>],
    sort: DateSort,
    by_rank: Cow<'a, [u32]>,
}

impl<T> Collection<T> {
    /// # Panics
    ///
    /// Where ids or containers are not in ascending order: nothing would be found again.
    pub(super) fn new(records: Vec<Hanging<T>>) -> Self {
        assert!(records.is_sorted_by(|left, right| {
            left.id < right.id && left.container <= right.container
        }));
        Self {
            records,
            by_creation: OnceLock::new(),
            by_modification: OnceLock::new(),
        }
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Hanging<T>> {
        self.records.iter()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Hanging<T>> {
        let number = self.records.binary_search_by_key(&id, |record| record.id);
        number.ok().map(|number| &self.records[number])
    }

    /// What hangs on a container, or everything, in an order.
    pub(crate) fn part(&self, container: Option<Container>, sort: DateSort) -> Part<'_, T> {
        let records = match container {
            Some(container) => self.of(container),
            None => &self.records,
        };
        let sorted = || ranks(records, sort);
        let by_rank = match (container, sort) {
            (None, DateSort::CreatedDate) => Cow::Borrowed(&**self.by_creation.get_or_init(sorted)),
            (None, DateSort::ModifiedDate) => {
                Cow::Borrowed(&**self.by_modification.get_or_init(sorted))
            }
            _ => Cow::Owned(sorted()),
        };
        Part {
            records,
            sort,
            by_rank,
        }
    }

    fn of(&self, container: Container) -> &[Hanging<T>] {
        let below = self
            .records
            .partition_point(|record| record.container < container);
        let rest = &self.records[below..];
        &rest[..rest.partition_point(|record| record.container == container)]
    }
}

fn ranks<T>(records: &[Hanging<T>], sort: DateSort) -> Vec<u32> {
    let mut by_rank: Vec<u32> = (0..records.len() as u32).collect();
    // A stable sort of what is in the order of ids breaks ties by id.
    if sort != DateSort::Id {
        by_rank.sort_by_key(|&number| sort.of_hanging(&records[number as usize]));
    }
    by_rank
}

impl<'a, T> Part<'a, T> {
    pub(crate) fn len(&self) -> usize {
        self.by_rank.len()
    }

    pub(crate) fn at(&self, rank: usize) -> &'a Hanging<T> {
        &self.records[self.by_rank[rank] as usize]
    }

    /// What a row at a rank is sorted by, and its id.
    pub(crate) fn position(&self, rank: usize) -> (i64, i64) {
        let record = self.at(rank);
        (self.sort.of_hanging(record), record.id as i64)
    }

    /// How many rows stand before a position, or before and at it.
    pub(crate) fn rank(&self, position: (i64, i64), and_at: bool) -> usize {
        self.by_rank.partition_point(|&number| {
            let record = &self.records[number as usize];
            let here = (self.sort.of_hanging(record), record.id as i64);
            here < position || (and_at && here == position)
        })
    }
}

/// Ids in ascending order with gaps between them, as other things are created in between.
pub(super) struct Ids {
    last: u64,
    random: Random,
}

impl Ids {
    /// From well above the pages', each kind in a range of its own: no two things of a site share an id.
    pub(super) fn of_range(number: u64, seed: u64) -> Self {
        Self {
            last: number * 10_000_000_000,
            random: Random::new(seed),
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.last += 1 + self.random.below(2_000);
        self.last
    }
}
