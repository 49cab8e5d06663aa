//! `confluence_product_groups`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// Groups by the access to the product that they give: `getGroupV1`, which takes it as a parameter.
pub static TABLE: Table = Table {
    name: "confluence_product_groups",
    comment: "Groups that give access to Confluence itself. One request lists 200 that give one kind of access: user, admin or site-admin; without a condition on access_type, all three are asked for.",
    key: &["access_type", "id"],
    rows: 12.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getGroupV1",
        "/wiki/rest/api/group",
        "read:confluence-groups",
        200,
    )
    .requiring(&["access_type"])],
    columns: &[
        Column::text(
            "access_type",
            "",
            "Access that the group gives: user, admin or site-admin.",
        )
        .required()
        .filter(Filter::choice(
            "accessType",
            &["user", "admin", "site-admin"],
        ))
        .rows_per_value(3.0)
        .width(5),
        Column::text(
            "id",
            "id",
            "Id of the group. It stays when the name changes.",
        )
        .required()
        .width(36),
        Column::text("name", "name", "Name of the group.").describing(),
    ],
};
