//! `confluence_space_states`.

use super::v1::space_key::{EVERY_SPACE, SPACE_KEY};
use crate::schema::{Column, Endpoint, Paging, RowsAt, Table};

/// States that spaces offer: `getSpaceBySpaceKeyStateV1`.
pub static TABLE: Table = Table {
    name: "confluence_space_states",
    comment: "States that spaces offer for contents. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key", "id"],
    rows: 780.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSpaceBySpaceKeyStateV1",
        "/wiki/rest/api/space/{space_key}/state",
        "read:confluence-space.summary",
    )
    .rows_at(&[RowsAt::new("")])
    .paging(Paging::Whole)
    .page(0)
    .from(EVERY_SPACE)],
    columns: &[
        SPACE_KEY.rows_per_value(3.0),
        Column::bigint(
            "id",
            "id",
            "Id of the state. 0, 1 and 2 are those that every space begins with.",
        )
        .required(),
        Column::text("name", "name", "Name of the state.").width(12),
        Column::text("color", "color", "Colour of the state, such as #ffc400.").width(7),
    ],
};
