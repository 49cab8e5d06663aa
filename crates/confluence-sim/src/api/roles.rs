//! Roles in spaces, and who has them.

use super::prelude::*;
use crate::organisation::{Role, RoleAssignment, RoleMode, RoleType, SpacePermission};

const ROLE_TYPE: Parameter = Parameter::new("role-type", Kind::Choice(RoleType::WORDS));

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getSpaceRoleMode" v2 "space-role-mode", CONFIGURATION, &[] => mode;
    "getAvailableSpacePermissions" v2 "space-permissions", ROLES, &[CURSOR, LIMIT] => permissions;
    "getAvailableSpaceRoles" v2 "space-roles", ROLES, &[ROLE_TYPE, CURSOR, LIMIT] => roles;
    "getSpaceRolesById" v2 "space-roles/{id}", ROLES, &[] => one;
    "getSpaceRoleAssignments" v2 "spaces/{id}/role-assignments", ROLES, &[CURSOR, LIMIT] => assignments;
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
    let asked = |role: &&Role| call.arguments.admits("role-type", Some(role.kind.as_str()));
    list_as_they_come(call, call.organisation.roles().iter().filter(asked), row)
}

fn one(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let id = call.segment(0);
    let role = call.organisation.role(id);
    let role = role.ok_or_else(|| Refusal::cannot_find("a space role", id))?;
    Ok(single(call, &row(role)))
}

fn row(role: &Role) -> Value {
    json!({
        "id": role.id,
        "type": role.kind.as_str(),
        "name": role.name,
        "description": role.description,
        "spacePermissions": role.permissions,
    })
}

fn assignments(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let assignments = call.organisation.role_assignments(call.space()?.id);
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
    list(call, &assignments, "principal", place, row)
}
