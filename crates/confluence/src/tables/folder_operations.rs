//! `confluence_folder_operations`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, operations};

/// What the account may do with folders: `getFolderOperations`.
pub static TABLE: Table = Table {
    name: "confluence_folder_operations",
    comment: "What the account that asks may do with each folder. It says nothing about other accounts. Without a condition on folder_id, each folder that confluence_folders finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["folder_id", "operation", "target_type"],
    rows: 8_600.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getFolderOperations",
        "/wiki/api/v2/folders/{folder_id}/operations",
        "read:folder:confluence",
    )
    .rows_at(operations::ROWS_AT)
    .from(nodes::FOLDERS)],
    columns: &[
        Column::bigint("folder_id", "", "Folder that it is about.")
            .required()
            .rows_per_value(8.0),
        operations::OPERATION.rows_per_value(1_100.0),
        operations::TARGET_TYPE.rows_per_value(2_200.0),
    ],
};
