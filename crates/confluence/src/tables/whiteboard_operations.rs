//! `confluence_whiteboard_operations`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, operations};

/// What the account may do with whiteboards: `getWhiteboardOperations`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_operations",
    comment: "What the account that asks may do with each whiteboard. It says nothing about other accounts. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["whiteboard_id", "operation", "target_type"],
    rows: 5_800.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getWhiteboardOperations",
        "/wiki/api/v2/whiteboards/{whiteboard_id}/operations",
        "read:whiteboard:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(nodes::WHITEBOARDS)],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(720.0),
        operations::TARGET_TYPE.rows_per_value(1_400.0),
    ],
};
