//! What lies above and below something in the content tree: pages, folders, whiteboards, databases and Smart
//! Links (which the API calls embeds).

use crate::schema::{Column, Deeper, RowsAt};

/// Where an answer with ancestors has them.
pub const ANCESTORS_AT: &[RowsAt] = &[RowsAt::new("results")];

/// Ancestors come without cursors, so as many are asked for as one answer can hold. If it is full, some may be
/// missing, and the read fails.
pub const ALL_ANCESTORS: u32 = 250;

/// Something above, by its id.
pub const ANCESTOR_ID: Column = Column::bigint(
    "ancestor_id",
    "id",
    "Id of the parent, of its parent, and so on.",
)
.required()
.rows_per_value(30.0);

/// The kind of something above.
pub const ANCESTOR_TYPE: Column = Column::text(
    "ancestor_type",
    "type",
    "What the ancestor is: page, folder, whiteboard, database or embed, which is a Smart Link.",
)
.width(6);

/// The order in which no child is lost. In the site's own, by place, those without a place can be left out
/// between two answers.
pub const BY_ID: &[(&str, &str)] = &[("sort", "id")];

/// Something right below, by its id.
pub const CHILD_ID: Column = Column::bigint("id", "id", "Id of the child.")
    .required()
    .rows_per_value(1.0);

/// The kind of something right below.
pub const CHILD_TYPE: Column = Column::text(
    "type",
    "type",
    "What the child is: page, folder, whiteboard, database or embed, which is a Smart Link.",
)
.width(6);

/// The status of something below.
pub const STATUS: Column =
    Column::text("status", "status", "Status: current or archived.").width(8);

/// The title of something below.
pub const TITLE: Column = Column::text("title", "title", "Title.").width(32);

/// The space of something right below. Listings of what is below pages, folders and others do not tell it.
pub const SPACE_ID: Column = Column::bigint("space_id", "spaceId", "Space that the child is in.");

/// The place of something below.
pub const CHILD_POSITION: Column = Column::integer(
    "child_position",
    "childPosition",
    "Place among the children of its parent. NULL where it has none.",
);

/// Something below, by its id.
pub const DESCENDANT_ID: Column = Column::bigint("id", "id", "Id of the descendant.").required();

/// The kind of something below. The way further down depends on it, so it has to be there.
pub const DESCENDANT_TYPE: Column = Column::text(
    "type",
    "type",
    "What the descendant is: page, folder, whiteboard, database or embed, which is a Smart Link.",
)
.required()
.width(6);

/// The parent of something below.
pub const PARENT_ID: Column =
    Column::bigint("parent_id", "parentId", "Parent in the content tree.");

/// How far down something is. Whether there is a way further down depends on it, so it has to be there.
pub const DEPTH: Column =
    Column::integer("depth", "depth", "How many levels down: 1 for children.").required();

/// When something below was changed. Live sites tell it, and no document does.
pub const MODIFIED_AT: Column = Column::timestamp(
    "modified_at",
    "lastModified",
    "When it was changed last. NULL where the site does not say.",
);

/// As far down as one listing goes.
pub const DOWN_TO_10: &[(&str, &str)] = &[("depth", "10")];

/// What is further down is listed below each row at that depth.
pub const BELOW_10: Deeper = Deeper {
    id: "id",
    at_depth: Some(("depth", 10)),
    kind: Some("type"),
    paths: &[
        (
            "page",
            "getPageDescendants",
            "/wiki/api/v2/pages/{}/descendants",
        ),
        (
            "folder",
            "getFolderDescendants",
            "/wiki/api/v2/folders/{}/descendants",
        ),
        (
            "whiteboard",
            "getWhiteboardDescendants",
            "/wiki/api/v2/whiteboards/{}/descendants",
        ),
        (
            "database",
            "getDatabaseDescendants",
            "/wiki/api/v2/databases/{}/descendants",
        ),
        (
            "embed",
            "getSmartLinkDescendants",
            "/wiki/api/v2/embeds/{}/descendants",
        ),
    ],
};
