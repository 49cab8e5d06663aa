//! The states that people give to pages.

use super::v1::{content, no_content};
use crate::organisation::{Content, ContentState, Page, PageStatus, SpaceType};
use crate::server::answer::{Answer, Refusal};
use crate::server::offset::{self, START};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Value, json};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getContentStatesV1",
        path: "/wiki/rest/api/content-states",
        scopes: &[&["read:user.property:confluence"]],
        parameters: &[],
        answer: of_user,
    },
    Operation {
        id: "getContentByIdStateV1",
        path: "/wiki/rest/api/content/{id}/state",
        scopes: &[
            &["read:confluence-content.summary"],
            &["read:content-details:confluence"],
        ],
        parameters: &[Parameter::new(
            "status",
            Kind::Choice(&["current", "draft", "archived"]),
        )],
        answer: of_content,
    },
    Operation {
        id: "getSpaceBySpaceKeyStateV1",
        path: "/wiki/rest/api/space/{key}/state",
        scopes: &[
            &["read:confluence-space.summary"],
            &["read:space.setting:confluence"],
        ],
        parameters: &[],
        answer: of_space,
    },
    Operation {
        id: "getSpaceBySpaceKeyStateSettingsV1",
        path: "/wiki/rest/api/space/{key}/state/settings",
        scopes: &[
            &["read:confluence-space.summary"],
            &["read:space.setting:confluence"],
        ],
        parameters: &[],
        answer: settings,
    },
    Operation {
        id: "getSpaceBySpaceKeyStateContentV1",
        path: "/wiki/rest/api/space/{key}/state/content",
        scopes: &[
            &["read:confluence-content.all"],
            &["read:content:confluence"],
        ],
        parameters: &[
            Parameter::new("state-id", Kind::Natural),
            Parameter::new("expand", Kind::NotModelled),
            START,
            Parameter::new(
                "limit",
                Kind::Limit {
                    default: 25,
                    most: 100,
                },
            ),
        ],
        answer: contents,
    },
];

/// The states that the caller made: none of the organisation's people did.
fn of_user(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    Ok(Answer::ok(&json!([])))
}

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

/// The pages of a space that have a state; none have one that nobody knows.
fn contents(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_in_path()?;
    let wanted = call.arguments.count("state-id");
    let wanted = wanted.ok_or_else(|| super::v1::missing("state-id"))? as u64;
    let pages: Vec<Page> = call
        .organisation
        .pages()
        .filter(|page| page.space_id() == space.id)
        .filter(|page| {
            let state = call.organisation.state_of(page.id());
            state.is_some_and(|(state, _)| state.id == wanted)
        })
        .collect();
    offset::page(call, &pages, |&page| {
        content(call, Content::Page(page), false, false)
    })
}

fn row(state: &ContentState) -> Value {
    json!({"id": state.id, "name": state.name, "color": state.color})
}
