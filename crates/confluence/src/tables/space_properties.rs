//! `confluence_space_properties`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::properties, spaces};

/// Properties of spaces: `getSpaceProperties`.
pub static TABLE: Table = Table {
    name: "confluence_space_properties",
    comment: "Properties that apps keep on spaces. Without a condition on space_id, each space that confluence_spaces lists is asked: one request each.",
    key: &["space_id", "id"],
    rows: 520.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getSpaceProperties",
            "/wiki/api/v2/spaces/{space_id}/properties",
            "read:space:confluence",
        )
        .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])
        .taking(&["key"]),
        Endpoint::one(
            "getSpacePropertyById",
            "/wiki/api/v2/spaces/{space_id}/properties/{id}",
            "read:space:confluence",
        ),
    ],
    columns: &[
        Column::bigint("space_id", "", "Space that has the property.")
            .required()
            .rows_per_value(2.0),
        properties::ID,
        properties::SPACE_KEY.rows_per_value(50.0),
        properties::VALUE,
        Column::timestamp(
            "created_at",
            "createdAt",
            "When the property was first set.",
        ),
        Column::text(
            "author_id",
            "createdBy",
            "Account that set the property first. NULL where the site does not say.",
        )
        .width(43),
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::version_author_id("version.createdBy"),
        properties::VERSION_MESSAGE,
    ],
};
