//! `confluence_smart_links`.

use super::content_tree;
use super::object::tree::{
    AUTHOR_ID, CREATED_AT, OWNER_ID, PARENT_ID, PARENT_TYPE, POSITION, SPACE_ID, STATUS, TITLE,
    WEB_URL, by_id, search,
};
use super::object::version::{
    MODIFIED_AT, VERSION_AUTHOR_ID, VERSION_MESSAGE, VERSION_MINOR_EDIT, VERSION_NUMBER,
};
use super::pages;
use crate::schema::{Column, Source, Table};

/// Smart Links in the content tree: `getSmartLinkById`.
pub static TABLE: Table = Table {
    name: "confluence_smart_links",
    comment: "Smart Links in the content tree, in use and archived. Without a condition on id, a search lists them, 200 in one request, and embed_url takes one more for each; it knows of changes after a minute or so. Where the account may not search, these are the ones below the pages at the root of spaces, and those that a page is right below; one request each, besides the listings of the content tree and of pages. A condition on id finds any other, too. One that the account is not shown has no row.",
    key: &["id"],
    rows: 260.0,
    population: None,
    endpoints: &[
        by_id(
            "getSmartLinkById",
            "/wiki/api/v2/embeds/{id}",
            "read:embed:confluence",
        )
        .from(&[
            Source::of(&content_tree::TABLE, &[("id", "id")]).only("type", "embed"),
            Source::of(&pages::TABLE, &[("id", "parent_id")]).only("parent_type", "embed"),
        ])
        .found_by("type = embed"),
        search("type = embed", &TABLE).lacking(&["embed_url"]),
    ],
    columns: &[
        Column::bigint("id", "id", "Id of the Smart Link.")
            .required()
            .rows_per_value(1.0),
        SPACE_ID,
        TITLE,
        STATUS,
        PARENT_ID,
        PARENT_TYPE,
        POSITION,
        AUTHOR_ID,
        OWNER_ID,
        CREATED_AT,
        VERSION_NUMBER,
        MODIFIED_AT,
        VERSION_AUTHOR_ID,
        VERSION_MESSAGE,
        VERSION_MINOR_EDIT,
        Column::text(
            "embed_url",
            "embedUrl",
            "Address that the Smart Link leads to. NULL where it has none.",
        )
        .width(70),
        WEB_URL,
    ],
};
