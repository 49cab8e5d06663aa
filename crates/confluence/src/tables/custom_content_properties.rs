//! `confluence_custom_content_properties`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::properties;

/// Properties of custom content: `getCustomContentContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content_properties",
    comment: "Properties that apps keep on custom content. A condition on custom_content_id is needed, or a join; one request each.",
    key: &["custom_content_id", "id"],
    rows: 1_800.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getCustomContentContentProperties",
            "/wiki/api/v2/custom-content/{custom_content_id}/properties",
            "read:custom-content:confluence",
        )
        .taking(&["key"]),
        Endpoint::one(
            "getCustomContentContentPropertiesById",
            "/wiki/api/v2/custom-content/{custom_content_id}/properties/{id}",
            "read:custom-content:confluence",
        ),
    ],
    columns: &[
        Column::bigint(
            "custom_content_id",
            "",
            "Piece of custom content that has the property.",
        )
        .required()
        .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(90.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
