//! `confluence_database_descendants`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// Everything below databases: `getDatabaseDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_database_descendants",
    comment: "Everything below each database in the content tree, of any kind, current and archived. One request lists 250, down to ten levels; below that, each row at the tenth level takes one more. Without a condition on database_id, each database that confluence_databases finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["database_id", "id"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getDatabaseDescendants",
        "/wiki/api/v2/databases/{database_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::DATABASES)
    .with(tree::DOWN_TO_10)
    .deeper(tree::BELOW_10)],
    columns: &[
        Column::bigint("database_id", "", "Database that is above.")
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
