//! `confluence_smart_link_ancestors`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is above Smart Links: `getSmartLinkAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_smart_link_ancestors",
    comment: "What is above each Smart Link in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on smart_link_id, each Smart Link that confluence_smart_links finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["smart_link_id", "ancestor_id"],
    rows: 540.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSmartLinkAncestors",
        "/wiki/api/v2/embeds/{smart_link_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(nodes::SMART_LINKS)],
    columns: &[
        Column::bigint("smart_link_id", "", "Smart Link that is below.")
            .required()
            .rows_per_value(3.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(490.0),
    ],
};
