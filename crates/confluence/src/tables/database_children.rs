//! `confluence_database_children`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is right below databases: `getDatabaseDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_database_children",
    comment: "What is right below each database in the content tree, of any kind, current and archived. Without a condition on database_id, each database that confluence_databases finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["database_id", "id"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getDatabaseDirectChildren",
        "/wiki/api/v2/databases/{database_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::DATABASES)
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("database_id", "", "Database that is the parent.")
            .required()
            .rows_per_value(0.1),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(45.0),
        tree::STATUS,
        tree::TITLE,
        tree::CHILD_POSITION,
    ],
};
