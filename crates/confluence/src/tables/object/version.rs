//! What listings tell about the current version of an object.

use crate::schema::Column;

pub const VERSION_NUMBER: Column = Column::integer(
    "version_number",
    "version.number",
    "Number of the current version.",
);

pub const MODIFIED_AT: Column = Column::timestamp(
    "modified_at",
    "version.createdAt",
    "When the current version was made. A change of permissions does not count.",
);

pub const VERSION_AUTHOR_ID: Column = Column::text(
    "version_author_id",
    "version.authorId",
    "Account that made the current version. NULL where the site does not say.",
)
.width(43);

pub const VERSION_MESSAGE: Column = Column::text(
    "version_message",
    "version.message",
    "What its author wrote about the current version.",
);

pub const VERSION_MINOR_EDIT: Column = Column::boolean(
    "version_minor_edit",
    "version.minorEdit",
    "Whether the current version was marked as a minor edit.",
);
