//! `confluence_space_look_and_feel`.

use super::v1::look_and_feel::{CUSTOM, GLOBAL, SELECTED, THEME};
use super::v1::space_key::{BY_SPACE_KEY, EVERY_SPACE};
use crate::schema::{Endpoint, Table};

/// What spaces look like: `getSettingsLookandfeelV1`, each time for one.
pub static TABLE: Table = Table {
    name: "confluence_space_look_and_feel",
    comment: "Colours and spacings of spaces. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSettingsLookandfeelV1",
        "/wiki/rest/api/settings/lookandfeel",
        "manage:confluence-configuration",
    )
    .requiring(&["space_key"])
    .from(EVERY_SPACE)],
    columns: &[
        BY_SPACE_KEY.rows_per_value(1.0),
        SELECTED,
        GLOBAL,
        THEME,
        CUSTOM,
    ],
};
