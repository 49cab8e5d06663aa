//! `confluence_whiteboard_ancestors`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is above whiteboards: `getWhiteboardAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_ancestors",
    comment: "What is above each whiteboard in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["whiteboard_id", "ancestor_id"],
    rows: 2_200.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getWhiteboardAncestors",
        "/wiki/api/v2/whiteboards/{whiteboard_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(nodes::WHITEBOARDS)],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that is below.")
            .required()
            .rows_per_value(3.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(2_000.0),
    ],
};
