//! What folders, whiteboards, databases and Smart Links in the content tree have in common.

use crate::schema::Column;

pub const SPACE_ID: Column = Column::bigint("space_id", "spaceId", "Space that it is in.");

pub const TITLE: Column = Column::text("title", "title", "Title.").width(32);

pub const STATUS: Column = Column::text(
    "status",
    "status",
    "Status: current, archived, trashed and others.",
)
.width(8);

pub const PARENT_ID: Column = Column::bigint(
    "parent_id",
    "parentId",
    "Parent in the content tree. NULL at the root.",
);

pub const PARENT_TYPE: Column = Column::text(
    "parent_type",
    "parentType",
    "What the parent is: page, folder, whiteboard, database or embed. NULL at the root.",
)
.width(6);

pub const POSITION: Column = Column::integer(
    "position",
    "position",
    "Place among the parent's children. NULL where it has none.",
)
.describing();

pub const AUTHOR_ID: Column = Column::text(
    "author_id",
    "authorId",
    "Account that created it. NULL where the site does not say.",
)
.width(43);

pub const OWNER_ID: Column = Column::text(
    "owner_id",
    "ownerId",
    "Account that owns it. NULL where nobody does.",
)
.width(43);

pub const CREATED_AT: Column = Column::timestamp("created_at", "createdAt", "When it was created.");

pub const WEB_URL: Column = Column::link("web_url", "_links.webui", "Its address for a browser.");
