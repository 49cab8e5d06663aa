//! `confluence_classification_levels`.

use crate::schema::{Column, Endpoint, Paging, RowsAt, Table};

/// Levels of data classification: `getClassificationLevels`.
pub static TABLE: Table = Table {
    name: "confluence_classification_levels",
    comment: "Levels by which the organisation classifies content. One request gives all of them.",
    key: &["id"],
    rows: 5.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getClassificationLevels",
        "/wiki/api/v2/classification-levels",
        "read:configuration:confluence",
    )
    .rows_at(&[RowsAt::new("")])
    .paging(Paging::Whole)
    .page(0)],
    columns: &[
        Column::text("id", "id", "Id of the level.")
            .required()
            .width(36),
        Column::text("name", "name", "Name of the level.").width(12),
        Column::text("status", "status", "Status: DRAFT, PUBLISHED or ARCHIVED.").width(9),
        Column::integer(
            "level_order",
            "order",
            "Place of the level among the levels.",
        ),
        Column::text("description", "description", "What the level means."),
        Column::text(
            "guideline",
            "guideline",
            "What to do with content of the level.",
        ),
        Column::text(
            "color",
            "color",
            "Colour in which the site shows the level.",
        )
        .width(6),
    ],
};
