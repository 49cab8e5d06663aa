//! `confluence_page_descendants`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::tree, pages};

/// Everything below pages: `getPageDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_page_descendants",
    comment: "Everything below each page in the content tree, of any kind, current and archived. One request lists 250, down to ten levels; below that, each row at the tenth level takes one more. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "id"],
    rows: 110_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageDescendants",
        "/wiki/api/v2/pages/{page_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])
    .with(tree::DOWN_TO_10)
    .deeper(tree::BELOW_10)],
    columns: &[
        Column::bigint("page_id", "", "Page that is above.")
            .required()
            .rows_per_value(3.0),
        tree::DESCENDANT_ID.rows_per_value(3.0),
        tree::DESCENDANT_TYPE.rows_per_value(99_000.0),
        tree::STATUS,
        tree::TITLE,
        tree::PARENT_ID,
        tree::DEPTH,
        tree::CHILD_POSITION,
        tree::MODIFIED_AT,
    ],
};
