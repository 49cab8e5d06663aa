//! `confluence_databases`.

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
    operation: "getDatabaseClassificationLevel",
    path: "/wiki/api/v2/databases/{id}/classification-level",
    scope: "read:database:confluence",
    may_be_absent: true,
};

/// Databases in the content tree: `getDatabaseById`.
pub static TABLE: Table = Table {
    name: "confluence_databases",
    comment: "Databases in the content tree, in use and archived. Without a condition on id, a search lists them, 200 in one request; it knows of changes after a minute or so. Where the account may not search, these are the ones below the pages at the root of spaces, and those that a page is right below; one request each, besides the listings of the content tree and of pages. A condition on id finds any other, too. One that the account is not shown has no row.",
    key: &["id"],
    rows: 260.0,
    population: None,
    endpoints: &[
        by_id(
            "getDatabaseById",
            "/wiki/api/v2/databases/{id}",
            "read:database:confluence",
        )
        .from(&[
            Source::of(&content_tree::TABLE, &[("id", "id")]).only("type", "database"),
            Source::of(&pages::TABLE, &[("id", "parent_id")]).only("parent_type", "database"),
        ])
        .found_by("type = database"),
        search("type = database", &TABLE),
    ],
    columns: &[
        Column::bigint("id", "id", "Id of the database.")
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
        classification::level_id(&CLASSIFICATION),
        classification::level_name(&CLASSIFICATION),
    ],
};
