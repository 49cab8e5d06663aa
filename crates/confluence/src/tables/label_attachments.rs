//! `confluence_label_attachments`.

use super::object::labelled::{LABEL_ID, LABELS, STATUS};
use crate::schema::{Column, Endpoint, Table};

/// Attachments that carry a label: `getLabelAttachments`.
pub static TABLE: Table = Table {
    name: "confluence_label_attachments",
    comment: "Attachments that carry a label and that the account can view. Asked label by label: one request each, besides the listing of labels.",
    key: &["label_id", "attachment_id"],
    rows: 1_100.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getLabelAttachments",
        "/wiki/api/v2/labels/{label_id}/attachments",
        "read:attachment:confluence",
    )
    .from(LABELS)],
    columns: &[
        LABEL_ID,
        Column::text("attachment_id", "id", "Id of the attachment.")
            .required()
            .rows_per_value(2.0)
            .width(14),
        Column::bigint(
            "page_id",
            "pageId",
            "Page that it is attached to. NULL where it is attached to something else.",
        ),
        Column::bigint(
            "blogpost_id",
            "blogPostId",
            "Blog post that it is attached to. NULL where it is attached to something else.",
        ),
        Column::bigint(
            "custom_content_id",
            "customContentId",
            "Custom content that it is attached to. NULL where it is attached to something else.",
        ),
        Column::text("title", "title", "Name of the file.").width(32),
        STATUS,
    ],
};
