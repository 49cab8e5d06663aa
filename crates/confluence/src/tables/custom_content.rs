//! `confluence_custom_content`.

use super::object::body::{BODY_ADF, BODY_STORAGE};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use crate::schema::{Column, Endpoint, Filter, Table};

const SCOPE: &str = "read:custom-content:confluence";

/// Content that apps keep in Confluence: `getCustomContentByType`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content",
    comment: "Content of apps that the account can view. The site lists it only by type, so a condition on type or id is needed. One request lists 250.",
    key: &["id"],
    rows: 1_800.0,
    population: Some(("status", &["current", "archived"])),
    endpoints: &[
        Endpoint::list(
            "getCustomContentByType",
            "/wiki/api/v2/custom-content",
            SCOPE,
        )
        .requiring(&["type"]),
        Endpoint::one(
            "getCustomContentById",
            "/wiki/api/v2/custom-content/{id}",
            SCOPE,
        ),
        Endpoint::by(
            "getCustomContentByTypeInPage",
            "/wiki/api/v2/pages/{page_id}/custom-content",
            SCOPE,
        )
        .requiring(&["type"]),
        Endpoint::by(
            "getCustomContentByTypeInBlogPost",
            "/wiki/api/v2/blogposts/{blogpost_id}/custom-content",
            SCOPE,
        )
        .requiring(&["type"]),
    ],
    columns: &[
        Column::bigint("id", "id", "Id of the custom content.")
            .required()
            .filter(Filter::list("id", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::text(
            "type",
            "type",
            "Type that the app gave it, with the name of the app in it.",
        )
        .required()
        .filter(Filter::list("type", 1))
        .rows_per_value(360.0)
        .width(60),
        Column::bigint("space_id", "spaceId", "Space that it is in.")
            .filter(Filter::list("space-id", 100))
            .rows_per_value(50.0),
        Column::bigint(
            "page_id",
            "pageId",
            "Page that contains it. NULL where something else does.",
        )
        .rows_per_value(2.0),
        Column::bigint(
            "blogpost_id",
            "blogPostId",
            "Blog post that contains it. NULL where something else does.",
        )
        .rows_per_value(2.0),
        Column::bigint(
            "custom_content_id",
            "customContentId",
            "Custom content that contains it. NULL where something else does.",
        ),
        Column::text("title", "title", "Title of the custom content.").width(32),
        Column::text("status", "status", "Status: current, archived and others.").width(8),
        Column::text(
            "author_id",
            "authorId",
            "Account that created it. NULL where the site does not say.",
        )
        .width(43),
        Column::timestamp("created_at", "createdAt", "When it was created.").sort("created-date"),
        VERSION_NUMBER,
        MODIFIED_AT.sort("modified-date").changes(),
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        Column::text(
            "body_raw",
            "body.raw.value",
            "Content as the app wrote it. NULL where the site keeps none. Asked for only by queries that use it.",
        )
        .asked_with("body-format", "raw")
        .width(1000),
        Column {
            comment: "Content in the storage format. NULL where the app wrote it in another. Asked for only by queries that use it.",
            owed: false,
            ..BODY_STORAGE.optional()
        },
        Column {
            owed: false,
            ..BODY_ADF
        },
        Column::link("web_url", "_links.webui", "Its address for a browser."),
    ],
};
