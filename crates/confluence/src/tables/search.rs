//! `confluence_search`.

use crate::schema::{Column, Endpoint, Filter, Table};

/// What a search in Confluence's query language finds: `getSearchV1`.
pub static TABLE: Table = Table {
    name: "confluence_search",
    comment: "What a search finds. A condition on cql says what to search for, in Confluence's query language. One request gives 250. The site searches an index, which lags behind changes by a minute or so and has no drafts and no archived pages; archived spaces are left out. For listings that are complete there are the other tables.",
    key: &["cql", "entity_type", "id"],
    rows: 5_000.0,
    population: None,
    endpoints: &[Endpoint::by(
        "getSearchV1",
        "/wiki/rest/api/search",
        "search:confluence",
    )
    .requiring(&["cql"])],
    columns: &[
        Column::text(
            "cql",
            "",
            "The search, such as: type = page AND text ~ \"access review\".",
        )
        .required()
        .filter(Filter::list("cql", 1))
        .rows_per_value(500.0)
        .width(40),
        Column::text(
            "entity_type",
            "entityType",
            "What was found: content, space or user.",
        )
        .required()
        .width(7),
        Column::text(
            "id",
            "content.id|space.id|user.accountId",
            "Id of the content or space, or the account.",
        )
        .required()
        .rows_per_value(1.0)
        .width(10),
        Column::text(
            "type",
            "content.type|space.type|user.accountType",
            "Kind of content, such as page, blogpost, comment or attachment; or of space, or of account.",
        )
        .empty_is_null()
        .rows_per_value(1_000.0)
        .width(8),
        Column::text(
            "title",
            "content.title|space.name|user.displayName",
            "Title of the content, or name of the space or account.",
        )
        .width(32),
        Column::text(
            "highlighted_title",
            "title",
            "The title in HTML, with words that were searched for between @@@hl@@@ and @@@endhl@@@.",
        )
        .width(40),
        Column::text(
            "excerpt",
            "excerpt",
            "Some of the text in HTML, with words that were searched for between @@@hl@@@ and @@@endhl@@@. NULL where there is none.",
        )
        .empty_is_null()
        .width(200),
        Column::text(
            "container_title",
            "resultGlobalContainer.title",
            "Name of the space that it is in. NULL for what is in none.",
        ),
        Column::link(
            "container_url",
            "resultGlobalContainer.displayUrl",
            "Address of the space that it is in. NULL for what is in none.",
        )
        .empty_is_null(),
        Column::timestamp(
            "last_modified_at",
            "lastModified",
            "When it was changed last, as far as the index knows.",
        ),
        Column::link("url", "url", "Address for a browser. NULL where there is none.").empty_is_null(),
    ],
};
