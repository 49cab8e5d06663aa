//! `confluence_space_roles`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// Roles that can be given in spaces: `getAvailableSpaceRoles`.
pub static TABLE: Table = Table {
    name: "confluence_space_roles",
    comment: "Roles that can be given in spaces, on a site that has space roles. One request lists 250.",
    key: &["id"],
    rows: 10.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getAvailableSpaceRoles",
        "/wiki/api/v2/space-roles",
        "read:space.permission:confluence",
    )
    .needing_roles()],
    columns: &[
        Column::text("id", "id", "Id of the role.")
            .required()
            .rows_per_value(1.0)
            .width(36),
        Column::text("type", "type", "Kind of role: SYSTEM or CUSTOM.")
            .filter(Filter::choice("role-type", &["SYSTEM", "CUSTOM"]))
            .rows_per_value(5.0)
            .width(6),
        Column::text("name", "name", "Name of the role.").width(16),
        Column::text("description", "description", "What the role is for.").width(80),
        Column::json(
            "space_permissions",
            "spacePermissions",
            "Ids of the permissions that the role gives, as an array.",
        ),
    ],
};
