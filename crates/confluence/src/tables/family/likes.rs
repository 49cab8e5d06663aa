//! Who likes something.

use crate::schema::Column;

/// Who likes it.
pub const ACCOUNT_ID: Column = Column::text("account_id", "accountId", "Account that likes it.")
    .required()
    .rows_per_value(50.0)
    .width(43);
