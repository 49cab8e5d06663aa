//! `confluence_custom_content_labels`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::labels;

/// Labels on custom content: `getCustomContentLabels`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content_labels",
    comment: "Labels on custom content. A condition on custom_content_id is needed, or a join; one request each.",
    key: &["custom_content_id", "label_id"],
    rows: 360.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getCustomContentLabels",
        "/wiki/api/v2/custom-content/{custom_content_id}/labels",
        "read:custom-content:confluence",
    )
    .taking(&["prefix"])],
    columns: &[
        Column::bigint(
            "custom_content_id",
            "",
            "Piece of custom content that has the label.",
        )
        .required()
        .rows_per_value(0.2),
        labels::LABEL_ID.rows_per_value(20.0),
        labels::NAME.rows_per_value(20.0),
        labels::PREFIX.rows_per_value(180.0),
    ],
};
