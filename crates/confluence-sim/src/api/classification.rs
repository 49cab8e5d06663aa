//! Levels of classification.

use super::nodes;
use crate::organisation::{ClassificationLevel, NodeKind, PageStatus};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Value, json};

const STATUS: Parameter = Parameter::new("status", Kind::Choice(&["current", "draft", "archived"]));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getClassificationLevels",
        path: "/wiki/api/v2/classification-levels",
        scopes: &[&["read:configuration:confluence"]],
        parameters: &[],
        answer: levels,
    },
    Operation {
        id: "getSpaceDefaultClassificationLevel",
        path: "/wiki/api/v2/spaces/{id}/classification-level/default",
        scopes: &[&["read:space:confluence"]],
        parameters: &[],
        answer: of_space,
    },
    Operation {
        id: "getPageClassificationLevel",
        path: "/wiki/api/v2/pages/{id}/classification-level",
        scopes: &[&["read:page:confluence", "write:page:confluence"]],
        parameters: &[STATUS],
        answer: of_page,
    },
    Operation {
        id: "getBlogPostClassificationLevel",
        path: "/wiki/api/v2/blogposts/{id}/classification-level",
        scopes: &[&["read:page:confluence", "write:page:confluence"]],
        parameters: &[STATUS],
        answer: of_blog_post,
    },
    Operation {
        id: "getWhiteboardClassificationLevel",
        path: "/wiki/api/v2/whiteboards/{id}/classification-level",
        scopes: &[&["read:whiteboard:confluence"]],
        parameters: &[],
        answer: |call| of_node(call, NodeKind::Whiteboard),
    },
    Operation {
        id: "getDatabaseClassificationLevel",
        path: "/wiki/api/v2/databases/{id}/classification-level",
        scopes: &[&["read:database:confluence"]],
        parameters: &[],
        answer: |call| of_node(call, NodeKind::Database),
    },
];

/// A list and nothing around it, unlike all other listings.
fn levels(call: &Call) -> Result<Answer, Refusal> {
    let levels = call.organisation.classification_levels();
    Ok(Answer::ok(&levels.iter().map(row).collect::<Vec<_>>()))
}

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    let level = call.organisation.default_classification_level(space.id);
    answer(level, "space", space.id)
}

fn of_page(call: &Call) -> Result<Answer, Refusal> {
    let page = call.page_of(status(call))?;
    let level = call.organisation.classification_level(page.id());
    answer(level, "page", page.id())
}

fn of_blog_post(call: &Call) -> Result<Answer, Refusal> {
    let post = call.blogpost_of(status(call))?;
    let level = call.organisation.classification_level(post.id());
    answer(level, "blog post", post.id())
}

/// The status that is asked for, as bits.
fn status(call: &Call) -> u8 {
    match call.arguments.text("status") {
        None | Some("current") => PageStatus::Current.bit(),
        Some("archived") => PageStatus::Archived.bit(),
        // There are no drafts.
        Some(_) => 0,
    }
}

fn of_node(call: &Call, kind: NodeKind) -> Result<Answer, Refusal> {
    let node = nodes::node(call, kind)?;
    let level = call.organisation.classification_level(node.id());
    answer(level, kind.as_str(), node.id())
}

fn answer(level: Option<ClassificationLevel>, what: &str, id: u64) -> Result<Answer, Refusal> {
    match level {
        Some(level) => Ok(Answer::ok(&row(&level))),
        None => Err(Refusal::NoSuchObject(format!(
            "The {what} with id [{id}] has no classification level"
        ))),
    }
}

fn row(level: &ClassificationLevel) -> Value {
    json!({
        "id": level.id,
        "status": level.status,
        "order": level.order,
        "name": level.name,
        "description": level.description,
        "guideline": level.guideline,
        "color": level.color,
    })
}
