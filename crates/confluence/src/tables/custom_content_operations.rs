//! `confluence_custom_content_operations`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::operations;

/// What the account may do with custom content: `getCustomContentOperations`.
pub static TABLE: Table = Table {
    name: "confluence_custom_content_operations",
    comment: "What the account that asks may do with each piece of custom content. It says nothing about other accounts. A condition on custom_content_id is needed, or a join; one request each.",
    key: &["custom_content_id", "operation", "target_type"],
    rows: 14_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getCustomContentOperations",
        "/wiki/api/v2/custom-content/{custom_content_id}/operations",
        "read:custom-content:confluence",
    )
    .rows_at(operations::ROWS_AT)],
    columns: &[
        Column::bigint(
            "custom_content_id",
            "",
            "Piece of custom content that it is about.",
        )
        .required()
        .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(1_800.0),
        operations::TARGET_TYPE.rows_per_value(3_500.0),
    ],
};
