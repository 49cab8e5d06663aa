//! `confluence_groups`.

use crate::schema::{Column, Endpoint, Filter, Table};

const SCOPE: &str = "read:confluence-groups";

/// Groups of the site: `getGroupV1`.
pub static TABLE: Table = Table {
    name: "confluence_groups",
    comment: "Groups of accounts, to which permissions can be given. One request lists 200.",
    key: &["id"],
    rows: 60.0,
    population: None,
    endpoints: &[
        Endpoint::offset("getGroupV1", "/wiki/rest/api/group", SCOPE, 200),
        Endpoint::one("getGroupByIdV1", "/wiki/rest/api/group/by-id", SCOPE).requiring(&["id"]),
    ],
    columns: &[
        Column::text("id", "id", "Id of the group. It stays when the name changes.")
            .required()
            .filter(Filter::list("id", 1))
            .rows_per_value(1.0)
            .width(36),
        Column::text("name", "name", "Name of the group.")
            .required()
            .rows_per_value(1.0),
        Column::text("type", "type", "What it is: group.").width(5),
        Column::text(
            "usage_type",
            "usageType",
            "What it is used as: USERBASE_GROUP for a group, TEAM_COLLABORATION for a team. NULL where the site does not say.",
        )
        .width(14),
        Column::text(
            "managed_by",
            "managedBy",
            "Who manages its members: ADMINS, EXTERNAL, TEAM_MEMBERS or OPEN. NULL where the site does not say.",
        )
        .width(8),
        Column::text(
            "resource_ari",
            "resourceAri",
            "Atlassian's resource identifier of the group. NULL where the site does not say.",
        )
        .width(64),
    ],
};
