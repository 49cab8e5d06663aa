//! `confluence_inline_comments`.

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
    operation: "getInlineLikeCount",
    path: "/wiki/api/v2/inline-comments/{id}/likes/count",
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
        "getInlineCommentChildren",
        "/wiki/api/v2/inline-comments/{}/children",
    )],
};

/// What only the listing of all comments tells of every comment: that of a page tells it of the comments on it, and
/// not of the replies, which are listed comment by comment.
const RESOLUTION: &[&str] = &["resolution_last_modifier_id", "resolution_last_modified_at"];

/// What lists of replies leave out: where they are, too.
const PLACE_AND_RESOLUTION: &[&str] = &[
    "page_id",
    "blogpost_id",
    "resolution_last_modifier_id",
    "resolution_last_modified_at",
];

/// Inline comments of the site: `getInlineComments`.
pub static TABLE: Table = Table {
    name: "confluence_inline_comments",
    comment: "Comments on passages of pages and blog posts that the account can view, with the replies to them. One request lists 250; those of one page or blog post cost a request, and one more for each comment.",
    key: &["id"],
    rows: 16_000.0,
    population: Some(("status", LISTED)),
    endpoints: &[
        Endpoint::list("getInlineComments", "/wiki/api/v2/inline-comments", SCOPE),
        Endpoint::one(
            "getInlineCommentById",
            "/wiki/api/v2/inline-comments/{id}",
            SCOPE,
        ),
        Endpoint::by(
            "getPageInlineComments",
            "/wiki/api/v2/pages/{page_id}/inline-comments",
            SCOPE,
        )
        .deeper(REPLIES)
        .lacking(RESOLUTION),
        Endpoint::by(
            "getBlogPostInlineComments",
            "/wiki/api/v2/blogposts/{blogpost_id}/inline-comments",
            SCOPE,
        )
        .deeper(REPLIES)
        .lacking(RESOLUTION),
        Endpoint::by(
            "getInlineCommentChildren",
            "/wiki/api/v2/inline-comments/{parent_comment_id}/children",
            SCOPE,
        )
        .lacking(PLACE_AND_RESOLUTION),
    ],
    columns: &[
        ID,
        PAGE_ID,
        BLOGPOST_ID,
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
            "Whether the matter is settled: open, reopened, resolved, or dangling where the passage is gone.",
        )
        .rows_per_value(4_000.0)
        .width(8),
        Column::text(
            "resolution_last_modifier_id",
            "resolutionLastModifierId",
            "Account that resolved or reopened the comment last. NULL where nobody did. Only the listing of all comments tells it.",
        )
        .width(43)
        .optional(),
        Column::timestamp(
            "resolution_last_modified_at",
            "resolutionLastModifiedAt",
            "When the comment was resolved or reopened last. NULL where it never was. Only the listing of all comments tells it.",
        )
        .optional(),
        Column::text(
            "inline_marker_ref",
            "properties.inlineMarkerRef",
            "Mark in the body of the page or blog post that shows where the passage is.",
        )
        .width(36),
        Column::text(
            "inline_original_selection",
            "properties.inlineOriginalSelection",
            "The passage as it was when the comment was made.",
        ),
        BODY_STORAGE,
        BODY_ADF,
        WEB_URL,
        likes::like_count(&LIKES),
    ],
};
