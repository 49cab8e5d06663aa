//! What hangs on the pages and blog posts of "Acme": few enough to be read.

use crate::organisation::collection::{Collection, Ids};
use crate::organisation::custom_content::DIAGRAM;
use crate::organisation::record::{
    AttachmentRecord, Belongings, CommentRecord, Container, CustomContentRecord, Hanging,
    InlineRecord, NONE, PageStatus, Resolution, Revisions, TaskRecord,
};
use crate::organisation::time::{DAY, NOW};
use crate::organisation::{Organisation, attachment, comment, custom_content, table};
use serde::Deserialize;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;

/// A page or a blog post, by the number of its space and its title.
type On = (usize, &'static str);

#[derive(Deserialize)]
struct File {
    space: usize,
    on: String,
    title: String,
    bytes: u64,
    author: u32,
    days_ago: i64,
    versions: u32,
    status: PageStatus,
}

/// A comment.
#[derive(Deserialize)]
struct Line {
    space: usize,
    on: String,
    /// How deep below the root above it.
    depth: usize,
    author: u32,
    days_ago: i64,
    versions: u32,
    text: String,
    /// The words that an inline comment is about, and what has become of it.
    selection: Option<String>,
    resolution: Option<Resolution>,
    resolved_by: Option<u32>,
    resolved_days_ago: Option<i64>,
}

#[derive(Deserialize)]
struct ToDo {
    space: usize,
    on: String,
    text: String,
    creator: u32,
    assignee: Option<u32>,
    days_ago: i64,
    due_after_days: Option<i64>,
    completed_by: Option<u32>,
    completed_days_ago: Option<i64>,
}

#[derive(Deserialize)]
struct Diagram {
    space: usize,
    on: String,
    title: String,
    author: u32,
    days_ago: i64,
    versions: u32,
}

/// Drawn within the first one of the table.
const INNER_DIAGRAM: (&str, u32, i64, u32) = ("Services: payments", 3, 500, 2);

pub(super) fn of(organisation: &Organisation) -> Belongings {
    let (seed, place) = (organisation.seed, |on| container(organisation, on));
    let (footer, inline) = (comment::footer_ids(seed), comment::inline_ids(seed));
    Belongings {
        pages: organisation.pages.len(),
        custom_content: Arc::new(diagrams(seed, place)).into(),
        attachments: Arc::new(attachments(seed, place)).into(),
        footer_comments: Arc::new(comments(footer, false, place)).into(),
        inline_comments: Arc::new(comments(inline, true, place)).into(),
        tasks: Arc::new(tasks(place)).into(),
    }
}

fn container(organisation: &Organisation, (space, title): On) -> Container {
    let space = organisation.spaces[space].id;
    let mut pages = organisation.pages();
    let page = pages.find(|page| page.space_id() == space && page.title() == title);
    let mut posts = organisation.blogposts();
    let post = posts.find(|post| post.space_id() == space && post.title() == title);
    page.map(|page| Container::Page(page.id()))
        .or_else(|| post.map(|post| Container::BlogPost(post.id())))
        .expect("a page or a blog post of the demo")
}

/// Rows in the order of their containers, as a collection wants them.
fn in_order<T>(
    rows: impl IntoIterator<Item = T>,
    container: impl Fn(&T) -> Container,
) -> Vec<(Container, T)> {
    let rows = rows.into_iter().map(|row| (container(&row), row));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(container, _)| *container);
    rows
}

/// In office hours, each a few minutes after the one before it in its table.
fn moment(days_ago: i64, place: usize) -> i64 {
    NOW - days_ago * DAY + place as i64 * 7 * 60_000 + 417
}

fn revisions(author: u32, days_ago: i64, versions: u32, place: usize) -> Revisions {
    let created_at = moment(days_ago, place);
    Revisions {
        created_at,
        // A version every hour.
        modified_at: created_at + i64::from(versions - 1) * HOUR,
        author,
        last_author: author,
        versions,
    }
}

fn diagrams(seed: u64, container: impl Fn(On) -> Container) -> Collection<CustomContentRecord> {
    let rows: &[Diagram] = table::rows(include_str!("../../../demo/diagrams.csv"));
    let mut ids = custom_content::ids(seed);
    let mut record = |container, title: &str, revisions| Hanging {
        id: ids.next(),
        container,
        status: PageStatus::Current,
        revisions,
        what: CustomContentRecord {
            kind: DIAGRAM,
            title: title.into(),
        },
    };
    let mut records: Vec<_> = in_order(rows, |row| container((row.space, &row.on)))
        .into_iter()
        .enumerate()
        .map(|(place, (container, row))| {
            let revisions = revisions(row.author, row.days_ago, row.versions, place);
            record(container, &row.title, revisions)
        })
        .collect();
    let (title, author, days, versions) = INNER_DIAGRAM;
    let outer = records
        .iter()
        .find(|record| *record.title == *rows[0].title);
    let outer = Container::CustomContent(outer.expect("one of the table").id);
    let revisions = revisions(author, days, versions, rows.len());
    records.push(record(outer, title, revisions));
    Collection::new(records)
}

fn attachments(seed: u64, container: impl Fn(On) -> Container) -> Collection<AttachmentRecord> {
    let rows: &[File] = table::rows(include_str!("../../../demo/attachments.csv"));
    let mut ids = attachment::ids(seed);
    let rows = in_order(rows, |row| container((row.space, &row.on)));
    let records = rows
        .into_iter()
        .enumerate()
        .map(|(place, (container, row))| Hanging {
            id: ids.next(),
            container,
            status: row.status,
            revisions: revisions(row.author, row.days_ago, row.versions, place),
            what: AttachmentRecord {
                title: row.title.as_str().into(),
                kind: attachment::KINDS
                    .iter()
                    .find(|kind| row.title.ends_with(&kind.extension))
                    .expect("a kind that is known"),
                size: row.bytes,
                comment: match row.versions {
                    4.. => "Corrected & signed",
                    _ => "",
                },
            },
        });
    Collection::new(records.collect())
}

/// Threads that are at the foot of something, or on a few words of it.
fn comments(
    mut ids: Ids,
    are_inline: bool,
    container: impl Fn(On) -> Container,
) -> Collection<CommentRecord> {
    let lines: &[Line] = table::rows(include_str!("../../../demo/comments.csv"));
    let threads = lines
        .chunk_by(|_, next| next.depth > 0)
        .filter(|thread| thread[0].selection.is_some() == are_inline);
    let mut records: Vec<Hanging<CommentRecord>> = Vec::new();
    for (container, thread) in in_order(threads, |thread| {
        container((thread[0].space, &thread[0].on))
    }) {
        let root = &thread[0];
        let inline = root.selection.as_deref().map(|selection| InlineRecord {
            resolution: root.resolution.expect("an inline comment has one"),
            resolved: root
                .resolved_by
                .zip(root.resolved_days_ago)
                .map(|(by, days)| (by, moment(days, 0))),
            selection,
        });
        let mut above: Vec<u64> = Vec::new();
        for line in thread {
            above.truncate(line.depth);
            let id = ids.next();
            records.push(Hanging {
                id,
                container,
                status: PageStatus::Current,
                revisions: revisions(line.author, line.days_ago, line.versions, records.len()),
                what: CommentRecord {
                    parent: above.last().copied(),
                    text: Some(&line.text),
                    inline: inline.clone(),
                },
            });
            above.push(id);
        }
    }
    Collection::new(records)
}

fn tasks(container: impl Fn(On) -> Container) -> Collection<TaskRecord> {
    let rows: &[ToDo] = table::rows(include_str!("../../../demo/tasks.csv"));
    let mut records: Vec<Hanging<TaskRecord>> = Vec::new();
    let rows = in_order(rows, |row| container((row.space, &row.on)));
    for (place, (container, row)) in rows.into_iter().enumerate() {
        let created_at = moment(row.days_ago, place);
        let completed = row.completed_by.zip(row.completed_days_ago);
        let completed = completed.map(|(by, days)| (by, moment(days, place)));
        let before = records.iter().filter(|task| task.container == container);
        records.push(Hanging {
            id: 2 + 3 * place as u64,
            container,
            status: PageStatus::Current,
            revisions: Revisions::of_task(row.creator, created_at, completed),
            what: TaskRecord {
                local_id: 1 + before.count() as u32,
                due_at: row
                    .due_after_days
                    .map(|days| (created_at / DAY + days) * DAY),
                completed,
                assignee: row.assignee.unwrap_or(NONE),
                text: &row.text,
            },
        });
    }
    Collection::new(records)
}
