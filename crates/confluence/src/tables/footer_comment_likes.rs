//! `confluence_footer_comment_likes`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::likes, footer_comments};

/// Who likes footer comments: `getFooterLikeUsers`.
pub static TABLE: Table = Table {
    name: "confluence_footer_comment_likes",
    comment: "Which accounts like which footer comments. Without a condition on comment_id, each footer comment that confluence_footer_comments lists is asked: one request each.",
    key: &["comment_id", "account_id"],
    rows: 9_900.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getFooterLikeUsers",
        "/wiki/api/v2/footer-comments/{comment_id}/likes/users",
        "read:comment:confluence",
    )
    .from(&[Source::of(&footer_comments::TABLE, &[("comment_id", "id")])])],
    columns: &[
        Column::bigint("comment_id", "", "Footer comment that the account likes.")
            .required()
            .rows_per_value(0.2),
        likes::ACCOUNT_ID,
    ],
};
