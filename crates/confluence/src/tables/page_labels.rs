//! `confluence_page_labels`.

use crate::schema::{Column, Endpoint, Filter, Proof, RowsAt, Source, Table};
use crate::tables::{
    family::{labels, looked_up},
    pages,
};

/// Whose labels are listed, where no condition says it.
const PAGES: &[Source] = &[Source::of(&pages::TABLE, &[("page_id", "id")])];

/// Labels on pages: `getPageLabels`.
pub static TABLE: Table = Table {
    name: "confluence_page_labels",
    comment: "Labels on pages. Up to 200 pages are looked up in one request, by a search for their ids; each of them has to come back, or is asked by itself, and so are one or two, and all where the account may not search. Without a condition on page_id, every page that confluence_pages lists is looked up.",
    key: &["page_id", "label_id"],
    rows: 72_000.0,
    population: None,
    endpoints: &[
        Endpoint::by(
            "getPageLabels",
            "/wiki/api/v2/pages/{page_id}/labels",
            "read:page:confluence",
        )
        .from(PAGES)
        .taking(&["prefix"]),
        Endpoint::by(
            "getContentSearchV1",
            "/wiki/rest/api/content/search",
            "search:confluence",
        )
        .requiring(&["page_id"])
        .with(looked_up::EXPAND)
        .page(200)
        .rows_at(&[RowsAt::new("results[].metadata.labels.results")])
        .having(&[("page_id", "^id")])
        .proved(Proof {
            object: "page_id",
            kind: Some(("type", "page")),
            again: looked_up::ARCHIVED,
        })
        .from(PAGES),
    ],
    columns: &[
        Column::bigint("page_id", "", "Page that has the label.")
            .required()
            .filter(Filter::list("cql", 200).in_query("id"))
            .rows_per_value(2.0),
        labels::LABEL_ID.rows_per_value(20.0),
        labels::NAME.rows_per_value(20.0),
        labels::PREFIX.rows_per_value(36_000.0),
    ],
};
