//! `confluence_space_content_templates`.

use super::v1::space_key::{BY_SPACE_KEY, EVERY_SPACE};
use super::v1::template::{
    BLUEPRINT, BODY, DESCRIPTION, EDITOR_VERSION, LABELS, MODULE_KEY, NAME, PAGE, PLUGIN_KEY,
    TEMPLATE_ID, TEMPLATE_TYPE,
};
use crate::schema::{Endpoint, Table};

/// Templates of spaces: `getTemplatePageV1`, each time for one.
pub static TABLE: Table = Table {
    name: "confluence_space_content_templates",
    comment: "Templates of single spaces, made there. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key", "template_id"],
    rows: 520.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getTemplatePageV1",
        "/wiki/rest/api/template/page",
        "read:confluence-content.summary",
        PAGE,
    )
    .requiring(&["space_key"])
    .from(EVERY_SPACE)],
    columns: &[
        BY_SPACE_KEY.rows_per_value(2.0),
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
