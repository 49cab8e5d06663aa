//! `confluence_attachment_operations`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{attachments, family::operations};

/// What the account may do with attachments: `getAttachmentOperations`.
pub static TABLE: Table = Table {
    name: "confluence_attachment_operations",
    comment: "What the account that asks may do with each attachment. It says nothing about other accounts. Without a condition on attachment_id, each attachment that confluence_attachments lists is asked: one request each.",
    key: &["attachment_id", "operation", "target_type"],
    rows: 270_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getAttachmentOperations",
        "/wiki/api/v2/attachments/{attachment_id}/operations",
        "read:attachment:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(&[Source::of(&attachments::TABLE, &[("attachment_id", "id")])])],
    columns: &[
        Column::text("attachment_id", "", "Attachment that it is about.")
            .numbered("att")
            .required()
            .rows_per_value(8.0)
            .width(12),
        operations::OPERATION.rows_per_value(34_000.0),
        operations::TARGET_TYPE.rows_per_value(68_000.0),
    ],
};
