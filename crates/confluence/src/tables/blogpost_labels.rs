//! `confluence_blogpost_labels`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{blogposts, family::labels};

/// Labels on blog posts: `getBlogPostLabels`.
pub static TABLE: Table = Table {
    name: "confluence_blogpost_labels",
    comment: "Labels on blog posts. Without a condition on blogpost_id, each blog post that confluence_blogposts lists is asked: one request each.",
    key: &["blogpost_id", "label_id"],
    rows: 3_600.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getBlogPostLabels",
        "/wiki/api/v2/blogposts/{blogpost_id}/labels",
        "read:page:confluence",
    )
    .from(&[Source::of(&blogposts::TABLE, &[("blogpost_id", "id")])])
    .taking(&["prefix"])],
    columns: &[
        Column::bigint("blogpost_id", "", "Blog post that has the label.")
            .required()
            .rows_per_value(2.0),
        labels::LABEL_ID.rows_per_value(20.0),
        labels::NAME.rows_per_value(20.0),
        labels::PREFIX.rows_per_value(1_800.0),
    ],
};
