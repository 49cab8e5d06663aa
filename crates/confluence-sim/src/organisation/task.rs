//! Tasks: the boxes in pages that somebody is to tick.

use super::collection::Collection;
use super::prelude::*;
use super::record::{Container, Hanging, Revisions, TaskRecord};
use super::revision::between;
use jiff::Timestamp;

const STREAM: u64 = 0x0007_A5C1;

static SENTENCES: Lines = Lines::new(|| table::lines(include_str!("../../words/tasks.txt")));

/// A task in a page or a blog post.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub id: u64,
    /// Its number within the page or blog post.
    pub local_id: u32,
    pub container: Container,
    pub space_id: u64,
    /// That of the page or blog post; the API does not tell.
    pub page_status: PageStatus,
    pub created_by: Option<&'a str>,
    pub assigned_to: Option<&'a str>,
    pub completed_by: Option<&'a str>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// What is to be done, as plain text. A blank task has none.
    pub text: &'static str,
}

impl Task<'_> {
    /// The word the API uses for whether it is done.
    pub fn status(&self) -> &'static str {
        match self.completed_at {
            Some(_) => "complete",
            None => "incomplete",
        }
    }

    pub fn storage_body(&self) -> String {
        text::storage_line(self.text)
    }
}

impl Organisation {
    /// Nothing where the page is gone.
    pub(crate) fn view_task<'a>(&'a self, record: &'a Hanging<TaskRecord>) -> Option<Task<'a>> {
        let (space_id, page_status) = self.place(record)?;
        Some(Task {
            id: record.id,
            local_id: record.local_id,
            container: record.container,
            space_id,
            page_status,
            created_by: self.account(record.revisions.author),
            assigned_to: self.account(record.assignee),
            completed_by: record.completed.and_then(|(by, _)| self.account(by)),
            created_at: time::timestamp(record.revisions.created_at),
            updated_at: time::timestamp(record.revisions.modified_at),
            due_at: record.due_at.map(time::timestamp),
            completed_at: record.completed.map(|(_, at)| time::timestamp(at)),
            text: record.text,
        })
    }
}

/// In one page of ten.
pub(super) fn generate(organisation: &Organisation) -> Collection<TaskRecord> {
    let users = organisation.users.len();
    let mut gaps = Random::new(mix(organisation.seed, STREAM));
    let mut id = 0;
    let mut records = Vec::new();
    for host in organisation.hosts() {
        let mut random = host.container.random(organisation.seed, STREAM);
        if !random.once_in(1, 10) {
            continue;
        }
        for local_id in 1..=1 + random.below(4) as u32 {
            id += 1 + gaps.below(3);
            let created_at = between(host.created_at, NOW, &mut random);
            let completed_at = between(created_at, NOW, &mut random);
            let completed = random
                .once_in(1, 2)
                .then(|| (random.index(users) as u32, completed_at));
            // At midnight, as only a day is chosen.
            let due_at = random
                .once_in(1, 2)
                .then(|| (created_at / DAY + 1 + random.below(60) as i64) * DAY);
            let creator = random.index(users) as u32;
            let assignee = random.user(users, 4);
            let text = match random.once_in(1, 15) {
                true => "",
                false => random.pick::<&str>(&SENTENCES),
            };
            records.push(Hanging {
                id,
                container: host.container,
                status: PageStatus::Current,
                revisions: Revisions::of_task(creator, created_at, completed),
                what: TaskRecord {
                    local_id,
                    due_at,
                    completed,
                    assignee,
                    text,
                },
            });
        }
    }
    Collection::new(records)
}
