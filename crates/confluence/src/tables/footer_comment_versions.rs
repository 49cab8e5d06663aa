//! `confluence_footer_comment_versions`.

use crate::schema::{Column, Endpoint, Part, Source, Table};
use crate::tables::{family::versions, footer_comments};

/// Details of a version: `getFooterCommentVersionDetails`.
static DETAILS: Part = Part {
    operation: "getFooterCommentVersionDetails",
    path: "/wiki/api/v2/footer-comments/{comment_id}/versions/{number}",
    scope: "read:comment:confluence",
    may_be_absent: false,
};

/// Versions of footer comments: `getFooterCommentVersions`.
pub static TABLE: Table = Table {
    name: "confluence_footer_comment_versions",
    comment: "Versions of footer comments, the current one included. One request lists 250 versions of one, or 50 with their bodies. Without a condition on comment_id, each footer comment that confluence_footer_comments lists is asked: one request each.",
    key: &["comment_id", "number"],
    rows: 59_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getFooterCommentVersions",
        "/wiki/api/v2/footer-comments/{comment_id}/versions",
        "read:comment:confluence",
    )
    .from(&[
        Source::of(&footer_comments::TABLE, &[("comment_id", "id")]).counted_by("version_number")
    ])],
    columns: &[
        Column::bigint("comment_id", "", "Comment that the version is of.")
            .required()
            .rows_per_value(1.2),
        versions::NUMBER,
        versions::CREATED_AT,
        versions::AUTHOR_ID,
        versions::MESSAGE,
        versions::MINOR_EDIT,
        versions::title("comment.title"),
        versions::body_storage("comment.body.storage.value"),
        versions::body_adf("comment.body.atlas_doc_format.value"),
        versions::content_type_modified(&DETAILS),
        versions::collaborators(&DETAILS),
        versions::previous_version(&DETAILS),
        versions::next_version(&DETAILS),
    ],
};
