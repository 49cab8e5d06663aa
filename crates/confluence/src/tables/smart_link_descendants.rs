//! `confluence_smart_link_descendants`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// Everything below Smart Links: `getSmartLinkDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_smart_link_descendants",
    comment: "Everything below each Smart Link in the content tree, of any kind, current and archived. One request lists 250, down to ten levels; below that, each row at the tenth level takes one more. Without a condition on smart_link_id, each Smart Link that confluence_smart_links finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["smart_link_id", "id"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSmartLinkDescendants",
        "/wiki/api/v2/embeds/{smart_link_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::SMART_LINKS)
    .with(tree::DOWN_TO_10)
    .deeper(tree::BELOW_10)],
    columns: &[
        Column::bigint("smart_link_id", "", "Smart Link that is above.")
            .required()
            .rows_per_value(0.1),
        tree::DESCENDANT_ID.rows_per_value(0.1),
        tree::DESCENDANT_TYPE.rows_per_value(45.0),
        tree::STATUS,
        tree::TITLE,
        tree::PARENT_ID,
        tree::DEPTH,
        tree::CHILD_POSITION,
        tree::MODIFIED_AT,
    ],
};
