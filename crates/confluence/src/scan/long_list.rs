//! Long lists: a chain for what belongs to the values of a list, cut into shorter lists that are read side by side.
//!
//! Where somebody has counted, what is long is cut at once: its first page is asked for as planning has shown it, and the
//! groups with it, from their ends; they stop at what that page has brought. Where nobody has, the chain is read for a
//! while, and then its last page shows how much there is between: ids are spread about evenly. A list whose rows are few
//! takes as many requests as it takes pages.

use super::chain::{self, ChainReader};
use super::long_range::{self, GroupsOf};
use super::partition::{GroupOrder, Partitions, Prefix, in_groups, sort};
use super::reader::Reader;
use crate::Error;
use crate::http::Why;
use crate::request::chains::{Chain, Length};
use crate::request::grouping::Grouping;
use crate::schema::Split;

/// Pages after which a list that is taken to be short shows how long it is.
const PATIENCE: u32 = 4;

/// Reads a chain that asks for the values of a list.
pub(super) async fn read(
    reader: &Reader,
    chain: Chain,
    split: &'static Split,
    length: Length,
) -> Result<(), Error> {
    if reader.scan_request.sort.is_some() {
        return long_range::read(reader, chain, split, length, GroupsOf::List).await;
    }
    let table = reader.scan_request.table;
    let (order, filter) = (
        table.id(split.order),
        table.columns[table.id(split.column)].filter,
    );
    let values = filter.map_or_else(Vec::new, |filter| chain.asked_by(filter));
    if values.len() < 2 {
        return chain::read(reader, chain).await;
    }
    reader.expect_overlaps();
    // Those of all chains together are as many as are read at one time.
    let chains = usize::try_from(length.chains.max(1)).unwrap_or(usize::MAX);
    let abreast = reader.demand.most_abreast().div_ceil(chains);
    let cut = |pages: f64, front| {
        let groups = Grouping::List.groups(pages, abreast).unwrap_or(1);
        let chains = in_groups(&chain, filter, &values, values.len().div_ceil(groups));
        Partitions::new(reader, chains, GroupOrder::BothEnds(order), front)
    };
    let mut front = ChainReader::new(reader, &chain, None, Why::FirstPage);
    let mut begun = Prefix::default();
    if length.is_known && length.is_long {
        let groups = cut(length.pages, None);
        let first = async {
            let shown = front.next(Some(order)).await?;
            begun.note(shown);
            groups.note_front(begun.sure_span().map(|(_, end)| end));
            if shown.is_end {
                groups.give_up();
            }
            Ok(())
        };
        if reader.is_read_again {
            // Where groups stop must not depend on what comes first: the statement asks for the same in each place.
            first.await?;
            return groups.read().await;
        }
        tokio::try_join!(first, groups.read())?;
        return Ok(());
    }
    let patience = if length.is_long { 1 } else { PATIENCE };
    let mut pages = 0;
    // Where they come in no order, nothing can be said of how many are left, and all of them are read.
    let (bottom, low) = loop {
        let shown = front.next(Some(order)).await?;
        if shown.is_end {
            return Ok(());
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
        Err(Error::OutOfOrder { .. } | Error::TooLong { .. }) => return front.read_all().await,
        shown => shown?,
    };
    if shown.is_end {
        return Ok(());
    }
    let Some((top, high)) = shown.edges else {
        return front.read_all().await;
    };
    let each = ((low - bottom) + (top - high)).max(1) as f64 / f64::from(pages + 1);
    let left = (high - low) as f64 / each;
    if Grouping::List.are_many(left + f64::from(pages + 1)) {
        return cut(left, Some(low)).read().await;
    }
    while begun.end().is_none_or(|end| end < high) {
        let shown = front.next(Some(order)).await?;
        if shown.is_end {
            return Ok(());
        }
        begun.note(shown);
    }
    Ok(())
}
