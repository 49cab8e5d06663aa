//! The projection: which fields of a response go into which slots.

use std::sync::atomic::AtomicBool;

use serde_json::Deserializer;

use super::sink::Sink;
use super::visitor::{self, PageLinks};
use super::{DecodeError, Given, Page, document};
use crate::batch::{Batch, Slot, Value};
use crate::budget::{BytesHeld, SMALL};
use crate::schema::{Column, ColumnId, Endpoint, Part, RowsAt, Table};
use crate::{Budget, Sanitized};

/// Which fields of a row go into which slots.
#[derive(Debug)]
pub(crate) struct Projection {
    pub(super) columns: Vec<&'static Column>,
    /// The columns' places in the table.
    places: Vec<ColumnId>,
    /// Where these answers have the columns.
    pub(super) at: Vec<&'static str>,
    /// For each slot, whether its value stands at one of several places.
    pub(super) has_several: Vec<bool>,
    /// For each slot, whether its numbers name objects.
    pub(super) names_objects: Vec<bool>,
    /// The slot that names a row in messages.
    pub(super) id: Option<Slot>,
    /// For each slot, whether its value is in these answers, and owed.
    owed: Vec<bool>,
    /// The fields of a row.
    pub(super) fields: FieldNode,
    /// The fields of the object around a list of rows.
    pub(super) around: FieldNode,
    /// The way through an answer to its rows.
    pub(super) way: FieldPlace,
    /// For each place of rows, the slots that it tells the values of.
    pub(super) sets: Vec<Vec<(Slot, &'static str)>>,
    /// What becomes of lists of rows and of rows that are not whole.
    pub(super) incomplete: Incomplete,
    /// The field of an object around lists of rows that tells its kind, and the only kind that has rows.
    pub(super) kind: Option<(&'static str, &'static str)>,
}

/// What becomes of what an answer does not show whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Incomplete {
    /// It is an error, as far as it can be seen.
    Refused,
    /// The lists are counted.
    Counted,
    /// Somebody else asks about it: the object, whose slot this is, has no rows.
    LeftOut(Option<Slot>),
}

/// A field, and what is wanted of it.
#[derive(Debug, Default)]
pub(super) struct FieldNode {
    pub name: &'static str,
    pub slot: Option<Slot>,
    /// Whether it is an array, of which the last element is wanted.
    pub is_last: bool,
    pub children: Vec<FieldNode>,
}

impl FieldNode {
    fn child(&mut self, step: &'static str) -> &mut FieldNode {
        let (name, is_last) = match step.strip_suffix(LAST) {
            Some(name) => (name, true),
            None => (step, false),
        };
        let place = self
            .children
            .iter()
            .position(|child| child.name == name)
            .unwrap_or_else(|| {
                self.children.push(FieldNode {
                    name,
                    is_last,
                    ..FieldNode::default()
                });
                self.children.len() - 1
            });
        &mut self.children[place]
    }

    fn add(&mut self, at: &'static str, slot: Slot) {
        at.split('.').fold(self, FieldNode::child).slot = Some(slot);
    }

    /// The slots of what is wanted of it, and of what is in it.
    pub fn slots(&self) -> Vec<Slot> {
        let below = self.children.iter().flat_map(FieldNode::slots);
        self.slot.into_iter().chain(below).collect()
    }
}

/// What stands in a place behind the name of an array of which the last element is meant.
const LAST: &str = "[-1]";

/// A part of an answer on the way to its rows.
#[derive(Debug, Default)]
pub(super) struct FieldPlace {
    pub name: &'static str,
    /// Whether it is an array, through whose elements the way goes on.
    pub each: bool,
    /// Whether it is a list of rows: the number of its [`RowsAt`].
    pub rows: Option<usize>,
    pub inner: Vec<FieldPlace>,
}

impl FieldPlace {
    fn add(&mut self, path: &'static str, number: usize) {
        let mut at = self;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let (name, each) = match step.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (step, false),
            };
            let place = at
                .inner
                .iter()
                .position(|inner| inner.name == name)
                .unwrap_or_else(|| {
                    at.inner.push(FieldPlace {
                        name,
                        each,
                        ..FieldPlace::default()
                    });
                    at.inner.len() - 1
                });
            at = &mut at.inner[place];
        }
        at.rows = Some(number);
    }
}

/// No link is longer, in bytes: each request that follows one has it in its address.
const LONGEST_LINK: usize = 64 << 10;

const ITSELF: &[RowsAt] = &[RowsAt::new("")];

impl Projection {
    /// The shape of a table's rows with these columns (by their place in the table), slot by slot, in the
    /// answers of an endpoint.
    pub fn new(table: &'static Table, endpoint: &'static Endpoint, columns: &[ColumnId]) -> Self {
        let is_here = |column: &Column| column.part.is_none();
        let at = |column: &'static Column| endpoint.place_of(column);
        let mut shape = Self::of(table, endpoint.rows_at, columns, is_here, at);
        shape.incomplete = match (endpoint.proof, endpoint.withheld) {
            (Some(proof), _) => {
                shape.kind = proof.kind;
                let object = Slot::of(table.id(proof.object), columns);
                Incomplete::LeftOut(object.filter(|_| endpoint.has_lists()))
            }
            (None, Some(_)) => Incomplete::Counted,
            (None, None) => Incomplete::Refused,
        };
        shape
    }

    /// The shape of an answer that is a part of one row.
    pub fn of_part(table: &'static Table, part: &'static Part, columns: &[ColumnId]) -> Self {
        let is_here = |column: &Column| column.part == Some(part);
        Self::of(table, ITSELF, columns, is_here, |column| column.at)
    }

    fn of(
        table: &'static Table,
        rows_at: &'static [RowsAt],
        places: &[ColumnId],
        is_here: impl Fn(&Column) -> bool,
        at: impl Fn(&'static Column) -> &'static str,
    ) -> Self {
        let columns: Vec<&Column> = places.iter().map(|&place| &table.columns[place]).collect();
        let at: Vec<&'static str> = columns.iter().map(|column| at(column)).collect();
        let slot_of = |name: &str| {
            let slot = columns.iter().position(|column| column.name == name);
            slot.map(Slot::nth)
        };
        let (mut fields, mut around) = (FieldNode::default(), FieldNode::default());
        for ((slot, column), at) in Slot::first(columns.len()).zip(&columns).zip(&at) {
            if at.is_empty() || !is_here(column) {
                continue;
            }
            for at in at.split('|') {
                match at.strip_prefix('^') {
                    Some(at) => around.add(at, slot),
                    None => fields.add(at, slot),
                }
            }
        }
        let mut way = FieldPlace::default();
        for (number, rows) in rows_at.iter().enumerate() {
            way.add(rows.path, number);
        }
        let sets = rows_at
            .iter()
            .map(|rows| {
                let set = |(column, value): &(&str, _)| Some((slot_of(column)?, *value));
                rows.sets.iter().filter_map(set).collect()
            })
            .collect();
        let id = at.iter().position(|at| *at == "id");
        let id = id.map(Slot::nth);
        Self {
            id: id.or_else(|| slot_of(table.key.first()?)),
            places: places.to_vec(),
            owed: columns
                .iter()
                .zip(&at)
                .map(|(column, at)| {
                    // Without an array, it is not known whether there is a last element.
                    let is_owed = column.owed || at.contains(LAST);
                    is_owed && is_here(column) && is_asked_for(column, &columns)
                })
                .collect(),
            has_several: at.iter().map(|at| at.contains('|')).collect(),
            names_objects: columns
                .iter()
                .map(|column| table.names_objects(column))
                .collect(),
            columns,
            at,
            fields,
            around,
            way,
            sets,
            incomplete: Incomplete::Refused,
            kind: None,
        }
    }

    /// The column that a slot is for.
    #[inline]
    pub(super) fn column(&self, slot: Slot) -> &'static Column {
        self.columns[slot.index()]
    }

    /// Where these answers have the column that a slot is for.
    pub(super) fn at(&self, slot: Slot) -> &'static str {
        self.at[slot.index()]
    }

    /// Whether every row has to have a field for a slot.
    pub(super) fn is_owed(&self, slot: Slot) -> bool {
        self.owed[slot.index()]
    }

    /// How many slots a row has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The columns of the slots, by their places in the table.
    pub fn places(&self) -> &[ColumnId] {
        &self.places
    }

    /// Decodes one answer, as [`super::page`] does; `stop` says that nobody wants it any more.
    pub fn page(
        &self,
        mut body: Vec<u8>,
        mut held: BytesHeld,
        given: Given,
        site: &str,
        stop: &AtomicBool,
    ) -> Result<Page, DecodeError> {
        if body.len() > Budget::Listing.limit() {
            return Err(DecodeError::TooLarge(Budget::Listing));
        }
        if body.len() > SMALL {
            check_memory(body.len())?;
        }
        let read = match self.read(&body, given, stop, false) {
            Err(ReadFault::Unclear) => {
                if let Some(mended) = mended(&body)? {
                    body = mended;
                }
                self.read(&body, given, stop, true)
            }
            read => read,
        };
        let (links, mut sink) = read.map_err(|fault| match fault {
            ReadFault::Unclear => DecodeError::Shape("no JSON".to_owned()),
            ReadFault::Final(problem) => problem,
        })?;
        drop(body);
        if [&links.next, &links.base]
            .into_iter()
            .flatten()
            .any(|link| link.len() > LONGEST_LINK)
        {
            let found = format!("a link of more than {LONGEST_LINK} bytes");
            return Err(DecodeError::Shape(found));
        }
        let mut batch = std::mem::take(&mut sink.batch);
        held.fit(batch.size()).map_err(DecodeError::TooLarge)?;
        batch.held = held;
        batch.site = links
            .base
            // The gateway's address is for programs: nobody can open it in a browser.
            .filter(|base| !base.contains("/ex/confluence/") && !base.contains(is_in_no_address))
            .unwrap_or_else(|| format!("{site}/wiki"));
        Ok(Page {
            batch,
            // As in any text, whichever way it was read.
            next: links.next.map(|link| link.replace('\0', "\u{fffd}")),
            has_links: links.are_there,
            longest: sink.longest,
            full: sink.full,
            unread: sink.unread,
            objects: sink.objects,
            cut_objects: sink.cut_objects,
            lists: sink.lists,
        })
    }

    /// Reads an answer. With care, values are looked at as they are written, which costs time.
    fn read<'s>(
        &'s self,
        body: &[u8],
        given: Given<'s>,
        stop: &'s AtomicBool,
        with_care: bool,
    ) -> Result<(PageLinks, Sink<'s>), ReadFault> {
        let mut sink = Sink::new(self, self.slots(given), stop, with_care);
        // Looking through the whole body once is cheaper than through each string of it.
        let links = match std::str::from_utf8(body) {
            Ok(text) => read(Deserializer::from_str(text), &mut sink),
            // It may just be cut off within a character, or the fault may lie in a field that nobody wants.
            Err(_) => read(Deserializer::from_slice(body), &mut sink),
        };
        match links {
            Ok(links) => Ok((links, sink)),
            Err(error) => Err(match sink.problem.take() {
                Some(problem) => ReadFault::Final(problem),
                None if !with_care && (sink.is_unclear || error.is_syntax()) => ReadFault::Unclear,
                None => ReadFault::Final(json_problem(&error)),
            }),
        }
    }

    /// One row that no answer has: what is given, and these columns' values.
    pub fn row(&self, given: Given, sets: &[(&str, &str)]) -> Batch {
        let wanted = AtomicBool::new(false);
        let mut sink = Sink::new(self, self.slots(given), &wanted, false);
        sink.begin_row(None);
        for (name, value) in sets {
            if let Some(slot) = self.columns.iter().position(|column| column.name == *name) {
                sink.string(Slot::nth(slot), value);
            }
        }
        sink.batch
    }

    fn slots<'g>(&self, given: Given<'g>) -> Vec<(Slot, Value<'g>)> {
        given
            .iter()
            .filter_map(|(place, value)| {
                let slot = Slot::of(*place, &self.places)?;
                Some((slot, *value))
            })
            .collect()
    }
}

/// Whether a request for these columns asks for one of them: of those that need other values of one parameter, it asks for
/// the first.
fn is_asked_for(column: &Column, columns: &[&Column]) -> bool {
    let Some((param, value)) = column.asked_with else {
        return true;
    };
    let mut asked = columns.iter().filter_map(|column| column.asked_with);
    asked.find(|(name, _)| *name == param) == Some((param, value))
}

fn read<'de, R: serde_json::de::Read<'de>>(
    mut json: Deserializer<R>,
    sink: &mut Sink,
) -> serde_json::Result<PageLinks> {
    let links = visitor::answer(&mut json, sink)?;
    json.end()?;
    Ok(links)
}

fn json_problem(error: &serde_json::Error) -> DecodeError {
    if error.is_eof() {
        return DecodeError::CutOff;
    }
    DecodeError::Shape(Sanitized::of_json(error).to_string())
}

/// Whether a character stands in no address: a database cannot hold U+0000, and nobody can see the others.
fn is_in_no_address(character: char) -> bool {
    character.is_control() || character == char::REPLACEMENT_CHARACTER
}

/// Why an answer was not read.
enum ReadFault {
    /// With care it may be.
    Unclear,
    Final(DecodeError),
}

/// Whether there is memory for what the decoding of so many bytes takes beside its rows: room for the longest text, while
/// its escapes are resolved. The library would end the process where there is none.
fn check_memory(bytes: usize) -> Result<(), DecodeError> {
    let mut room = Vec::<u8>::new();
    let reserved = room.try_reserve_exact(2 * bytes);
    // A compiler may else leave out memory that nobody uses.
    std::hint::black_box(&room);
    reserved.map_err(|_| DecodeError::TooLarge(Budget::System))
}

/// An answer with no half of a pair of escapes in it. None where it is not even UTF-8.
fn mended(body: &[u8]) -> Result<Option<Vec<u8>>, DecodeError> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Ok(None);
    };
    let out_of_memory = |_| DecodeError::TooLarge(Budget::System);
    let mut mended = Vec::new();
    mended
        .try_reserve_exact(body.len())
        .map_err(out_of_memory)?;
    document::mend(text, |piece| {
        mended.extend_from_slice(piece.as_bytes());
        Ok(())
    })?;
    Ok(Some(mended))
}
