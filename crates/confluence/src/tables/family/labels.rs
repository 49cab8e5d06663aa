//! Labels on something.

use crate::schema::{Column, Filter};

/// The label, by its id.
pub const LABEL_ID: Column = Column::bigint("label_id", "id", "Id of the label.").required();

/// The label's name.
pub const NAME: Column =
    Column::text("name", "name", "Name of the label, without its prefix.").width(12);

/// The label's prefix, of which content has all kinds.
pub const PREFIX: Column = prefix(
    &["my", "team", "global", "system"],
    "Kind of label: global, my (the account's own), team or system.",
);

/// The label's prefix, in a listing about a space.
pub const SPACE_PREFIX: Column = prefix(
    &["my", "team"],
    "Kind of label: team, or my (the account's own).",
);

const fn prefix(choices: &'static [&'static str], comment: &'static str) -> Column {
    Column::text("prefix", "prefix", comment)
        .filter(Filter::choice("prefix", choices))
        .width(6)
}
