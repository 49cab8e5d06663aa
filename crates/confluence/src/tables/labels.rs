//! `confluence_labels`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// Labels of the site: `getLabels`.
pub static TABLE: Table = Table {
    name: "confluence_labels",
    comment: "Labels that the account can view. One request lists 250.",
    key: &["id"],
    rows: 400.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getLabels",
        "/wiki/api/v2/labels",
        "read:label:confluence",
    )],
    columns: &[
        Column::bigint("id", "id", "Id of the label.")
            .required()
            .filter(Filter::list("label-id", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::text("name", "name", "Name of the label.")
            .rows_per_value(1.0)
            .width(16),
        Column::text(
            "prefix",
            "prefix",
            "Kind of label: global, my, team or system.",
        )
        .empty_is_null()
        .filter(Filter::choices("prefix", &["my", "team", "global", "system"]).narrowing())
        .rows_per_value(100.0)
        .width(6),
    ],
};
