//! `confluence_space_themes`.

use super::v1::space_key::{EVERY_SPACE, SPACE_KEY};
use super::v1::theme::{DESCRIPTION, NAME, THEME_KEY};
use crate::schema::{Endpoint, Table, Unreadable};

/// Themes that spaces have chosen: `getSpaceBySpaceKeyThemeV1`.
pub static TABLE: Table = Table {
    name: "confluence_space_themes",
    comment: "Themes that spaces have chosen. A space without one looks like the site, and has no row. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSpaceBySpaceKeyThemeV1",
        "/wiki/rest/api/space/{space_key}/theme",
        "read:confluence-space.summary",
    )
    .unreadable(Unreadable::Nothing)
    .from(EVERY_SPACE)],
    columns: &[
        SPACE_KEY.rows_per_value(1.0),
        THEME_KEY.rows_per_value(10.0),
        NAME,
        DESCRIPTION,
    ],
};
