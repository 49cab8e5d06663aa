//! `confluence_space_permission_types`.

use crate::schema::{Column, Endpoint, Table};

/// Permissions that roles are made of: `getAvailableSpacePermissions`.
pub static TABLE: Table = Table {
    name: "confluence_space_permission_types",
    comment: "Permissions that roles in spaces are made of, on a site that has space roles. One request lists 250.",
    key: &["id"],
    rows: 50.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getAvailableSpacePermissions",
        "/wiki/api/v2/space-permissions",
        "read:space.permission:confluence",
    )
    .needing_roles()],
    columns: &[
        Column::text("id", "id", "Id of the permission.")
            .required()
            .rows_per_value(1.0)
            .width(24),
        Column::text("display_name", "displayName", "Name of the permission."),
        Column::text("description", "description", "What the permission allows.").width(80),
        Column::json(
            "required_permission_ids",
            "requiredPermissionIds",
            "Ids of the permissions that it needs, as an array.",
        ),
    ],
};
