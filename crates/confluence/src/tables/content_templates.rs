//! `confluence_content_templates`.

use super::v1::template::{
    BLUEPRINT, BODY, DESCRIPTION, EDITOR_VERSION, LABELS, MODULE_KEY, NAME, PAGE, PLUGIN_KEY,
    TEMPLATE_ID, TEMPLATE_TYPE,
};
use crate::schema::{Endpoint, Table};

/// Templates of the site: `getTemplatePageV1`.
pub static TABLE: Table = Table {
    name: "confluence_content_templates",
    comment: "Templates that all spaces have, made on the site. One request lists 25. Those of single spaces are in confluence_space_content_templates.",
    key: &["template_id"],
    rows: 30.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getTemplatePageV1",
        "/wiki/rest/api/template/page",
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
