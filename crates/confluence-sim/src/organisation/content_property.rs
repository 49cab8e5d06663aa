//! Content properties: what apps remember of attachments, comments and custom content.

use super::random::mix;
use super::revision::Revision;
use super::{Attachment, Comment, CustomContent};
use serde_json::{Value, json};

const STREAM: u64 = 0x009F_09E7;

/// Not in the order of the alphabet, so that a sort by key can be seen.
const KEYS: [&str; 4] = [
    "retention",
    "com.example.reviewed",
    "Editor",
    "media-metadata",
];

/// A value of any kind under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentProperty<'a> {
    pub id: u64,
    pub key: &'static str,
    pub value: Value,
    pub version: Revision<'a>,
}

/// Those of a piece of content, by id. A property is as old as the content's first version.
fn of<'a>(content: u64, first: Revision<'a>) -> impl Iterator<Item = ContentProperty<'a>> {
    let dice = mix(STREAM, content);
    let chosen = move |place: &usize| (dice >> (2 * place)) & 3 == 0;
    let places = (0..KEYS.len()).filter(chosen);
    places.map(move |place| ContentProperty {
        id: content * 8 + place as u64,
        key: KEYS[place],
        value: match place {
            0 => json!({"years": 7, "class": "finance & tax"}),
            1 => json!(dice & 1 == 0),
            2 => json!("v2"),
            _ => json!({"width": 640 + dice % 1000, "tags": ["scan", null]}),
        },
        version: first,
    })
}

impl<'a> Attachment<'a> {
    /// By id.
    pub fn properties(&self) -> impl Iterator<Item = ContentProperty<'a>> + use<'a> {
        of(
            self.id.0,
            self.record.revisions.version(self.organisation, 1),
        )
    }
}

impl<'a> Comment<'a> {
    /// By id.
    pub fn properties(&self) -> impl Iterator<Item = ContentProperty<'a>> + use<'a> {
        of(self.id, self.record.revisions.version(self.organisation, 1))
    }
}

impl<'a> CustomContent<'a> {
    /// By id.
    pub fn properties(&self) -> impl Iterator<Item = ContentProperty<'a>> + use<'a> {
        of(self.id, self.record.revisions.version(self.organisation, 1))
    }
}
