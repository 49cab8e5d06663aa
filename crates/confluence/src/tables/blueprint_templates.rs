//! `confluence_blueprint_templates`.

use super::v1::template::{
    BLUEPRINT, BODY, DESCRIPTION, EDITOR_VERSION, LABELS, MODULE_KEY, NAME, PAGE, PLUGIN_KEY,
    TEMPLATE_ID, TEMPLATE_TYPE,
};
use crate::schema::{Endpoint, Table};

/// Templates that apps bring: `getTemplateBlueprintV1`.
pub static TABLE: Table = Table {
    name: "confluence_blueprint_templates",
    comment: "Templates that blueprints bring, as they are for the whole site. One request lists 25. What spaces have made of them is in confluence_space_blueprint_templates.",
    key: &["template_id"],
    rows: 100.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getTemplateBlueprintV1",
        "/wiki/rest/api/template/blueprint",
        "read:confluence-content.summary",
        PAGE,
    )],
    columns: &[
        TEMPLATE_ID,
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
