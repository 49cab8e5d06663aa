//! `confluence_root_pages`.

use super::spaces;
use crate::schema::{Column, Endpoint, Source, Table};

/// Pages at the root of spaces: `getPagesInSpace`.
pub static TABLE: Table = Table {
    name: "confluence_root_pages",
    comment: "Pages without a parent, current and archived, by space. Asked space by space: one request each, besides the listing of spaces.",
    key: &["id"],
    rows: 780.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPagesInSpace",
        "/wiki/api/v2/spaces/{space_id}/pages",
        "read:page:confluence",
    )
    .with(&[("depth", "root")])
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])],
    columns: &[
        Column::bigint("id", "id", "Id of the page.")
            .required()
            .rows_per_value(1.0),
        Column::bigint("space_id", "", "Space that the page is in.")
            .required()
            .rows_per_value(3.0),
        Column::text("title", "title", "Title of the page.").width(32),
        Column::text("status", "status", "Status: current or archived.").width(8),
    ],
};
