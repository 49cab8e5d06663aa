//! `confluence_page_watches`.

use super::pages;
use super::v1::watcher::{ACCOUNT_ID, DISPLAY_NAME, TYPE};
use crate::schema::{Column, Endpoint, Source, Table};

/// Who watches pages: `getContentByIdNotificationChildCreatedV1`.
pub static TABLE: Table = Table {
    name: "confluence_page_watches",
    comment: "Accounts that are told of changes of pages. Without a condition on page_id, every page is asked, one by one. One request gives 200 of one page.",
    key: &["page_id", "account_id", "type"],
    rows: 54_000.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getContentByIdNotificationChildCreatedV1",
        "/wiki/rest/api/content/{page_id}/notification/child-created",
        "read:confluence-content.summary",
        200,
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])],
    columns: &[
        Column::bigint("page_id", "", "Page that is watched.")
            .required()
            .rows_per_value(1.5),
        ACCOUNT_ID,
        TYPE,
        DISPLAY_NAME,
    ],
};
