//! `confluence_database_ancestors`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is above databases: `getDatabaseAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_database_ancestors",
    comment: "What is above each database in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on database_id, each database that confluence_databases finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["database_id", "ancestor_id"],
    rows: 540.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getDatabaseAncestors",
        "/wiki/api/v2/databases/{database_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(nodes::DATABASES)],
    columns: &[
        Column::bigint("database_id", "", "Database that is below.")
            .required()
            .rows_per_value(3.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(490.0),
    ],
};
