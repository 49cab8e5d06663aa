//! `confluence_smart_link_operations`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, operations};

/// What the account may do with Smart Links: `getSmartLinkOperations`.
pub static TABLE: Table = Table {
    name: "confluence_smart_link_operations",
    comment: "What the account that asks may do with each Smart Link. It says nothing about other accounts. Without a condition on smart_link_id, each Smart Link that confluence_smart_links finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["smart_link_id", "operation", "target_type"],
    rows: 1_400.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSmartLinkOperations",
        "/wiki/api/v2/embeds/{smart_link_id}/operations",
        "read:embed:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(nodes::SMART_LINKS)],
    columns: &[
        Column::bigint("smart_link_id", "", "Smart Link that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(180.0),
        operations::TARGET_TYPE.rows_per_value(350.0),
    ],
};
