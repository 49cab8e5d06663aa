//! `confluence_user_properties`.

use super::users;
use crate::schema::{Column, Endpoint, Part, Source, Table};

const SCOPE: &str = "read:user.property:confluence";

static PROPERTY: Part = Part {
    operation: "getUserByUserIdPropertyByKeyV1",
    path: "/wiki/rest/api/user/{account_id}/property/{key}",
    scope: SCOPE,
    may_be_absent: false,
};

/// Properties of accounts: `getUserByUserIdPropertyV1`.
pub static TABLE: Table = Table {
    name: "confluence_user_properties",
    comment: "Properties that apps have given to accounts. One request gives the keys of 25 of one account, and one request each their values. Without a condition on account_id, every account of confluence_users is asked about, one by one.",
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
        Column::text("account_id", "", "Account that has the property.")
            .required()
            .rows_per_value(1.0)
            .width(43),
        Column::text("key", "key", "Key of the property.")
            .required()
            .rows_per_value(500.0),
        Column::text("id", "id", "Id of the property.")
            .part(&PROPERTY)
            .width(12),
        Column::json("value", "value", "Value of the property.").part(&PROPERTY),
        Column::timestamp("created_at", "createdDate", "When the property was made.")
            .part(&PROPERTY),
        Column::timestamp(
            "modified_at",
            "lastModifiedDate",
            "When the property was changed last.",
        )
        .part(&PROPERTY),
    ],
};
