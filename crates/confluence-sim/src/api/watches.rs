//! Who is told of what is new, and how often pages are looked at.

use super::prelude::*;
use super::v1::user;
use crate::organisation::{Organisation, User};

const WATCHERS: &[&str] = &["read:watcher:confluence", "read:user:confluence"];
const OF_CONTENT: &[&[&str]] = &[&["read:confluence-content.summary"], WATCHERS];
const ANALYTICS: &[&[&str]] = &[
    &["read:confluence-content.summary"],
    &["read:analytics.content:confluence"],
];
const LIMIT: Parameter = offset::limit(200, 200);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaceBySpaceKeyWatchV1" v1 "space/{key}/watch", &[WATCHERS], &[START, LIMIT] => of_space;
    "getContentByIdNotificationChildCreatedV1" v1 "content/{id}/notification/child-created", OF_CONTENT,
        &[START, LIMIT] => of_content;
    "getAnalyticsContentByContentIdViewsV1" v1 "analytics/content/{id}/views", ANALYTICS, &[]
        => |call| looks(call, Organisation::views);
    "getAnalyticsContentByContentIdViewersV1" v1 "analytics/content/{id}/viewers", ANALYTICS, &[]
        => |call| looks(call, Organisation::viewers);
};

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    call.signed_in()?;
    let watchers = call.organisation.space_watchers(space.id);
    let row = |known: &&User| json!({"type": "space", "watcher": watcher(call, known), "spaceKey": space.key});
    offset::page(call, &watchers, row)
}

fn of_content(call: &Call) -> Result<Answer, Refusal> {
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
