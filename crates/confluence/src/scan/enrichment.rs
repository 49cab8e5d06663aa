//! Enrichment: columns that a listing alone cannot give: a body in a second format, and what an operation of its own
//! tells of each row. They are read for the rows of a page before these are handed on.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::page_reader::{Next, PageReader};
use super::reader::Reader;
use crate::batch::{Batch, Slot, Value};
use crate::budget::BytesHeld;
use crate::cache::responses::{Form, Served};
use crate::decode::{self, Page, Projection};
use crate::http::{Failure, Purpose, Reason, Request, Why};
use crate::request::builder::encoded;
use crate::request::chains::Chain;
use crate::request::scan_request::{Key, ScanRequest, Sort, Values};
use crate::schema::{ColumnId, Filter, Part};
use crate::{Budget, Error, Sanitized};

/// What has to be read besides the rows of a chain.
pub(super) struct Enrichment<'r> {
    twins: Vec<SecondFormat<'r>>,
    parts: Vec<RowOperation>,
}

impl<'r> Enrichment<'r> {
    /// The companions of a chain that is read in this order.
    pub fn of(reader: &'r Reader, chain: &'r Chain, sort: Option<Sort>) -> Self {
        let scan_request = &reader.scan_request;
        let key = scan_request.table.distinct_by(chain.endpoint);
        let twins = further_formats(scan_request)
            .into_iter()
            .map(|slots| SecondFormat::new(reader, chain, sort, &key, slots));
        Self {
            twins: twins.collect(),
            parts: scan_request
                .parts()
                .map(|part| RowOperation::new(reader, part))
                .collect(),
        }
    }

    /// Fills the columns of a batch's rows.
    ///
    /// # Errors
    /// If a request fails, or a row is not there any more: what it held cannot be told.
    pub async fn fill(&mut self, reader: &'r Reader, batch: &mut Batch) -> Result<(), Error> {
        for twin in &mut self.twins {
            twin.fill(reader, batch).await?;
        }
        self.ask_about_rows(reader, batch).await
    }

    /// Asks about all rows of a batch, side by side, whichever operation tells of them.
    async fn ask_about_rows(&self, reader: &Reader, batch: &mut Batch) -> Result<(), Error> {
        let parts = &self.parts;
        let mut asked = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            asked.extend((0..batch.len()).map(|row| (place, row, part.question(batch, row))));
        }
        let ask = |(place, row, question)| async move {
            let part: &RowOperation = &parts[place];
            match question {
                Some(question) => Ok((part, row, part.ask(reader, question).await?)),
                None => Ok((part, row, None)),
            }
        };
        let mut answers = stream::iter(asked)
            .map(ask)
            .buffer_unordered(reader.demand.abreast());
        // Taken as they come: what has been put into its row takes no room of its own.
        while let Some((part, row, answer)) = answers.try_next().await? {
            part.put(batch, row, answer.as_ref())?;
        }
        Ok(())
    }
}

/// Slots of columns that need another value of a parameter than the columns before them, by that value.
fn further_formats(scan_request: &ScanRequest) -> Vec<Vec<Slot>> {
    let asked =
        |slot: Slot| scan_request.table.columns[scan_request.columns[slot.index()]].asked_with;
    let mut formats: Vec<(&str, Vec<Slot>)> = Vec::new();
    for slot in Slot::first(scan_request.columns.len()) {
        let Some((name, value)) = asked(slot) else {
            continue;
        };
        let first = Slot::first(slot.index())
            .filter_map(asked)
            .find(|(known, _)| *known == name);
        if first.is_none_or(|(_, known)| known == value) {
            continue;
        }
        match formats.iter_mut().find(|(known, _)| *known == value) {
            Some((_, slots)) => slots.push(slot),
            None => formats.push((value, vec![slot])),
        }
    }
    formats.into_iter().map(|(_, slots)| slots).collect()
}

/// The rows of a chain once more, in another format: by their keys where the endpoint lists by them, else
/// from a second listing that is followed side by side with the first.
struct SecondFormat<'r> {
    chain: &'r Chain,
    /// The slots of the key in the scan's batches.
    key: Vec<Slot>,
    /// The slots of the columns in the scan's batches.
    slots: Vec<Slot>,
    /// The places in the table of the key's columns and of the others.
    places: Vec<ColumnId>,
    shape: Arc<Projection>,
    /// The parameter by which rows can be asked for by their keys.
    by_key: Option<Filter>,
    /// The second listing.
    listing: Option<PageReader<'r>>,
    /// What the second listing gave before the first did.
    early: HashMap<Vec<Key>, Vec<Option<String>>>,
    /// How many bytes those texts have, and the room that they take.
    early_bytes: usize,
    early_held: BytesHeld,
}

impl<'r> SecondFormat<'r> {
    fn new(
        reader: &'r Reader,
        chain: &'r Chain,
        sort: Option<Sort>,
        key: &[ColumnId],
        slots: Vec<Slot>,
    ) -> Self {
        let scan_request = &reader.scan_request;
        let of_columns = slots.iter().map(|&slot| scan_request.columns[slot.index()]);
        let places: Vec<ColumnId> = key.iter().copied().chain(of_columns).collect();
        let shape = Arc::new(Projection::new(scan_request.table, chain.endpoint, &places));
        let by_key = match key {
            [key] => {
                let column = &scan_request.table.columns[*key];
                column.filter.filter(|_| chain.endpoint.takes(column))
            }
            _ => None,
        };
        let listing = by_key.is_none().then(|| {
            let request = chain.request_for(scan_request, sort, &places);
            PageReader::new(reader, chain, shape.clone(), request, Why::SecondFormat)
                .then_by(scan_request.page_size(chain.endpoint))
                .shrinking(true)
        });
        Self {
            chain,
            key: key.iter().filter_map(|&place| reader.slot(place)).collect(),
            slots,
            places,
            shape,
            by_key,
            listing,
            early: HashMap::new(),
            early_bytes: 0,
            early_held: reader.session.in_flight().small(),
        }
    }

    async fn fill(&mut self, reader: &'r Reader, batch: &mut Batch) -> Result<(), Error> {
        let keys: Vec<Vec<Key>> = (0..batch.len())
            .map(|row| key_of(batch, row, &self.key))
            .collect();
        let mut missing: HashMap<Vec<Key>, usize> = HashMap::new();
        let endpoint = self.chain.endpoint;
        let again = || format!("{} {}", endpoint.method(), endpoint.path);
        for (row, key) in keys.into_iter().enumerate() {
            match self.early.remove(&key) {
                Some(values) => {
                    self.early_bytes -= length_of(&values);
                    put(batch, row, &self.slots, &values)
                        .map_err(|budget| too_large(budget, again()))?;
                }
                None => {
                    missing.insert(key, row);
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let mut by_keys = self.by_key.map(|filter| {
            let keys = Values::of(missing.keys().flatten().cloned());
            let request = self
                .chain
                .by_keys(&reader.scan_request, filter, &keys, &self.places);
            let shape = self.shape.clone();
            PageReader::new(reader, self.chain, shape, request, Why::SecondFormat).shrinking(true)
        });
        let Some(listing) = by_keys.as_mut().or(self.listing.as_mut()) else {
            return Ok(());
        };
        while !missing.is_empty() && !listing.is_at_end() {
            let Next::Page(page) = listing.next().await? else {
                break;
            };
            for row in 0..page.batch.len() {
                let key = key_of(
                    &page.batch,
                    row,
                    &Slot::first(self.key.len()).collect::<Vec<_>>(),
                );
                let values = Slot::first(self.places.len())
                    .skip(self.key.len())
                    .map(|slot| match page.batch.value(row, slot) {
                        Value::Text(text) => Some(text.to_owned()),
                        _ => None,
                    })
                    .collect::<Vec<_>>();
                match missing.remove(&key) {
                    Some(row) => {
                        put(batch, row, &self.slots, &values)
                            .map_err(|budget| too_large(budget, listing.label()))?;
                    }
                    None if self.by_key.is_none() => {
                        self.early_bytes += length_of(&values);
                        let fits = self.early_held.fit(self.early_bytes);
                        fits.map_err(|budget| too_large(budget, listing.label()))?;
                        if let Some(before) = self.early.insert(key, values) {
                            self.early_bytes -= length_of(&before);
                        }
                    }
                    None => {}
                }
            }
        }
        match missing.into_keys().map(|key| name_of(&key)).min() {
            None => Ok(()),
            Some(key) => Err(Error::Malformed {
                request: listing.label(),
                page: listing.page(),
                found: format!("row {key} was listed, but is gone when it is asked for once more")
                    .into(),
            }),
        }
    }
}

fn key_of(batch: &Batch, row: usize, slots: &[Slot]) -> Vec<Key> {
    slots
        .iter()
        .filter_map(|&slot| Key::of(batch.value(row, slot)))
        .collect()
}

fn name_of(key: &[Key]) -> String {
    let parts: Vec<String> = key.iter().map(Key::to_string).collect();
    parts.join(", ")
}

fn length_of(values: &[Option<String>]) -> usize {
    values.iter().flatten().map(String::len).sum()
}

fn too_large(budget: Budget, request: impl Into<Sanitized>) -> Error {
    let request = request.into();
    Error::TooLarge { budget, request }
}

fn put(
    batch: &mut Batch,
    row: usize,
    slots: &[Slot],
    values: &[Option<String>],
) -> Result<(), Budget> {
    for (&slot, value) in slots.iter().zip(values) {
        batch.take(row, slot, value.as_deref().map_or(Value::Null, Value::Text))?;
    }
    batch.fit()
}

/// A request about one row.
struct RowRequest {
    /// What messages call the row.
    row: String,
    request: Request,
}

/// What an operation tells of one row at a time.
struct RowOperation {
    part: &'static Part,
    /// The columns in its path, with their slots in the scan's batches.
    needed: Vec<(&'static str, Slot)>,
    /// The slots that it fills.
    slots: Vec<Slot>,
    shape: Arc<Projection>,
    form: Form,
    /// Why its requests are sent.
    reason: Reason,
}

impl RowOperation {
    fn new(reader: &Reader, part: &'static Part) -> Self {
        let table = reader.scan_request.table;
        let (slots, places): (Vec<Slot>, Vec<ColumnId>) = Slot::first(reader.columns.len())
            .zip(reader.columns.iter().copied())
            .filter(|(_, place)| table.columns[*place].part == Some(part))
            .unzip();
        let slot = |name| Some((name, reader.slot(table.id(name))?));
        Self {
            part,
            needed: part.needed().filter_map(slot).collect(),
            slots,
            shape: Arc::new(Projection::of_part(table, part, &places)),
            form: Form {
                table: table.name,
                operation: part.operation,
                columns: places.into(),
                given: Vec::new(),
            },
            reason: reader.reason(Reason::about(Why::RowOperation, part.operation)),
        }
    }

    /// Fills its columns of a row with what the operation has told, or with NULL.
    fn put(&self, batch: &mut Batch, row: usize, answer: Option<&Batch>) -> Result<(), Error> {
        for (from, &slot) in Slot::first(self.slots.len()).zip(&self.slots) {
            let value = answer.map_or(Value::Null, |answer| answer.value(0, from));
            let taken = batch.take(row, slot, value);
            taken.map_err(|budget| too_large(budget, self.label()))?;
        }
        let fits = batch.fit();
        fits.map_err(|budget| too_large(budget, self.label()))
    }

    /// The request for any row, as messages show it.
    fn label(&self) -> String {
        format!("GET {}", self.part.path)
    }

    /// What asks about a row; None where it lacks what the question needs.
    fn question(&self, rows: &Batch, row: usize) -> Option<RowRequest> {
        let mut target = self.part.path.to_owned();
        let mut keys = Vec::new();
        for (name, slot) in &self.needed {
            let key = Key::of(rows.value(row, *slot))?;
            target = target.replace(&format!("{{{name}}}"), &encoded(&key));
            keys.push(key);
        }
        Some(RowRequest {
            row: name_of(&keys),
            request: Request {
                reason: self.reason,
                ..Request::get(Why::RowOperation, target, self.part.scope, Purpose::OneRow)
            },
        })
    }

    /// Asks about one row. None where the site says that there is nothing, and that may be.
    async fn ask(
        &self,
        reader: &Reader,
        RowRequest { row, request }: RowRequest,
    ) -> Result<Option<Batch>, Error> {
        let table = reader.scan_request.table;
        let malformed = |found: String| Error::Malformed {
            request: request.label(),
            page: 1,
            found: found.into(),
        };
        let only_row = |page: &Page| match page.batch.len() {
            1 => Ok(()),
            rows => Err(malformed(format!("{rows} rows where there should be one"))),
        };
        let reply = match reader.send(&request, &self.form).await? {
            Served::Page(page) => {
                only_row(&page)?;
                return Ok(Some(page.batch.clone()));
            }
            Served::Reply(reply) => reply,
        };
        match reply {
            Ok(document) => {
                let site = &reader.session.config().site;
                let page = decode::page(&self.shape, document.body, document.held, &[], site)
                    .await
                    .map_err(|problem| {
                        problem
                            .of_row(|| Some(row))
                            .error(table, request.label(), 1)
                    })?;
                let recorder = reader.counters.recorder();
                recorder.note_rows(document.request, page.batch.len());
                if document.came_before {
                    reader.came_again(&request, &self.form, &page);
                } else {
                    reader.counters.count_unread(page.unread);
                    let objects = page.batch.len();
                    reader.counters.count_objects(self.part.operation, objects);
                }
                only_row(&page)?;
                Ok(Some(page.batch))
            }
            Err((_, Failure::NotFound(_))) if self.part.may_be_absent => Ok(None),
            Err((_, Failure::NotFound(said))) => Err(malformed(format!(
                "the row was listed, but the site says: {said}"
            ))),
            Err((status, failure)) => Err(reader.session.error(&request, status, failure)),
        }
    }
}
