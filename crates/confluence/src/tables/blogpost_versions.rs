//! `confluence_blogpost_versions`.

use crate::schema::{Column, Endpoint, Part, Source, Table};
use crate::tables::{blogposts, family::versions};

/// Details of a version: `getBlogPostVersionDetails`.
static DETAILS: Part = Part {
    operation: "getBlogPostVersionDetails",
    path: "/wiki/api/v2/blogposts/{blogpost_id}/versions/{number}",
    scope: "read:page:confluence",
    may_be_absent: false,
};

/// Versions of blog posts: `getBlogPostVersions`.
pub static TABLE: Table = Table {
    name: "confluence_blogpost_versions",
    comment: "Versions of blog posts, the current one included. One request lists 250 versions of one, or 50 with their bodies. Without a condition on blogpost_id, each blog post that confluence_blogposts lists is asked: one request each.",
    key: &["blogpost_id", "number"],
    rows: 5_400.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getBlogPostVersions",
        "/wiki/api/v2/blogposts/{blogpost_id}/versions",
        "read:page:confluence",
    )
    .from(&[Source::of(&blogposts::TABLE, &[("blogpost_id", "id")]).counted_by("version_number")])],
    columns: &[
        Column::bigint("blogpost_id", "", "Blog post that the version is of.")
            .required()
            .rows_per_value(3.0),
        versions::NUMBER,
        versions::CREATED_AT,
        versions::AUTHOR_ID,
        versions::MESSAGE,
        versions::MINOR_EDIT,
        versions::title("blogpost.title"),
        versions::body_storage("blogpost.body.storage.value"),
        versions::body_adf("blogpost.body.atlas_doc_format.value"),
        versions::content_type_modified(&DETAILS),
        versions::collaborators(&DETAILS),
        versions::previous_version(&DETAILS),
        versions::next_version(&DETAILS),
    ],
};
