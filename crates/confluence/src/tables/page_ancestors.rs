//! `confluence_page_ancestors`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::tree, pages};

/// What is above pages: `getPageAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_page_ancestors",
    comment: "What is above each page in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "ancestor_id"],
    rows: 110_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getPageAncestors",
        "/wiki/api/v2/pages/{page_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])],
    columns: &[
        Column::bigint("page_id", "", "Page that is below.")
            .required()
            .rows_per_value(3.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(99_000.0),
    ],
};
