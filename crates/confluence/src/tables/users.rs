//! `confluence_users`.

use super::{group_members, permissions, space_role_assignments};
use crate::schema::{Column, Endpoint, Filter, Paging, Source, Table};

/// Accounts: `createBulkUserLookup`, which looks up what is named to it.
pub static TABLE: Table = Table {
    name: "confluence_users",
    comment: "Accounts of people, apps and customers. The site has no listing of all. Without a condition on account_id, they are the members of all groups and whoever has a permission or a role in a space; a condition on account_id finds others, such as authors who have left. One request looks up 250.",
    key: &["account_id"],
    rows: 2_000.0,
    population: None,
    endpoints: &[Endpoint::list(
        "createBulkUserLookup",
        "/wiki/api/v2/users-bulk",
        "read:user:confluence",
    )
    .posting()
    .requiring(&["account_id"])
    .paging(Paging::Whole)
    .page(0)
    .from(&[
        Source::of(&group_members::TABLE, &[("account_id", "account_id")]),
        Source::of(&permissions::TABLE, &[("account_id", "principal_id")])
            .only("principal_type", "user"),
        Source::of(
            &space_role_assignments::TABLE,
            &[("account_id", "principal_id")],
        )
        .only("principal_type", "USER")
        .absent_without_roles(),
    ])],
    columns: &[
        Column::text("account_id", "accountId", "Id of the account, the same on all sites.")
            .required()
            .filter(Filter::list("accountIds", 250))
            .rows_per_value(1.0)
            .width(43),
        Column::text(
            "account_type",
            "accountType",
            "Kind of account: atlassian for people, app, customer or unknown.",
        )
        .rows_per_value(700.0)
        .width(9),
        Column::text(
            "account_status",
            "accountStatus",
            "Status: active, inactive, closed or unknown.",
        )
        .rows_per_value(700.0)
        .width(6),
        Column::text(
            "email",
            "email",
            "E-mail address. NULL where it is hidden from the account that reads.",
        )
        .describing()
        .nulls(0.8)
        .empty_is_null()
        .rows_per_value(1.0),
        Column::text("public_name", "publicName", "Name that the account shows to everybody.")
        .describing(),
        Column::text(
            "display_name",
            "displayName",
            "Full name, or the public name where the account hides it.",
        )
        .describing(),
        Column::text(
            "time_zone",
            "timeZone",
            "Time zone of the account. NULL where it is hidden from the account that reads.",
        )
        .describing()
        .empty_is_null()
        .width(14),
        Column::bigint(
            "personal_space_id",
            "personalSpaceId",
            "The account's personal space. NULL where it has none.",
        )
        .nulls(0.5)
        .empty_is_null(),
        Column::boolean(
            "is_external_collaborator",
            "isExternalCollaborator",
            "Whether the account is a guest, who sees one space only.",
        ),
        Column::text(
            "profile_picture_path",
            "profilePicture.path",
            "Address of the profile picture, as the site writes it. NULL where it is hidden from the account that reads.",
        )
        .describing()
        .empty_is_null()
        .width(60),
    ],
};
