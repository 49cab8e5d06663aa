//! Tables and lists that people can read and edit: the CSV files in `demo/`, and the words that others are made of.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use std::sync::LazyLock;

/// Lines of a file that is a list.
pub(super) type Lines = LazyLock<Vec<&'static str>>;

pub(super) fn lines(file: &'static str) -> Vec<&'static str> {
    file.lines().collect()
}

/// The rows of a table. They stay as long as the program runs, as what they are read for does.
///
/// # Panics
///
/// Where a row is not what its reader wants.
pub(crate) fn rows<T: DeserializeOwned>(csv: &'static str) -> &'static [T] {
    let rows: Result<Vec<T>, csv::Error> = csv::Reader::from_reader(csv.as_bytes())
        .into_deserialize()
        .collect();
    rows.unwrap_or_else(|error| panic!("a table of the stand-in: {error}"))
        .leak()
}

/// A field of numbers with blanks between them.
pub(super) struct Numbers(pub Vec<u32>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let numbers: Result<_, _> = text.split_whitespace().map(str::parse).collect();
        numbers.map(Self).map_err(D::Error::custom)
    }
}
