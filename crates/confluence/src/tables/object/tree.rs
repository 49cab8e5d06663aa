//! What folders, whiteboards, databases and Smart Links in the content tree have in common.

use crate::schema::{Column, Endpoint, Table, Unreadable};

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

/// One of them by its id. What names it may be seen by accounts that do not see itself.
pub const fn by_id(operation: &'static str, path: &'static str, scope: &'static str) -> Endpoint {
    Endpoint::one(operation, path, scope).unreadable(Unreadable::Nothing)
}

/// All of a type, by a search that gives 200 in one answer: in use and archived, in spaces that are in use or archived.
pub const fn search(query: &'static str, table: &'static Table) -> Endpoint {
    Endpoint::by(
        "getContentSearchV1",
        "/wiki/rest/api/content/search",
        "search:confluence",
    )
    .searching(query)
    .with(&[
        // {"contentStatuses":["current","archived"]}
        (
            "cqlcontext",
            "%7B%22contentStatuses%22%3A%5B%22current%22%2C%22archived%22%5D%7D",
        ),
        ("expand", "space,ancestors,version,history.ownedBy"),
    ])
    .page(200)
    .having(&[
        ("space_id", "space.id"),
        ("parent_id", "ancestors[-1].id"),
        ("parent_type", "ancestors[-1].type"),
        ("position", "extensions.position"),
        ("author_id", "history.createdBy.accountId"),
        ("owner_id", "history.ownedBy.accountId"),
        ("created_at", "history.createdDate"),
        ("modified_at", "version.when"),
        ("version_author_id", "version.by.accountId"),
    ])
    .shortcut(table)
}
