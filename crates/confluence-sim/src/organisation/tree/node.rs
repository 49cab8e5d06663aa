//! What hangs in the content tree beside pages: folders, whiteboards, databases and smart links.

use crate::organisation::prelude::*;
use crate::organisation::record::{NodeKind, NodeRecord};
use crate::organisation::revision::Revision;
use jiff::Timestamp;
use std::borrow::Cow;

/// A folder, whiteboard, database or smart link of an organisation.
#[derive(Clone, Copy, Debug)]
pub struct TreeNode<'a> {
    pub(crate) organisation: &'a Organisation,
    pub(crate) record: &'a NodeRecord,
}

impl<'a> TreeNode<'a> {
    pub fn id(&self) -> u64 {
        self.record.id
    }

    pub fn kind(&self) -> NodeKind {
        self.record.kind
    }

    pub fn space_id(&self) -> u64 {
        self.organisation.spaces[self.record.space as usize].id
    }

    pub fn status(&self) -> PageStatus {
        if self.record.archived {
            PageStatus::Archived
        } else {
            PageStatus::Current
        }
    }

    pub fn title(&self) -> Cow<'a, str> {
        match &self.record.title {
            Some(title) => Cow::Borrowed(title),
            None => {
                let word = TITLES[self.dice(0, TITLES.len() as u64) as usize];
                Cow::Owned(format!("{word} {}", self.id() % 1_000_000))
            }
        }
    }

    /// Type and id of the parent. A node at the root of its space has none.
    pub fn parent(&self) -> Option<(&'static str, u64)> {
        let parent = self.record.parent;
        (parent != NONE).then(|| {
            let parent = self.organisation.item_at(parent);
            (parent.kind(), parent.id())
        })
    }

    /// The place among its siblings. At the root there is none, and some were never given one.
    pub fn position(&self) -> Option<u32> {
        let placed = self.record.parent != NONE && self.dice(1, 16) != 0;
        placed.then(|| self.dice(2, 5_000) as u32)
    }

    pub fn author_id(&self) -> &'a str {
        self.person(3)
    }

    pub fn owner_id(&self) -> &'a str {
        // Mostly whoever made it.
        self.person(if self.dice(4, 5) == 0 { 5 } else { 3 })
    }

    pub fn created_at(&self) -> Timestamp {
        time::timestamp(self.record.created_at)
    }

    pub fn version(&self) -> u32 {
        1 + self.dice(6, 5) as u32
    }

    pub fn modified_at(&self) -> Timestamp {
        let later = match self.version() {
            1 => 0,
            _ => self.dice(7, 90 * 86_400_000) as i64,
        };
        let at = (self.record.created_at + later).min(self.organisation.now);
        time::timestamp(at.max(self.record.created_at))
    }

    pub fn version_author_id(&self) -> &'a str {
        self.person(if self.version() == 1 { 3 } else { 8 })
    }

    /// Where a smart link leads.
    pub fn embed_url(&self) -> Option<String> {
        (self.kind() == NodeKind::SmartLink)
            .then(|| format!("https://apps.acme.example/board?id={}&view=all", self.id()))
    }

    pub(crate) fn latest(&self) -> Revision<'a> {
        Revision {
            number: self.version(),
            created_at: self.modified_at(),
            author_id: Some(self.version_author_id()),
            message: Some(""),
            minor_edit: false,
        }
    }

    /// A number below `bound` that belongs to the node; each use of it has a place of its own.
    pub(crate) fn dice(&self, place: u64, bound: u64) -> u64 {
        mix(self.organisation.seed ^ self.id(), NODES + place) % bound
    }

    fn person(&self, place: u64) -> &'a str {
        let users = &self.organisation.users;
        &users[self.dice(place, users.len() as u64) as usize].account_id
    }
}

/// Where the numbers of nodes begin, apart from those that pages draw.
const NODES: u64 = 0x0074_7265_6500;

static TITLES: Lines = Lines::new(|| table::lines(include_str!("../../../words/node_titles.txt")));
