//! Properties, which apps keep on something.

use crate::schema::{Column, Filter};

/// The property, by its id.
pub const ID: Column = Column::bigint("id", "id", "Id of the property.")
    .required()
    .rows_per_value(1.0);

/// The property, by its key.
pub const KEY: Column = Column::text("key", "key", "Key of the property.")
    .filter(Filter::list("key", 1))
    .width(20);

/// The key where the API does not say that it tells capital letters from small ones.
pub const SPACE_KEY: Column =
    Column::text("key", "key", "Key of the property.").filter(Filter::list("key", 1).narrowing());

/// What is kept.
pub const VALUE: Column = Column::json("value", "value", "Value of the property.");

/// The number of its version.
pub const VERSION_NUMBER: Column = Column::integer(
    "version_number",
    "version.number",
    "Number of the current version.",
);

/// When it was set.
pub const MODIFIED_AT: Column = Column::timestamp(
    "modified_at",
    "version.createdAt",
    "When the current version was made.",
);

/// Who set it.
pub const VERSION_AUTHOR_ID: Column = version_author_id("version.authorId");

/// Who set it, by the place where the answer says so.
pub const fn version_author_id(at: &'static str) -> Column {
    Column::text(
        "version_author_id",
        at,
        "Account that made the current version. NULL where the site does not say.",
    )
    .width(43)
}

/// What its author wrote.
pub const VERSION_MESSAGE: Column = Column::text(
    "version_message",
    "version.message",
    "What its author wrote about the current version.",
);

/// Whether it was a minor edit.
pub const VERSION_MINOR_EDIT: Column = Column::boolean(
    "version_minor_edit",
    "version.minorEdit",
    "Whether the current version was marked as a minor edit.",
);
