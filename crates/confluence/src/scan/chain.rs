//! One chain: its listing's rows, checked and sorted out, on their way to the reader.

use super::listing::{Listing, Next};
use super::order::OrderWatch;
use super::reader::Reader;
use super::seen::Seen;
use super::targets::{Chain, page_size};
use super::wanted::Sort;
use crate::Error;
use crate::batch::{Batch, Value};

/// Reads a chain to its end. A listing whose order turns out to be broken before a row was handed on is
/// read again as it comes, if only the range relies on the order.
pub(super) async fn read(reader: &Reader, chain: Chain) -> Result<(), Error> {
    let sort = reader.wanted.sort;
    let mut handed_on = false;
    match read_sorted(reader, &chain, sort, &mut handed_on).await {
        Err(Error::OutOfOrder { .. }) if !handed_on && sort.is_some_and(|s| !s.relied_on) => {
            read_sorted(reader, &chain, None, &mut handed_on).await
        }
        result => result,
    }
}

async fn read_sorted(
    reader: &Reader,
    chain: &Chain,
    sort: Option<Sort>,
    handed_on: &mut bool,
) -> Result<(), Error> {
    let wanted = &reader.wanted;
    let target = chain.target(wanted, sort);
    let label = target.clone();
    let mut listing = Listing::new(
        &reader.session,
        &reader.counters,
        wanted.table,
        &reader.shape,
        chain.parent,
        target,
    )
    .then_by(page_size(
        wanted.table,
        &wanted.columns,
        wanted.reading.page_size,
    ))
    .shrinking(reader.has_bodies);
    let mut sieve = Sieve::new(reader, sort);
    loop {
        reader.demand.wanted().await;
        reader.allow_request()?;
        let mut batch = match listing.next().await? {
            Next::Page(page) => page.batch,
            Next::End => return Ok(()),
            Next::NoSuchThing(request, said) => {
                return no_such_thing(chain, reader, &request.label(), said);
            }
        };
        reader.counters.count_rows(batch.len());
        let verdict = sieve.sift(&mut batch);
        if verdict == Verdict::OutOfOrder {
            return Err(out_of_order(reader, sort, label, listing.page()));
        }
        // Only now: the rows of a page that is read again for its order must not count as seen.
        reader.drop_rows_of_other_chains(&mut batch);
        if !batch.is_empty() {
            for companion in &reader.companions {
                companion.fill(reader, chain, &mut batch).await?;
            }
            *handed_on = true;
            reader.hand_on(batch).await;
        }
        if verdict == Verdict::Enough || listing.is_at_end() {
            return Ok(());
        }
    }
}

/// A parent that the query names and nobody can see has no rows. One that the site has listed itself has
/// some, so not being able to read them is an error.
fn no_such_thing(chain: &Chain, reader: &Reader, request: &str, said: String) -> Result<(), Error> {
    match (reader.wanted.table.parent, chain.parent) {
        (Some(parent), Some(id)) if chain.parent_is_listed => Err(Error::ParentLost {
            parent: parent.column,
            id,
            request: request.to_owned(),
            said,
        }),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Error::Refused {
            request: request.to_owned(),
            status: 404,
            said,
        }),
    }
}

fn out_of_order(reader: &Reader, sort: Option<Sort>, request: String, page: u32) -> Error {
    let columns = reader.wanted.table.columns;
    Error::OutOfOrder {
        table: reader.wanted.table.name,
        column: sort.map_or("", |sort| columns[sort.column].name),
        request: format!("GET {request}"),
        page,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    GoOn,
    /// What follows is outside of the range.
    Enough,
    OutOfOrder,
}

/// Lets through the rows that are wanted, each once.
struct Sieve<'r> {
    reader: &'r Reader,
    sort: Option<Sort>,
    order: Option<OrderWatch>,
    seen: Seen,
}

impl<'r> Sieve<'r> {
    fn new(reader: &'r Reader, sort: Option<Sort>) -> Self {
        Self {
            reader,
            sort,
            order: sort.map(|sort| OrderWatch::new(sort.descending)),
            seen: Seen::default(),
        }
    }

    fn sift(&mut self, batch: &mut Batch) -> Verdict {
        let reader = self.reader;
        let mut verdict = Verdict::GoOn;
        batch.retain(|batch, row| {
            // A repeated row stands where it stood before, so its place says nothing about the order.
            if !self.seen.is_new(batch, row, reader.slots.key) {
                return false;
            }
            let value = reader
                .slots
                .sort
                .and_then(|slot| number(batch.value(row, slot)));
            if let Some(order) = &mut self.order
                && !order.follows(value)
            {
                verdict = Verdict::OutOfOrder;
            }
            if let Some(range) = &reader.wanted.range {
                let Some(value) = value else { return false };
                if verdict == Verdict::GoOn
                    && let Some(sort) = self.sort
                    && range.ends_before(value, sort.descending)
                {
                    verdict = Verdict::Enough;
                }
                if !range.has(value) {
                    return false;
                }
            }
            reader
                .wanted
                .conditions
                .iter()
                .zip(&reader.slots.conditions)
                .all(|(condition, slot)| {
                    slot.is_none_or(|slot| condition.values.has(batch.value(row, slot)))
                })
        });
        verdict
    }
}

fn number(value: Value) -> Option<i64> {
    match value {
        Value::Int(value) | Value::Timestamp(value) => Some(value),
        _ => None,
    }
}
