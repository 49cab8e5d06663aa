//! `confluence_blogposts`.

use super::object::body::{BODY_ADF, BODY_STORAGE};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use super::object::{classification, likes};
use super::spaces;
use crate::schema::{Column, Endpoint, Filter, Part, Source, Split, Table};

static LIKES: Part = Part {
    operation: "getBlogPostLikeCount",
    path: "/wiki/api/v2/blogposts/{id}/likes/count",
    scope: "read:page:confluence",
    may_be_absent: false,
};

/// The site looks among current blog posts only, unless it is told the status.
static CLASSIFICATION: Part = Part {
    operation: "getBlogPostClassificationLevel",
    path: "/wiki/api/v2/blogposts/{id}/classification-level?status={status}",
    scope: "read:page:confluence write:page:confluence",
    may_be_absent: true,
};

/// Blog posts of the site: `getBlogPosts`.
pub static TABLE: Table = Table {
    name: "confluence_blogposts",
    comment: "Blog posts that the account can view: current ones, unless a condition on status asks for others. One request lists 250.",
    key: &["id"],
    rows: 1_800.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getBlogPosts",
        "/wiki/api/v2/blogposts",
        "read:page:confluence",
    )
    .split(Split {
        column: "space_id",
        order: "id",
        source: Source::of(&spaces::TABLE, &[("space_id", "id")]),
        name: "key",
        searched_by: "space",
    })
    .found_by("type = blogpost")],
    columns: &[
        Column::bigint("id", "id", "Id of the blog post.")
            .required()
            .filter(Filter::list("id", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::bigint("space_id", "spaceId", "Space that the blog post is in.")
            .required()
            .filter(Filter::list("space-id", 100))
            .rows_per_value(20.0),
        Column::text("title", "title", "Title of the blog post.")
            .empty_is_null()
            .filter(Filter::list("title", 1).narrowing())
            .rows_per_value(1.0)
            .width(32),
        Column::text(
            "status",
            "status",
            "Status. Without a condition, current blog posts are listed; a condition status = 'trashed' or 'deleted' lists those. Drafts cannot be listed.",
        )
        .filter(Filter::widening("status", &["current", "deleted", "trashed"]))
        .rows_per_value(1_800.0)
        .width(8),
        Column::text(
            "author_id",
            "authorId",
            "Account that created the blog post. NULL where the site does not say.",
        )
        .width(43),
        Column::timestamp("created_at", "createdAt", "When the blog post was created.")
            .sort("created-date"),
        VERSION_NUMBER,
        MODIFIED_AT.sort("modified-date").changes(),
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        BODY_STORAGE,
        BODY_ADF,
        Column::link("web_url", "_links.webui", "Address of the blog post for a browser."),
        Column::link("edit_url", "_links.editui", "Address of the blog post's editor."),
        Column::link("tiny_url", "_links.tinyui", "Short address of the blog post."),
        likes::like_count(&LIKES),
        classification::level_id(&CLASSIFICATION),
        classification::level_name(&CLASSIFICATION),
    ],
};
