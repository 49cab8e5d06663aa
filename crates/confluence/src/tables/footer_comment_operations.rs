//! `confluence_footer_comment_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::operations, footer_comments};

/// What the account may do with footer comments: `getFooterCommentOperations`.
pub static TABLE: Table = Table {
    name: "confluence_footer_comment_operations",
    comment: "What the account that asks may do with each footer comment. It says nothing about other accounts. Without a condition on comment_id, each footer comment that confluence_footer_comments lists is asked: one request each.",
    key: &["comment_id", "operation", "target_type"],
    rows: 400_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getFooterCommentOperations",
        "/wiki/api/v2/footer-comments/{comment_id}/operations",
        "read:comment:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&footer_comments::TABLE, &[("comment_id", "id")])])],
    columns: &[
        Column::bigint("comment_id", "", "Footer comment that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(50_000.0),
        operations::TARGET_TYPE.rows_per_value(100_000.0),
    ],
};
