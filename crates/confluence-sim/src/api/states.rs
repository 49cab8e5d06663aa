//! The states that people give to pages.

use super::scopes::{SPACE_SETTINGS, Scopes};
use super::v1::no_content;
use crate::organisation::{ContentState, PageStatus, SpaceType};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Value, json};

const CONTENT: Scopes = &[
    &["read:confluence-content.summary"],
    &["read:content-details:confluence"],
];
const STATUS: Parameter = Parameter::new("status", Kind::Choice(&["current", "draft", "archived"]));

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getContentByIdStateV1" v1 "content/{id}/state", CONTENT, &[STATUS] => of_content;
    "getSpaceBySpaceKeyStateV1" v1 "space/{key}/state", SPACE_SETTINGS, &[] => of_space;
    "getSpaceBySpaceKeyStateSettingsV1" v1 "space/{key}/state/settings", SPACE_SETTINGS, &[] => settings;
};

fn of_content(call: &Call) -> Result<Answer, Refusal> {
    let marked = call.content()?;
    let wanted = match call.arguments.text("status") {
        Some("draft") => {
            return Err(Refusal::NotModelled(
                "The stand-in does not model drafts".to_owned(),
            ));
        }
        Some("archived") => PageStatus::Archived,
        _ => PageStatus::Current,
    };
    if marked.status() != wanted {
        return Err(no_content(&marked.id().to_string()));
    }
    Ok(Answer::ok(&match call.organisation.state_of(marked.id()) {
        Some((state, at)) => json!({"contentState": row(&state), "lastUpdated": at.to_string()}),
        None => json!({}),
    }))
}

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    call.space_in_path()?;
    let states = call.organisation.content_states().iter();
    Ok(Answer::ok(&states.map(row).collect::<Vec<_>>()))
}

/// What a space allows: the states that it suggests, and, where people write for themselves, theirs.
fn settings(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    if !call.is_administrator() {
        return Err(super::v1::forbidden(
            "User not permitted to administer the space",
        ));
    }
    let states = call.organisation.content_states().iter();
    Ok(Answer::ok(&json!({
        "contentStatesAllowed": true,
        "customContentStatesAllowed": space.kind == SpaceType::Personal,
        "spaceContentStatesAllowed": true,
        "spaceContentStates": states.map(row).collect::<Vec<_>>(),
    })))
}

fn row(state: &ContentState) -> Value {
    json!({"id": state.id, "name": state.name, "color": state.color})
}
