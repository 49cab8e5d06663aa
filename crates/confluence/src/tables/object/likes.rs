//! How many people like an object, which a request of its own tells.

use crate::schema::{Column, Part};

pub const fn like_count(part: &'static Part) -> Column {
    Column::bigint(
        "like_count",
        "count",
        "How many accounts like it. One request for each row.",
    )
    .part(part)
}
