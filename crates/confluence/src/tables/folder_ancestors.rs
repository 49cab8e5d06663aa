//! `confluence_folder_ancestors`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, tree};

/// What is above folders: `getFolderAncestors`.
pub static TABLE: Table = Table {
    name: "confluence_folder_ancestors",
    comment: "What is above each folder in the content tree: its parent, the parent of that, and so on. One without a parent has no rows. Without a condition on folder_id, each folder that confluence_folders finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["folder_id", "ancestor_id"],
    rows: 2_200.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getFolderAncestors",
        "/wiki/api/v2/folders/{folder_id}/ancestors",
        "read:content.metadata:confluence",
    )
    .rows_at(tree::ANCESTORS_AT)
    .page(tree::ALL_ANCESTORS)
    .from(nodes::FOLDERS)],
    columns: &[
        Column::bigint("folder_id", "", "Folder that is below.")
            .required()
            .rows_per_value(2.0),
        tree::ANCESTOR_ID,
        tree::ANCESTOR_TYPE.rows_per_value(2_000.0),
    ],
};
