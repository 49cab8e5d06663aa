//! `confluence_page_versions`.

use crate::schema::{Column, Endpoint, Part, Source, Table};
use crate::tables::{family::versions, pages};

/// Details of a version: `getPageVersionDetails`.
static DETAILS: Part = Part {
    operation: "getPageVersionDetails",
    path: "/wiki/api/v2/pages/{page_id}/versions/{number}",
    scope: "read:page:confluence",
    may_be_absent: false,
};

/// Versions of pages: `getPageVersions`.
pub static TABLE: Table = Table {
    name: "confluence_page_versions",
    comment: "Versions of pages, the current one included. One request lists 250 versions of one, or 50 with their bodies. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "number"],
    rows: 180_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageVersions",
        "/wiki/api/v2/pages/{page_id}/versions",
        "read:page:confluence",
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")]).counted_by("version_number")])],
    columns: &[
        Column::bigint("page_id", "", "Page that the version is of.")
            .required()
            .rows_per_value(5.0),
        versions::NUMBER,
        versions::CREATED_AT,
        versions::AUTHOR_ID,
        versions::MESSAGE,
        versions::MINOR_EDIT,
        versions::title("page.title"),
        versions::body_storage("page.body.storage.value"),
        versions::body_adf("page.body.atlas_doc_format.value"),
        versions::content_type_modified(&DETAILS),
        versions::collaborators(&DETAILS),
        versions::previous_version(&DETAILS),
        versions::next_version(&DETAILS),
    ],
};
