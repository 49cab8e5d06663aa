//! The classification level of an object, which a request of its own tells.

use crate::schema::{Column, Part};

pub const fn level_id(part: &'static Part) -> Column {
    Column::text(
        "classification_level_id",
        "id",
        "Id of the classification level. NULL where there is none. One request for each row.",
    )
    .part(part)
    .width(36)
}

pub const fn level_name(part: &'static Part) -> Column {
    Column::text(
        "classification_level",
        "name",
        "Name of the classification level. NULL where there is none. One request for each row.",
    )
    .part(part)
    .width(12)
}
