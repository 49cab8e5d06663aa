//! What the company says on its blogs, and how it labels, likes and marks what it writes.

use super::{SEED, belongings, moment};
use crate::organisation::blogpost::FIRST_ID;
use crate::organisation::prelude::*;
use crate::organisation::record::{
    Annotations, History, Label, LabelPrefix, Message, Notes, OWN_TITLE, PageRecord, PropertyRecord,
};
use crate::organisation::{Content, property};
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

#[derive(Deserialize)]
struct LabelRow {
    name: String,
    prefix: LabelPrefix,
}

/// What belongs to all content with a title: labels that are on it, or users who like it.
#[derive(Deserialize)]
struct OnContent {
    title: String,
    numbers: Numbers,
}

/// A property of a space, or of all content with a title. Those of one thing stand together.
#[derive(Deserialize)]
struct Property {
    space: Option<usize>,
    title: String,
    key: String,
    json: String,
    author: u32,
    version: u32,
}

/// Number of a space, and the labels on it.
const ON_SPACES: &[(usize, &[u32])] = &[(0, &[8]), (1, &[7, 9]), (4, &[7])];

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
    let rows: &[LabelRow] = table::rows(include_str!("../../../demo/labels.csv"));
    let ids = (1_441_793..).step_by(32_771);
    ids.zip(rows)
        .map(|(id, row)| Label {
            id,
            name: row.name.clone(),
            prefix: row.prefix,
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
        let modified_at = match row.versions {
            1 => created_at,
            _ => moment(row.changed_days_ago, random).max(created_at + 60_000),
        };
        let title = (organisation.titles.len() - 1) as u32 | OWN_TITLE;
        organisation.blogposts.push(PageRecord {
            is_post: true,
            modified_at,
            author: row.author,
            version_author: row.author,
            version: row.versions,
            status: row.status,
            message: match row.versions {
                3.. => Message::Text,
                _ => Message::Empty,
            },
            ..PageRecord::new(id, row.space, title, created_at)
        });
    }
}

fn annotations(organisation: &Organisation, random: &mut Random) -> Annotations {
    let (mut properties, mut space_properties) = (BTreeMap::new(), BTreeMap::new());
    let rows: &[Property] = table::rows(include_str!("../../../demo/properties.csv"));
    for rows in rows.chunk_by(|one, next| (one.space, &one.title) == (next.space, &next.title)) {
        let Some(space) = rows[0].space else {
            for (id, created_at) in content_called(organisation, &rows[0].title) {
                properties.insert(id, records(rows, created_at, random));
            }
            continue;
        };
        let space = &organisation.spaces[space];
        let created_at = space.created_at.as_millisecond();
        space_properties.insert(space.id, records(rows, created_at, random));
    }
    let space_labels = ON_SPACES
        .iter()
        .map(|&(space, labels)| (organisation.spaces[space].id, labels.to_vec()))
        .collect();
    Annotations {
        labels: Notes::written(numbers(
            organisation,
            include_str!("../../../demo/labelled.csv"),
        )),
        likes: Notes::written(numbers(
            organisation,
            include_str!("../../../demo/likes.csv"),
        )),
        properties: Notes::written(properties),
        space_labels: Notes::written(space_labels),
        space_properties: Notes::written(space_properties),
    }
}

fn records(rows: &'static [Property], created_at: i64, random: &mut Random) -> Vec<PropertyRecord> {
    let written = rows.iter().map(|row| {
        property::written(
            &row.key,
            &row.json,
            row.author,
            row.version,
            created_at,
            random,
        )
    });
    written.collect()
}

/// By id what a table has by title.
fn numbers(organisation: &Organisation, csv: &'static str) -> BTreeMap<u64, Vec<u32>> {
    let rows: &[OnContent] = table::rows(csv);
    let rows = rows.iter().flat_map(|row| {
        let called = content_called(organisation, &row.title);
        called.map(|(id, _)| (id, row.numbers.0.clone()))
    });
    rows.collect()
}

/// Id and time of creation of the content that has a title, down to the case of its letters.
fn content_called<'a>(
    organisation: &'a Organisation,
    title: &'a str,
) -> impl Iterator<Item = (u64, i64)> + 'a {
    let pages = organisation.pages().chain(organisation.blogposts());
    let files = organisation.attachments().map(Content::Attachment);
    let pieces = organisation.custom_content().map(Content::CustomContent);
    pages
        .map(Content::Page)
        .chain(files)
        .chain(pieces)
        .filter(move |content| content.title() == title)
        .map(|content| (content.id(), content.created_at().as_millisecond()))
}

fn history(organisation: &Organisation) -> History {
    let mut history = History::default();
    let (title, number) = DELETED_VERSION;
    for (id, _) in content_called(organisation, title) {
        history.deleted.insert((id, number));
    }
    history
}
