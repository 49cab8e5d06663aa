//! `confluence_folder_properties`.

use crate::table::{Column, Endpoint, Source, Table};
use crate::tables::{family::properties, folders};

/// Properties of folders: `getFolderContentProperties`.
pub static TABLE: Table = Table {
    name: "confluence_folder_properties",
    comment: "Properties that apps keep on folders. Without a condition on folder_id, each folder that confluence_folders lists is asked: one request each.",
    key: &["folder_id", "id"],
    rows: 2_000.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getFolderContentProperties",
            "/wiki/api/v2/folders/{folder_id}/properties",
            "read:folder:confluence",
        )
        .from(&[Source::of(&folders::TABLE, &[("folder_id", "id")])])
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
        properties::KEY.rows_per_value(100.0),
        properties::VALUE,
        properties::VERSION_NUMBER,
        properties::MODIFIED_AT,
        properties::VERSION_AUTHOR_ID,
        properties::VERSION_MESSAGE,
        properties::VERSION_MINOR_EDIT,
    ],
};
