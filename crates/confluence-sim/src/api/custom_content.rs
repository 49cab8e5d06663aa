//! Custom content.

use super::pages;
use super::prelude::*;
use crate::organisation::{Container, Content, CustomContent};

/// Always needed.
const TYPE: Parameter = Parameter::new("type", Kind::Text);
pub(super) const BODY_FORMAT: Parameter = Parameter::new(
    "body-format",
    Kind::Choice(&["raw", "storage", "atlas_doc_format"]),
);
const ON_CONTENT: &[Parameter] = &[TYPE, pages::SORT, CURSOR, LIMIT, BODY_FORMAT];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getCustomContentByType" v2 "custom-content", CUSTOM_CONTENT, &[
        TYPE, listing::ids("id", 250), listing::ids("space-id", 100), pages::SORT, CURSOR, LIMIT, BODY_FORMAT,
    ] => |call| of_type(call, None);
    "getCustomContentByTypeInPage" v2 "pages/{id}/custom-content", CUSTOM_CONTENT, ON_CONTENT
        => |call| of_type(call, Some(call.named(Named::Page)?));
    "getCustomContentByTypeInBlogPost" v2 "blogposts/{id}/custom-content", CUSTOM_CONTENT, ON_CONTENT
        => |call| of_type(call, Some(call.named(Named::BlogPost)?));
    "getChildCustomContent" v2 "custom-content/{id}/children", CUSTOM_CONTENT, &[CURSOR, LIMIT]
        => children;
};

fn of_type(call: &Call, on: Option<Content>) -> Result<Answer, Refusal> {
    if call.arguments.text("type").is_none() {
        return Err(Refusal::BadParameter(
            "The query parameter 'type' is missing".to_owned(),
        ));
    }
    let container = on.map(|content| content.as_container());
    list_pieces(call, container, |piece| row(call, piece))
}

fn list_pieces(
    call: &Call,
    container: Option<Container>,
    row: impl Fn(CustomContent) -> Value,
) -> Result<Answer, Refusal> {
    let asked = |piece: &CustomContent| {
        is_listed(piece.status)
            && call.sees_space(piece.space_id)
            && container.is_none_or(|container| container == piece.container)
            && call.arguments.admits("type", Some(piece.kind))
            && call.arguments.admits_id("id", piece.id)
            && call.arguments.admits_id("space-id", piece.space_id)
    };
    let place = |piece: CustomContent, by: &str| {
        let time = |time: jiff::Timestamp| Position::number(time.as_millisecond(), piece.id);
        match by {
            "created-date" => time(piece.created_at),
            "modified-date" => time(piece.version.created_at),
            _ => Position::of(piece.id),
        }
    };
    let pieces = call.organisation.custom_content().filter(asked);
    list(call, pieces, "id", place, row)
}

fn children(call: &Call) -> Result<Answer, Refusal> {
    let parent = call.named(Named::CustomContent)?.as_container();
    list_pieces(call, Some(parent), |piece| {
        json!({
            "id": Id(piece.id),
            "status": piece.status,
            "title": piece.title,
            "type": piece.kind,
            "spaceId": Id(piece.space_id),
        })
    })
}

pub(super) fn web_path(piece: CustomContent) -> String {
    format!("/pages/viewpage.action?contentId={}", piece.id)
}

pub(super) fn row(call: &Call, piece: CustomContent) -> Value {
    on_container(
        piece.container,
        json!({
            "id": Id(piece.id),
            "type": piece.kind,
            "status": piece.status,
            "title": piece.title,
            "spaceId": Id(piece.space_id),
            "authorId": piece.author_id,
            "createdAt": moment(piece.created_at),
            "version": VersionRow::of(piece.version),
            "body": body_in(call, Content::CustomContent(piece), piece.version.number),
            "_links": {"webui": web_path(piece)},
        }),
    )
}
