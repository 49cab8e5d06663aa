//! `confluence_product_users`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// People whom the site itself counts as having access: `getSearchV1` for users.
pub static TABLE: Table = Table {
    name: "confluence_product_users",
    comment: "People who have access to Confluence, as its own search counts them. permission_type says how: none for people with a licence, externalCollaborator for guests; without a condition on it, both are asked for. One request gives 250. The search knows of changes after a minute or so.",
    key: &["permission_type", "account_id"],
    rows: 2_000.0,
    population: None,
    endpoints: &[
        Endpoint::by("getSearchV1", "/wiki/rest/api/search", "search:confluence")
            .with(&[("cql", "type%20%3D%20user")])
            .requiring(&["permission_type"]),
    ],
    columns: &[
        Column::text(
            "permission_type",
            "",
            "How the account has access: none for a licence, externalCollaborator for guests.",
        )
        .required()
        .filter(Filter::choice(
            "sitePermissionTypeFilter",
            &["none", "externalCollaborator"],
        ))
        .rows_per_value(1_000.0)
        .width(4),
        Column::text("account_id", "user.accountId", "Account of the person.")
            .required()
            .width(43),
        Column::text("display_name", "user.displayName", "Name of the person.").describing(),
    ],
};
