//! The orders in which pages are listed, and how a part of one is found.

use super::record::{NONE, PageOrder, PageSort, SortValue, Subtype};
use super::{Organisation, Page};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// All pages in an order.
pub(super) fn of(organisation: &Organisation, sort: PageSort) -> PageOrder {
    let pages = &organisation.pages;
    let mut by_rank: Vec<u32> = (0..pages.len() as u32).collect();
    // Stable sorts of what is in the order of ids break ties by id.
    match sort {
        PageSort::Id => {}
        PageSort::CreatedDate => by_rank.sort_by_key(|&number| pages[number as usize].created_at),
        PageSort::ModifiedDate => by_rank.sort_by_key(|&number| pages[number as usize].modified_at),
        PageSort::Title => sort_by_title(organisation, &mut by_rank),
    }
    let mut rank_of = vec![0; by_rank.len()];
    for (rank, &number) in by_rank.iter().enumerate() {
        rank_of[number as usize] = rank as u32;
    }
    let mut space_starts = vec![0; organisation.spaces.len() + 1];
    for page in pages {
        space_starts[page.space as usize + 1] += 1;
    }
    for space in 1..space_starts.len() {
        space_starts[space] += space_starts[space - 1];
    }
    let mut next = space_starts.clone();
    let mut by_space = vec![0; by_rank.len()];
    for &number in &by_rank {
        let place = &mut next[pages[number as usize].space as usize];
        by_space[*place as usize] = number;
        *place += 1;
    }
    PageOrder {
        by_rank,
        rank_of,
        by_space,
        space_starts,
    }
}

/// All titles are written side by side for as long as the sorting takes.
fn sort_by_title(organisation: &Organisation, numbers: &mut [u32]) {
    let mut all = String::new();
    let mut ends = Vec::with_capacity(numbers.len() + 1);
    ends.push(0);
    for &number in numbers.iter() {
        all.push_str(&folded_title(organisation.page_numbered(number)));
        ends.push(all.len());
    }
    numbers.sort_by_key(|&number| &all[ends[number as usize]..ends[number as usize + 1]]);
}

fn folded_title(page: Page<'_>) -> String {
    page.title().to_lowercase()
}

/// Which pages a listing holds, and in which order.
pub(crate) struct PageQuery {
    /// Bits of `PageStatus`.
    pub statuses: u8,
    /// Numbers of spaces.
    pub spaces: Option<Vec<u32>>,
    /// Numbers of pages.
    pub pages: Option<Vec<u32>>,
    pub title: Option<String>,
    pub subtype: Option<Subtype>,
    pub roots_only: bool,
    pub open_to_anonymous: bool,
    pub sort: PageSort,
    pub descending: bool,
}

impl Organisation {
    /// The pages of a space, of all statuses, by id.
    pub(super) fn pages_of_space(&self, space: u32) -> impl Iterator<Item = Page<'_>> {
        self.order(PageSort::Id)
            .of_space(space)
            .iter()
            .map(|&number| self.page_numbered(number))
            .filter(|page| !page.record.purged)
    }

    pub(crate) fn page_sort_value(&self, sort: PageSort, number: u32) -> SortValue {
        let page = self.page_numbered(number);
        match sort {
            PageSort::Id => SortValue::Number(page.record.id as i64),
            PageSort::CreatedDate => SortValue::Number(page.record.created_at),
            PageSort::ModifiedDate => SortValue::Number(page.record.modified_at),
            PageSort::Title => SortValue::Text(folded_title(page)),
        }
    }

    /// How many pages, of all, stand before a position, or before and at it.
    pub(crate) fn rank(&self, sort: PageSort, value: &SortValue, id: i64, and_at: bool) -> usize {
        self.order(sort).by_rank.partition_point(|&number| {
            let here = self.page_sort_value(sort, number);
            let side = here
                .cmp(value)
                .then((self.pages[number as usize].id as i64).cmp(&id));
            side.is_lt() || (and_at && side.is_eq())
        })
    }

    /// The pages of a query whose ranks lie within a range, forwards or backwards.
    pub(crate) fn select<'a>(
        &'a self,
        query: &'a PageQuery,
        ranks: Range<usize>,
        backwards: bool,
    ) -> impl Iterator<Item = u32> + 'a {
        let order = self.order(query.sort);
        let candidates: Box<dyn Iterator<Item = u32>> = if let Some(few) = self.few(query) {
            let mut few = few;
            few.sort_unstable_by_key(|&number| order.rank_of[number as usize]);
            few.dedup();
            let within = order.within(&few, &ranks).to_vec();
            directed(within.into_iter(), backwards)
        } else if let Some(spaces) = &query.spaces {
            let lists = spaces
                .iter()
                .map(|&space| order.within(order.of_space(space), &ranks))
                .collect();
            Box::new(Merge::new(order, lists, backwards))
        } else {
            directed(order.by_rank[ranks].iter().copied(), backwards)
        };
        candidates.filter(move |&number| self.matches(query, number))
    }

    /// The pages that a query can hold, where its ids or its title leave few.
    fn few(&self, query: &PageQuery) -> Option<Vec<u32>> {
        if let Some(pages) = &query.pages {
            return Some(pages.clone());
        }
        let title = SortValue::Text(query.title.as_ref()?.to_lowercase());
        let ranks = self.rank(PageSort::Title, &title, i64::MIN, false)
            ..self.rank(PageSort::Title, &title, i64::MAX, true);
        Some(self.order(PageSort::Title).by_rank[ranks].to_vec())
    }

    fn matches(&self, query: &PageQuery, number: u32) -> bool {
        let record = &self.pages[number as usize];
        !record.purged
            && query.statuses & record.status.bit() != 0
            && query.subtype.is_none_or(|subtype| subtype == record.subtype)
            && (!query.roots_only || record.parent == NONE)
            && (!query.open_to_anonymous || self.spaces[record.space as usize].open_to_anonymous())
            // Where spaces or a title led here, both hold already; beside a list of ids they narrow it.
            && (query.pages.is_none() && query.title.is_none()
                || query.spaces.as_ref().is_none_or(|spaces| spaces.contains(&record.space))
                    && query.title.as_ref().is_none_or(|title| {
                        folded_title(self.page_numbered(number)) == title.to_lowercase()
                    }))
    }
}

fn directed<'a>(
    items: impl DoubleEndedIterator<Item = u32> + 'a,
    backwards: bool,
) -> Box<dyn Iterator<Item = u32> + 'a> {
    if backwards {
        Box::new(items.rev())
    } else {
        Box::new(items)
    }
}

/// Several lists in the same order, read as one.
struct Merge<'a> {
    order: &'a PageOrder,
    lists: Vec<&'a [u32]>,
    heads: BinaryHeap<Reverse<(u32, usize)>>,
    backwards: bool,
}

impl<'a> Merge<'a> {
    fn new(order: &'a PageOrder, lists: Vec<&'a [u32]>, backwards: bool) -> Self {
        let mut merge = Self {
            order,
            heads: BinaryHeap::with_capacity(lists.len()),
            lists,
            backwards,
        };
        for list in 0..merge.lists.len() {
            merge.offer(list);
        }
        merge
    }

    /// Enters the next page of a list, if it has one.
    fn offer(&mut self, list: usize) {
        let head = if self.backwards {
            self.lists[list].last()
        } else {
            self.lists[list].first()
        };
        if let Some(&number) = head {
            let rank = self.order.rank_of[number as usize];
            self.heads.push(Reverse((
                if self.backwards {
                    u32::MAX - rank
                } else {
                    rank
                },
                list,
            )));
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let Reverse((_, list)) = self.heads.pop()?;
        let rest = self.lists[list];
        let (&number, rest) = if self.backwards {
            rest.split_last()?
        } else {
            rest.split_first()?
        };
        self.lists[list] = rest;
        self.offer(list);
        Some(number)
    }
}
