//! `confluence_blogpost_likes`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{blogposts, family::likes};

/// Who likes blog posts: `getBlogPostLikeUsers`.
pub static TABLE: Table = Table {
    name: "confluence_blogpost_likes",
    comment: "Which accounts like which blog posts. Without a condition on blogpost_id, each blog post that confluence_blogposts lists is asked: one request each.",
    key: &["blogpost_id", "account_id"],
    rows: 5_400.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getBlogPostLikeUsers",
        "/wiki/api/v2/blogposts/{blogpost_id}/likes/users",
        "read:page:confluence",
    )
    .from(&[Source::of(&blogposts::TABLE, &[("blogpost_id", "id")])])],
    columns: &[
        Column::bigint("blogpost_id", "", "Blog post that the account likes.")
            .required()
            .rows_per_value(3.0),
        likes::ACCOUNT_ID,
    ],
};
