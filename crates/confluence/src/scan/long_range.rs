//! Long ranges: a part of a listing in an order, cut into groups that are read side by side.
//!
//! A site lists in the order of a time from one of its ends, and nowhere else can be begun, so a range that lies far back
//! takes all pages before it, one after the other. Asked for in groups of what rows belong to, each group is read like
//! that, to where the range ends in it: together that is what the range takes, and a partly filled page for each group.
//!
//! What has been read of the range before it is cut comes again in the groups. So where it is known to be long, that is
//! its first page; else it is cut when its pages have shown how slowly they come nearer to its end.

use super::chain::{ChainReader, PageShown};
use super::outside_partitions::Owners;
use super::partition::{GroupOrder, Partitions, read_as_it_comes};
use super::reader::Reader;
use crate::Error;
use crate::http::Why;
use crate::request::chains::{Chain, Length};
use crate::request::grouping::{Grouping, LONG};
use crate::request::scan_request::{Key, Range};
use crate::schema::{Filter, Split};

/// Pages that are read before anything is concluded from how far they go.
const TELLING: u32 = 5;

/// Before any page was written: the first Confluence is of March 2004. In microseconds since 1970.
const EARLIEST: i64 = 1_072_915_200_000_000;

/// What a range is cut into groups of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GroupsOf {
    /// All that its rows may belong to, which is listed first.
    All,
    /// The values of the chain's own list.
    List,
}

/// Reads a range in the order of the scan.
pub(super) async fn read(
    reader: &Reader,
    chain: Chain,
    split: &'static Split,
    length: Length,
    of: GroupsOf,
) -> Result<(), Error> {
    let scan_request = &reader.scan_request;
    let table = scan_request.table;
    let Some(sort) = scan_request.sort else {
        return read_as_it_comes(reader, &chain).await;
    };
    let owner = table.id(split.column);
    let start = || reader.start_source(Why::PartitionKeys, &split.source, &[split.name]);
    let is_long = length.is_known && length.is_long;
    // Where it is known to be long, the first page and what rows belong to are asked for together.
    let early = (is_long && of == GroupsOf::All).then(start);
    reader.expect_overlaps();
    let mut front = ChainReader::new(reader, &chain, Some(sort), Why::FirstPage).noting(owner);
    let mut progress = RangeProgress::default();
    let groups = loop {
        let shown = match front.next(Some(sort.column)).await {
            Err(Error::OutOfOrder { .. } | Error::TooLong { .. }) if !front.handed_on => {
                return read_as_it_comes(reader, &chain).await;
            }
            shown => shown?,
        };
        if shown.is_end {
            return Ok(());
        }
        progress.note(shown);
        let pages = match is_long {
            true => Some(length.pages),
            false => progress.pages_if_long(scan_request.range, sort.descending),
        };
        if let Some(groups) =
            pages.and_then(|pages| Grouping::Range.groups(pages, reader.demand.most_abreast()))
        {
            break groups;
        }
    };
    let Some(filter) = table.columns[owner].filter else {
        return front.read_all().await;
    };
    let owners = match of {
        GroupsOf::List => None,
        GroupsOf::All => match Owners::of(early.unwrap_or_else(start)).await {
            // Who may not list what rows belong to may read them all the same.
            Err(Error::ScopeMissing { .. } | Error::Forbidden { .. }) => {
                return front.read_all().await;
            }
            owners => Some(owners?),
        },
    };
    let objects = match &owners {
        Some(owners) if !owners.have(front.noted()) => return front.read_all().await,
        Some(owners) => owners.ids.clone(),
        None => chain.asked_by(filter),
    };
    let chains = dealt_out(&chain, filter, &objects, groups);
    let mut groups = Partitions::new(reader, GroupOrder::Range(sort));
    groups.add(chains, None);
    let look = async {
        let Some(owners) = &owners else {
            return Ok(true);
        };
        let hold_all = owners.have_all(reader, &chain, split).await?;
        if !hold_all {
            groups.give_up();
        }
        Ok(hold_all)
    };
    let ((), hold_all) = tokio::try_join!(groups.read(), look)?;
    if hold_all {
        return Ok(());
    }
    front.read_all().await
}

/// This chain for so many groups of objects, or as many as there have to be. Those that stand next to each other, which
/// are often of one age and size, come into different groups.
fn dealt_out(chain: &Chain, filter: Filter, objects: &[Key], groups: usize) -> Vec<Chain> {
    let groups = groups
        .max(objects.len().div_ceil(filter.max))
        .min(objects.len());
    let group = |first| {
        let objects = objects.iter().skip(first).step_by(groups);
        let objects: Vec<Key> = objects.cloned().collect();
        chain.narrowed(Some(filter), &objects)
    };
    (0..groups).map(group).collect()
}

/// How far a range has been read.
#[derive(Clone, Copy, Debug, Default)]
struct RangeProgress {
    pages: u32,
    /// The times of the last page's first and last row.
    edges: Option<(i64, i64)>,
}

impl RangeProgress {
    fn note(&mut self, shown: PageShown) {
        self.pages += 1;
        self.edges = shown.edges.or(self.edges);
    }

    /// How many pages the range has, if it goes on like its last page, and so much is left that it is worth being cut. It
    /// may not go on like that, so no more than a few times what has been seen is concluded from it.
    fn pages_if_long(self, range: Option<Range>, descending: bool) -> Option<f64> {
        let range = range?;
        let end = if descending { range.from } else { range.to };
        let end = end?.max(EARLIEST) as f64;
        let (first, last) = self.edges?;
        let each = (first as f64 - last as f64).abs().max(1.0);
        let left = (last as f64 - end).abs() / each;
        let read = f64::from(self.pages);
        let is_worth_it = self.pages >= TELLING && left >= f64::from(LONG).max(2.0 * read);
        is_worth_it.then_some((read + left).min(4.0 * read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    /// Pages of ten days each, back from a day.
    fn read(pages: u32, from: i64) -> RangeProgress {
        let mut progress = RangeProgress::default();
        for page in 0..i64::from(pages) {
            let first = from - page * 10 * DAY;
            progress.note(PageShown {
                edges: Some((first, first - 10 * DAY)),
                ..PageShown::default()
            });
        }
        progress
    }

    fn since(day: i64) -> Option<Range> {
        Some(Range {
            from: Some(day),
            to: None,
        })
    }

    #[test]
    fn a_range_is_long_where_its_pages_hardly_come_nearer_to_its_end() {
        let today = EARLIEST + 5_000 * DAY;
        let far = since(today - 1_000 * DAY);
        assert_eq!(read(4, today).pages_if_long(far, true), None);
        assert_eq!(read(5, today).pages_if_long(far, true), Some(20.0));
        // It is nearly there.
        assert_eq!(read(80, today).pages_if_long(far, true), None);
        let near = since(today - 200 * DAY);
        assert_eq!(read(5, today).pages_if_long(near, true), None);
        // Nobody knows where it ends, or it ends before all time.
        assert_eq!(read(5, today).pages_if_long(None, true), None);
        assert_eq!(read(5, today).pages_if_long(far, false), None);
        let ever = since(i64::MIN);
        assert_eq!(
            read(5, EARLIEST + 200 * DAY).pages_if_long(ever, true),
            None
        );
    }
}
