//! Templates: their listings are alike, whoever provides them.

use crate::schema::Column;

/// How many templates a request gives.
pub const PAGE: u32 = 25;

pub const TEMPLATE_ID: Column = Column::text("template_id", "templateId", "Id of the template.")
    .required()
    .rows_per_value(1.0)
    .width(12);

pub const NAME: Column = Column::text("name", "name", "Name of the template.");

pub const DESCRIPTION: Column = Column::text(
    "description",
    "description",
    "What the template is for. Empty where nobody has said it.",
)
.width(60);

pub const TEMPLATE_TYPE: Column = Column::text(
    "template_type",
    "templateType",
    "What it makes: page, blogpost and others.",
)
.width(6);

pub const EDITOR_VERSION: Column = Column::text(
    "editor_version",
    "editorVersion",
    "Version of the editor that the template is for. NULL where the site does not say.",
)
.width(2);

pub const PLUGIN_KEY: Column = Column::text(
    "original_plugin_key",
    "originalTemplate.pluginKey",
    "Key of the app that the template was copied from. NULL for templates that somebody made on the site.",
)
.width(40);

pub const MODULE_KEY: Column = Column::text(
    "original_module_key",
    "originalTemplate.moduleKey",
    "Key of the app's module that the template was copied from. NULL for templates that somebody made on the site.",
)
.width(40);

pub const BLUEPRINT: Column = Column::text(
    "referencing_blueprint",
    "referencingBlueprint",
    "Blueprint that uses the template. NULL where none does.",
)
.width(40);

pub const LABELS: Column = Column::json(
    "labels",
    "labels",
    "Labels that contents made from the template get: an array of objects with id, name and prefix.",
);

pub const BODY: Column = Column::text(
    "body_storage",
    "body.storage.value",
    "Content in the storage format. Asked for only by queries that use it.",
)
.asked_with("expand", "body.storage")
.width(4000);
