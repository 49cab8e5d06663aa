//! `confluence_inline_comment_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::operations, inline_comments};

/// What the account may do with inline comments: `getInlineCommentOperations`.
pub static TABLE: Table = Table {
    name: "confluence_inline_comment_operations",
    comment: "What the account that asks may do with each inline comment. It says nothing about other accounts. Without a condition on comment_id, each inline comment that confluence_inline_comments lists is asked: one request each.",
    key: &["comment_id", "operation", "target_type"],
    rows: 130_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getInlineCommentOperations",
        "/wiki/api/v2/inline-comments/{comment_id}/operations",
        "read:comment:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&inline_comments::TABLE, &[("comment_id", "id")])])],
    columns: &[
        Column::bigint("comment_id", "", "Inline comment that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(16_000.0),
        operations::TARGET_TYPE.rows_per_value(32_000.0),
    ],
};
