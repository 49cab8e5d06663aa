//! `confluence_attachments`.

use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use crate::schema::{Column, Endpoint, Filter, Table};

const SCOPE: &str = "read:attachment:confluence";
const FILTERS: &[&str] = &["title", "status", "media_type"];

/// Attachments of the site: `getAttachments`.
pub static TABLE: Table = Table {
    name: "confluence_attachments",
    comment: "Attachments that the account can view: current and archived ones, unless a condition on status asks for others. One request lists 250, of the site or of one page, blog post or custom content.",
    key: &["id"],
    rows: 34_000.0,
    population: Some(("status", &["current", "archived"])),
    endpoints: &[
        Endpoint::list("getAttachments", "/wiki/api/v2/attachments", SCOPE).from_both_ends("created_at").found_by_but("type = attachment", "status", "archived"),
        Endpoint::one(
            "getAttachmentById",
            "/wiki/api/v2/attachments/{id}",
            SCOPE,
        ),
        Endpoint::by(
            "getPageAttachments",
            "/wiki/api/v2/pages/{page_id}/attachments",
            SCOPE,
        )
        .taking(FILTERS),
        Endpoint::by(
            "getBlogpostAttachments",
            "/wiki/api/v2/blogposts/{blogpost_id}/attachments",
            SCOPE,
        )
        .taking(FILTERS),
        Endpoint::by(
            "getCustomContentAttachments",
            "/wiki/api/v2/custom-content/{custom_content_id}/attachments",
            SCOPE,
        )
        .taking(FILTERS),
    ],
    columns: &[
        Column::text("id", "id", "Id of the attachment: att and a number.").numbered("att")
            .required()
            .rows_per_value(1.0)
            .width(14),
        Column::bigint(
            "page_id",
            "pageId",
            "Page that it is attached to. NULL where it is attached to something else.",
        )
        .rows_per_value(3.0),
        Column::bigint(
            "blogpost_id",
            "blogPostId",
            "Blog post that it is attached to. NULL where it is attached to something else.",
        )
        .nulls(0.9)
        .rows_per_value(3.0),
        Column::bigint(
            "custom_content_id",
            "customContentId",
            "Custom content that it is attached to. NULL where it is attached to something else.",
        )
        .nulls(0.9)
        .rows_per_value(3.0),
        Column::text("title", "title", "Name of the file.")
            .filter(Filter::list("filename", 1).narrowing())
            .rows_per_value(2.0)
            .width(32),
        Column::text(
            "status",
            "status",
            "Status. Without a condition, current and archived attachments are listed; a condition status = 'trashed' lists those.",
        )
        .filter(Filter::widening(
            "status",
            &["current", "archived", "trashed"],
        ))
        .rows_per_value(17_000.0)
        .width(8),
        Column::text(
            "media_type",
            "mediaType",
            "Media type, such as application/pdf. NULL where the site does not know it.",
        )
        .filter(Filter::list("mediaType", 1).narrowing())
        .rows_per_value(2_300.0)
        .width(16),
        Column::text(
            "media_type_description",
            "mediaTypeDescription",
            "Media type in words.",
        )
        .width(16),
        Column::text(
            "comment",
            "comment",
            "What was written about the file when it was attached.",
        )
        .nulls(0.8),
        Column::text(
            "file_id",
            "fileId",
            "Id of the file, by which bodies in the Atlassian document format name it.",
        )
        .width(36),
        Column::bigint("file_size", "fileSize", "Size of the file in bytes."),
        Column::timestamp("created_at", "createdAt", "When the attachment was created.")
            .sort("created-date"),
        VERSION_NUMBER,
        MODIFIED_AT.sort("modified-date").changes(),
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        Column::link(
            "web_url",
            "_links.webui",
            "Address of the attachment for a browser.",
        ),
        Column::link(
            "download_url",
            "_links.download",
            "Address that the file can be downloaded from.",
        ),
    ],
};
