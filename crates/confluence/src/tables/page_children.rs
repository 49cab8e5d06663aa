//! `confluence_page_children`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::tree, pages};

/// What is right below pages: `getPageDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_page_children",
    comment: "What is right below each page in the content tree, of any kind, current and archived. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "id"],
    rows: 36_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageDirectChildren",
        "/wiki/api/v2/pages/{page_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("page_id", "", "Page that is the parent.")
            .required()
            .rows_per_value(1.0),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(32_000.0),
        tree::STATUS,
        tree::TITLE,
        tree::CHILD_POSITION,
    ],
};
