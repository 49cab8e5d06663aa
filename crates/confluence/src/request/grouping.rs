//! Grouping: by what a long chain is cut, so that what it lists is read side by side.
//!
//! Rows of some listings belong to something that a filter takes a list of: pages to spaces. Such a listing can be asked
//! for in groups of those: all of it, a range of it in an order, or what belongs to the values of a list. Each group costs
//! a partly filled page, so a chain is cut only if it is long, and into groups of two pages at least.
//!
//! Other rows belong to nothing of the kind: attachments. Such a listing has two ends at least.

use super::access_path::{Manner, ValueCount};
use super::value_lists::Lists;
use crate::options::{Prefer, Reading};
use crate::schema::{Endpoint, Table};

/// What a chain may be cut into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Nothing.
    #[default]
    None,
    /// A whole listing into partitions: groups of all that another listing names.
    Listing,
    /// A range, in an order that nobody relies on, into the same, each read in that order.
    Range,
    /// A list of values into shorter ones.
    List,
    /// A whole listing into what is read from its beginning and what is read from its end, until they meet.
    BothEnds,
}

/// Pages from which on a whole listing is worth being cut. Its groups are many, so that those who are done early can help
/// others, and each has a page at least.
pub(crate) const LONG: u32 = 20;
/// The same of a range or a list, which is cut into no more groups than half as many as it has pages.
const LONG_IN_FEW: u32 = 12;
/// Pages that a group has to have on average.
const PAGES_EACH: f64 = 2.0;
/// Pages of a group whose partly filled one counts for little: what is so long is cut finer than into one group for each that
/// is read at one time, as some have more rows than others.
const PAGES_OF_LONG: f64 = 16.0;
/// Groups of a range for each that is read at one time. No end but one of theirs is known, so nobody can help another;
/// but who is done early takes another one.
const GROUPS_OF_RANGE: usize = 2;
/// What a range costs besides its groups: its first page, which they give again, the list of what they are groups of, and
/// the search for what is in none.
const BESIDES_RANGE: f64 = 3.0;

impl Grouping {
    /// What the chain of an endpoint may be cut into, which is asked for some values.
    pub(super) fn of(
        table: &Table,
        endpoint: &Endpoint,
        asked: &[ValueCount],
        lists: &Lists,
        manner: Manner,
        reading: &Reading,
    ) -> Self {
        if !may_be_cut(manner, reading) || endpoint.deeper.is_some() {
            return Self::None;
        }
        let Some(split) = endpoint.split.as_ref() else {
            // A list may have to be cut itself.
            let is_whole = !manner.sorted && asked.iter().all(|asked| asked.count <= 1.0);
            return match endpoint.ends {
                Some(_) if is_whole => Self::BothEnds,
                _ => Self::None,
            };
        };
        // A whole listing can be cut later, too, once all of it is wanted.
        let is_narrowed = split.is_narrowed(table, asked.iter().map(|asked| asked.column));
        match (is_narrowed, manner.sorted) {
            (false, false) => return Self::Listing,
            _ if !manner.eager => return Self::None,
            (false, true) => return Self::Range,
            (true, _) => {}
        }
        let owner = table.id(split.column);
        let is_list = |asked: &ValueCount| asked.count > 1.0 && lists.have(owner);
        let is_alone = |asked: &ValueCount| match asked.column == owner {
            true => is_list(asked),
            false => !split.is_narrowed(table, std::iter::once(asked.column)),
        };
        if asked.iter().all(is_alone) {
            Self::List
        } else {
            Self::None
        }
    }

    /// Pages from which on it is worth being cut.
    const fn long_from(self) -> u32 {
        match self {
            Self::None => u32::MAX,
            Self::Listing | Self::BothEnds => LONG,
            Self::Range | Self::List => LONG_IN_FEW,
        }
    }

    /// Whether what has so many rows, in pages of so many, is long: worth being cut.
    pub fn is_long(self, rows: f64, page: u32) -> bool {
        self.are_many(rows / f64::from(page.max(1)))
    }

    /// The same of so many pages.
    pub(crate) fn are_many(self, pages: f64) -> bool {
        pages >= f64::from(self.long_from())
    }

    /// Into how many groups so many pages are cut; None where nobody can tell before.
    pub(crate) fn groups(self, pages: f64, abreast: usize) -> Option<usize> {
        let most = match self {
            Self::None | Self::Listing | Self::BothEnds => return None,
            Self::Range => abreast.saturating_mul(GROUPS_OF_RANGE),
            Self::List => abreast.max((pages / PAGES_OF_LONG) as usize),
        };
        Some(((pages / PAGES_EACH) as usize).clamp(1, most.max(1)))
    }

    /// How many requests that takes besides those of the groups. Both ends read the page on which they meet.
    pub(super) fn besides(self) -> f64 {
        match self {
            Self::Range => BESIDES_RANGE,
            Self::BothEnds => 1.0,
            Self::None | Self::Listing | Self::List => 0.0,
        }
    }

    /// Whether what rows belong to has to be listed first.
    pub(super) fn lists_owners(self) -> bool {
        matches!(self, Self::Listing | Self::Range)
    }
}

/// Whether a chain may be cut at all: its rows are read in any order, and by several at one time if need be.
pub(super) fn may_be_cut(manner: Manner, reading: &Reading) -> bool {
    !manner.relies_on_order && reading.max_concurrency > 1 && reading.prefer == Prefer::Time
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::table_stats::TableStats;
    use crate::request::value_lists;
    use crate::tables::{attachments, pages, permissions};

    /// What the pages may be cut into that are asked for by so many values of some columns.
    fn of(asked: &[(&'static str, f64)], manner: Manner, reading: &Reading) -> Grouping {
        let (table, sizes) = (&pages::TABLE, TableStats::default());
        let asked = asked
            .iter()
            .map(|(column, count)| ValueCount::expected(table.id(column), *count));
        let asked: Vec<ValueCount> = asked.collect();
        let lists = value_lists::lists(table, &sizes, table.main(), &asked, 250);
        Grouping::of(table, table.main(), &asked, &lists, manner, reading)
    }

    #[test]
    fn listings_ranges_and_lists_of_spaces_may_be_cut() {
        let all = Manner {
            eager: true,
            ..Manner::default()
        };
        let range = Manner {
            sorted: true,
            ..all
        };
        let cases = [
            (&[][..], all, Grouping::Listing),
            (&[("status", 1.0)], all, Grouping::Listing),
            (&[], range, Grouping::Range),
            (&[("space_id", 1.0)], all, Grouping::None),
            (&[("space_id", 2.0)], all, Grouping::List),
            (&[("space_id", 300.0), ("status", 1.0)], all, Grouping::List),
            (&[("space_id", 100.0)], range, Grouping::List),
            (&[("space_id", 100.0), ("title", 1.0)], all, Grouping::None),
            (&[("id", 100.0)], all, Grouping::None),
            // Too many to be asked for.
            (&[("space_id", 100_000.0)], all, Grouping::None),
        ];
        for (asked, manner, expected) in cases {
            assert_eq!(of(asked, manner, &Reading::USUAL), expected, "{asked:?}");
            let in_order = Manner {
                relies_on_order: true,
                ..manner
            };
            let one_by_one = Manner {
                eager: false,
                ..manner
            };
            assert_eq!(of(asked, in_order, &Reading::USUAL), Grouping::None);
            // Who comes back for more may want all of a listing.
            let later = match expected {
                Grouping::Listing => Grouping::Listing,
                _ => Grouping::None,
            };
            assert_eq!(of(asked, one_by_one, &Reading::USUAL), later);
            let few = Reading {
                prefer: Prefer::Requests,
                ..Reading::USUAL
            };
            let one = Reading {
                max_concurrency: 1,
                ..Reading::USUAL
            };
            for reading in [few, one] {
                assert_eq!(of(asked, manner, &reading), Grouping::None);
            }
        }
        for (table, expected) in [
            (&permissions::TABLE, Grouping::None),
            (&attachments::TABLE, Grouping::BothEnds),
        ] {
            let of = |manner| {
                let lists = Lists::default();
                Grouping::of(table, table.main(), &[], &lists, manner, &Reading::USUAL)
            };
            assert_eq!(of(all), expected);
            // The beginning of a range is one end.
            assert_eq!(of(range), Grouping::None);
        }
    }

    #[test]
    fn a_listing_is_long_from_twenty_pages_on_and_a_part_of_it_from_twelve_on() {
        for (grouping, pages) in [
            (Grouping::Listing, 20.0),
            (Grouping::BothEnds, 20.0),
            (Grouping::Range, 12.0),
            (Grouping::List, 12.0),
        ] {
            for page in [10, 250] {
                let rows = pages * f64::from(page);
                assert!(grouping.is_long(rows, page) && !grouping.is_long(rows - 1.0, page));
            }
        }
        assert!(!Grouping::None.is_long(1e6, 1));
    }

    #[test]
    fn a_group_has_two_pages_on_average_at_least() {
        for (pages, list, range) in [
            (3.9, 1, 1),
            (10.0, 5, 5),
            (20.0, 8, 10),
            (128.0, 8, 16),
            // What is long is cut finer.
            (400.0, 25, 16),
        ] {
            assert_eq!(Grouping::List.groups(pages, 8), Some(list));
            assert_eq!(Grouping::Range.groups(pages, 8), Some(range));
        }
    }
}
