//! Properties: JSON that apps and editors keep with content of every type, with spaces and with users.

use super::prelude::*;
use super::record::PropertyRecord;
use super::{Revision, TreeNode};
use jiff::Timestamp;
use serde_json::{Value, json};

const CONTENT_STREAM: u64 = 0x9209;
const SPACES_STREAM: u64 = 0x920A;
const USERS_STREAM: u64 = 0x9409;
const HANGING_STREAM: u64 = 0x009F_09E7;

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
    /// The properties of a page or blog post, by id; none for one that does not exist.
    pub fn properties_of_page(&self, id: u64) -> Vec<Property<'_>> {
        let known = self.page_or_post(id);
        known.map_or_else(Vec::new, |_| self.content_properties(id))
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

    /// The properties of a user, by their keys; nothing for an account that nobody knows.
    pub fn user_properties(&self, account_id: &str) -> Option<Vec<Property<'_>>> {
        let number = self.user_number(account_id)?;
        let seed = mix(self.seed, USERS_STREAM);
        let property = |(place, key): (usize, &'static str)| {
            let dice = mix(seed, (number * ON_USERS.len() + place) as u64);
            let created = NOW - (dice % (900 * DAY as u64)) as i64;
            Property {
                id: dice,
                key,
                value: json!({"version": dice % 5, "shown": dice.is_multiple_of(2)}),
                created_at: time::timestamp(created),
                modified_at: time::timestamp(created + (NOW - created) / 2),
                author_id: None,
                version: 1,
            }
        };
        // The first user has all of them, the others any number.
        let count = if number == 0 {
            ON_USERS.len()
        } else {
            mix(seed, number as u64) as usize % (ON_USERS.len() + 1)
        };
        let keys = ON_USERS.iter().copied().take(count).enumerate();
        Some(keys.map(property).collect())
    }

    pub(super) fn content_properties(&self, id: u64) -> Vec<Property<'_>> {
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

/// Keys, and values of every type that JSON has.
static ON_CONTENT: LazyLock<&[(String, String)]> =
    LazyLock::new(|| table::rows(include_str!("../../words/content_properties.csv")));
static ON_SPACES: LazyLock<&[(String, String)]> =
    LazyLock::new(|| table::rows(include_str!("../../words/space_properties.csv")));

/// More than a page that nobody asked to be longer.
static ON_USERS: Lines =
    Lines::new(|| table::lines(include_str!("../../words/user_properties.txt")));

fn made_for_content(organisation: &Organisation, id: u64) -> Vec<PropertyRecord> {
    let random = Random::new(mix(organisation.seed ^ CONTENT_STREAM, id));
    organisation.page_or_post(id).map_or_else(Vec::new, |page| {
        made(organisation, &ON_CONTENT, page.record.created_at, random)
    })
}

fn made_for_space(organisation: &Organisation, id: u64) -> Vec<PropertyRecord> {
    let random = Random::new(mix(organisation.seed ^ SPACES_STREAM, id));
    let created_at = organisation.space(id).map(|space| space.created_at);
    created_at.map_or_else(Vec::new, |since| {
        made(organisation, &ON_SPACES, since.as_millisecond(), random)
    })
}

/// Neither in the order of the alphabet, so that a sort by key can be seen.
const ON_HANGING: [&str; 4] = [
    "retention",
    "com.example.reviewed",
    "Editor",
    "media-metadata",
];
const ON_NODES: [&str; 4] = [
    "review-state",
    "emoji-title-published",
    "acme.retention",
    "Owner team",
];

/// Those of what hangs on pages. A property is as old as the content's first version.
pub(super) fn on_hanging(content: u64, first: Revision<'_>) -> Vec<Property<'_>> {
    let dice = mix(HANGING_STREAM, content);
    let chosen = |place: &usize| (dice >> (2 * place)) & 3 == 0;
    let places = (0..ON_HANGING.len()).filter(chosen);
    let property = |place: usize| Property {
        id: content * 8 + place as u64,
        key: ON_HANGING[place],
        value: match place {
            0 => json!({"years": 7, "class": "finance & tax"}),
            1 => json!(dice & 1 == 0),
            2 => json!("v2"),
            _ => json!({"width": 640 + dice % 1000, "tags": ["scan", null]}),
        },
        created_at: first.created_at,
        modified_at: first.created_at,
        author_id: first.author_id,
        version: first.number,
    };
    places.map(property).collect()
}

impl<'a> TreeNode<'a> {
    /// By id.
    pub fn properties(&self) -> Vec<Property<'a>> {
        let value = |place: u64, number: u64| match place {
            0 => json!({"state": "approved", "by": ["alice", null], "round": number}),
            1 => json!("1f4c1"),
            2 => json!(number),
            _ => Value::Null,
        };
        let count = self.dice(20, ON_NODES.len() as u64 + 1);
        let property = |place: u64| Property {
            id: self.id() * 8 + place,
            key: ON_NODES[place as usize],
            value: value(place, self.dice(21 + place, 1_000)),
            created_at: self.created_at(),
            modified_at: self.modified_at(),
            author_id: Some(self.version_author_id()),
            version: 1 + self.dice(31 + place, 4) as u32,
        };
        (0..count).map(property).collect()
    }
}

/// A few of what there is, or none.
fn made(
    organisation: &Organisation,
    from: &'static [(String, String)],
    since: i64,
    mut random: Random,
) -> Vec<PropertyRecord> {
    if random.once_in(2, 3) {
        return Vec::new();
    }
    let mut kinds: Vec<_> = from.iter().collect();
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
