//! `confluence_space_role_assignments`.

use super::spaces;
use crate::schema::{Column, Endpoint, Source, Table};

/// Who has which role in a space: `getSpaceRoleAssignments`.
pub static TABLE: Table = Table {
    name: "confluence_space_role_assignments",
    comment: "Who has which role in a space, on a site that has space roles. Asked space by space: one request each, besides the listing of spaces.",
    key: &["space_id", "principal_type", "principal_id", "role_id"],
    rows: 2_600.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSpaceRoleAssignments",
        "/wiki/api/v2/spaces/{space_id}/role-assignments",
        "read:space.permission:confluence",
    )
    .needing_roles()
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])],
    columns: &[
        Column::bigint("space_id", "", "Space that the role is given in.")
            .required()
            .rows_per_value(10.0),
        Column::text(
            "principal_type",
            "principal.principalType",
            "Whom it is given to: USER, GROUP or ACCESS_CLASS.",
        )
        .required()
        .width(6),
        Column::text(
            "principal_id",
            "principal.principalId",
            "Account id, group id, or the name of the access class.",
        )
        .required()
        .rows_per_value(5.0)
        .width(43),
        Column::text("role_id", "roleId", "Id of the role.")
            .required()
            .rows_per_value(260.0)
            .width(36),
    ],
};
