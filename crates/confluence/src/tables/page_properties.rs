//! `confluence_page_properties`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::properties, pages};

/// Properties of pages: `getPageContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_page_properties",
    comment: "Properties that apps keep on pages. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "id"],
    rows: 72_000.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getPageContentProperties",
            "/wiki/api/v2/pages/{page_id}/properties",
            "read:page:confluence",
        )
        .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])
        .taking(&["key"]),
        Endpoint::one(
            "getPageContentPropertiesById",
            "/wiki/api/v2/pages/{page_id}/properties/{id}",
            "read:page:confluence",
        ),
    ],
    columns: &[
        Column::bigint("page_id", "", "Page that has the property.")
            .required()
            .rows_per_value(2.0),
        properties::ID,
        properties::KEY.rows_per_value(3_600.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
