//! Spaces.

use super::prelude::*;
use crate::organisation::{Permission, Space, SpaceStatus, SpaceType, text};

pub(super) const KEYS: Parameter = Parameter::new("keys", Kind::Texts { most: 250 });
pub(super) const SORT: Parameter = listing::sort(&["id"]);
const DESCRIPTION_FORMAT: Parameter =
    Parameter::new("description-format", Kind::Choice(&["plain", "view"]));

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaces" v2 "spaces", SPACE, &[
        listing::ids("ids", 250), KEYS,
        Parameter::new("type", Kind::Choice(SpaceType::WORDS)),
        Parameter::new("status", Kind::Choice(SpaceStatus::WORDS)),
        SORT, DESCRIPTION_FORMAT, CURSOR, LIMIT,
    ] => list_all;
    "getSpaceById" v2 "spaces/{id}", SPACE, &[] => one;
    "getSpacePermissionsAssignments" v2 "spaces/{id}/permissions", SPACE, &[CURSOR, LIMIT] => permissions;
};

fn list_all(call: &Call) -> Result<Answer, Refusal> {
    let asked = |space: &&Space| {
        call.sees(space)
            && call.arguments.admits_id("ids", space.id)
            && call.arguments.admits("keys", Some(&space.key))
            && call.arguments.admits("type", Some(space.kind.as_str()))
            && call.arguments.admits("status", Some(space.status.as_str()))
    };
    let place = |space: &Space, _: &str| Position::of(space.id);
    let spaces = call.organisation.spaces().filter(asked);
    list(call, spaces, "id", place, |space| {
        let mut row = row(call, space);
        // In listings only.
        row["currentActiveAlias"] = (*space.current_active_alias).into();
        row
    })
}

fn one(call: &Call) -> Result<Answer, Refusal> {
    Ok(single(call, &row(call, call.space()?)))
}

fn row(call: &Call, space: &Space) -> Value {
    let description = call.arguments.text("description-format");
    let description = description.map(|representation| {
        let value = match representation {
            "view" => text::storage(&space.description),
            _ => space.description.clone(),
        };
        json!({representation: Formatted { representation, value }})
    });
    json!({
        "id": Id(space.id),
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": space.status,
        "authorId": space.author_id,
        "spaceOwnerId": space.owner_id,
        "createdAt": moment(space.created_at),
        "homepageId": space.homepage_id.map(Id),
        "description": description,
        "icon": null,
        "_links": {"webui": format!("/spaces/{}", space.key)},
    })
}

fn permissions(call: &Call) -> Result<Answer, Refusal> {
    let permissions = call.organisation.permissions(call.space()?.id);
    let place = |permission: Permission, _: &str| Position::of(permission.id);
    let row = |permission: Permission| {
        json!({
            "id": Id(permission.id),
            "principal": {"type": permission.principal_type, "id": permission.principal_id},
            "operation": {"key": permission.operation_key, "targetType": permission.target_type},
        })
    };
    list(call, permissions, "id", place, row)
}
