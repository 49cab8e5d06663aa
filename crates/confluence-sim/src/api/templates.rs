//! Templates for pages.

use super::prelude::*;
use super::v1::space;
use crate::organisation::Template;

const SCOPES: &[&[&str]] = &[
    &["read:confluence-content.summary"],
    &[
        "read:template:confluence",
        "read:content-details:confluence",
    ],
];
const EXPAND: Parameter = Parameter::new("expand", Kind::Choices(&["body.storage"]));
const SPACE: Parameter = Parameter::new("spaceKey", Kind::Text);
const LIMIT: Parameter = offset::limit(25, 200);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getTemplatePageV1" v1 "template/page", SCOPES, &[SPACE, START, LIMIT, EXPAND] => of_pages;
    "getTemplateBlueprintV1" v1 "template/blueprint", SCOPES, &[SPACE, START, LIMIT, EXPAND] => of_blueprints;
};

fn of_pages(call: &Call) -> Result<Answer, Refusal> {
    let space = call.arguments.text("spaceKey");
    let space = space.map(|key| call.space_of_key(key)).transpose()?;
    let templates = call
        .organisation
        .page_templates(space.map(|space| space.id));
    list(call, &templates)
}

fn of_blueprints(call: &Call) -> Result<Answer, Refusal> {
    if let Some(key) = call.arguments.text("spaceKey") {
        call.space_of_key(key)?;
    }
    list(call, &call.organisation.blueprint_templates())
}

fn list(call: &Call, templates: &[Template]) -> Result<Answer, Refusal> {
    call.signed_in()?;
    offset::page(call, templates, |template| row(call, template))
}

fn row(call: &Call, template: &Template) -> Value {
    let this = format!("{}/wiki/rest/api/template/{}", call.site, template.id);
    let mut row = json!({
        "templateId": template.id.to_string(),
        "name": template.name,
        "description": template.description,
        "labels": [],
        "templateType": "page",
        "editorVersion": "v2",
        "_links": {"self": this},
    });
    if let Some(module) = template.blueprint {
        let plugin = "com.atlassian.confluence.plugins.confluence-business-blueprints";
        row["referencingBlueprint"] = format!("{plugin}:{module}-blueprint").into();
        row["originalTemplate"] =
            json!({"pluginKey": plugin, "moduleKey": format!("{module}-page")});
    }
    if let Some(of) = template.space_id.and_then(|id| call.organisation.space(id)) {
        row["space"] = space(call, of);
    }
    if call.expands("body.storage") {
        row["body"] = json!({
            "storage": {"value": template.body, "representation": "storage"},
        });
    } else {
        row["_expandable"] = json!({"body": ""});
    }
    row
}
