//! `confluence_space_settings`.

use super::v1::space_key::{EVERY_SPACE, SPACE_KEY};
use crate::schema::{Column, Endpoint, Table};

/// Settings of spaces: `getSpaceBySpaceKeySettingsV1`.
pub static TABLE: Table = Table {
    name: "confluence_space_settings",
    comment: "Settings of spaces. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSpaceBySpaceKeySettingsV1",
        "/wiki/rest/api/space/{space_key}/settings",
        "read:confluence-space.summary",
    )
    .from(EVERY_SPACE)],
    columns: &[
        SPACE_KEY.rows_per_value(1.0),
        Column::boolean(
            "route_override_enabled",
            "routeOverrideEnabled",
            "Whether the space's address leads to what an app's theme shows, rather than to the home page.",
        ),
        Column::text(
            "editor_page",
            "editor.page",
            "Editor of pages. NULL where the site does not say.",
        )
        .width(2),
        Column::text(
            "editor_blogpost",
            "editor.blogpost",
            "Editor of blog posts. NULL where the site does not say.",
        )
        .width(2),
        Column::text(
            "editor_default",
            "editor.default",
            "Editor of everything else. NULL where the site does not say.",
        )
        .width(2),
    ],
};
