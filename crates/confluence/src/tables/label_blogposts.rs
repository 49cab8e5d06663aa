//! `confluence_label_blogposts`.

use super::object::labelled::{LABEL_ID, LABELS, STATUS};
use crate::schema::{Column, Endpoint, Filter, Table};

/// Blog posts that carry a label: `getLabelBlogPosts`.
pub static TABLE: Table = Table {
    name: "confluence_label_blogposts",
    comment: "Blog posts that carry a label and that the account can view. Asked label by label: one request each, besides the listing of labels.",
    key: &["label_id", "blogpost_id"],
    rows: 1_100.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getLabelBlogPosts",
        "/wiki/api/v2/labels/{label_id}/blogposts",
        "read:page:confluence",
    )
    .taking(&["space_id"])
    .from(LABELS)],
    columns: &[
        LABEL_ID,
        Column::bigint("blogpost_id", "id", "Id of the blog post.")
            .required()
            .rows_per_value(2.0),
        Column::bigint("space_id", "spaceId", "Space that the blog post is in.")
            .filter(Filter::list("space-id", 100))
            .rows_per_value(6.0),
        Column::text("title", "title", "Title of the blog post.").width(32),
        STATUS,
    ],
};
