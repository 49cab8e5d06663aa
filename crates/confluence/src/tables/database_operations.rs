//! `confluence_database_operations`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, operations};

/// What the account may do with databases: `getDatabaseOperations`.
pub static TABLE: Table = Table {
    name: "confluence_database_operations",
    comment: "What the account that asks may do with each database. It says nothing about other accounts. Without a condition on database_id, each database that confluence_databases finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["database_id", "operation", "target_type"],
    rows: 1_400.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getDatabaseOperations",
        "/wiki/api/v2/databases/{database_id}/operations",
        "read:database:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(nodes::DATABASES)],
    columns: &[
        Column::bigint("database_id", "", "Database that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(180.0),
        operations::TARGET_TYPE.rows_per_value(350.0),
    ],
};
