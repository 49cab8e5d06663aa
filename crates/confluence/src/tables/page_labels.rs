//! `confluence_page_labels`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::labels, pages};

/// Labels on pages: `getPageLabels`.
pub static TABLE: Table = Table {
    name: "confluence_page_labels",
    comment: "Labels on pages. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "label_id"],
    rows: 200_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageLabels",
        "/wiki/api/v2/pages/{page_id}/labels",
        "read:page:confluence",
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])
    .taking(&["prefix"])],
    columns: &[
        Column::bigint("page_id", "", "Page that has the label.")
            .required()
            .rows_per_value(2.0),
        labels::LABEL_ID.rows_per_value(20.0),
        labels::NAME.rows_per_value(20.0),
        labels::PREFIX.rows_per_value(100_000.0),
    ],
};
