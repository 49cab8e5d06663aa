//! `confluence_data_policy`.

use crate::schema::{Column, Endpoint, Table};

/// Whether policies keep content from the app that asks: `getDataPolicyMetadata`.
pub static TABLE: Table = Table {
    name: "confluence_data_policy",
    comment: "Whether data policies keep content from the app that asks, in one row. The site tells apps only.",
    key: &[],
    rows: 1.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getDataPolicyMetadata",
        "/wiki/api/v2/data-policies/metadata",
        "read:configuration:confluence",
    )],
    columns: &[Column::boolean(
        "any_content_blocked",
        "anyContentBlocked",
        "Whether there is content on the site that the app cannot read.",
    )],
};
