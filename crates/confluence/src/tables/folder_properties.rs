//! `confluence_folder_properties`.

use crate::schema::{Column, Endpoint, Table};
use crate::tables::family::{nodes, properties};

/// Properties of folders: `getFolderContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_folder_properties",
    comment: "Properties that apps keep on folders. Without a condition on folder_id, each folder that confluence_folders finds is asked: one request each, besides the listings of the content tree and of pages.",
    key: &["folder_id", "id"],
    rows: 1_100.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getFolderContentProperties",
            "/wiki/api/v2/folders/{folder_id}/properties",
            "read:folder:confluence",
        )
        .from(nodes::FOLDERS)
        .taking(&["key"]),
        Endpoint::one(
            "getFolderContentPropertiesById",
            "/wiki/api/v2/folders/{folder_id}/properties/{id}",
            "read:folder:confluence",
        ),
    ],
    columns: &[
        Column::bigint("folder_id", "", "Folder that has the property.")
            .required()
            .rows_per_value(1.0),
        properties::ID,
        properties::KEY.rows_per_value(55.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
