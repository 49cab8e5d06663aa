//! `confluence_folders`.

use super::content_tree;
use super::object::tree::{
    AUTHOR_ID, CREATED_AT, OWNER_ID, PARENT_ID, PARENT_TYPE, POSITION, SPACE_ID, STATUS, TITLE,
    WEB_URL,
};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use super::pages;
use crate::schema::{Column, Endpoint, Source, Table};

/// Folders in the content tree: `getFolderById`.
pub static TABLE: Table = Table {
    name: "confluence_folders",
    comment: "Folders in the content tree. Without a condition on id, these are the ones below the pages at the root of spaces, and those that a page is right below; one request each, besides the listings of the content tree and of pages. Nothing lists any others, at the root of a space or below those: a condition on id finds them, too.",
    key: &["id"],
    rows: 3_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getFolderById",
        "/wiki/api/v2/folders/{id}",
        "read:folder:confluence",
    )
    .from(&[
        Source::of(&content_tree::TABLE, &[("id", "id")]).only("type", "folder"),
        Source::of(&pages::TABLE, &[("id", "parent_id")]).only("parent_type", "folder"),
    ])
    .found_by("type = folder")],
    columns: &[
        Column::bigint("id", "id", "Id of the folder.")
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
    ],
};
