//! `confluence_admin_key`.

use crate::schema::{Column, Endpoint, Table, Unreadable};

/// The admin key that the account has: `getAdminKey`.
pub static TABLE: Table = Table {
    name: "confluence_admin_key",
    comment: "Admin key of the account, in one row while it has one. The site tells administrators only, and no scope allows it to a token that has scopes.",
    key: &["account_id"],
    rows: 1.0,
    population: None,
    endpoints: &[
        Endpoint::one("getAdminKey", "/wiki/api/v2/admin-key", "").unreadable(Unreadable::Nothing)
    ],
    columns: &[
        Column::text("account_id", "accountId", "Account that has the key.")
            .required()
            .width(43),
        Column::timestamp("expires_at", "expirationTime", "When the key ends."),
    ],
};
