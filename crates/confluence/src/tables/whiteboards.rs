//! `confluence_whiteboards`.

use super::content_tree;
use super::object::classification;
use super::object::tree::{
    AUTHOR_ID, CREATED_AT, OWNER_ID, PARENT_ID, PARENT_TYPE, POSITION, SPACE_ID, STATUS, TITLE,
    WEB_URL,
};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use super::pages;
use crate::schema::{Column, Endpoint, Part, Source, Table};

static CLASSIFICATION: Part = Part {
    operation: "getWhiteboardClassificationLevel",
    path: "/wiki/api/v2/whiteboards/{id}/classification-level",
    scope: "read:whiteboard:confluence",
    may_be_absent: true,
};

/// Whiteboards in the content tree: `getWhiteboardById`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboards",
    comment: "Whiteboards in the content tree. Without a condition on id, these are the ones below the pages at the root of spaces, and those that a page is right below; one request each, besides the listings of the content tree and of pages. Nothing lists any others, at the root of a space or below those: a condition on id finds them, too.",
    key: &["id"],
    rows: 2_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getWhiteboardById",
        "/wiki/api/v2/whiteboards/{id}",
        "read:whiteboard:confluence",
    )
    .from(&[
        Source::of(&content_tree::TABLE, &[("id", "id")]).only("type", "whiteboard"),
        Source::of(&pages::TABLE, &[("id", "parent_id")]).only("parent_type", "whiteboard"),
    ])
    .found_by("type = whiteboard")],
    columns: &[
        Column::bigint("id", "id", "Id of the whiteboard.")
            .required()
            .rows_per_value(1.0),
        SPACE_ID,
        TITLE,
        STATUS,
        PARENT_ID,
        PARENT_TYPE,
        POSITION,
        AUTHOR_ID,
        OWNER_ID,
        CREATED_AT,
        VERSION_NUMBER,
        MODIFIED_AT,
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        WEB_URL,
        Column::link("edit_url", "_links.editui", "Address of its editor."),
        classification::level_id(&CLASSIFICATION),
        classification::level_name(&CLASSIFICATION),
    ],
};
