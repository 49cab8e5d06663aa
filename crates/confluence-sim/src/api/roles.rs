//! Roles in spaces, and who has them.

use crate::organisation::record::SortValue;
use crate::organisation::{Role, RoleAssignment, RoleMode, RoleType, SpacePermission};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging;
use crate::server::paging::{Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use crate::server::query;
use serde_json::{Value, json};

const SCOPES: &[&[&str]] = &[&["read:space.permission:confluence"]];
const ROLE_TYPE: Parameter = Parameter::new(
    "role-type",
    Kind::Choice(&[RoleType::System.as_str(), RoleType::Custom.as_str()]),
);
const PRINCIPAL_ID: Parameter = Parameter::new("principal-id", Kind::Text);
const PRINCIPAL_TYPE: Parameter = Parameter::new(
    "principal-type",
    Kind::Choice(&["USER", "GROUP", "ACCESS_CLASS"]),
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getSpaceRoleMode",
        path: "/wiki/api/v2/space-role-mode",
        scopes: &[&["read:configuration:confluence"]],
        parameters: &[],
        answer: mode,
    },
    Operation {
        id: "getAvailableSpacePermissions",
        path: "/wiki/api/v2/space-permissions",
        scopes: SCOPES,
        parameters: &[CURSOR, LIMIT],
        answer: permissions,
    },
    Operation {
        id: "getAvailableSpaceRoles",
        path: "/wiki/api/v2/space-roles",
        scopes: SCOPES,
        parameters: &[
            Parameter::new("space-id", Kind::Integer),
            ROLE_TYPE,
            PRINCIPAL_ID,
            PRINCIPAL_TYPE,
            CURSOR,
            LIMIT,
        ],
        answer: roles,
    },
    Operation {
        id: "getSpaceRolesById",
        path: "/wiki/api/v2/space-roles/{id}",
        scopes: SCOPES,
        parameters: &[],
        answer: single,
    },
    Operation {
        id: "getSpaceRoleAssignments",
        path: "/wiki/api/v2/spaces/{id}/role-assignments",
        scopes: SCOPES,
        parameters: &[
            Parameter::new("role-id", Kind::Text),
            ROLE_TYPE,
            PRINCIPAL_ID,
            PRINCIPAL_TYPE,
            CURSOR,
            LIMIT,
        ],
        answer: assignments,
    },
];

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
    let rows = in_order(call.organisation.space_permissions().iter());
    let row = |permission: &SpacePermission| {
        json!({
            "id": permission.id,
            "displayName": permission.display_name,
            "description": format!("Needed to: {}", permission.display_name.to_lowercase()),
            "requiredPermissionIds": permission.required,
        })
    };
    paging::page(call, &Sorted::new(rows, false, row))
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
    let kind = call.arguments.text("role-type");
    let roles = call.organisation.roles().iter().filter(|role| {
        kind.is_none_or(|kind| kind == role.kind.as_str())
            && held
                .as_ref()
                .is_none_or(|held| held.contains(&role.id.as_str()))
    });
    paging::page(call, &Sorted::new(in_order(roles), false, role_row))
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let text = call.segment(0);
    let role = query::decode(text)
        .ok()
        .and_then(|id| call.organisation.role(&id))
        .ok_or_else(|| {
            Refusal::NoSuchObject(format!("Cannot find a space role with id [{text}]"))
        })?;
    let mut row = role_row(role);
    row["_links"] = json!({"base": format!("{}/wiki", call.site)});
    Ok(Answer::ok(&row))
}

fn assignments(call: &Call) -> Result<Answer, Refusal> {
    there_are_roles(call)?;
    let principal = principal(call)?;
    let organisation = call.organisation;
    let space = &organisation.spaces[call.space_number()?];
    let role_id = call.arguments.text("role-id");
    let role_type = call.arguments.text("role-type");
    let all = organisation.role_assignments(space.id);
    let rows = all
        .iter()
        .filter(|assignment| {
            role_id.is_none_or(|id| id == assignment.role_id)
                && principal.is_none_or(|principal| is_of(assignment, principal))
                && role_type.is_none_or(|kind| {
                    organisation
                        .role(assignment.role_id)
                        .is_some_and(|role| role.kind.as_str() == kind)
                })
        })
        .map(|assignment| {
            // There is no id: a principal has one role in a space.
            let value = format!("{} {}", assignment.principal_type, assignment.principal_id);
            let position = Position {
                value: SortValue::Text(value),
                id: 0,
            };
            (position, assignment)
        });
    let row = |assignment: &RoleAssignment| {
        json!({
            "principal": {
                "principalType": assignment.principal_type,
                "principalId": assignment.principal_id,
            },
            "roleId": assignment.role_id,
        })
    };
    paging::page(call, &Sorted::new(rows, false, row))
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

/// Rows that stay as they come.
fn in_order<T>(rows: impl Iterator<Item = T>) -> impl Iterator<Item = (Position, T)> {
    (0..).zip(rows).map(|(place, row)| {
        let value = SortValue::Number(place);
        (Position { value, id: place }, row)
    })
}
