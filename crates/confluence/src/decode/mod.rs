//! From the bytes of an answer straight into the wanted columns: no value is built on the way.

mod shape;
mod sink;
mod visit;

use std::fmt;

use crate::batch::{Batch, Value};

pub(crate) use shape::Shape;

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
}

impl Page {
    /// How many bytes a copy of it takes.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.batch.size() + self.next.as_ref().map_or(0, String::len)
    }
}

/// Why an answer is not a page of rows.
#[derive(Debug, PartialEq)]
pub(crate) enum Problem {
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
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Problem::CutOff => f.write_str("JSON that is cut off"),
            Problem::Shape(found) => f.write_str(found),
            Problem::Value { field, found, .. } => write!(f, "field \"{field}\" is {found}"),
        }
    }
}

/// What is known of all rows of an answer beforehand: columns, by their place in the table, and their values.
pub(crate) type Given<'g> = &'g [(usize, Value<'g>)];

#[cfg(test)]
mod tests;
