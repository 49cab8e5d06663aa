//! `confluence_smart_link_children`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is right below Smart Links: `getSmartLinkDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_smart_link_children",
    comment: "What is right below each Smart Link in the content tree, of any kind, current and archived. Without a condition on smart_link_id, each Smart Link that confluence_smart_links finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["smart_link_id", "id"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSmartLinkDirectChildren",
        "/wiki/api/v2/embeds/{smart_link_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::SMART_LINKS)
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("smart_link_id", "", "Smart Link that is the parent.")
            .required()
            .rows_per_value(0.1),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(45.0),
        tree::STATUS,
        tree::TITLE,
        tree::CHILD_POSITION,
    ],
};
