//! `confluence_content_tree`.

use super::family::tree;
use super::root_pages;
use crate::schema::{Column, Deeper, Endpoint, Source, Table};

/// What lies below the pages at the root of spaces: `getPageDescendants`.
pub static TABLE: Table = Table {
    name: "confluence_content_tree",
    comment: "Everything below the pages at the root of spaces: pages, folders, whiteboards, databases and Smart Links. Asked root page by root page: 250 rows a request, besides the listing of root pages.",
    key: &["root_page_id", "id"],
    rows: 38_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageDescendants",
        "/wiki/api/v2/pages/{root_page_id}/descendants",
        "read:hierarchical-content:confluence",
    )
    .with(&[("depth", "10")])
    .deeper(BELOW)
    .found_by("type in (page, folder, whiteboard, database, embed)")
    .from(&[Source::of(&root_pages::TABLE, &[("root_page_id", "id")])])],
    columns: &[
        Column::bigint(
            "root_page_id",
            "",
            "Page at the root of a space. A condition can name any other page, too.",
        )
        .required()
        .rows_per_value(70.0),
        Column::bigint(
            "id",
            "id",
            "Id of the page, folder, whiteboard, database or Smart Link.",
        )
        .required()
        .rows_per_value(1.0),
        Column::text(
            "type",
            "type",
            "What it is: page, folder, whiteboard, database or embed, which is a Smart Link.",
        )
        .rows_per_value(2_000.0)
        .width(6),
        Column::text("status", "status", "Status: current or archived.").width(8),
        Column::text("title", "title", "Title.").width(32),
        Column::bigint("parent_id", "parentId", "Parent in the content tree."),
        Column::integer(
            "depth",
            "depth",
            "How far below the root page it is; 1 for its children.",
        ),
        Column::integer(
            "child_position",
            "childPosition",
            "Place among the parent's children. NULL where it has none.",
        ),
        tree::MODIFIED_AT,
    ],
};

/// One listing reaches ten levels down.
const BELOW: Deeper = Deeper {
    id: "id",
    at_depth: Some(("depth", 10)),
    kind: Some("type"),
    paths: &[
        (
            "page",
            "getPageDescendants",
            "/wiki/api/v2/pages/{}/descendants",
        ),
        (
            "folder",
            "getFolderDescendants",
            "/wiki/api/v2/folders/{}/descendants",
        ),
        (
            "whiteboard",
            "getWhiteboardDescendants",
            "/wiki/api/v2/whiteboards/{}/descendants",
        ),
        (
            "database",
            "getDatabaseDescendants",
            "/wiki/api/v2/databases/{}/descendants",
        ),
        (
            "embed",
            "getSmartLinkDescendants",
            "/wiki/api/v2/embeds/{}/descendants",
        ),
    ],
};
