//! `confluence_space_labels`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::labels, spaces};

/// Labels on spaces, of the kinds team and my: `getSpaceLabels`.
pub static TABLE: Table = Table {
    name: "confluence_space_labels",
    comment: "Labels on spaces, of the kinds team and my. Without a condition on space_id, each space that confluence_spaces lists is asked: one request each.",
    key: &["space_id", "label_id"],
    rows: 520.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSpaceLabels",
        "/wiki/api/v2/spaces/{space_id}/labels",
        "read:space:confluence",
    )
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])
    .taking(&["prefix"])],
    columns: &[
        Column::bigint("space_id", "", "Space that has the label.")
            .required()
            .rows_per_value(2.0),
        labels::LABEL_ID.rows_per_value(5.0),
        labels::NAME.rows_per_value(5.0),
        labels::SPACE_PREFIX.rows_per_value(260.0),
    ],
};
