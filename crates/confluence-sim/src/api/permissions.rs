//! Permissions in a space.

use super::row::Id;
use crate::organisation::Permission;
use crate::organisation::record::SortValue;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, LIMIT};
use serde::Serialize;

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    id: "getSpacePermissionsAssignments",
    path: "/wiki/api/v2/spaces/{id}/permissions",
    scopes: &[&["read:space:confluence"]],
    parameters: &[CURSOR, LIMIT],
    answer: of_space,
}];

fn of_space(call: &Call) -> Result<Answer, Refusal> {
    let space = &call.organisation.spaces[call.space_number()?];
    let rows = call.organisation.permissions(space.id).map(|permission| {
        let id = permission.id as i64;
        (
            Position {
                value: SortValue::Number(id),
                id,
            },
            permission,
        )
    });
    paging::page(call, &Sorted::new(rows, false, PermissionRow::of))
}

#[derive(Serialize)]
pub(super) struct PermissionRow<'a> {
    id: Id,
    principal: Principal<'a>,
    operation: Granted<'a>,
}

#[derive(Serialize)]
struct Principal<'a> {
    r#type: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Granted<'a> {
    key: &'a str,
    target_type: &'a str,
}

impl<'a> PermissionRow<'a> {
    pub(super) fn of(permission: Permission<'a>) -> Self {
        Self {
            id: Id(permission.id),
            principal: Principal {
                r#type: permission.principal_type,
                id: permission.principal_id,
            },
            operation: Granted {
                key: permission.operation_key,
                target_type: permission.target_type,
            },
        }
    }
}
