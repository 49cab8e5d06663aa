//! `confluence_whiteboards`.

use super::content_tree;
use super::object::classification;
use super::object::tree::{
    AUTHOR_ID, CREATED_AT, OWNER_ID, PARENT_ID, PARENT_TYPE, POSITION, SPACE_ID, STATUS, TITLE,
    WEB_URL, by_id, search,
};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use super::pages;
use crate::schema::{Column, Part, Source, Table};

static CLASSIFICATION: Part = Part {
    operation: "getWhiteboardClassificationLevel",
    path: "/wiki/api/v2/whiteboards/{id}/classification-level",
    scope: "read:whiteboard:confluence",
    may_be_absent: true,
};

/// Whiteboards in the content tree: `getWhiteboardById`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboards",
    comment: "Whiteboards in the content tree, in use and archived. Without a condition on id, a search lists them, 200 in one request, and edit_url takes one more for each; it knows of changes after a minute or so. Where the account may not search, these are the ones below the pages at the root of spaces, and those that a page is right below; one request each, besides the listings of the content tree and of pages. A condition on id finds any other, too. One that the account is not shown has no row.",
    key: &["id"],
    rows: 720.0,
    population: None,
    endpoints: &[
        by_id(
            "getWhiteboardById",
            "/wiki/api/v2/whiteboards/{id}",
            "read:whiteboard:confluence",
        )
        .from(&[
            Source::of(&content_tree::TABLE, &[("id", "id")]).only("type", "whiteboard"),
            Source::of(&pages::TABLE, &[("id", "parent_id")]).only("parent_type", "whiteboard"),
        ])
        .found_by("type = whiteboard"),
        search("type = whiteboard", &TABLE).lacking(&["edit_url"]),
    ],
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
