//! Who is told of what is new, and how often pages are looked at.

use super::v1::user;
use crate::organisation::User;
use crate::server::answer::{Answer, Refusal};
use crate::server::offset::{self, START};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use jiff::Timestamp;
use serde_json::{Value, json};

const WATCHERS: &[&str] = &["read:watcher:confluence", "read:user:confluence"];
const OF_CONTENT: &[&[&str]] = &[&["read:confluence-content.summary"], WATCHERS];
const ANALYTICS: &[&[&str]] = &[
    &["read:confluence-content.summary"],
    &["read:analytics.content:confluence"],
];
const LIMIT: Parameter = offset::limit(200, 200);
const FROM: Parameter = Parameter::new("fromDate", Kind::Text);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaceBySpaceKeyWatchV1" v1 "space/{key}/watch", &[WATCHERS], &[START, LIMIT] => of_space;
    "getContentByIdNotificationChildCreatedV1" v1 "content/{id}/notification/child-created", OF_CONTENT,
        &[START, LIMIT] => of_content;
    "getAnalyticsContentByContentIdViewsV1" v1 "analytics/content/{id}/views", ANALYTICS, &[FROM] => views;
    "getAnalyticsContentByContentIdViewersV1" v1 "analytics/content/{id}/viewers", ANALYTICS, &[FROM] => viewers;
};

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    space_watches(call, space.id, &space.key)
}

fn space_watches(call: &Call, id: u64, key: &str) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let watchers = call.organisation.space_watchers(id);
    offset::page(
        call,
        &watchers,
        |known| json!({"type": "space", "watcher": watcher(call, known), "spaceKey": key}),
    )
}

fn of_content(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let id = call.content_page()?.id();
    let watchers = call.organisation.page_watchers(id);
    offset::page(
        call,
        &watchers,
        |known| json!({"type": "page", "watcher": watcher(call, known), "contentId": id}),
    )
}

/// A user with all that watches say of one.
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

fn views(call: &Call) -> Result<Answer, Refusal> {
    let (id, since) = (call.content()?.id(), since(call)?);
    let count = call.organisation.views(id, since);
    Ok(Answer::ok(&json!({"id": id, "count": count})))
}

fn viewers(call: &Call) -> Result<Answer, Refusal> {
    let (id, since) = (call.content()?.id(), since(call)?);
    let count = call.organisation.viewers(id, since);
    Ok(Answer::ok(&json!({"id": id, "count": count})))
}

fn since(call: &Call) -> Result<Option<Timestamp>, Refusal> {
    let from = call.arguments.text("fromDate");
    let from = from.map(|text| {
        text.parse::<Timestamp>()
            .map_err(|why| Refusal::BadParameter(format!("Invalid fromDate: {why}")))
    });
    from.transpose()
}
