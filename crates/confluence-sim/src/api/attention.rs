//! What people look at: who is told of what is new, how often pages are looked at, and the states they give to pages.

use super::prelude::*;
use super::v1::{no_content, user};
use crate::organisation::{Organisation, PageStatus, SpaceType, User};

const WATCHERS: &[&str] = &["read:watcher:confluence", "read:user:confluence"];
const OF_CONTENT: &[&[&str]] = &[&["read:confluence-content.summary"], WATCHERS];
const ANALYTICS: &[&[&str]] = &[
    &["read:confluence-content.summary"],
    &["read:analytics.content:confluence"],
];
const LIMIT: Parameter = offset::limit(200, 200);
const CONTENT: Scopes = &[
    &["read:confluence-content.summary"],
    &["read:content-details:confluence"],
];
const STATUS: Parameter = Parameter::new("status", Kind::Choice(&["current", "draft", "archived"]));

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaceBySpaceKeyWatchV1" v1 "space/{key}/watch", &[WATCHERS], &[START, LIMIT] => watchers_of_space;
    "getContentByIdNotificationChildCreatedV1" v1 "content/{id}/notification/child-created", OF_CONTENT,
        &[START, LIMIT] => watchers_of_page;
    "getAnalyticsContentByContentIdViewsV1" v1 "analytics/content/{id}/views", ANALYTICS, &[]
        => |call| looks(call, Organisation::views);
    "getAnalyticsContentByContentIdViewersV1" v1 "analytics/content/{id}/viewers", ANALYTICS, &[]
        => |call| looks(call, Organisation::viewers);
    "getContentByIdStateV1" v1 "content/{id}/state", CONTENT, &[STATUS] => state_of_content;
    "getSpaceBySpaceKeyStateV1" v1 "space/{key}/state", SPACE_SETTINGS, &[] => states_of_space;
    "getSpaceBySpaceKeyStateSettingsV1" v1 "space/{key}/state/settings", SPACE_SETTINGS, &[] => state_settings;
};

fn watchers_of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    call.signed_in()?;
    let watchers = call.organisation.space_watchers(space.id);
    let row = |known: &&User| json!({"type": "space", "watcher": watcher(call, known), "spaceKey": space.key});
    offset::page(call, &watchers, row)
}

fn watchers_of_page(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let id = call.content_page()?.id();
    let watchers = call.organisation.page_watchers(id);
    let row =
        |known: &&User| json!({"type": "page", "watcher": watcher(call, known), "contentId": id});
    offset::page(call, &watchers, row)
}

fn watcher(call: &Call, known: &User) -> Value {
    let mut watcher = user(call, known);
    if let Some(row) = watcher.as_object_mut() {
        row.remove("_expandable");
        row.remove("_links");
    }
    watcher["guest"] = known.guest.into();
    watcher["externalCollaborator"] = known.guest.into();
    watcher["operations"] = Value::Null;
    watcher["personalSpace"] = Value::Null;
    watcher
}

/// How often content is looked at, or by how many.
fn looks(call: &Call, count: fn(&Organisation, u64) -> u64) -> Result<Answer, Refusal> {
    let id = call.content()?.id();
    let count = count(call.organisation, id);
    Ok(Answer::ok(&json!({"id": id, "count": count})))
}

fn state_of_content(call: &Call) -> Result<Answer, Refusal> {
    let marked = call.content()?;
    let wanted = match call.arguments.text("status") {
        Some("draft") => {
            return Err(Refusal::not_modelled("model drafts"));
        }
        Some("archived") => PageStatus::Archived,
        _ => PageStatus::Current,
    };
    if marked.status() != wanted {
        return Err(no_content(&marked.id().to_string()));
    }
    Ok(Answer::ok(&match call.organisation.state_of(marked.id()) {
        Some((state, at)) => json!({"contentState": state, "lastUpdated": at.to_string()}),
        None => json!({}),
    }))
}

fn states_of_space(call: &Call) -> Result<Answer, Refusal> {
    call.space_in_path()?;
    Ok(Answer::ok(&call.organisation.content_states()))
}

/// What a space allows: the states that it suggests, and, where people write for themselves, theirs.
fn state_settings(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    if !call.is_administrator() {
        return Err(super::v1::forbidden(
            "User not permitted to administer the space",
        ));
    }
    Ok(Answer::ok(&json!({
        "contentStatesAllowed": true,
        "customContentStatesAllowed": space.kind == SpaceType::Personal,
        "spaceContentStatesAllowed": true,
        "spaceContentStates": call.organisation.content_states(),
    })))
}
