//! Spaces.

use super::belongings;
use super::row::{Formatted, Id};
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{Space, SpaceStatus, SpaceType};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;

const TYPES: &[&str] = &[
    SpaceType::Global.as_str(),
    SpaceType::Collaboration.as_str(),
    SpaceType::KnowledgeBase.as_str(),
    SpaceType::Personal.as_str(),
    SpaceType::System.as_str(),
    SpaceType::Onboarding.as_str(),
    SpaceType::XflowSampleSpace.as_str(),
];
const STATUSES: &[&str] = &[
    SpaceStatus::Current.as_str(),
    SpaceStatus::Archived.as_str(),
];
const SORTS: &[&str] = &["id", "-id", "key", "-key", "name", "-name"];
const DESCRIPTION_FORMAT: Parameter =
    Parameter::new("description-format", Kind::Choice(&["plain", "view"]));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getSpaces",
        path: "/wiki/api/v2/spaces",
        scopes: &[&["read:space:confluence"]],
        parameters: &[
            Parameter::new("ids", Kind::Integers { most: 250 }),
            Parameter::new("keys", Kind::Texts { most: 250 }),
            Parameter::new("type", Kind::Choice(TYPES)),
            Parameter::new("status", Kind::Choice(STATUSES)),
            Parameter::new("sort", Kind::Choice(SORTS)),
            DESCRIPTION_FORMAT,
            CURSOR,
            LIMIT,
        ],
        answer: list,
    },
    Operation {
        id: "getSpaceById",
        path: "/wiki/api/v2/spaces/{id}",
        scopes: &[&["read:space:confluence"]],
        parameters: &[],
        answer: single,
    },
];

fn list(call: &Call) -> Result<Answer, Refusal> {
    let ids: Option<HashSet<u64>> = call.arguments.ids("ids").map(Iterator::collect);
    let keys: Option<HashSet<&str>> = call
        .arguments
        .texts("keys")
        .map(|keys| keys.iter().map(String::as_str).collect());
    let kind = call.arguments.text("type");
    let status = call.arguments.text("status");
    let sort = call.arguments.text("sort").unwrap_or("id");
    let spaces = call.organisation.spaces().filter(|space| {
        call.sees(space)
            && ids.as_ref().is_none_or(|ids| ids.contains(&space.id))
            && keys
                .as_ref()
                .is_none_or(|keys| keys.contains(space.key.as_str()))
            && kind.is_none_or(|kind| kind == space.kind.as_str())
            && status.is_none_or(|status| status == space.status.as_str())
    });
    let by = sort.trim_start_matches('-');
    let rows = spaces.map(|space| {
        let id = space.id as i64;
        let value = match by {
            "key" => SortValue::Text(space.key.to_lowercase()),
            "name" => SortValue::Text(space.name.to_lowercase()),
            _ => SortValue::Number(id),
        };
        (Position { value, id }, space)
    });
    let row = |space| SpaceRow::of(call, space);
    paging::page(call, &Sorted::new(rows, sort.starts_with('-'), row))
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    Ok(belongings::single(call, &SpaceRow::of(call, space)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SpaceRow<'a> {
    id: Id,
    key: &'a str,
    name: &'a str,
    r#type: &'static str,
    status: &'static str,
    author_id: Option<&'a str>,
    space_owner_id: Option<&'a str>,
    created_at: Moment,
    homepage_id: Option<Id>,
    description: Option<Value>,
    icon: Option<()>,
    current_active_alias: &'a str,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
struct Links {
    webui: String,
}

impl<'a> SpaceRow<'a> {
    fn of(call: &Call, space: &'a Space) -> Self {
        let description = call
            .arguments
            .text("description-format")
            .map(|representation| {
                let value = match representation {
                    "view" => format!(
                        "<p>{}</p>",
                        space.description.replace('&', "&amp;").replace('<', "&lt;")
                    ),
                    _ => space.description.clone(),
                };
                json!({representation: Formatted { representation, value }})
            });
        Self {
            id: Id(space.id),
            key: &space.key,
            name: &space.name,
            r#type: space.kind.as_str(),
            status: space.status.as_str(),
            author_id: space.author_id.as_deref(),
            space_owner_id: space.owner_id.as_deref(),
            created_at: Moment(space.created_at.as_millisecond()),
            homepage_id: space.homepage_id.map(Id),
            description,
            icon: None,
            current_active_alias: &space.current_active_alias,
            links: Links {
                webui: format!("/spaces/{}", space.key),
            },
        }
    }
}
