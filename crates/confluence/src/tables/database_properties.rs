//! `confluence_database_properties`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, properties};

/// Properties of databases: `getDatabaseContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_database_properties",
    comment: "Properties that apps keep on databases. Without a condition on database_id, each database that confluence_databases finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["database_id", "id"],
    rows: 260.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getDatabaseContentProperties",
            "/wiki/api/v2/databases/{database_id}/properties",
            "read:database:confluence",
        )
        .from(nodes::DATABASES)
        .taking(&["key"]),
        Endpoint::one(
            "getDatabaseContentPropertiesById",
            "/wiki/api/v2/databases/{database_id}/properties/{id}",
            "read:database:confluence",
        ),
    ],
    columns: &[
        Column::bigint("database_id", "", "Database that has the property.")
            .required()
            .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(25.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
