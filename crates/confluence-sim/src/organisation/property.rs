//! Properties: JSON that apps and editors keep with pages, blog posts and spaces.

use super::random::{Random, mix};
use super::record::PropertyRecord;
use super::time::NOW;
use super::{Organisation, time};
use jiff::Timestamp;
use serde_json::Value;

const CONTENT_STREAM: u64 = 0x9209;
const SPACES_STREAM: u64 = 0x920A;

/// A property of a page, a blog post or a space.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<'a> {
    pub id: u64,
    /// Unique among the properties of one object.
    pub key: &'static str,
    /// Any JSON.
    pub value: Value,
    pub created_at: Timestamp,
    /// When its latest version was written.
    pub modified_at: Timestamp,
    /// Who wrote all of its versions.
    pub author_id: Option<&'a str>,
    pub version: u32,
}

/// Most that one object has.
const MOST: u64 = 16;

impl Organisation {
    /// The properties of a page, by id; none for a page that does not exist.
    pub fn properties_of_page(&self, id: u64) -> Vec<Property<'_>> {
        self.page(id)
            .map_or_else(Vec::new, |_| self.content_properties(id))
    }

    /// The properties of a blog post, by id; none for a blog post that does not exist.
    pub fn properties_of_blogpost(&self, id: u64) -> Vec<Property<'_>> {
        self.blogpost(id)
            .map_or_else(Vec::new, |_| self.content_properties(id))
    }

    /// The properties of a space, by id; none for a space that does not exist.
    pub fn properties_of_space(&self, id: u64) -> Vec<Property<'_>> {
        match self.space_number(id) {
            Some(_) => {
                let notes = &self.annotations.space_properties;
                self.shown(id, notes.on(id, || made_for_space(self, id)))
            }
            None => Vec::new(),
        }
    }

    fn content_properties(&self, id: u64) -> Vec<Property<'_>> {
        let notes = &self.annotations.properties;
        self.shown(id, notes.on(id, || made_for_content(self, id)))
    }

    /// An id follows from that of the object and the place among its properties.
    fn shown(&self, object: u64, records: Vec<PropertyRecord>) -> Vec<Property<'_>> {
        let records = (object * MOST..).zip(records);
        records
            .map(|(id, record)| Property {
                id,
                key: record.key,
                value: serde_json::from_str(record.json).expect("written as JSON"),
                created_at: time::timestamp(record.created_at),
                modified_at: time::timestamp(record.modified_at),
                author_id: self.account(record.author),
                version: record.version,
            })
            .collect()
    }
}

/// Values of every type that JSON has.
const ON_CONTENT: &[(&str, &str)] = &[
    ("editor", r#""v2""#),
    ("content-appearance-published", r#""full-width""#),
    ("emoji-title-published", r#""1f680""#),
    (
        "review",
        r#"{"due": "2027-01-31", "done": false, "by": ["legal", "security"]}"#,
    ),
    ("retention-years", "7"),
    ("approved", "true"),
    ("risk-score", "0.25"),
    ("imported-from", "null"),
    (
        "com.example.forms",
        r#"[{"id": 1, "name": "Übergabe \"A\""}, {"id": 2, "name": ""}]"#,
    ),
];
const ON_SPACES: &[(&str, &str)] = &[
    ("space-theme", r#"{"colour": "teal", "dark": false}"#),
    ("classification", r#""internal""#),
    ("review-interval-days", "90"),
    ("owners", r#"["security", "operations"]"#),
    ("is-template", "false"),
];

fn made_for_content(organisation: &Organisation, id: u64) -> Vec<PropertyRecord> {
    let random = Random::new(mix(organisation.seed ^ CONTENT_STREAM, id));
    let created_at = organisation.content_created_at(id);
    created_at.map_or_else(Vec::new, |since| {
        made(organisation, ON_CONTENT, since, random)
    })
}

fn made_for_space(organisation: &Organisation, id: u64) -> Vec<PropertyRecord> {
    let random = Random::new(mix(organisation.seed ^ SPACES_STREAM, id));
    let created_at = organisation.space(id).map(|space| space.created_at);
    created_at.map_or_else(Vec::new, |since| {
        made(organisation, ON_SPACES, since.as_millisecond(), random)
    })
}

/// A few of what there is, or none.
fn made(
    organisation: &Organisation,
    from: &[(&'static str, &'static str)],
    since: i64,
    mut random: Random,
) -> Vec<PropertyRecord> {
    if random.once_in(2, 3) {
        return Vec::new();
    }
    let mut kinds = from.to_vec();
    random.shuffle(&mut kinds);
    kinds.truncate(1 + random.index(3));
    kinds
        .into_iter()
        .map(|(key, json)| {
            let author = random.index(organisation.users.len()) as u32;
            let version = 1 + random.below(4) as u32;
            written(key, json, author, version, since, &mut random)
        })
        .collect()
}

/// A property that was written at some time between the creation of its object and now.
pub(super) fn written(
    key: &'static str,
    json: &'static str,
    author: u32,
    version: u32,
    since: i64,
    random: &mut Random,
) -> PropertyRecord {
    let mut later = |than: i64| than + random.below((NOW - than).max(1) as u64) as i64;
    let created_at = later(since);
    PropertyRecord {
        key,
        json,
        created_at,
        modified_at: if version == 1 {
            created_at
        } else {
            later(created_at)
        },
        author,
        version,
    }
}
