//! What footer comments and inline comments have in common.

use crate::schema::Column;

pub const ID: Column = Column::bigint("id", "id", "Id of the comment.")
    .required()
    .rows_per_value(1.0);

pub const PAGE_ID: Column = Column::bigint(
    "page_id",
    "pageId",
    "Page that the comment is on. NULL where it is on something else.",
)
.rows_per_value(3.0)
.nulls(0.2);

pub const BLOGPOST_ID: Column = Column::bigint(
    "blogpost_id",
    "blogPostId",
    "Blog post that the comment is on. NULL where it is on something else.",
)
.rows_per_value(3.0)
.nulls(0.8);

pub const PARENT_COMMENT_ID: Column = Column::bigint(
    "parent_comment_id",
    "parentCommentId",
    "Comment that this one replies to. NULL where it replies to none.",
)
.rows_per_value(2.0)
.nulls(0.7);

pub const TITLE: Column = Column::text("title", "title", "Title that the site gives the comment.");

pub const STATUS: Column =
    Column::text("status", "status", "Status: current, archived and others.")
        .rows_per_value(40_000.0)
        .width(8);

pub const WEB_URL: Column = Column::link(
    "web_url",
    "_links.webui",
    "Address of the comment for a browser.",
);

/// The statuses of the comments that the listings of all comments show.
pub const LISTED: &[&str] = &["current", "archived"];
