//! `confluence_inline_comments`.

use super::object::body::{BODY_ADF, BODY_STORAGE};
use super::object::comments::{
    BLOGPOST_ID, ID, LISTED, PAGE_ID, PARENT_COMMENT_ID, STATUS, TITLE, WEB_URL,
};
use super::object::likes;
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use crate::table::{Column, Endpoint, Part, Table};

const SCOPE: &str = "read:comment:confluence";

static LIKES: Part = Part {
    operation: "getInlineLikeCount",
    path: "/wiki/api/v2/inline-comments/{id}/likes/count",
    scope: SCOPE,
    may_be_absent: false,
};

/// Inline comments of the site: `getInlineComments`.
pub static TABLE: Table = Table {
    name: "confluence_inline_comments",
    comment: "Comments on passages of pages and blog posts that the account can view, with the replies to them. One request lists 250.",
    key: &["id"],
    rows: 50_000.0,
    population: Some(("status", LISTED)),
    endpoints: &[
        Endpoint::list("getInlineComments", "/wiki/api/v2/inline-comments", SCOPE),
        Endpoint::one(
            "getInlineCommentById",
            "/wiki/api/v2/inline-comments/{id}",
            SCOPE,
        ),
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
        .width(8),
        Column::text(
            "resolution_last_modifier_id",
            "resolutionLastModifierId",
            "Account that resolved or reopened the comment last. NULL where nobody did.",
        )
        .width(43),
        Column::timestamp(
            "resolution_last_modified_at",
            "resolutionLastModifiedAt",
            "When the comment was resolved or reopened last. NULL where it never was.",
        ),
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
