//! `confluence_inline_comment_likes`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::likes, inline_comments};

/// Who likes inline comments: `getInlineLikeUsers`.
pub static TABLE: Table = Table {
    name: "confluence_inline_comment_likes",
    comment: "Which accounts like which inline comments. Without a condition on comment_id, each inline comment that confluence_inline_comments lists is asked: one request each.",
    key: &["comment_id", "account_id"],
    rows: 1_600.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getInlineLikeUsers",
        "/wiki/api/v2/inline-comments/{comment_id}/likes/users",
        "read:comment:confluence",
    )
    .from(&[Source::of(&inline_comments::TABLE, &[("comment_id", "id")])])],
    columns: &[
        Column::bigint("comment_id", "", "Inline comment that the account likes.")
            .required()
            .rows_per_value(0.1),
        likes::ACCOUNT_ID,
    ],
};
