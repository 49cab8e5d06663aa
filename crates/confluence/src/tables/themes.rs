//! `confluence_themes`.

use super::v1::theme::{DESCRIPTION, NAME, THEME_KEY};
use crate::schema::{Endpoint, Table};

/// Themes that can be chosen: `getSettingsThemeV1`.
pub static TABLE: Table = Table {
    name: "confluence_themes",
    comment: "Themes that can be chosen, besides the default one. One request lists 100.",
    key: &["theme_key"],
    rows: 5.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getSettingsThemeV1",
        "/wiki/rest/api/settings/theme",
        "manage:confluence-configuration",
        100,
    )],
    columns: &[THEME_KEY.rows_per_value(1.0), NAME, DESCRIPTION],
};
