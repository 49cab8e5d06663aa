//! `confluence_custom_content_children`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::tree;

/// Custom content right below custom content: `getChildCustomContent`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content_children",
    comment: "Custom content right below each piece of custom content, current and archived. A condition on custom_content_id is needed, or a join; one request each.",
    key: &["custom_content_id", "id"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getChildCustomContent",
        "/wiki/api/v2/custom-content/{custom_content_id}/children",
        "read:custom-content:confluence",
    )],
    columns: &[
        Column::bigint(
            "custom_content_id",
            "",
            "Piece of custom content that is the parent.",
        )
        .required()
        .rows_per_value(0.1),
        tree::CHILD_ID,
        Column::text("type", "type", "Type of the child, as its app calls it."),
        tree::STATUS,
        tree::TITLE,
        tree::SPACE_ID,
    ],
};
