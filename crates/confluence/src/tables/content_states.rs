//! `confluence_content_states`.

use super::{blogposts, pages};
use crate::schema::{Column, Endpoint, Source, Table};

/// How far contents are: `getContentByIdStateV1`.
pub static TABLE: Table = Table {
    name: "confluence_content_states",
    comment: "States that contents are marked with, such as rough draft or verified, a row for each content. Without a condition on content_id, every current page and blog post is asked, one by one; the site tells nothing of archived ones. A content without a state has a row with NULLs.",
    key: &["content_id"],
    rows: 36_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getContentByIdStateV1",
        "/wiki/rest/api/content/{content_id}/state",
        "read:confluence-content.summary",
    )
    .from(&[
        Source::of(&pages::TABLE, &[("content_id", "id")]).only("status", "current"),
        Source::of(&blogposts::TABLE, &[("content_id", "id")]),
    ])],
    columns: &[
        Column::bigint("content_id", "", "Content that is marked.")
            .required()
            .rows_per_value(1.0),
        Column::bigint(
            "state_id",
            "contentState.id",
            "Id of the state. NULL where the content has none.",
        )
        .nulls(0.8)
        .rows_per_value(1_800.0),
        Column::text(
            "state_name",
            "contentState.name",
            "Name of the state. NULL where the content has none.",
        )
        .nulls(0.8)
        .rows_per_value(1_800.0)
        .width(12),
        Column::text(
            "state_color",
            "contentState.color",
            "Colour of the state, such as #ffc400. NULL where the content has none.",
        )
        .width(7),
        Column::timestamp(
            "last_updated",
            "lastUpdated",
            "When the content was published with another state. NULL where it never was.",
        ),
    ],
};
