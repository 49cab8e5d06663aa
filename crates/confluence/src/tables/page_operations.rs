//! `confluence_page_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::operations, pages};

/// What the account may do with pages: `getPageOperations`.
pub static TABLE: Table = Table {
    name: "confluence_page_operations",
    comment: "What the account that asks may do with each page. It says nothing about other accounts. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "operation", "target_type"],
    rows: 540_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getPageOperations",
        "/wiki/api/v2/pages/{page_id}/operations",
        "read:page:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])],
    columns: &[
        Column::bigint("page_id", "", "Page that it is about.")
            .required()
            .rows_per_value(15.0),
        operations::OPERATION.rows_per_value(36_000.0),
        operations::TARGET_TYPE.rows_per_value(72_000.0),
    ],
};
