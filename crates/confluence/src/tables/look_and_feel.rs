//! `confluence_look_and_feel`.

use super::v1::look_and_feel::{CUSTOM, GLOBAL, SELECTED, THEME};
use crate::schema::{Endpoint, Table};

/// What the site looks like: `getSettingsLookandfeelV1`.
pub static TABLE: Table = Table {
    name: "confluence_look_and_feel",
    comment: "Colours and spacings of the site: one row.",
    key: &[],
    rows: 1.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSettingsLookandfeelV1",
        "/wiki/rest/api/settings/lookandfeel",
        "manage:confluence-configuration",
    )],
    columns: &[SELECTED, GLOBAL, THEME, CUSTOM],
};
