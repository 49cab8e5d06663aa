//! Levels of classification.

use super::prelude::*;
use crate::organisation::{ClassificationLevel, NodeKind, PageStatus};

const STATUS: Parameter = Parameter::new("status", Kind::Choice(&["current", "draft", "archived"]));
const WRITER: Scopes = &[&["read:page:confluence", "write:page:confluence"]];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getClassificationLevels" v2 "classification-levels", CONFIGURATION, &[] => levels;
    "getSpaceDefaultClassificationLevel" v2 "spaces/{id}/classification-level/default", SPACE, &[] => of_space;
    "getPageClassificationLevel" v2 "pages/{id}/classification-level", WRITER, &[STATUS]
        => |call| of_content(call, Named::Page, "page");
    "getBlogPostClassificationLevel" v2 "blogposts/{id}/classification-level", WRITER, &[STATUS]
        => |call| of_content(call, Named::BlogPost, "blog post");
    "getWhiteboardClassificationLevel" v2 "whiteboards/{id}/classification-level", WHITEBOARD, &[]
        => |call| of_content(call, Named::Node(NodeKind::Whiteboard), "whiteboard");
    "getDatabaseClassificationLevel" v2 "databases/{id}/classification-level", DATABASE, &[]
        => |call| of_content(call, Named::Node(NodeKind::Database), "database");
};

/// A list and nothing around it, unlike all other listings.
fn levels(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(&call.organisation.classification_levels()))
}

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space()?;
    let level = call.organisation.default_classification_level(space.id);
    answer(level, "space", space.id)
}

fn of_content(call: &Call, named: Named, what: &str) -> Result<Answer, Refusal> {
    let statuses = match (named, call.arguments.text("status")) {
        (Named::Node(_), _) => u8::MAX,
        (_, None | Some("current")) => PageStatus::Current.bit(),
        (_, Some("archived")) => PageStatus::Archived.bit(),
        // There are no drafts.
        _ => 0,
    };
    let id = call.named_with(named, statuses)?.id();
    answer(call.organisation.classification_level(id), what, id)
}

fn answer(level: Option<ClassificationLevel>, what: &str, id: u64) -> Result<Answer, Refusal> {
    let level = level.ok_or_else(|| {
        let title = format!("The {what} with id [{id}] has no classification level");
        Refusal::NoSuchObject(title)
    })?;
    Ok(Answer::ok(&level))
}
