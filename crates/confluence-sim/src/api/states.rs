//! The states that people give to pages.

use super::prelude::*;
use super::v1::no_content;
use crate::organisation::{PageStatus, SpaceType};

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

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    call.space_in_path()?;
    Ok(Answer::ok(&call.organisation.content_states()))
}

/// What a space allows: the states that it suggests, and, where people write for themselves, theirs.
fn settings(call: &Call) -> Result<Answer, Refusal> {
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
