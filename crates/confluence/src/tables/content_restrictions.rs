//! `confluence_content_restrictions`.

use super::{blogposts, pages};
use crate::schema::{Column, Endpoint, RowsAt, Source, Table, Unreadable};

/// To whom contents are restricted: `getContentByIdRestrictionV1`.
pub static TABLE: Table = Table {
    name: "confluence_content_restrictions",
    comment: "Accounts and groups to which reading or changing a content is restricted. A content without rows for an operation is not restricted in it by itself. What restricts reading holds for everything below, too, and is listed only where it was made. A content whose restrictions the site does not show has one row, with operation 'unknown'. Without a condition on content_id, every page and blog post is asked, one by one. Folders, whiteboards, databases and others are read by a condition on content_id.",
    key: &["content_id", "operation", "principal_type", "principal_id"],
    rows: 5_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getContentByIdRestrictionV1",
        "/wiki/rest/api/content/{content_id}/restriction",
        "read:confluence-content.all",
        100,
    )
    .with(&[("expand", "restrictions.user,restrictions.group")])
    .rows_at(&[
        RowsAt::new("results[].restrictions.user.results").setting(&[("principal_type", "user")]),
        RowsAt::new("results[].restrictions.group.results").setting(&[("principal_type", "group")]),
    ])
    .unreadable(Unreadable::Row {
        sets: &[
            ("operation", "unknown"),
            ("principal_type", "unknown"),
            ("principal_id", "unknown"),
        ],
        said: "reason",
    })
    .from(&[
        Source::of(&pages::TABLE, &[("content_id", "id")]),
        Source::of(&blogposts::TABLE, &[("content_id", "id")]),
    ])],
    columns: &[
        Column::bigint("content_id", "", "Content that is restricted.")
            .required()
            .rows_per_value(2.0),
        Column::text(
            "operation",
            "^operation",
            "What is restricted: read or update. 'unknown' where the site does not show it: a condition on read alone leaves that out.",
        )
        .required()
        .width(6),
        Column::text(
            "principal_type",
            "",
            "Who may do it nevertheless: user or group. 'unknown' where the site does not show it.",
        )
        .required()
        .width(5),
        Column::text(
            "principal_id",
            "accountId|id",
            "The account or the group. 'unknown' where the site does not show it.",
        )
        .required()
        .rows_per_value(20.0)
        .width(40),
        Column::text(
            "display_name",
            "displayName|name",
            "Name of the account or the group. NULL where the site does not show it.",
        )
        .describing(),
        Column::text(
            "account_status",
            "accountStatus",
            "Whether the account is in use: active, inactive or closed. NULL for groups, and where the site does not say.",
        )
        .describing()
        .width(6),
        Column::text(
            "reason",
            "",
            "Why the site does not show the restrictions. NULL where it does.",
        ),
    ],
};
