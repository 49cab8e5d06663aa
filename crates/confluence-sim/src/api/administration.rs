//! The admin key, and what policies keep from apps.

use crate::organisation::Space;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde_json::json;

const SORTS: &[&str] = &["id", "-id", "key", "-key", "name", "-name"];

pub(super) const OPERATIONS: &[Operation] = &[
    // No scope lets a token that has scopes do it.
    Operation {
        id: "getAdminKey",
        path: "/wiki/api/v2/admin-key",
        scopes: &[],
        parameters: &[],
        answer: admin_key,
    },
    Operation {
        id: "getDataPolicyMetadata",
        path: "/wiki/api/v2/data-policies/metadata",
        scopes: &[&["read:configuration:confluence"]],
        parameters: &[],
        answer: data_policy,
    },
    Operation {
        id: "getDataPolicySpaces",
        path: "/wiki/api/v2/data-policies/spaces",
        scopes: &[&["read:space:confluence"]],
        parameters: &[
            Parameter::new("ids", Kind::Integers { most: 250 }),
            Parameter::new("keys", Kind::Texts { most: 250 }),
            Parameter::new("sort", Kind::Choice(SORTS)),
            CURSOR,
            LIMIT,
        ],
        answer: spaces,
    },
];

fn admin_key(call: &Call) -> Result<Answer, Refusal> {
    if !call.is_administrator() {
        return Err(Refusal::NotAllowed(
            "Only an administrator can use admin keys".to_owned(),
        ));
    }
    let expires = call.organisation.admin_key().ok_or_else(|| {
        Refusal::NoSuchObject("No admin key is active for the calling user".to_owned())
    })?;
    Ok(Answer::ok(&json!({
        "accountId": call.organisation.users[0].account_id,
        "expirationTime": Moment(expires.as_millisecond()),
    })))
}

fn data_policy(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let blocked = organisation
        .spaces()
        .any(|space| organisation.blocks_content_for_apps(space.id));
    Ok(Answer::ok(&json!({"anyContentBlocked": blocked})))
}

fn spaces(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let ids: Option<Vec<u64>> = call.arguments.ids("ids").map(Iterator::collect);
    let keys = call.arguments.texts("keys");
    let sort = call.arguments.text("sort").unwrap_or("id");
    let spaces = organisation.spaces().filter(|space| {
        call.sees(space)
            && ids.as_ref().is_none_or(|ids| ids.contains(&space.id))
            && keys.is_none_or(|keys| keys.contains(&space.key))
    });
    let rows = spaces.map(|space| {
        let id = space.id as i64;
        let value = match sort.trim_start_matches('-') {
            "key" => SortValue::Text(space.key.to_lowercase()),
            "name" => SortValue::Text(space.name.to_lowercase()),
            _ => SortValue::Number(id),
        };
        (Position { value, id }, space)
    });
    let row = |space: &Space| {
        json!({
            "id": space.id.to_string(),
            "key": space.key,
            "name": space.name,
            "dataPolicy": {"anyContentBlocked": organisation.blocks_content_for_apps(space.id)},
            "_links": {"webui": format!("/spaces/{}", space.key)},
        })
    };
    paging::page(call, &Sorted::new(rows, sort.starts_with('-'), row))
}
