//! What is kept of the nodes of the content tree that are no pages.

use super::page::NODE;

words! {
    pub enum NodeKind {
        Folder = "folder",
        Whiteboard = "whiteboard",
        Database = "database",
        SmartLink = "embed",
    }
}

impl NodeKind {
    /// The id of a node: pages have even ids, nodes odd ones, and folders lie apart from the others.
    pub(crate) fn id(self, ordinal: u64) -> u64 {
        match self {
            Self::Folder => 3_000_000_001 + 74 * ordinal,
            Self::Whiteboard | Self::Database | Self::SmartLink => 5_000_000_001 + 86 * ordinal,
        }
    }
}

/// What is kept of a node; all else follows from its id.
#[derive(Clone, Debug)]
pub(crate) struct NodeRecord {
    pub id: u64,
    pub kind: NodeKind,
    /// Number of a space.
    pub space: u32,
    /// As a page has it: number of a page, or of a node with `NODE` set, or `NONE`.
    pub parent: u32,
    /// Milliseconds since 1970.
    pub created_at: i64,
    pub archived: bool,
    /// None where it is a generated one.
    pub title: Option<Box<str>>,
    /// For good; the record stays, so that numbers of nodes stay what they are.
    pub gone: bool,
}

impl NodeRecord {
    /// One in use, with a generated title.
    pub(crate) fn new(id: u64, kind: NodeKind, space: u32, parent: u32, created_at: i64) -> Self {
        Self {
            id,
            kind,
            space,
            parent,
            created_at,
            archived: false,
            title: None,
            gone: false,
        }
    }
}

/// The mark of a node where a page's number could stand.
pub(crate) fn key(number: usize) -> u32 {
    number as u32 | NODE
}
