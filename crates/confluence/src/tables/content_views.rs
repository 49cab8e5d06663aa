//! `confluence_content_views`.

use super::{blogposts, pages};
use crate::schema::{Column, Endpoint, Part, Source, Table};

static VIEWERS: Part = Part {
    operation: "getAnalyticsContentByContentIdViewersV1",
    path: "/wiki/rest/api/analytics/content/{content_id}/viewers",
    scope: "read:confluence-content.summary",
    may_be_absent: false,
};

/// How often contents were looked at: `getAnalyticsContentByContentIdViewsV1`.
pub static TABLE: Table = Table {
    name: "confluence_content_views",
    comment: "How often contents were looked at, and by how many. Without a condition on content_id, every page and blog post is asked, one by one: one request each, and one more for queries that use viewers.",
    key: &["content_id"],
    rows: 36_000.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getAnalyticsContentByContentIdViewsV1",
        "/wiki/rest/api/analytics/content/{content_id}/views",
        "read:confluence-content.summary",
    )
    .from(&[
        Source::of(&pages::TABLE, &[("content_id", "id")]),
        Source::of(&blogposts::TABLE, &[("content_id", "id")]),
    ])],
    columns: &[
        Column::bigint("content_id", "", "Content that was looked at.")
            .required()
            .rows_per_value(1.0),
        Column::bigint("views", "count", "How often it was looked at."),
        Column::bigint("viewers", "count", "How many accounts looked at it.").told_by(&VIEWERS),
    ],
};
