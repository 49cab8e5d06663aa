//! Roles in spaces, and who has them.

use super::listing::{list, list_as_they_come};
use super::row::single;
use super::scopes::{CONFIGURATION, ROLES};
use crate::organisation::{Role, RoleAssignment, RoleMode, RoleType, SpacePermission};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::Position;
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use crate::server::query;
use serde_json::{Value, json};

const ROLE_ID: Parameter = Parameter::new("role-id", Kind::Text);
const ROLE_TYPE: Parameter = Parameter::new("role-type", Kind::Choice(RoleType::WORDS));
const PRINCIPAL_ID: Parameter = Parameter::new("principal-id", Kind::Text);
const PRINCIPAL_TYPE: Parameter = Parameter::new(
    "principal-type",
    Kind::Choice(&["USER", "GROUP", "ACCESS_CLASS"]),
);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaceRoleMode" v2 "space-role-mode", CONFIGURATION, &[] => mode;
    "getAvailableSpacePermissions" v2 "space-permissions", ROLES, &[CURSOR, LIMIT] => permissions;
    "getAvailableSpaceRoles" v2 "space-roles", ROLES,
        &[Parameter::new("space-id", Kind::Integer), ROLE_TYPE, PRINCIPAL_ID, PRINCIPAL_TYPE, CURSOR, LIMIT] => roles;
    "getSpaceRolesById" v2 "space-roles/{id}", ROLES, &[] => one;
    "getSpaceRoleAssignments" v2 "spaces/{id}/role-assignments", ROLES,
        &[ROLE_ID, ROLE_TYPE, PRINCIPAL_ID, PRINCIPAL_TYPE, CURSOR, LIMIT] => assignments;
};

fn mode(call: &Call) -> Result<Answer, Refusal> {
    let mode = call.organisation.role_mode();
    Ok(Answer::ok(&json!({"mode": mode.as_str()})))
}

/// A site that has no roles yet refuses to speak of them.
fn there_are_roles(call: &Call) -> Result<(), Refusal> {
    match call.organisation.role_mode() {
        RoleMode::PreRoles => Err(Refusal::NotOnThisSite {
            status: call.organisation.administration.roles_refused_with,
            title: "Space roles are not available on this site",
        }),
        RoleMode::RolesTransition | RoleMode::Roles => Ok(()),
    }
}

fn permissions(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let row = |permission: &SpacePermission| {
        json!({
            "id": permission.id,
            "displayName": permission.display_name,
            "description": format!("Needed to: {}", permission.display_name.to_lowercase()),
            "requiredPermissionIds": permission.required().collect::<Vec<_>>(),
        })
    };
    list_as_they_come(call, call.organisation.space_permissions(), row)
}

fn roles(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let principal = principal(call)?;
    let space = match call.arguments.integer("space-id") {
        Some(id) => Some(space(call, id)?),
        None => None,
    };
    let held: Option<Vec<&str>> = principal.map(|principal| {
        let spaces = call.organisation.spaces();
        spaces
            .filter(|here| call.sees(here) && space.is_none_or(|space| space == here.id))
            .flat_map(|space| call.organisation.role_assignments(space.id))
            .filter(|assignment| is_of(assignment, principal))
            .map(|assignment| assignment.role_id)
            .collect()
    });
    let roles = call.organisation.roles().iter().filter(|role| {
        let is_held = |held: &Vec<&str>| held.contains(&role.id.as_str());
        is_of_type(call, role) && held.as_ref().is_none_or(is_held)
    });
    list_as_they_come(call, roles, role_row)
}

fn is_of_type(call: &Call, role: &Role) -> bool {
    let kind = Some(role.kind.as_str());
    call.arguments.admits("role-type", kind)
}

fn one(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let text = call.segment(0);
    let role = query::decode(text)
        .ok()
        .and_then(|id| call.organisation.role(&id))
        .ok_or_else(|| {
            Refusal::NoSuchObject(format!("Cannot find a space role with id [{text}]"))
        })?;
    Ok(single(call, &role_row(role)))
}

fn assignments(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let principal = principal(call)?;
    let organisation = call.organisation;
    let assignments = organisation.role_assignments(call.space()?.id);
    let asked = |assignment: &&RoleAssignment| {
        let of_type = |role| is_of_type(call, role);
        call.arguments.admits("role-id", Some(assignment.role_id))
            && principal.is_none_or(|principal| is_of(assignment, principal))
            && organisation.role(assignment.role_id).is_some_and(of_type)
    };
    // There is no id: a principal has one role in a space.
    let place = |assignment: &RoleAssignment, _: &str| {
        let (kind, id) = (assignment.principal_type, &assignment.principal_id);
        Position::text(&format!("{kind} {id}"), 0)
    };
    let row = |assignment: &RoleAssignment| {
        json!({
            "principal": {
                "principalType": assignment.principal_type,
                "principalId": assignment.principal_id,
            },
            "roleId": assignment.role_id,
        })
    };
    list(
        call,
        assignments.iter().filter(asked),
        "principal",
        place,
        row,
    )
}

/// The space of a filter.
fn space(call: &Call, id: i64) -> Result<u64, Refusal> {
    u64::try_from(id)
        .ok()
        .and_then(|id| call.organisation.space(id))
        .filter(|space| call.sees(space))
        .map(|space| space.id)
        .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find a space with id [{id}]")))
}

/// Type and id of the principal that is asked for. One without the other says nothing.
fn principal<'a>(call: &'a Call) -> Result<Option<(&'a str, &'a str)>, Refusal> {
    let kind = call.arguments.text("principal-type");
    let id = call.arguments.text("principal-id");
    match (kind, id) {
        (Some(kind), Some(id)) => Ok(Some((kind, id))),
        (None, None) => Ok(None),
        _ => Err(Refusal::BadParameter(
            "'principal-id' and 'principal-type' must be given together".to_owned(),
        )),
    }
}

fn is_of(assignment: &RoleAssignment, (kind, id): (&str, &str)) -> bool {
    assignment.principal_type == kind && assignment.principal_id == id
}

fn role_row(role: &Role) -> Value {
    json!({
        "id": role.id,
        "type": role.kind.as_str(),
        "name": role.name,
        "description": role.description,
        "spacePermissions": role.permissions,
    })
}
