//! `confluence_blogpost_properties`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{blogposts, family::properties};

/// Properties of blog posts: `getBlogpostContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_blogpost_properties",
    comment: "Properties that apps keep on blog posts. Without a condition on blogpost_id, each blog post that confluence_blogposts lists is asked: one request each.",
    key: &["blogpost_id", "id"],
    rows: 3_600.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getBlogpostContentProperties",
            "/wiki/api/v2/blogposts/{blogpost_id}/properties",
            "read:page:confluence",
        )
        .from(&[Source::of(&blogposts::TABLE, &[("blogpost_id", "id")])])
        .taking(&["key"]),
        Endpoint::one(
            "getBlogpostContentPropertiesById",
            "/wiki/api/v2/blogposts/{blogpost_id}/properties/{id}",
            "read:page:confluence",
        ),
    ],
    columns: &[
        Column::bigint("blogpost_id", "", "Blog post that has the property.")
            .required()
            .rows_per_value(2.0),
        properties::ID,
        properties::KEY.rows_per_value(180.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
