//! `confluence_attachment_versions`.

use crate::schema::{Column, Endpoint, Part, Source, Table};
use crate::tables::{attachments, family::versions};

/// Details of a version: `getAttachmentVersionDetails`.
static DETAILS: Part = Part {
    operation: "getAttachmentVersionDetails",
    path: "/wiki/api/v2/attachments/{attachment_id}/versions/{number}",
    scope: "read:attachment:confluence",
    may_be_absent: false,
};

/// Versions of attachments: `getAttachmentVersions`.
pub static TABLE: Table = Table {
    name: "confluence_attachment_versions",
    comment: "Versions of attachments, the current one included. One request lists 250 versions of one. Without a condition on attachment_id, each attachment that confluence_attachments lists is asked: one request each.",
    key: &["attachment_id", "number"],
    rows: 68_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getAttachmentVersions",
        "/wiki/api/v2/attachments/{attachment_id}/versions",
        "read:attachment:confluence",
    )
    .from(&[
        Source::of(&attachments::TABLE, &[("attachment_id", "id")]).counted_by("version_number")
    ])],
    columns: &[
        Column::text("attachment_id", "", "Attachment that the version is of.")
            .numbered("att")
            .required()
            .rows_per_value(2.0)
            .width(12),
        versions::NUMBER,
        versions::CREATED_AT,
        versions::AUTHOR_ID,
        versions::MESSAGE,
        versions::MINOR_EDIT,
        versions::title("attachment.title"),
        versions::content_type_modified(&DETAILS),
        versions::collaborators(&DETAILS),
        versions::previous_version(&DETAILS),
        versions::next_version(&DETAILS),
    ],
};
