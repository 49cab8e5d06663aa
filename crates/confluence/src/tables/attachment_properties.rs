//! `confluence_attachment_properties`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{attachments, family::properties};

/// Properties of attachments: `getAttachmentContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_attachment_properties",
    comment: "Properties that apps keep on attachments. Without a condition on attachment_id, each attachment that confluence_attachments lists is asked: one request each.",
    key: &["attachment_id", "id"],
    rows: 34_000.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getAttachmentContentProperties",
            "/wiki/api/v2/attachments/{attachment_id}/properties",
            "read:attachment:confluence",
        )
        .from(&[Source::of(&attachments::TABLE, &[("attachment_id", "id")])])
        .taking(&["key"]),
        Endpoint::one(
            "getAttachmentContentPropertiesById",
            "/wiki/api/v2/attachments/{attachment_id}/properties/{id}",
            "read:attachment:confluence",
        ),
    ],
    columns: &[
        Column::text("attachment_id", "", "Attachment that has the property.")
            .numbered("att")
            .required()
            .rows_per_value(1.0)
            .width(12),
        properties::ID,
        properties::KEY.rows_per_value(1_700.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
