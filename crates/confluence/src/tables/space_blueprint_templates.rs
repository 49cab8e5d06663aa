//! `confluence_space_blueprint_templates`.

use super::v1::space_key::{BY_SPACE_KEY, EVERY_SPACE};
use super::v1::template::{
    BLUEPRINT, BODY, DESCRIPTION, EDITOR_VERSION, LABELS, MODULE_KEY, NAME, PAGE, PLUGIN_KEY,
    TEMPLATE_ID, TEMPLATE_TYPE,
};
use crate::schema::{Endpoint, Table};

/// Templates that apps bring to spaces: `getTemplateBlueprintV1`, each time for one.
pub static TABLE: Table = Table {
    name: "confluence_space_blueprint_templates",
    comment: "Templates that blueprints bring, as each space has them: those of the whole site, which each space inherits and can change for itself. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key", "template_id"],
    rows: 26_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getTemplateBlueprintV1",
        "/wiki/rest/api/template/blueprint",
        "read:confluence-content.summary",
        PAGE,
    )
    .requiring(&["space_key"])
    .from(EVERY_SPACE)],
    columns: &[
        BY_SPACE_KEY.rows_per_value(100.0),
        TEMPLATE_ID.rows_per_value(500.0),
        NAME,
        DESCRIPTION,
        TEMPLATE_TYPE,
        EDITOR_VERSION,
        PLUGIN_KEY,
        MODULE_KEY,
        BLUEPRINT,
        LABELS,
        BODY,
    ],
};
