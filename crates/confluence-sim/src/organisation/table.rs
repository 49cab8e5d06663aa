//! Tables that people can read and edit: the CSV files in `demo/`.

use serde::de::DeserializeOwned;

/// The rows of a file. They stay as long as the program runs, as the one demo does that they are read for.
///
/// # Panics
///
/// Where a row is not what its reader wants.
pub(super) fn rows<T: DeserializeOwned>(csv: &'static str) -> &'static [T] {
    let rows: Result<Vec<T>, csv::Error> = csv::Reader::from_reader(csv.as_bytes())
        .into_deserialize()
        .collect();
    rows.unwrap_or_else(|error| panic!("a table of the demo: {error}"))
        .leak()
}
