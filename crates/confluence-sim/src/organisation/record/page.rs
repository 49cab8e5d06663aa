//! What is kept of pages and blog posts, and of their versions.

use crate::organisation::random::Random;
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// Where a page stands in its life.
    pub enum PageStatus {
        Current = "current",
        Archived = "archived",
        Trashed = "trashed",
        Deleted = "deleted",
    }
}

impl PageStatus {
    /// What a listing holds when no status is asked for.
    pub const DEFAULT: [Self; 2] = [Self::Current, Self::Archived];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Stands for "none" where a record holds the number of something else.
pub(crate) const NONE: u32 = u32::MAX;

/// Set in `PageRecord::parent` where the parent is a node of the content tree and no page.
pub(crate) const NODE: u32 = 1 << 31;

/// Set in `PageRecord::title` where the title is one of `Organisation::titles`, not a generated one.
pub(crate) const OWN_TITLE: u32 = 1 << 31;

/// What is kept of a page or blog post: some 70 bytes, so that a million of them fit anywhere.
#[derive(Clone, Debug)]
pub(crate) struct PageRecord {
    pub id: u64,
    /// A blog post is nowhere in the content tree, and has no owner, no subtype and no template.
    pub is_post: bool,
    /// Milliseconds since 1970, as all times in here.
    pub created_at: i64,
    pub modified_at: i64,
    pub space: u32,
    /// Number of a page, or of a node with `NODE` set, or `NONE`.
    pub parent: u32,
    pub position: u32,
    pub title: u32,
    /// Numbers of users, or `NONE`.
    pub author: u32,
    pub owner: u32,
    pub last_owner: u32,
    pub version_author: u32,
    pub version: u32,
    pub status: PageStatus,
    pub subtype: Subtype,
    pub message: Message,
    pub minor_edit: bool,
    /// Gone for good; the record stays, so that numbers of pages stay what they are.
    pub purged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subtype {
    Unset,
    Page,
    Live,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Null,
    Empty,
    Text,
}

impl Message {
    /// One in ten is absent, and so many in ten say something.
    pub(crate) fn drawn(texts: u64, random: &mut Random) -> Self {
        match random.below(10) {
            0 => Self::Null,
            text if text <= texts => Self::Text,
            _ => Self::Empty,
        }
    }

    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Null => None,
            Self::Empty => Some(""),
            Self::Text => Some("Reviewed, and \"approved\""),
        }
    }
}

/// What is kept, or made up, of a version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    pub number: u32,
    pub created_at: i64,
    /// Number of a user, or `NONE`.
    pub author: u32,
    pub title: u32,
    pub message: Message,
    pub minor_edit: bool,
}

impl PageRecord {
    /// A page in use with nothing special about it, at the root of its space, written by nobody who is still known.
    pub(crate) fn new(id: u64, space: u32, title: u32, created_at: i64) -> Self {
        Self {
            id,
            is_post: false,
            created_at,
            modified_at: created_at,
            space,
            parent: NONE,
            position: 0,
            title,
            author: NONE,
            owner: NONE,
            last_owner: NONE,
            version_author: NONE,
            version: 1,
            status: PageStatus::Current,
            subtype: Subtype::Unset,
            message: Message::Empty,
            minor_edit: false,
            purged: false,
        }
    }

    pub(crate) fn latest(&self) -> Edition {
        Edition {
            number: self.version,
            created_at: self.modified_at,
            author: self.version_author,
            title: self.title,
            message: self.message,
            minor_edit: self.minor_edit,
        }
    }
}

/// What is known of historical versions beyond the seed, by ids of pages and blog posts.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// In a row, up to the one before the latest.
    pub left_behind: BTreeMap<u64, Vec<Edition>>,
    /// Deleted by an administrator: id, and the number that the version had at first.
    pub deleted: BTreeSet<(u64, u32)>,
}

impl History {
    /// How many of the versions before one were deleted.
    pub(crate) fn deleted_before(&self, id: u64, number: u32) -> u32 {
        self.deleted.range((id, 0)..(id, number)).count() as u32
    }
}
