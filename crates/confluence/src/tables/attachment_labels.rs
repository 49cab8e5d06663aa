//! `confluence_attachment_labels`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{attachments, family::labels};

/// Labels on attachments: `getAttachmentLabels`.
pub static TABLE: Table = Table {
    name: "confluence_attachment_labels",
    comment: "Labels on attachments. Without a condition on attachment_id, each attachment that confluence_attachments lists is asked: one request each.",
    key: &["attachment_id", "label_id"],
    rows: 3_400.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getAttachmentLabels",
        "/wiki/api/v2/attachments/{attachment_id}/labels",
        "read:attachment:confluence",
    )
    .from(&[Source::of(&attachments::TABLE, &[("attachment_id", "id")])])
    .taking(&["prefix"])],
    columns: &[
        Column::text("attachment_id", "", "Attachment that has the label.")
            .numbered("att")
            .required()
            .rows_per_value(0.1)
            .width(12),
        labels::LABEL_ID.rows_per_value(20.0),
        labels::NAME.rows_per_value(20.0),
        labels::PREFIX.rows_per_value(1_700.0),
    ],
};
