//! `confluence_user_properties`.

use super::users;
use crate::table::{Column, Endpoint, Part, Source, Table};

const SCOPE: &str = "read:user.property:confluence";

static PROPERTY: Part = Part {
    operation: "getUserByUserIdPropertyByKeyV1",
    path: "/wiki/rest/api/user/{account_id}/property/{key}",
    scope: SCOPE,
    may_be_absent: false,
};

/// What apps have noted about accounts: `getUserByUserIdPropertyV1`.
pub static TABLE: Table = Table {
    name: "confluence_user_properties",
    comment: "What apps have noted about accounts, by keys. One request gives 25 keys of one account, and one request each what is noted. Without a condition on account_id, every account of confluence_users is asked, one by one.",
    key: &["account_id", "key"],
    rows: 2_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getUserByUserIdPropertyV1",
        "/wiki/rest/api/user/{account_id}/property",
        SCOPE,
        25,
    )
    .from(&[Source::of(&users::TABLE, &[("account_id", "account_id")])])],
    columns: &[
        Column::text("account_id", "", "Account that the note is about.")
            .required()
            .rows_per_value(1.0)
            .width(43),
        Column::text("key", "key", "Key of the note.")
            .required()
            .rows_per_value(500.0),
        Column::text("id", "id", "Id of the note.")
            .part(&PROPERTY)
            .width(12),
        Column::json("value", "value", "What is noted.").part(&PROPERTY),
        Column::timestamp("created_at", "createdDate", "When the note was made.").part(&PROPERTY),
        Column::timestamp(
            "modified_at",
            "lastModifiedDate",
            "When the note was changed last.",
        )
        .part(&PROPERTY),
    ],
};
