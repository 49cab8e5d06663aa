//! A chain: its pages' rows, checked and sorted out, on their way to whoever wants them.

use std::collections::HashSet;
use std::sync::Arc;

use super::counted_lists::CountedLists;
use super::enrichment::Enrichment;
use super::order_check::OrderCheck;
use super::page_reader::{Next, PageReader};
use super::reader::Reader;
use super::remainder;
use super::seen_keys::SeenKeys;
use crate::batch::{Batch, Slot, Value};
use crate::decode::{Page, Projection};
use crate::http::{Request, Why};
use crate::request::chains::{Below, Chain};
use crate::request::scan_request::{Key, Sort};
use crate::schema::{ColumnId, Deeper, Unreadable};
use crate::{Budget, Error, Sanitized};

/// Reads a chain to its end, and the chains that its rows lead to, those of its first row first.
///
/// They wait in a list, and nothing calls itself: how deep a thread or a tree goes is for the site to say, and a stack
/// that grew with it would end the whole process. The list has no more than what was listed, each of it once.
pub(super) async fn read(reader: &Reader, chain: Chain) -> Result<(), Error> {
    if chain.endpoint.proof.is_some() {
        return remainder::read_proved(reader, &chain).await;
    }
    let mut entered = HashSet::new();
    let mut waiting = read_listing(reader, &chain, chain.why, &mut entered).await?;
    while let Some(below) = waiting.pop() {
        let below = chain.below(&below);
        waiting.append(&mut read_listing(reader, &below, Why::BelowRow, &mut entered).await?);
    }
    Ok(())
}

/// Reads one listing to its end: what its rows lead to, the first one last. A listing whose order turns out to be broken
/// before a row was handed on is read again as it comes, if only the range relies on the order; and so is one that can
/// only be asked for in pieces.
///
/// # Errors
/// If one of those has been gone into before.
async fn read_listing(
    reader: &Reader,
    chain: &Chain,
    why: Why,
    entered: &mut HashSet<Key>,
) -> Result<Vec<Below>, Error> {
    let sort = reader.scan_request.sort;
    let mut pages = ChainReader::new(reader, chain, sort, why);
    match pages.read_all().await {
        Err(Error::OutOfOrder { .. } | Error::TooLong { .. })
            if !pages.handed_on && sort.is_some() && !reader.scan_request.relies_on_order =>
        {
            pages = ChainReader::new(reader, chain, None, Why::AsItComes);
            pages.read_all().await?;
        }
        result => result?,
    }
    for below in &pages.below {
        if !entered.insert(below.id.clone()) {
            return Err(pages.malformed(format!(
                "a listing that goes in circles: row {} has led further down before",
                below.id
            )));
        }
    }
    pages.below.reverse();
    Ok(pages.below)
}

/// What rows have in a slot.
fn keys(rows: &Batch, slot: Option<Slot>) -> impl Iterator<Item = Key> {
    (0..rows.len()).filter_map(move |row| Key::of(rows.value(row, slot?)))
}

/// The pages of a chain's listing, on their way.
pub(super) struct ChainReader<'r> {
    reader: &'r Reader,
    chain: &'r Chain,
    sort: Option<Sort>,
    shape: Arc<Projection>,
    listing: PageReader<'r>,
    companions: Enrichment<'r>,
    sieve: RowFilter<'r>,
    /// What its rows lead to.
    below: Vec<Below>,
    /// The slot of what its rows belong to, where that is noted, and what has been noted.
    noting: Option<Slot>,
    noted: HashSet<Key>,
    /// Whether a row was handed on.
    pub handed_on: bool,
    /// The objects of which each has to come back, as far as they have not.
    pub asked: HashSet<Key>,
    /// Those that have come with the beginning of a list.
    pub cut: Vec<Key>,
    /// What its lists of rows say of themselves.
    lists: CountedLists,
}

/// What a page has shown of its listing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageShown {
    /// Whether there is nothing behind it that is wanted.
    pub is_end: bool,
    /// How many rows it has.
    pub rows: usize,
    /// The values of a column in its first and in its last row.
    pub edges: Option<(i64, i64)>,
    /// Whether those values ascend.
    pub ascends: bool,
    /// Whether all of its rows had been given by another chain.
    pub is_known: bool,
}

impl<'r> ChainReader<'r> {
    /// The listing of a chain, in an order.
    pub fn new(reader: &'r Reader, chain: &'r Chain, sort: Option<Sort>, why: Why) -> Self {
        let scan_request = &reader.scan_request;
        let shape = Arc::new(Projection::new(
            scan_request.table,
            chain.endpoint,
            &reader.columns,
        ));
        let request = chain.request(scan_request, sort);
        let sieve = RowFilter::new(reader, chain, sort);
        let listing = PageReader::new(reader, chain, shape.clone(), request, why)
            .then_by(scan_request.page_size(chain.endpoint))
            .shrinking(reader.has_bodies)
            .watched(!sieve.key.is_empty());
        Self {
            reader,
            chain,
            sort,
            shape,
            listing,
            companions: Enrichment::of(reader, chain, sort),
            sieve,
            below: Vec::new(),
            noting: None,
            noted: HashSet::new(),
            handed_on: false,
            asked: chain.objects(scan_request.table).into_iter().collect(),
            cut: Vec::new(),
            lists: CountedLists::default(),
        }
    }

    /// Notes what rows have in a column.
    pub fn noting(mut self, column: ColumnId) -> Self {
        self.noting = self.reader.slot(column);
        self
    }

    /// What rows of the pages that were read have in that column.
    pub fn noted(&self) -> &HashSet<Key> {
        &self.noted
    }

    /// Reads all pages.
    pub async fn read_all(&mut self) -> Result<(), Error> {
        while !self.next(None).await?.is_end {}
        Ok(())
    }

    /// Reads a page and hands on what is wanted of it. `watched` is a column whose values are told of.
    pub async fn next(&mut self, watched: Option<ColumnId>) -> Result<PageShown, Error> {
        let (reader, chain) = (self.reader, self.chain);
        let end = PageShown {
            is_end: true,
            ..PageShown::default()
        };
        reader.demand.wanted().await;
        let asked = self.asked.len();
        let mut batch = match self.next_answer().await? {
            Next::Page(page) => {
                self.came(&page);
                page.batch
            }
            Next::NotAnswered => {
                if chain.endpoint.shortcut.is_some() {
                    reader.remainder.note_no_answer();
                }
                return Ok(end);
            }
            Next::End => return Ok(end),
            Next::Unreadable(request, said) => {
                match unreadable(chain, reader, &self.shape, &request, said)? {
                    Some(row) => row,
                    None => return Ok(end),
                }
            }
        };
        if !self.listing.came_before() {
            reader.count_rows(batch.len());
        }
        let came = batch.len();
        if let Some(slot) = self.noting {
            self.noted.extend(keys(&batch, Some(slot)));
        }
        let watched = watched.and_then(|column| reader.slot(column));
        let edges = edges(&batch, watched);
        let ascends = watched.is_some_and(|slot| ascends(&batch, slot));
        let reserved = self.sieve.seen.reserve(batch.len());
        reserved.map_err(|budget| too_large(budget, &self.listing))?;
        let verdict = self.sieve.sift(&mut batch);
        if verdict == Verdict::OutOfOrder {
            return Err(out_of_order(reader, self.sort, &self.listing));
        }
        self.listing
            .compare(came, self.sieve.is_any_known, verdict != Verdict::Repeated)?;
        if let Some(deeper) = &chain.endpoint.deeper {
            self.note_below(deeper, &mut batch)?;
        }
        // Only now: the rows of a page that is read again for its order must not count as seen.
        let before = batch.len();
        let dropped = reader.drop_rows_of_other_chains(&mut batch);
        dropped.map_err(|budget| too_large(budget, &self.listing))?;
        let is_known = before > 0 && batch.is_empty();
        self.hand_on(batch).await?;
        // Of objects that it has been asked about, a page that brings none more is the last one.
        let is_proved =
            chain.endpoint.proof.is_some() && (self.asked.is_empty() || self.asked.len() == asked);
        let is_end = verdict == Verdict::Enough || self.listing.is_at_end() || is_proved;
        if is_end {
            self.tell_of_what_is_withheld().await?;
        }
        Ok(PageShown {
            is_end,
            rows: came,
            edges,
            ascends,
            is_known,
        })
    }

    /// The next answer. As long as it is not known whether the site answers what can be asked otherwise, the one who asks first
    /// finds it out for all.
    async fn next_answer(&mut self) -> Result<Next, Error> {
        let (session, endpoint) = (&self.reader.session, self.chain.endpoint);
        if endpoint.proof.is_none() {
            return self.listing.next().await;
        }
        let turn = session.turn_to_ask(endpoint.operation).await;
        if session.is_answered(endpoint.operation) == Some(false) {
            return Ok(Next::NotAnswered);
        }
        let next = self.listing.next().await?;
        session.note_answered(endpoint.operation, !matches!(next, Next::NotAnswered));
        drop(turn);
        Ok(next)
    }

    /// Hands on those of some rows that are wanted.
    async fn hand_on(&mut self, mut batch: Batch) -> Result<(), Error> {
        self.sieve.drop_what_is_not_wanted(&mut batch);
        if !batch.is_empty() {
            self.companions.fill(self.reader, &mut batch).await?;
            self.handed_on = true;
            self.reader.hand_on(batch).await?;
        }
        Ok(())
    }

    /// Notes what a page shows of objects that were asked about, and of lists that are counted.
    fn came(&mut self, page: &Page) {
        if let Some(proof) = &self.chain.endpoint.proof {
            let object = self.reader.scan_request.table.id(proof.object);
            let (rows, slot) = match self.chain.endpoint.has_lists() {
                true => (&page.objects, Some(Slot::nth(0))),
                false => (&page.batch, self.reader.slot(object)),
            };
            for key in keys(rows, slot) {
                self.asked.remove(&key);
            }
            for key in keys(&page.cut_objects, Some(Slot::nth(0))) {
                if self.asked.remove(&key) {
                    self.cut.push(key);
                }
            }
        }
        self.lists.note(&page.lists);
    }

    /// Hands on a row for each list of which the site has not given all.
    async fn tell_of_what_is_withheld(&mut self) -> Result<(), Error> {
        let Some(withheld) = &self.chain.endpoint.withheld else {
            return Ok(());
        };
        let lists = std::mem::take(&mut self.lists);
        for list in lists.withheld() {
            let said = format!("{list}");
            let around = list.around.iter().map(|(name, text)| (*name, &text[..]));
            let sets: Vec<(&str, &str)> = around
                .chain(withheld.sets.iter().copied())
                .chain([(withheld.said, &said[..])])
                .collect();
            let mut row = self.shape.row(&self.chain.given(), &sets);
            // Two lists may be about the same.
            self.sieve.sift(&mut row);
            self.hand_on(row).await?;
        }
        Ok(())
    }

    /// Notes what rows of a batch lead to, and makes the depths in it those below the first listing.
    fn note_below(&mut self, deeper: &Deeper, batch: &mut Batch) -> Result<(), Error> {
        let (reader, above) = (self.reader, self.chain.depth);
        let slot = |name: &'static str| reader.slot(reader.scan_request.table.id(name));
        let Some(id) = slot(deeper.id) else {
            return Err(Error::Internal("rows without ids lead nowhere".into()));
        };
        let too_deep = |pages: &Self, depth: i64| {
            pages.malformed(format!("a depth of {depth} below a depth of {above}"))
        };
        let kind = deeper.kind.and_then(slot);
        let at_depth = deeper
            .at_depth
            .and_then(|(column, depth)| Some((slot(column)?, depth)));
        let depth = match at_depth {
            Some((_, depth)) => above
                .checked_add(depth)
                .ok_or_else(|| too_deep(self, depth))?,
            None => 0,
        };
        for row in 0..batch.len() {
            if let Some((slot, depth)) = at_depth
                && batch.value(row, slot) != Value::Int(depth)
            {
                continue;
            }
            let path = deeper.paths.iter().find(|(of_kind, ..)| {
                kind.is_none_or(|slot| batch.value(row, slot) == Value::Text(of_kind))
            });
            if let (Some((_, _, path)), Some(id)) = (path, Key::of(batch.value(row, id))) {
                self.below.push(Below { id, path, depth });
            }
        }
        match at_depth {
            Some((slot, _)) => batch
                .add(slot, above)
                .map_err(|depth| too_deep(self, depth)),
            None => Ok(()),
        }
    }

    /// What is wrong with the page that was read last.
    fn malformed(&self, found: String) -> Error {
        Error::Malformed {
            request: self.listing.label(),
            page: self.listing.page(),
            found: found.into(),
        }
    }
}

/// The values of a slot in the first and in the last row.
fn edges(batch: &Batch, slot: Option<Slot>) -> Option<(i64, i64)> {
    let slot = slot?;
    let last = batch.len().checked_sub(1)?;
    Some((
        number(batch.value(0, slot))?,
        number(batch.value(last, slot))?,
    ))
}

fn ascends(batch: &Batch, slot: Slot) -> bool {
    let mut order = OrderCheck::new(false);
    (0..batch.len()).all(|row| order.follows(number(batch.value(row, slot))))
}

/// What becomes of an object that is not to be read. One that the query names and nobody can see has no
/// rows. One that the site has listed itself has some, so not being able to read them is an error; unless
/// the table has a row for it, or that is how the site says that there are none.
fn unreadable(
    chain: &Chain,
    reader: &Reader,
    shape: &Projection,
    request: &Request,
    said: Sanitized,
) -> Result<Option<Batch>, Error> {
    let about = chain.about(reader.scan_request.table);
    match (chain.endpoint.unreadable, about) {
        (Unreadable::Row { sets, said: column }, _) => {
            let sets: Vec<(&str, &str)> =
                sets.iter().copied().chain([(column, &said[..])]).collect();
            Ok(Some(shape.row(&chain.given(), &sets)))
        }
        (Unreadable::Nothing, _) => Ok(None),
        (Unreadable::Absent, Some((parent, id))) if chain.must_exist => Err(Error::ParentLost {
            parent,
            id: id.into(),
            request: request.label(),
            said,
        }),
        (Unreadable::Absent, Some(_)) => Ok(None),
        (Unreadable::Absent, None) => Err(Error::Refused {
            request: request.label(),
            status: 404,
            said,
        }),
    }
}

fn too_large(budget: Budget, listing: &PageReader) -> Error {
    Error::TooLarge {
        budget,
        request: listing.label(),
    }
}

fn out_of_order(reader: &Reader, sort: Option<Sort>, listing: &PageReader) -> Error {
    let columns = reader.scan_request.table.columns;
    Error::OutOfOrder {
        table: reader.scan_request.table.name,
        column: sort.map_or("", |sort| columns[sort.column].name),
        request: listing.label(),
        page: listing.page(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    GoOn,
    /// What follows is outside of the range.
    Enough,
    OutOfOrder,
    /// Every row has come before.
    Repeated,
}

/// Lets through the rows that are wanted, each once.
struct RowFilter<'r> {
    reader: &'r Reader,
    sort: Option<Sort>,
    order: Option<OrderCheck>,
    seen: SeenKeys,
    /// Whether any row of the last page had come before.
    is_any_known: bool,
    /// The slots by which its rows are told apart.
    key: Vec<Slot>,
    /// The column and values by which the table's own endpoint chooses rows, where this is another.
    population: Option<(Slot, &'static [&'static str])>,
}

impl<'r> RowFilter<'r> {
    fn new(reader: &'r Reader, chain: &Chain, sort: Option<Sort>) -> Self {
        let table = reader.scan_request.table;
        let population = table.population.and_then(|(name, values)| {
            let place = table.id(name);
            let asked = reader
                .scan_request
                .conditions
                .iter()
                .any(|c| c.column == place);
            let is_own = std::ptr::eq(table.main(), chain.endpoint);
            (!asked && !is_own).then_some((reader.slot(place)?, values))
        });
        Self {
            reader,
            sort,
            order: sort.map(|sort| OrderCheck::new(sort.descending)),
            seen: SeenKeys::default(),
            is_any_known: false,
            key: table
                .distinct_by(chain.endpoint)
                .into_iter()
                .chain(reader.scan_request.columns_asked_roughly())
                .filter_map(|column| reader.slot(column))
                .collect(),
            population,
        }
    }

    /// Drops rows that came before and rows outside of the range, and watches the order.
    fn sift(&mut self, batch: &mut Batch) -> Verdict {
        let reader = self.reader;
        let slot = self
            .sort
            .map_or(reader.slots.sort, |sort| reader.slot(sort.column));
        let mut verdict = Verdict::GoOn;
        let mut is_any_new = false;
        self.is_any_known = false;
        batch.retain(|batch, row| {
            // A repeated row stands where it stood before, so its place says nothing about the order.
            if !self.seen.is_new(batch, row, &self.key) {
                self.is_any_known = true;
                return false;
            }
            is_any_new = true;
            let value = slot.and_then(|slot| number(batch.value(row, slot)));
            if let Some(order) = &mut self.order
                && !order.follows(value)
            {
                verdict = Verdict::OutOfOrder;
            }
            let Some(range) = &reader.scan_request.range else {
                return true;
            };
            let Some(value) = value else { return false };
            if verdict == Verdict::GoOn
                && let Some(sort) = self.sort
                && range.ends_before(value, sort.descending)
            {
                verdict = Verdict::Enough;
            }
            range.has(value)
        });
        if is_any_new {
            verdict
        } else {
            Verdict::Repeated
        }
    }

    /// Drops rows that the conditions exclude. After the chains below rows have been noted: those begin at
    /// rows of any kind.
    fn drop_what_is_not_wanted(&self, batch: &mut Batch) {
        let scan_request = &self.reader.scan_request;
        let slots = &self.reader.slots;
        batch.retain(|batch, row| {
            let in_windows =
                scan_request
                    .windows
                    .iter()
                    .zip(&slots.windows)
                    .all(|((_, span), slot)| {
                        number(batch.value(row, *slot)).is_some_and(|value| span.has(value))
                    });
            let in_population = self.population.is_none_or(|(slot, values)| {
                matches!(batch.value(row, slot), Value::Text(text) if values.contains(&text))
            });
            let meets_conditions =
                || {
                    scan_request.conditions.iter().zip(&slots.conditions).all(
                        |(condition, slot)| {
                            slot.is_none_or(|slot| condition.values.has(batch.value(row, slot)))
                        },
                    )
                };
            in_windows && in_population && meets_conditions()
        });
    }
}

fn number(value: Value) -> Option<i64> {
    match value {
        Value::Int(value) | Value::Timestamp(value) => Some(value),
        _ => None,
    }
}
