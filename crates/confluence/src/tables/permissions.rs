//! `confluence_permissions`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::spaces;

/// Grants on spaces: `getSpacePermissionsAssignments`.
pub static TABLE: Table = Table {
    name: "confluence_permissions",
    comment: "What is granted on spaces, to whom. Without a condition on space_id, every space that the account can view is asked, one by one. Groups, roles and access classes are not resolved to people.",
    key: &["id", "space_id"],
    rows: 7_800.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSpacePermissionsAssignments",
        "/wiki/api/v2/spaces/{space_id}/permissions",
        "read:space:confluence",
    )
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])],
    columns: &[
        Column::text("id", "id", "Id of the grant.")
            .required()
            .width(8),
        Column::bigint("space_id", "", "Space that the grant is on.")
            .required()
            .rows_per_value(30.0),
        Column::text(
            "principal_type",
            "principal.type",
            "Whom it is granted to: user, group, role, access-class and whatever the site says.",
        )
        .rows_per_value(2_600.0)
        .width(6),
        Column::text(
            "principal_id",
            "principal.id",
            "Account id, group id, role id, or the name of the access class.",
        )
        .rows_per_value(50.0)
        .width(43),
        Column::text(
            "operation_key",
            "operation.key",
            "What may be done: read, create, delete, administer and others.",
        )
        .rows_per_value(780.0)
        .width(10),
        Column::text(
            "operation_target_type",
            "operation.targetType",
            "What it may be done to: space, page, comment and others.",
        )
        .rows_per_value(2_600.0)
        .width(10),
    ],
};
