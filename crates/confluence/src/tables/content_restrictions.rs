//! `confluence_content_restrictions`.

use super::family::looked_up;
use super::{blogposts, pages};
use crate::schema::{Column, Endpoint, Filter, Proof, RowsAt, Source, Table, Unreadable, Withheld};

/// Whose restrictions are listed, where no condition says it.
const CONTENTS: &[Source] = &[
    Source::of(&pages::TABLE, &[("content_id", "id")]),
    Source::of(&blogposts::TABLE, &[("content_id", "id")]),
];

/// Where the answer about one content has the restrictions of an operation.
const OF_OPERATION: &[RowsAt] = &[
    RowsAt::new("results[].restrictions.user.results").setting(&[("principal_type", "user")]),
    RowsAt::new("results[].restrictions.group.results").setting(&[("principal_type", "group")]),
];

/// Where the answer about several contents has them.
const OF_CONTENT: &[RowsAt] = &[
    RowsAt::new("results[].restrictions.read.restrictions.user.results")
        .setting(&[("operation", "read"), ("principal_type", "user")]),
    RowsAt::new("results[].restrictions.read.restrictions.group.results")
        .setting(&[("operation", "read"), ("principal_type", "group")]),
    RowsAt::new("results[].restrictions.update.restrictions.user.results")
        .setting(&[("operation", "update"), ("principal_type", "user")]),
    RowsAt::new("results[].restrictions.update.restrictions.group.results")
        .setting(&[("operation", "update"), ("principal_type", "group")]),
];

/// To whom contents are restricted: `getContentByIdRestrictionV1`, and of several at one time `getContentSearchV1`.
pub static TABLE: Table = Table {
    name: "confluence_content_restrictions",
    comment: "Accounts and groups to which reading or changing a content is restricted. A content without rows for an operation is not restricted in it by itself. What restricts reading holds for everything below, too, and is listed only where it was made. A content whose restrictions the site does not show has one row, with operation 'unknown'; a list of which the site does not show all names has one with principal_type 'unknown'. Up to 200 contents are looked up in one request, by a search for their ids; each of them has to come back with all of its lists, or is asked about by itself, and so are one or two, and all where the account may not search. Without a condition on content_id, every page and blog post is looked up. Folders, whiteboards, databases and others are read by a condition on content_id.",
    key: &["content_id", "operation", "principal_type", "principal_id"],
    rows: 1_800.0,
    population: None,
    endpoints: &[
        Endpoint::offset(
            "getContentByIdRestrictionV1",
            "/wiki/rest/api/content/{content_id}/restriction",
            "read:confluence-content.all",
            100,
        )
        .with(&[("expand", "restrictions.user,restrictions.group")])
        .rows_at(OF_OPERATION)
        .unreadable(Unreadable::Row {
            sets: &[
                ("operation", "unknown"),
                ("principal_type", "unknown"),
                ("principal_id", "unknown"),
            ],
            said: "reason",
        })
        .withholding(Withheld {
            sets: &[("principal_type", "unknown"), ("principal_id", "unknown")],
            said: "reason",
        })
        .from(CONTENTS),
        Endpoint::by(
            "getContentSearchV1",
            "/wiki/rest/api/content/search",
            "search:confluence",
        )
        .requiring(&["content_id"])
        .with(looked_up::EXPAND)
        .page(200)
        .rows_at(OF_CONTENT)
        .having(&[("content_id", "^id"), ("operation", "")])
        .proved(Proof {
            object: "content_id",
            kind: None,
            again: looked_up::ARCHIVED,
        })
        .from(CONTENTS),
    ],
    columns: &[
        Column::bigint("content_id", "", "Content that is restricted.")
            .required()
            .filter(Filter::list("cql", 200).in_query("id"))
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
            "Who may do it nevertheless: user or group. 'unknown' where the site does not show it, or not all of them.",
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
        .empty_is_null()
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
            "Why the site does not show the restrictions, or how many names of a list it withholds. NULL where it shows all.",
        ),
    ],
};
