//! Where the ids of folders, whiteboards, databases and Smart Links come from. These are the objects that their
//! own tables show, without the request that each row there takes.

use crate::schema::Source;
use crate::tables::{content_tree, pages};

/// Folders.
pub const FOLDERS: &[Source] = &[
    Source::of(&content_tree::TABLE, &[("folder_id", "id")]).only("type", "folder"),
    Source::of(&pages::TABLE, &[("folder_id", "parent_id")]).only("parent_type", "folder"),
];

/// Whiteboards.
pub const WHITEBOARDS: &[Source] = &[
    Source::of(&content_tree::TABLE, &[("whiteboard_id", "id")]).only("type", "whiteboard"),
    Source::of(&pages::TABLE, &[("whiteboard_id", "parent_id")]).only("parent_type", "whiteboard"),
];

/// Databases.
pub const DATABASES: &[Source] = &[
    Source::of(&content_tree::TABLE, &[("database_id", "id")]).only("type", "database"),
    Source::of(&pages::TABLE, &[("database_id", "parent_id")]).only("parent_type", "database"),
];

/// Smart Links.
pub const SMART_LINKS: &[Source] = &[
    Source::of(&content_tree::TABLE, &[("smart_link_id", "id")]).only("type", "embed"),
    Source::of(&pages::TABLE, &[("smart_link_id", "parent_id")]).only("parent_type", "embed"),
];
