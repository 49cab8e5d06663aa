//! `confluence_blogpost_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{blogposts, family::operations};

/// What the account may do with blog posts: `getBlogPostOperations`.
pub static TABLE: Table = Table {
    name: "confluence_blogpost_operations",
    comment: "What the account that asks may do with each blog post. It says nothing about other accounts. Without a condition on blogpost_id, each blog post that confluence_blogposts lists is asked: one request each.",
    key: &["blogpost_id", "operation", "target_type"],
    rows: 27_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getBlogPostOperations",
        "/wiki/api/v2/blogposts/{blogpost_id}/operations",
        "read:page:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&blogposts::TABLE, &[("blogpost_id", "id")])])],
    columns: &[
        Column::bigint("blogpost_id", "", "Blog post that it is about.")
            .required()
            .rows_per_value(15.0),
        operations::OPERATION.rows_per_value(1_800.0),
        operations::TARGET_TYPE.rows_per_value(3_600.0),
    ],
};
