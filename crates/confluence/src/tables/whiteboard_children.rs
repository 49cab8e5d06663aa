//! `confluence_whiteboard_children`.

use crate::table::{Column, Endpoint, Source, Table};
use crate::tables::{family::tree, whiteboards};

/// What is right below whiteboards: `getWhiteboardDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_whiteboard_children",
    comment: "What is right below each whiteboard in the content tree, of any kind, current and archived. Without a condition on whiteboard_id, each whiteboard that confluence_whiteboards lists is asked: one request each.",
    key: &["whiteboard_id", "id"],
    rows: 100.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getWhiteboardDirectChildren",
        "/wiki/api/v2/whiteboards/{whiteboard_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(&[Source::of(&whiteboards::TABLE, &[("whiteboard_id", "id")])])
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("whiteboard_id", "", "Whiteboard that is the parent.")
            .required()
            .rows_per_value(0.1),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(90.0),
        tree::STATUS,
        tree::TITLE,
        tree::SPACE_ID,
        tree::CHILD_POSITION,
    ],
};
