//! Decoding: from the bytes of a response straight into the wanted columns: no value is built on the way.

mod apart;
mod document;
mod number;
mod projection;
mod sink;
mod time;
mod visitor;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::batch::{Batch, Value};
use crate::budget::{BytesHeld, SMALL};
use crate::schema::{ColumnId, Table};
use crate::{Budget, Error, Sanitized};

pub(crate) use projection::Projection;

/// A page of a listing, decoded.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub batch: Batch,
    /// The next link, as the site wrote it.
    pub next: Option<String>,
    /// Whether the answer has links at all.
    pub has_links: bool,
    /// How long the longest list of rows in it was.
    pub longest: u64,
    /// Whether one of its lists of rows was as long as the site itself says that it gives at most.
    pub full: bool,
    /// How many values could not be read and became NULL.
    pub unread: u64,
    /// The objects that it shows whole, in the first slot, where it is an answer about several that each have lists of rows.
    /// It has no rows of others.
    pub objects: Batch,
    /// Those of whose lists it shows the beginning only. It has no rows of them either.
    pub cut_objects: Batch,
    /// Its lists of rows, where these are counted.
    pub lists: Vec<ListShown>,
}

/// What an answer has of a list of rows, and what it says of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ListShown {
    /// Which of the endpoint's places of rows it is at.
    pub place: usize,
    /// What all of its rows have: columns, and their values.
    pub around: Vec<(&'static str, String)>,
    /// How many rows there are.
    pub length: u64,
    /// How many there should be.
    pub size: Option<u64>,
    /// How many one answer has at most.
    pub most: Option<u64>,
}

impl Page {
    /// How many bytes a copy of it takes.
    pub fn size(&self) -> usize {
        let texts = |list: &ListShown| {
            let around = list.around.iter();
            around.map(|(_, text)| text.len()).sum::<usize>()
        };
        let lists: usize = self.lists.iter().map(texts).sum();
        size_of::<Self>()
            + self.batch.size()
            + self.objects.size()
            + self.cut_objects.size()
            + self.lists.len() * size_of::<ListShown>()
            + lists
            + self.next.as_ref().map_or(0, String::len)
    }
}

/// Why an answer is not a page of rows.
#[derive(Debug, PartialEq)]
pub(crate) enum DecodeError {
    /// The JSON ends too early.
    CutOff,
    /// It is no listing, or no JSON.
    Shape(String),
    /// A row lacks a required value, or has one that the column cannot hold.
    Value {
        field: &'static str,
        id: Option<String>,
        found: String,
    },
    /// It takes more than it may.
    TooLarge(Budget),
}

impl DecodeError {
    /// What it is for whoever reads the table: `request` is the one that was answered so, for this page of a listing.
    pub fn error(self, table: &'static Table, request: Sanitized, page: u32) -> Error {
        let malformed = |request, found: String| Error::Malformed {
            request,
            page,
            found: found.into(),
        };
        match self {
            DecodeError::CutOff => malformed(request, "JSON that is cut off".to_owned()),
            DecodeError::Shape(found) => malformed(request, found),
            DecodeError::Value { field, id, found } => Error::BadValue {
                table: table.name,
                field,
                id: id.map(Sanitized::from),
                found: found.into(),
                request,
                page,
            },
            DecodeError::TooLarge(budget) => Error::TooLarge { budget, request },
        }
    }

    /// The same, where the answer does not tell which row it is about.
    pub fn of_row(mut self, row: impl FnOnce() -> Option<String>) -> Self {
        if let DecodeError::Value { id: id @ None, .. } = &mut self {
            *id = row();
        }
        self
    }
}

/// What is known of all rows of an answer beforehand: columns, by their place in the table, and their values.
pub(crate) type Given<'g> = &'g [(ColumnId, Value<'g>)];

/// Decodes an answer, whose body takes the room that is held. `given` is what is known of its rows; `site` is the address
/// to put before links where the answer does not tell it.
///
/// # Errors
/// If it is no page of rows, or takes more than it may.
pub(crate) async fn page(
    shape: &Arc<Projection>,
    body: Vec<u8>,
    held: BytesHeld,
    given: Given<'_>,
    site: &str,
) -> Result<Page, DecodeError> {
    if body.len() > SMALL {
        return apart::page(shape, body, held, given, site).await;
    }
    static WANTED: AtomicBool = AtomicBool::new(false);
    shape.page(body, held, given, site, &WANTED)
}

#[cfg(test)]
mod tests;

/// Decodes an answer that nobody has asked for.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_page(shape: &Projection, body: &[u8]) -> Result<Page, DecodeError> {
    shape.page(
        body.to_vec(),
        BytesHeld::default(),
        &[],
        "https://acme.atlassian.net",
        &AtomicBool::new(false),
    )
}
