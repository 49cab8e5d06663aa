//! `confluence_data_policy_spaces`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// Spaces in which policies keep content from the app that asks: `getDataPolicySpaces`.
pub static TABLE: Table = Table {
    name: "confluence_data_policy_spaces",
    comment: "Spaces that the app can view, and whether data policies keep content in them from it. The site tells apps only. One request lists 250.",
    key: &["id"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getDataPolicySpaces",
        "/wiki/api/v2/data-policies/spaces",
        "read:space:confluence",
    )],
    columns: &[
        Column::bigint("id", "id", "Id of the space.")
            .required()
            .filter(Filter::list("ids", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::text("key", "key", "Key of the space, as in its address.")
            .filter(Filter::list("keys", 250).narrowing())
            .rows_per_value(1.0)
            .width(12),
        Column::text("name", "name", "Name of the space."),
        Column::boolean(
            "any_content_blocked",
            "dataPolicy.anyContentBlocked",
            "Whether there is content in the space that the app cannot read.",
        ),
        Column::link(
            "web_url",
            "_links.webui",
            "Address of the space for a browser.",
        ),
    ],
};
