//! `confluence_footer_comments`.

use super::object::body::{BODY_ADF, BODY_STORAGE};
use super::object::comments::{
    BLOGPOST_ID, ID, LISTED, PAGE_ID, PARENT_COMMENT_ID, STATUS, TITLE, WEB_URL,
};
use super::object::likes;
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use crate::schema::{Column, Deeper, Endpoint, Part, Table};

const SCOPE: &str = "read:comment:confluence";

static LIKES: Part = Part {
    operation: "getFooterLikeCount",
    path: "/wiki/api/v2/footer-comments/{id}/likes/count",
    scope: SCOPE,
    may_be_absent: false,
};

/// Listings below an object give the comments on it; replies are listed comment by comment.
const REPLIES: Deeper = Deeper {
    id: "id",
    at_depth: None,
    kind: None,
    paths: &[(
        "comment",
        "getFooterCommentChildren",
        "/wiki/api/v2/footer-comments/{}/children",
    )],
};

/// Where a comment is, which lists of replies leave out.
const PLACE: &[&str] = &[
    "page_id",
    "blogpost_id",
    "attachment_id",
    "custom_content_id",
];

/// Footer comments of the site: `getFooterComments`.
pub static TABLE: Table = Table {
    name: "confluence_footer_comments",
    comment: "Comments below pages, blog posts, attachments and custom content that the account can view, with the replies to them. One request lists 250; those of one object cost a request, and one more for each comment.",
    key: &["id"],
    rows: 50_000.0,
    population: Some(("status", LISTED)),
    endpoints: &[
        Endpoint::list("getFooterComments", "/wiki/api/v2/footer-comments", SCOPE),
        Endpoint::one(
            "getFooterCommentById",
            "/wiki/api/v2/footer-comments/{id}",
            SCOPE,
        ),
        Endpoint::by(
            "getPageFooterComments",
            "/wiki/api/v2/pages/{page_id}/footer-comments",
            SCOPE,
        )
        .deeper(REPLIES),
        Endpoint::by(
            "getBlogPostFooterComments",
            "/wiki/api/v2/blogposts/{blogpost_id}/footer-comments",
            SCOPE,
        )
        .deeper(REPLIES),
        Endpoint::by(
            "getAttachmentComments",
            "/wiki/api/v2/attachments/{attachment_id}/footer-comments",
            SCOPE,
        )
        .deeper(REPLIES),
        Endpoint::by(
            "getCustomContentComments",
            "/wiki/api/v2/custom-content/{custom_content_id}/footer-comments",
            SCOPE,
        )
        .deeper(REPLIES),
        Endpoint::by(
            "getFooterCommentChildren",
            "/wiki/api/v2/footer-comments/{parent_comment_id}/children",
            SCOPE,
        )
        .lacking(PLACE),
    ],
    columns: &[
        ID,
        PAGE_ID,
        BLOGPOST_ID,
        Column::text(
            "attachment_id",
            "attachmentId",
            "Attachment that the comment is on. NULL where it is on something else.",
        )
        .numbered("att")
        .rows_per_value(3.0)
        .width(14),
        Column::bigint(
            "custom_content_id",
            "customContentId",
            "Custom content that the comment is on. NULL where it is on something else.",
        )
        .rows_per_value(3.0),
        PARENT_COMMENT_ID,
        TITLE,
        STATUS,
        VERSION_NUMBER,
        MODIFIED_AT.sort("modified-date").changes(),
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        Column::text(
            "resolution_status",
            "resolutionStatus",
            "Whether the matter is settled: open, reopened or resolved. NULL where the site does not say.",
        )
        .rows_per_value(17_000.0)
        .nulls(0.5)
        .width(8),
        BODY_STORAGE,
        BODY_ADF,
        WEB_URL,
        likes::like_count(&LIKES),
    ],
};
