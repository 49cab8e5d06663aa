//! What the company says on its blogs, and how it labels, likes and marks what it writes.

use super::{SEED, belongings, moment};
use crate::organisation::blogpost::FIRST_ID;
use crate::organisation::random::{Random, mix};
use crate::organisation::record::{
    Annotations, BlogPostRecord, Edition, History, Label, LabelPrefix, Message, Notes, OWN_TITLE,
    PageStatus, PropertyRecord,
};
use crate::organisation::{Organisation, property, table};
use LabelPrefix::{Global, My, System, Team};
use serde::Deserialize;
use std::collections::BTreeMap;

const STREAM: u64 = 0xB106;

#[derive(Deserialize)]
struct Post {
    space: u32,
    title: String,
    author: u32,
    created_days_ago: u16,
    changed_days_ago: u16,
    versions: u32,
    status: PageStatus,
}

const LABELS: &[(&str, LabelPrefix)] = &[
    ("policy", Global),
    ("runbook", Global),
    ("draft", Global),
    ("soc2", Global),
    ("access-review", Global),
    ("onboarding", Global),
    ("decision", Global),
    ("compliance", Team),
    ("engineering", Team),
    ("favourite", My),
    ("compliance", Global),
    ("imported", System),
    ("übergabe", Global),
];

/// Title of pages, blog posts, attachments or custom content, and the labels on them.
const ON_CONTENT: &[(&str, &[u32])] = &[
    ("Runbook", &[1]),
    ("Runbook: database failover", &[1, 8]),
    ("Runbook: certificate renewal 🔐", &[1, 2]),
    ("runbook", &[1, 12]),
    ("RUNBOOK", &[1, 11]),
    ("Decision: one queue per tenant", &[6]),
    ("Decision: PostgreSQL as the source of truth", &[6, 8]),
    ("Onboarding", &[5]),
    ("Access policy", &[0, 3, 9, 10]),
    ("Access policy: exceptions", &[0, 2, 3]),
    ("Access review 2026 Q2", &[3, 4]),
    ("Access review 2026 Q3", &[3, 4]),
    ("Information security policy", &[0, 3]),
    ("Vendor management policy", &[0, 3]),
    ("Change management policy", &[0, 3]),
    ("Backup policy", &[0]),
    ("Expense policy", &[0]),
    ("Evidence SOC 2 – 2026", &[3, 7]),
    ("Access policy (old)", &[0, 2]),
    ("Übergabe an die Rufbereitschaft", &[12]),
    ("Passkeys for everybody", &[3, 9]),
    ("One queue per tenant: what we learned", &[6, 8]),
    ("Party in the courtyard", &[2]),
    ("Aurora is over. Thank you!", &[11]),
    ("access-review-2026-q3.xlsx", &[3, 4]),
    ("Sign-off „Q3“.pdf", &[4]),
    ("evidence 2026-07.zip", &[3]),
    ("evidence 2026-10.zip", &[3, 9]),
    ("policy.docx", &[0, 2]),
    ("the mail.png", &[3]),
    ("Failover", &[1, 8]),
];
/// Number of a space, and the labels on it.
const ON_SPACES: &[(usize, &[u32])] = &[(0, &[8]), (1, &[7, 9]), (4, &[7])];

/// Title of pages or blog posts, and the users who like them.
const LIKES: &[(&str, &[u32])] = &[
    ("Access policy", &[3, 6]),
    ("Runbook: database failover", &[2, 3, 7]),
    ("Post-mortem 2026-10-02", &[1, 2, 3, 6, 7, 10]),
    ("Code of conduct", &[9]),
    ("Release 2026.11 is out", &[2, 3, 6]),
    ("Welcome, Hana!", &[1, 2, 3, 5, 6, 8, 9]),
];

/// Key, JSON, author, versions.
type Property = (&'static str, &'static str, u32, u32);
const PROPERTIES: &[(&str, &[Property])] = &[
    (
        "Access policy",
        &[
            ("editor", r#""v2""#, 1, 1),
            (
                "review",
                r#"{"due": "2027-01-31", "done": false, "by": ["legal", "security"]}"#,
                1,
                3,
            ),
            ("retention-years", "7", 1, 1),
        ],
    ),
    (
        "Data classification",
        &[(
            "review",
            r#"{"due": "2024-06-30", "done": true, "by": []}"#,
            4,
            2,
        )],
    ),
    (
        "Risk register",
        &[("approved", "true", 1, 1), ("risk-score", "0.25", 1, 9)],
    ),
    ("RUNBOOK", &[("imported-from", "null", 12, 1)]),
    (
        "Release 2026.11 is out",
        &[
            ("editor", r#""v2""#, 7, 1),
            ("emoji-title-published", r#""1f680""#, 7, 1),
        ],
    ),
];
const SPACE_PROPERTIES: &[(usize, &[Property])] = &[
    (
        1,
        &[
            ("classification", r#""confidential""#, 1, 2),
            ("owners", r#"["security", "operations"]"#, 1, 1),
            ("review-interval-days", "90", 1, 4),
        ],
    ),
    (
        5,
        &[("space-theme", r#"{"colour": "teal", "dark": false}"#, 7, 1)],
    ),
];

/// A page, and the number of a version of it that an administrator deleted.
const DELETED_VERSION: (&str, u32) = ("Access policy", 4);

/// Adds it all to the spaces, pages and users, which stay as they are.
pub(super) fn add(organisation: &mut Organisation) {
    let mut random = Random::new(mix(SEED, STREAM));
    organisation.labels = labels();
    add_posts(organisation, &mut random);
    organisation.belongings = belongings::of(organisation);
    organisation.annotations = annotations(organisation, &mut random);
    organisation.history = history(organisation);
}

fn labels() -> Vec<Label> {
    let ids = (1_441_793..).step_by(32_771);
    ids.zip(LABELS)
        .map(|(id, &(name, prefix))| Label {
            id,
            name: name.to_owned(),
            prefix,
        })
        .collect()
}

fn add_posts(organisation: &mut Organisation, random: &mut Random) {
    let mut id = FIRST_ID;
    let rows: &[Post] = table::rows(include_str!("../../../demo/posts.csv"));
    for row in rows {
        id += 2 * (1 + random.below(100_000_000));
        let created_at = moment(row.created_days_ago, random);
        organisation.titles.push(row.title.as_str().into());
        organisation.blogposts.push(BlogPostRecord {
            id,
            created_at,
            space: row.space,
            author: row.author,
            status: row.status,
            latest: Edition {
                number: row.versions,
                created_at: match row.versions {
                    1 => created_at,
                    _ => moment(row.changed_days_ago, random).max(created_at + 60_000),
                },
                author: row.author,
                title: (organisation.titles.len() - 1) as u32 | OWN_TITLE,
                message: match row.versions {
                    3.. => Message::Text,
                    _ => Message::Empty,
                },
                minor_edit: false,
            },
            purged: false,
        });
    }
}

fn annotations(organisation: &Organisation, random: &mut Random) -> Annotations {
    let mut properties = BTreeMap::new();
    for (title, written) in PROPERTIES {
        for (id, created_at) in content_called(organisation, title) {
            properties.insert(id, records(written, created_at, random));
        }
    }
    let mut space_properties = BTreeMap::new();
    for &(space, written) in SPACE_PROPERTIES {
        let space = &organisation.spaces[space];
        let created_at = space.created_at.as_millisecond();
        space_properties.insert(space.id, records(written, created_at, random));
    }
    let space_labels = ON_SPACES
        .iter()
        .map(|&(space, labels)| (organisation.spaces[space].id, labels.to_vec()))
        .collect();
    Annotations {
        labels: Notes::written(numbers(organisation, ON_CONTENT)),
        likes: Notes::written(numbers(organisation, LIKES)),
        properties: Notes::written(properties),
        space_labels: Notes::written(space_labels),
        space_properties: Notes::written(space_properties),
    }
}

fn records(written: &[Property], created_at: i64, random: &mut Random) -> Vec<PropertyRecord> {
    let written = written.iter().map(|&(key, json, author, version)| {
        property::written(key, json, author, version, created_at, random)
    });
    written.collect()
}

/// By id what a table has by title.
fn numbers(organisation: &Organisation, table: &[(&str, &[u32])]) -> BTreeMap<u64, Vec<u32>> {
    let rows = table.iter().flat_map(|&(title, numbers)| {
        content_called(organisation, title).map(|(id, _)| (id, numbers.to_vec()))
    });
    rows.collect()
}

/// Id and time of creation of the content that has a title, down to the case of its letters.
fn content_called<'a>(
    organisation: &'a Organisation,
    title: &'a str,
) -> impl Iterator<Item = (u64, i64)> + 'a {
    let pages = organisation
        .pages()
        .filter(move |page| page.title() == title)
        .map(|page| (page.id(), page.record.created_at));
    let posts = organisation
        .blogposts()
        .filter(move |post| post.title() == title)
        .map(|post| (post.id(), post.record.created_at));
    let files = organisation
        .attachments()
        .filter(move |file| file.title == title)
        .map(|file| (file.id.0, file.created_at.as_millisecond()));
    let pieces = organisation
        .custom_content()
        .filter(move |piece| piece.title == title)
        .map(|piece| (piece.id, piece.created_at.as_millisecond()));
    pages.chain(posts).chain(files).chain(pieces)
}

fn history(organisation: &Organisation) -> History {
    let mut history = History::default();
    let (title, number) = DELETED_VERSION;
    for (id, _) in content_called(organisation, title) {
        history.delete(id, number);
    }
    history
}
