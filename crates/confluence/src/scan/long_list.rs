//! Long lists: chains for what belongs to the values of lists, each cut into shorter lists that are read side by side.
//!
//! Where somebody has counted, what is long is cut at once: its first page is asked for as planning has shown it, and the
//! groups with it, from their ends; they stop at what that page has brought. Where nobody has, the chain is read for a
//! while, and then its last page shows how much there is between: ids are spread about evenly. A list whose rows are few
//! takes as many requests as it takes pages.
//!
//! The groups of many lists are read together: what is left of one list is not to wait for another.

use std::ops::Range;

use futures_util::future::try_join_all;
use futures_util::stream::{self, TryStreamExt};
use parking_lot::Mutex;

use super::chain::{self, ChainReader};
use super::long_range::{self, GroupsOf};
use super::partition::{GroupOrder, Partitions, Prefix, in_groups, sort};
use super::reader::Reader;
use crate::Error;
use crate::http::Why;
use crate::request::chains::{Chain, Chains, Length};
use crate::request::grouping::Grouping;
use crate::request::scan_request::Key;
use crate::schema::{ColumnId, Filter, Split};

/// Pages after which a list that is taken to be short shows how long it is.
const PATIENCE: u32 = 4;
/// So many lists are read together. Their groups are held until they are read, and nobody says how many lists there are.
const LISTS_AT_ONCE: usize = 128;

/// Reads chains that ask for the values of lists.
pub(super) async fn read(
    reader: &Reader,
    chains: Chains<'_>,
    split: &'static Split,
    length: Length,
) -> Result<(), Error> {
    if reader.scan_request.sort.is_some() {
        let read = |chain| long_range::read(reader, chain, split, length, GroupsOf::List);
        let chains = stream::iter(chains.map(Ok));
        return chains
            .try_for_each_concurrent(reader.demand.most_abreast(), read)
            .await;
    }
    let table = reader.scan_request.table;
    let lists = LongLists {
        reader,
        order: table.id(split.order),
        filter: table.columns[table.id(split.column)].filter,
        length,
    };
    let mut chains = chains.peekable();
    while chains.peek().is_some() {
        let together: Vec<Chain> = chains.by_ref().take(LISTS_AT_ONCE).collect();
        lists.read(together).await?;
    }
    Ok(())
}

/// The lists of a scan.
struct LongLists<'r> {
    reader: &'r Reader,
    /// The column in whose order groups are read from their ends.
    order: ColumnId,
    filter: Option<Filter>,
    length: Length,
}

/// A list that is cut.
struct LongList {
    groups: Vec<Chain>,
    /// Up to where everything has been read.
    front: Option<i64>,
    /// Its own chain, if its first page has to be read besides.
    unread: Option<Chain>,
}

impl LongLists<'_> {
    /// Begins lists, and reads the groups of those that are long.
    async fn read(&self, chains: Vec<Chain>) -> Result<(), Error> {
        let cut = Mutex::new(Vec::new());
        let begin = |chain| async {
            let list = self.begin(chain).await?;
            cut.lock().extend(list);
            Ok(())
        };
        stream::iter(chains.into_iter().map(Ok::<_, Error>))
            .try_for_each_concurrent(self.reader.demand.most_abreast(), begin)
            .await?;
        let mut groups = Partitions::new(self.reader, GroupOrder::BothEnds(self.order));
        let mut unread = Vec::new();
        for list in cut.into_inner() {
            let places = groups.add(list.groups, list.front);
            unread.extend(list.unread.map(|chain| (chain, places)));
        }
        let firsts = unread.iter();
        let firsts = firsts.map(|(chain, places)| self.read_first(chain, places.clone(), &groups));
        tokio::try_join!(try_join_all(firsts), groups.read())?;
        Ok(())
    }

    /// Begins a list, and cuts it if it is long. None, where all of it has been read.
    async fn begin(&self, chain: Chain) -> Result<Option<LongList>, Error> {
        let (reader, order) = (self.reader, self.order);
        let values = self
            .filter
            .map_or_else(Vec::new, |filter| chain.asked_by(filter));
        if values.len() < 2 {
            chain::read(reader, chain).await?;
            return Ok(None);
        }
        reader.expect_overlaps();
        let is_long = self.length.is_known && self.length.is_long;
        // Where groups stop must not depend on what comes first, where the statement asks for the same in several places.
        if is_long && !reader.is_read_again {
            let groups = self.groups(&chain, &values, self.length.pages);
            return Ok(Some(LongList {
                groups,
                front: None,
                unread: Some(chain),
            }));
        }
        let mut front = ChainReader::new(reader, &chain, None, Why::FirstPage);
        let mut begun = Prefix::default();
        if is_long {
            let shown = front.next(Some(order)).await?;
            begun.note(shown);
            return Ok((!shown.is_end).then(|| LongList {
                groups: self.groups(&chain, &values, self.length.pages),
                front: begun.sure_span().map(|(_, end)| end),
                unread: None,
            }));
        }
        let patience = if self.length.is_long { 1 } else { PATIENCE };
        let mut pages = 0;
        // Where they come in no order, nothing can be said of how many are left, and all of them are read.
        let (bottom, low) = loop {
            let shown = front.next(Some(order)).await?;
            if shown.is_end {
                return Ok(None);
            }
            begun.note(shown);
            pages += 1;
            if pages >= patience
                && let Some(span) = begun.sure_span()
            {
                break span;
            }
        };
        let by = Some(sort(order, true));
        let mut back = ChainReader::new(reader, &chain, by, Why::FromTheEnd);
        let shown = match back.next(Some(order)).await {
            Err(Error::OutOfOrder { .. } | Error::TooLong { .. }) => {
                front.read_all().await?;
                return Ok(None);
            }
            shown => shown?,
        };
        if shown.is_end {
            return Ok(None);
        }
        let Some((top, high)) = shown.edges else {
            front.read_all().await?;
            return Ok(None);
        };
        let each = ((low - bottom) + (top - high)).max(1) as f64 / f64::from(pages + 1);
        let left = (high - low) as f64 / each;
        if Grouping::List.are_many(left + f64::from(pages + 1)) {
            return Ok(Some(LongList {
                groups: self.groups(&chain, &values, left),
                front: Some(low),
                unread: None,
            }));
        }
        while begun.end().is_none_or(|end| end < high) {
            let shown = front.next(Some(order)).await?;
            if shown.is_end {
                break;
            }
            begun.note(shown);
        }
        Ok(None)
    }

    /// The groups of a list of so many pages. Those of all lists together are as many as are read at one time.
    fn groups(&self, chain: &Chain, values: &[Key], pages: f64) -> Vec<Chain> {
        let lists = usize::try_from(self.length.chains.max(1)).unwrap_or(usize::MAX);
        let abreast = self.reader.demand.most_abreast().div_ceil(lists);
        let groups = Grouping::List.groups(pages, abreast).unwrap_or(1);
        in_groups(chain, self.filter, values, values.len().div_ceil(groups))
    }

    /// Reads the first page of a list whose groups are being read.
    async fn read_first(
        &self,
        chain: &Chain,
        places: Range<usize>,
        groups: &Partitions<'_>,
    ) -> Result<(), Error> {
        let mut begun = Prefix::default();
        let mut front = ChainReader::new(self.reader, chain, None, Why::FirstPage);
        let shown = front.next(Some(self.order)).await?;
        begun.note(shown);
        if shown.is_end {
            groups.end(places);
        } else {
            groups.note_front(places, begun.sure_span().map(|(_, end)| end));
        }
        Ok(())
    }
}
