//! `confluence_page_likes`.

use crate::schema::{Column, Endpoint, Source, Table};
use crate::tables::{family::likes, pages};

/// Who likes pages: `getPageLikeUsers`.
pub static TABLE: Table = Table {
    name: "confluence_page_likes",
    comment: "Which accounts like which pages. Without a condition on page_id, each page that confluence_pages lists is asked: one request each.",
    key: &["page_id", "account_id"],
    rows: 18_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getPageLikeUsers",
        "/wiki/api/v2/pages/{page_id}/likes/users",
        "read:page:confluence",
    )
    .from(&[Source::of(&pages::TABLE, &[("page_id", "id")])])],
    columns: &[
        Column::bigint("page_id", "", "Page that the account likes.")
            .required()
            .rows_per_value(0.5),
        likes::ACCOUNT_ID,
    ],
};
