//! `confluence_whiteboard_children`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is right below whiteboards: `getWhiteboardDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_children",
    comment: "What is right below each whiteboard in the content tree, of any kind, current and archived. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["whiteboard_id", "id"],
    rows: 72.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getWhiteboardDirectChildren",
        "/wiki/api/v2/whiteboards/{whiteboard_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::WHITEBOARDS)
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that is the parent.")
            .required()
            .rows_per_value(0.1),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(65.0),
        tree::STATUS,
        tree::TITLE,
        tree::CHILD_POSITION,
    ],
};
