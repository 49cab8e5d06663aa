//! `confluence_label_pages`.

use super::object::labelled::{LABEL_ID, LABELS, STATUS};
use crate::schema::{Column, Endpoint, Filter, Table};

/// Pages that carry a label: `getLabelPages`.
pub static TABLE: Table = Table {
    name: "confluence_label_pages",
    comment: "Pages that carry a label and that the account can view. Asked label by label: one request each, besides the listing of labels.",
    key: &["label_id", "page_id"],
    rows: 22_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getLabelPages",
        "/wiki/api/v2/labels/{label_id}/pages",
        "read:page:confluence",
    )
    .taking(&["space_id"])
    .from(LABELS)],
    columns: &[
        LABEL_ID,
        Column::bigint("page_id", "id", "Id of the page.")
            .required()
            .rows_per_value(2.0),
        Column::bigint("space_id", "spaceId", "Space that the page is in.")
            .filter(Filter::list("space-id", 100))
            .rows_per_value(120.0),
        Column::text("title", "title", "Title of the page.").width(32),
        STATUS,
    ],
};
