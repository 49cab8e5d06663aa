//! `confluence_spaces`.

use crate::schema::{Column, Endpoint, Filter, Part, Table};

/// The level that content gets where nobody gives it another.
static CLASSIFICATION: Part = Part {
    operation: "getSpaceDefaultClassificationLevel",
    path: "/wiki/api/v2/spaces/{id}/classification-level/default",
    scope: "read:space:confluence",
    may_be_absent: true,
};

/// Spaces of the site: `getSpaces`.
pub static TABLE: Table = Table {
    name: "confluence_spaces",
    comment: "Spaces that the account can view, current and archived. One request lists 250.",
    key: &["id"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::list(
        "getSpaces",
        "/wiki/api/v2/spaces",
        "read:space:confluence",
    )],
    columns: &[
        Column::bigint("id", "id", "Id of the space.")
            .required()
            .filter(Filter::list("ids", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::text(
            "key",
            "key",
            "Key of the space, as in its address. It can be changed; the id cannot.",
        )
        .required()
        .filter(Filter::list("keys", 250).narrowing())
        .rows_per_value(1.0)
        .width(12),
        Column::text("name", "name", "Name of the space."),
        Column::text(
            "type",
            "type",
            "Kind of space: global, personal, collaboration, knowledge_base, system and others.",
        )
        .filter(Filter::choice(
            "type",
            &[
                "global",
                "collaboration",
                "knowledge_base",
                "personal",
                "system",
                "onboarding",
                "xflow_sample_space",
            ],
        ))
        .rows_per_value(130.0)
        .width(8),
        Column::text("status", "status", "Status: current or archived.")
            .filter(Filter::choice("status", &["current", "archived"]))
            .rows_per_value(130.0)
            .width(8),
        Column::text(
            "author_id",
            "authorId",
            "Account that created the space. NULL where the site does not say.",
        )
        .width(43),
        Column::text(
            "owner_id",
            "spaceOwnerId",
            "Account that owns the space. NULL where the site does not say.",
        )
        .width(43),
        Column::timestamp("created_at", "createdAt", "When the space was created."),
        Column::bigint(
            "homepage_id",
            "homepageId",
            "Page that is the space's home. NULL where it has none.",
        ),
        Column::text(
            "description",
            "description.plain.value",
            "Description as plain text. Asked for only by queries that use it.",
        )
        .asked_with("description-format", "plain")
        .width(100),
        Column::text(
            "current_active_alias",
            "currentActiveAlias",
            "The key that addresses of the space use now.",
        )
        .width(12),
        Column::link(
            "web_url",
            "_links.webui",
            "Address of the space for a browser.",
        ),
        Column::text(
            "classification_level_id",
            "id",
            "Id of the classification level of content that is given no other. NULL where there is none. One request for each row.",
        )
        .part(&CLASSIFICATION)
        .width(36),
        Column::text(
            "classification_level",
            "name",
            "Name of the classification level of content that is given no other. NULL where there is none. One request for each row.",
        )
        .part(&CLASSIFICATION)
        .width(12),
    ],
};
