//! `confluence_folder_children`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is right below folders: `getFolderDirectChildren`.
pub static TABLE: Table = Table {
    name: "confluence_folder_children",
    comment: "What is right below each folder in the content tree, of any kind, current and archived. Without a condition on folder_id, each folder that confluence_folders finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["folder_id", "id"],
    rows: 5_400.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getFolderDirectChildren",
        "/wiki/api/v2/folders/{folder_id}/direct-children",
        "read:hierarchical-content:confluence",
    )
    .from(nodes::FOLDERS)
    .with(tree::BY_ID)],
    columns: &[
        Column::bigint("folder_id", "", "Folder that is the parent.")
            .required()
            .rows_per_value(5.0),
        tree::CHILD_ID,
        tree::CHILD_TYPE.rows_per_value(4_900.0),
        tree::STATUS,
        tree::TITLE,
        tree::CHILD_POSITION,
    ],
};
