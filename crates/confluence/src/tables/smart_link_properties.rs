//! `confluence_smart_link_properties`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, properties};

/// Properties of Smart Links: `getSmartLinkContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_smart_link_properties",
    comment: "Properties that apps keep on Smart Links. Without a condition on smart_link_id, each Smart Link that confluence_smart_links finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["smart_link_id", "id"],
    rows: 260.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getSmartLinkContentProperties",
            "/wiki/api/v2/embeds/{smart_link_id}/properties",
            "read:embed:confluence",
        )
        .from(nodes::SMART_LINKS)
        .taking(&["key"]),
        Endpoint::one(
            "getSmartLinkContentPropertiesById",
            "/wiki/api/v2/embeds/{smart_link_id}/properties/{id}",
            "read:embed:confluence",
        ),
    ],
    columns: &[
        Column::bigint("smart_link_id", "", "Smart Link that has the property.")
            .required()
            .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(25.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
