//! `confluence_space_content_labels`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::labels, spaces};

/// Labels, of the kinds team and my, on anything that is in a space: `getSpaceContentLabels`.
pub static TABLE: Table = Table {
    name: "confluence_space_content_labels",
    comment: "Labels, of the kinds team and my, on anything that is in a space. Without a condition on space_id, each space that confluence_spaces lists is asked: one request each.",
    key: &["space_id", "label_id"],
    rows: 2_600.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSpaceContentLabels",
        "/wiki/api/v2/spaces/{space_id}/content/labels",
        "read:space:confluence",
    )
    .from(&[Source::of(&spaces::TABLE, &[("space_id", "id")])])
    .taking(&["prefix"])],
    columns: &[
        Column::bigint("space_id", "", "Space in which something has the label.")
            .required()
            .rows_per_value(10.0),
        labels::LABEL_ID.rows_per_value(5.0),
        labels::NAME.rows_per_value(5.0),
        labels::SPACE_PREFIX.rows_per_value(1_300.0),
    ],
};
