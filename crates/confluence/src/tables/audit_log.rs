//! `confluence_audit_log`.

use crate::schema::{Column, Endpoint, Table};

/// What administrators did: `getAuditV1`.
pub static TABLE: Table = Table {
    name: "confluence_audit_log",
    comment: "Records of the audit log, as far back as confluence_audit_retention says. Only an administrator of Confluence may read it. One request gives 1,000; a condition on a span of created_at is passed on. Objects have names here and no ids; behind the name of a group stand a colon and its id.",
    key: &[],
    // Not edits, but what is done to accounts, groups, grants, lists and spaces: a year of it, which is the most that a site
    // keeps, is from 1 to 10 requests on sites of the size that the other tables assume.
    rows: 3_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getAuditV1",
        "/wiki/rest/api/audit",
        "read:audit-log:confluence",
        1_000,
    )
    .windowed()],
    columns: &[
        Column::timestamp("created_at", "creationDate", "When it was done.")
            .required()
            .window("startDate", "endDate"),
        Column::text(
            "author_id",
            "author.accountId",
            "Account that did it. NULL where the site did it by itself, or does not say.",
        )
        .empty_is_null()
        .rows_per_value(100.0)
        .width(43),
        Column::text(
            "author_name",
            "author.displayName",
            "Name of whoever did it.",
        ),
        Column::text("author_type", "author.type", "What did it: user.").width(4),
        Column::text(
            "remote_address",
            "remoteAddress",
            "Internet address that it was done from. NULL where there is none.",
        )
        .empty_is_null()
        .width(15),
        Column::text(
            "category",
            "category",
            "What kind of thing it is, such as Permissions or Users and groups.",
        )
        .rows_per_value(600.0)
        .width(16),
        Column::text("summary", "summary", "What was done, in a few words."),
        Column::text(
            "description",
            "description",
            "What was done, in more words. Empty where these say nothing more.",
        )
        .width(40),
        Column::boolean(
            "is_sys_admin",
            "sysAdmin",
            "Whether a system administrator did it.",
        ),
        Column::boolean(
            "is_super_admin",
            "superAdmin",
            "Whether a super administrator did it. NULL where the site does not say.",
        ),
        Column::text(
            "affected_object_name",
            "affectedObject.name",
            "Name of what it was done to; of a group, the name, a colon and the id. NULL where that has none.",
        )
        .empty_is_null(),
        Column::text(
            "affected_object_type",
            "affectedObject.objectType",
            "Kind of what it was done to, such as Group, Space or Page. NULL where there is none.",
        )
        .empty_is_null()
        .rows_per_value(600.0)
        .width(6),
        Column::json(
            "changed_values",
            "changedValues",
            "What changed: an array of objects with name, oldValue and newValue.",
        ),
        Column::json(
            "associated_objects",
            "associatedObjects",
            "What else it concerns: an array of objects with name and objectType.",
        ),
    ],
};
