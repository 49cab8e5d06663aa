//! Versions of something.

use crate::schema::{Column, Part};

/// The version's number.
pub const NUMBER: Column =
    Column::integer("number", "number", "Number of the version, from 1.").required();

/// When it was made.
pub const CREATED_AT: Column =
    Column::timestamp("created_at", "createdAt", "When the version was made.");

/// Who made it.
pub const AUTHOR_ID: Column = Column::text(
    "author_id",
    "authorId",
    "Account that made the version. NULL where the site does not say.",
)
.width(43);

/// What its author wrote.
pub const MESSAGE: Column = Column::text(
    "message",
    "message",
    "What its author wrote about the version.",
);

/// Whether it was a minor edit.
pub const MINOR_EDIT: Column = Column::boolean(
    "minor_edit",
    "minorEdit",
    "Whether the version was marked as a minor edit.",
);

/// The title that the object had.
pub const fn title(at: &'static str) -> Column {
    Column::text("title", at, "Title in the version.").width(32)
}

/// The content that the object had, in the storage format.
pub const fn body_storage(at: &'static str) -> Column {
    Column::text(
        "body_storage",
        at,
        "Content of the version in the storage format. Asked for only by queries that use it.",
    )
    .asked_with("body-format", "storage")
    .owed()
    .width(4000)
}

/// The content that the object had, as an Atlassian document.
pub const fn body_adf(at: &'static str) -> Column {
    Column::json_in_string(
        "body_adf",
        at,
        "Content of the version as an Atlassian document. Asked for only by queries that use it.",
    )
    .asked_with("body-format", "atlas_doc_format")
    .owed()
    .optional()
}

/// Whether it turned the object into another kind.
pub const fn content_type_modified(details: &'static Part) -> Column {
    Column::boolean(
        "content_type_modified",
        "contentTypeModified",
        "Whether the version made something else of it, such as a blog post of a page. One request a row.",
    )
    .part(details)
}

/// Who worked on it.
pub const fn collaborators(details: &'static Part) -> Column {
    Column::json(
        "collaborators",
        "collaborators",
        "Accounts that worked on the version, as an array. One request a row.",
    )
    .part(details)
}

/// The version before.
pub const fn previous_version(details: &'static Part) -> Column {
    Column::integer(
        "previous_version",
        "prevVersion",
        "Number of the version before. NULL where there is none. One request a row.",
    )
    .part(details)
}

/// The version after.
pub const fn next_version(details: &'static Part) -> Column {
    Column::integer(
        "next_version",
        "nextVersion",
        "Number of the version after. NULL where there is none. One request a row.",
    )
    .part(details)
}
