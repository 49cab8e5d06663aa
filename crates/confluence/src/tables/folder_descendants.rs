//! `confluence_folder_descendants`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// Everything below folders: `getFolderDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_folder_descendants",
    comment: "Everything below each folder in the content tree, of any kind, current and archived. One request lists 250, down to ten levels; below that, each row at the tenth level takes one more. Without a condition on folder_id, each folder that confluence_folders finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["folder_id", "id"],
    rows: 22_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getFolderDescendants",
        "/wiki/api/v2/folders/{folder_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::FOLDERS)
    .with(tree::DOWN_TO_10)
    .deeper(tree::BELOW_10)],
    columns: &[
        Column::bigint("folder_id", "", "Folder that is above.")
            .required()
            .rows_per_value(20.0),
        tree::DESCENDANT_ID.rows_per_value(20.0),
        tree::DESCENDANT_TYPE.rows_per_value(20_000.0),
        tree::STATUS,
        tree::TITLE,
        tree::PARENT_ID,
        tree::DEPTH,
        tree::CHILD_POSITION,
        tree::MODIFIED_AT,
    ],
};
