//! What the account that asks may do with something.

use crate::schema::{Column, RowsAt};

/// Where an answer has them. It has all of them.
pub const ROWS_AT: &[RowsAt] = &[RowsAt::new("operations")];

/// What may be done.
pub const OPERATION: Column = Column::text(
    "operation",
    "operation",
    "What the account may do: read, update, delete, create and others.",
)
.required()
.width(10);

/// What it may be done to.
pub const TARGET_TYPE: Column = Column::text(
    "target_type",
    "targetType",
    "What it may be done to: the object itself, or what can be in it, such as comments and attachments.",
)
.required()
.width(10);
