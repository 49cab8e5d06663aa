//! `confluence_comment_properties`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::properties, footer_comments, inline_comments};

/// Properties of footer and inline comments: `getCommentContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_comment_properties",
    comment: "Properties that apps keep on footer and inline comments. Without a condition on comment_id, each comment that confluence_footer_comments and confluence_inline_comments list is asked: one request each.",
    key: &["comment_id", "id"],
    rows: 66_000.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getCommentContentProperties",
            "/wiki/api/v2/comments/{comment_id}/properties",
            "read:comment:confluence",
        )
        .from(&[
            Source::of(&footer_comments::TABLE, &[("comment_id", "id")]),
            Source::of(&inline_comments::TABLE, &[("comment_id", "id")]),
        ])
        .taking(&["key"]),
        Endpoint::one(
            "getCommentContentPropertiesById",
            "/wiki/api/v2/comments/{comment_id}/properties/{id}",
            "read:comment:confluence",
        ),
    ],
    columns: &[
        Column::bigint("comment_id", "", "Comment that has the property.")
            .required()
            .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(3_300.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
