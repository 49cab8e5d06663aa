//! `confluence_custom_content_versions`.

use crate::schema::{Column, Endpoint, Part, Table};
use crate::tables::family::versions;

/// Details of a version: `getCustomContentVersionDetails`.
static DETAILS: Part = Part {
    operation: "getCustomContentVersionDetails",
    path: "/wiki/api/v2/custom-content/{custom_content_id}/versions/{number}",
    scope: "read:custom-content:confluence",
    may_be_absent: false,
};

/// Versions of custom content: `getCustomContentVersions`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content_versions",
    comment: "Versions of custom content, the current one included. One request lists 250 versions of one, or 50 with their bodies. A condition on custom_content_id is needed, or a join; one request each.",
    key: &["custom_content_id", "number"],
    rows: 3_600.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getCustomContentVersions",
        "/wiki/api/v2/custom-content/{custom_content_id}/versions",
        "read:custom-content:confluence",
    )],
    columns: &[
        Column::bigint(
            "custom_content_id",
            "",
            "Piece of custom content that the version is of.",
        )
        .required()
        .rows_per_value(2.0),
        versions::NUMBER,
        versions::CREATED_AT,
        versions::AUTHOR_ID,
        versions::MESSAGE,
        versions::MINOR_EDIT,
        versions::title("custom.title"),
        Column::text(
            "body_raw",
            "custom.body.raw.value",
            "Content of the version as the app wrote it. Asked for only by queries that use it.",
        )
        .asked_with("body-format", "raw")
        .width(1000),
        Column {
            owed: false,
            ..versions::body_storage("custom.body.storage.value").optional()
        },
        Column {
            owed: false,
            ..versions::body_adf("custom.body.atlas_doc_format.value")
        },
        versions::content_type_modified(&DETAILS),
        versions::collaborators(&DETAILS),
        versions::previous_version(&DETAILS),
        versions::next_version(&DETAILS),
    ],
};
