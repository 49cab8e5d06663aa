//! Watches: who is told of changes.

use crate::schema::Column;

pub const ACCOUNT_ID: Column = Column::text(
    "account_id",
    "watcher.accountId",
    "Account that is told of changes.",
)
.required()
.rows_per_value(50.0)
.width(43);

pub const DISPLAY_NAME: Column = Column::text(
    "display_name",
    "watcher.displayName",
    "The account's name, as far as it is shown to others.",
);

pub const TYPE: Column = Column::text("type", "type", "Kind of watch, as the site names it.")
    .required()
    .width(6);
