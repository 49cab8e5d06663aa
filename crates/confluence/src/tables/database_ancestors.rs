//! `confluence_database_ancestors`.

use crate::table::{Column, Endpoint, Source, Table};
use crate::tables::{databases, family::tree};

/// What is above databases: `getDatabaseAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_database_ancestors",
    comment: "What is above each database in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on database_id, each database that confluence_databases lists is asked: one request each.",
    key: &["database_id", "ancestor_id"],
    rows: 1_500.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getDatabaseAncestors",
        "/wiki/api/v2/databases/{database_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(&[Source::of(&databases::TABLE, &[("database_id", "id")])])],
    columns: &[
        Column::bigint("database_id", "", "Database that is below.")
            .required()
            .rows_per_value(3.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(1_350.0),
    ],
};
