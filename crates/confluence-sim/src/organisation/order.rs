//! The orders in which pages are listed, and how a part of one is found.

use super::record::{DateSort, NONE, PageOrder, PageRecord, Subtype, directed};
use super::{Organisation, Page};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

impl DateSort {
    fn of_page(self, page: &PageRecord) -> i64 {
        match self {
            Self::Id => page.id as i64,
            Self::CreatedDate => page.created_at,
            Self::ModifiedDate => page.modified_at,
        }
    }
}

pub(super) fn of(organisation: &Organisation, sort: DateSort) -> PageOrder {
    let pages = &organisation.pages;
    let mut by_rank: Vec<u32> = (0..pages.len() as u32).collect();
    // A stable sort of what is in the order of ids breaks ties by id.
    by_rank.sort_by_key(|&number| sort.of_page(&pages[number as usize]));
    let mut rank_of = vec![0; by_rank.len()];
    for (rank, &number) in by_rank.iter().enumerate() {
        rank_of[number as usize] = rank as u32;
    }
    let mut by_space = vec![Vec::new(); organisation.spaces.len()];
    for &number in &by_rank {
        by_space[pages[number as usize].space as usize].push(number);
    }
    PageOrder {
        by_rank,
        rank_of,
        by_space,
    }
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
    pub sort: DateSort,
    pub descending: bool,
}

impl Organisation {
    /// The pages of a space, of all statuses, by id.
    pub(super) fn pages_of_space(&self, space: u32) -> impl Iterator<Item = Page<'_>> {
        self.order(DateSort::Id)
            .of_space(space)
            .iter()
            .map(|&number| self.page_numbered(number))
            .filter(|page| !page.record.purged)
    }

    /// What a page is sorted by, and its id.
    pub(crate) fn page_position(&self, sort: DateSort, number: u32) -> (i64, i64) {
        let page = &self.pages[number as usize];
        (sort.of_page(page), page.id as i64)
    }

    /// How many pages, of all, stand before a position, or before and at it.
    pub(crate) fn rank(&self, sort: DateSort, position: (i64, i64), and_at: bool) -> usize {
        self.order(sort).by_rank.partition_point(|&number| {
            let here = self.page_position(sort, number);
            here < position || (and_at && here == position)
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
        let candidates: Box<dyn Iterator<Item = u32>> = match self.few(query, order) {
            Some(mut few) => {
                few.sort_unstable_by_key(|&number| order.rank_of[number as usize]);
                few.dedup();
                let within = order.within(&few, &ranks).to_vec();
                directed(within.into_iter(), backwards)
            }
            None => directed(order.by_rank[ranks].iter().copied(), backwards),
        };
        candidates.filter(move |&number| self.matches(query, number))
    }

    /// The pages that a query can hold, where its ids, its title or its spaces leave few.
    fn few(&self, query: &PageQuery, order: &PageOrder) -> Option<Vec<u32>> {
        match (&query.pages, &query.title, &query.spaces) {
            (Some(pages), ..) => Some(pages.clone()),
            (_, Some(title), _) => {
                let called = self.pages_by_title().get(&title.to_lowercase());
                Some(called.cloned().unwrap_or_default())
            }
            (.., Some(spaces)) => {
                let lists = spaces.iter().map(|&space| order.of_space(space));
                Some(lists.flatten().copied().collect())
            }
            _ => None,
        }
    }

    fn pages_by_title(&self) -> &HashMap<String, Vec<u32>> {
        self.by_title.get_or_init(|| {
            let mut by_title: HashMap<String, Vec<u32>> = HashMap::new();
            for number in 0..self.pages.len() as u32 {
                let title = folded_title(self.page_numbered(number));
                by_title.entry(title).or_default().push(number);
            }
            Arc::new(by_title)
        })
    }

    fn matches(&self, query: &PageQuery, number: u32) -> bool {
        let record = &self.pages[number as usize];
        let is_called =
            |title: &String| folded_title(self.page_numbered(number)) == title.to_lowercase();
        !record.purged
            && query.statuses & record.status.bit() != 0
            && query
                .subtype
                .is_none_or(|subtype| subtype == record.subtype)
            && (!query.roots_only || record.parent == NONE)
            && (!query.open_to_anonymous || self.spaces[record.space as usize].open_to_anonymous())
            && query
                .spaces
                .as_ref()
                .is_none_or(|spaces| spaces.contains(&record.space))
            && query.title.as_ref().is_none_or(is_called)
    }
}

fn folded_title(page: Page<'_>) -> String {
    page.title().to_lowercase()
}
