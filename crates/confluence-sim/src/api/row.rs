//! Pieces that rows of several families have in common.

use serde::{Serialize, Serializer};

/// An id, which v2 writes as a string of digits.
pub(super) struct Id(pub u64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(itoa::Buffer::new().format(self.0))
    }
}

/// A piece of text in a named format.
#[derive(Serialize)]
pub(super) struct Formatted<'a> {
    pub representation: &'a str,
    pub value: String,
}
