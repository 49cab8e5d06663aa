//! `confluence_whiteboard_descendants`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// Everything below whiteboards: `getWhiteboardDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_descendants",
    comment: "Everything below each whiteboard in the content tree, of any kind, current and archived. One request lists 250, down to ten levels; below that, each row at the tenth level takes one more. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["whiteboard_id", "id"],
    rows: 72.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getWhiteboardDescendants",
        "/wiki/api/v2/whiteboards/{whiteboard_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::WHITEBOARDS)
    .with(tree::DOWN_TO_10)
    .deeper(tree::BELOW_10)],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that is above.")
            .required()
            .rows_per_value(0.1),
        tree::DESCENDANT_ID.rows_per_value(0.1),
        tree::DESCENDANT_TYPE.rows_per_value(65.0),
        tree::STATUS,
        tree::TITLE,
        tree::PARENT_ID,
        tree::DEPTH,
        tree::CHILD_POSITION,
        tree::MODIFIED_AT,
    ],
};
