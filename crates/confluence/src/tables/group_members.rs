//! `confluence_group_members`.

use super::groups;
use crate::schema::{Column, Endpoint, Filter, Source, Table};

/// Who is in which group: `getGroupByGroupIdMembersByGroupIdV1`.
pub static TABLE: Table = Table {
    name: "confluence_group_members",
    comment: "Members of groups. One request gives 200 of one group. Without a condition on group_id, every group is asked, one by one; but the groups of one account come in one request where only their ids are asked for.",
    key: &["group_id", "account_id"],
    rows: 10_000.0,
    population: None,
    endpoints: &[
        Endpoint::offset(
            "getGroupByGroupIdMembersByGroupIdV1",
            "/wiki/rest/api/group/{group_id}/membersByGroupId",
            "read:confluence-groups",
            200,
        )
        .from(&[Source::of(&groups::TABLE, &[("group_id", "id")])]),
        Endpoint::offset(
            "getUserMemberofV1",
            "/wiki/rest/api/user/memberof",
            "read:confluence-user",
            200,
        )
        .requiring(&["account_id"])
        .lacking(&[
            "account_type",
            "account_status",
            "email",
            "public_name",
            "display_name",
            "is_external_collaborator",
            "is_guest",
            "type",
            "time_zone",
        ]),
    ],
    columns: &[
        // Groups have this field, and members have not: theirs is known from the request.
        Column::text("group_id", "id", "Group that the account is in.")
            .required()
            .rows_per_value(100.0)
            .width(36),
        Column::text("account_id", "accountId", "Account that is in the group.")
            .required()
            .filter(Filter::list("accountId", 1))
            .rows_per_value(5.0)
            .width(43),
        Column::text(
            "account_type",
            "accountType",
            "Kind of account: atlassian for people, app for apps. NULL where the site does not say, as for customers of a service desk.",
        )
        .describing()
        .empty_is_null()
        .width(9),
        Column::text(
            "account_status",
            "accountStatus",
            "Whether the account is in use: active, inactive or closed. NULL where the site does not say.",
        )
        .describing()
        .width(6),
        Column::text(
            "email",
            "email",
            "E-mail address. NULL where it is hidden from the account that reads.",
        )
        .describing()
        .empty_is_null(),
        Column::text("public_name", "publicName", "Name that the account shows to everybody.")
        .describing(),
        Column::text(
            "display_name",
            "displayName",
            "Full name, or the public name where the account hides it.",
        )
        .describing(),
        Column::boolean(
            "is_external_collaborator",
            "isExternalCollaborator",
            "Whether the account is a guest, by the older name. NULL where the site does not say.",
        )
        .describing(),
        Column::boolean(
            "is_guest",
            "isGuest",
            "Whether the account is a guest, who sees one space only. NULL where the site does not say.",
        )
        .describing(),
        Column::text(
            "type",
            "type",
            "Whether the site knows the account: known, unknown, anonymous or user.",
        )
        .describing()
        .width(5),
        Column::text(
            "time_zone",
            "timeZone",
            "Time zone of the account. NULL where it is hidden from the account that reads.",
        )
        .describing()
        .empty_is_null()
        .width(14),
    ],
};
