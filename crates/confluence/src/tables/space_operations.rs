//! `confluence_space_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::operations, spaces};

/// What the account may do with spaces: `getSpaceOperations`.
pub static TABLE: Table = Table {
    name: "confluence_space_operations",
    comment: "What the account that asks may do with each space. It says nothing about other accounts. Without a condition on space_id, each space that confluence_spaces lists is asked: one request each.",
    key: &["space_id", "operation", "target_type"],
    rows: 6_500.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSpaceOperations",
        "/wiki/api/v2/spaces/{space_id}/operations",
        "read:space:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])],
    columns: &[
        Column::bigint("space_id", "", "Space that it is about.")
            .required()
            .rows_per_value(25.0),
        operations::OPERATION.rows_per_value(260.0),
        operations::TARGET_TYPE.rows_per_value(520.0),
    ],
};
