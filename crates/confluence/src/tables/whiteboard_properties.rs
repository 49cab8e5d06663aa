//! `confluence_whiteboard_properties`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, properties};

/// Properties of whiteboards: `getWhiteboardContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_properties",
    comment: "Properties that apps keep on whiteboards. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["whiteboard_id", "id"],
    rows: 720.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getWhiteboardContentProperties",
            "/wiki/api/v2/whiteboards/{whiteboard_id}/properties",
            "read:whiteboard:confluence",
        )
        .from(nodes::WHITEBOARDS)
        .taking(&["key"]),
        Endpoint::one(
            "getWhiteboardContentPropertiesById",
            "/wiki/api/v2/whiteboards/{whiteboard_id}/properties/{id}",
            "read:whiteboard:confluence",
        ),
    ],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that has the property.")
            .required()
            .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(36.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
