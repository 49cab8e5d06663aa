//! `confluence_user_groups`.

use super::group_members;
use crate::schema::{Column, Endpoint, Filter, Source, Table};

/// Which groups an account is in: `getUserMemberofV1`.
pub static TABLE: Table = Table {
    name: "confluence_user_groups",
    comment: "Groups that accounts are in, with their names. One request gives 200 groups of one account. Without a condition on account_id, the members of all groups are listed, and then each is asked about: confluence_group_members takes fewer requests for that.",
    key: &["account_id", "group_id"],
    rows: 10_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getUserMemberofV1",
        "/wiki/rest/api/user/memberof",
        "read:confluence-user",
        200,
    )
    .requiring(&["account_id"])
    .from(&[Source::of(
        &group_members::TABLE,
        &[("account_id", "account_id")],
    )])],
    columns: &[
        Column::text("account_id", "", "Account that is in the group.")
            .required()
            .filter(Filter::list("accountId", 1))
            .rows_per_value(5.0)
            .width(43),
        Column::text("group_id", "id", "Group that the account is in.")
            .required()
            .rows_per_value(100.0)
            .width(36),
        Column::text("group_name", "name", "Name of the group.").required(),
    ],
};
