//! `confluence_pages`.

use super::object::{classification, likes};
use super::spaces;
use crate::schema::{Column, Endpoint, Filter, Part, Source, Split, Table};

static LIKES: Part = Part {
    operation: "getPageLikeCount",
    path: "/wiki/api/v2/pages/{id}/likes/count",
    scope: "read:page:confluence",
    may_be_absent: false,
};

/// The site looks among current pages only, unless it is told the status.
static CLASSIFICATION: Part = Part {
    operation: "getPageClassificationLevel",
    path: "/wiki/api/v2/pages/{id}/classification-level?status={status}",
    scope: "read:page:confluence write:page:confluence",
    may_be_absent: true,
};

/// Pages of the site: `getPages`.
pub static TABLE: Table = Table {
    name: "confluence_pages",
    comment: "Pages that the account can view: current and archived ones, unless a condition on status asks for others. One request lists 250.",
    key: &["id"],
    rows: 36_000.0,
    population: None,
    endpoints: &[Endpoint::list("getPages", "/wiki/api/v2/pages", "read:page:confluence").split(Split {
        column: "space_id",
        order: "id",
        source: Source::of(&spaces::TABLE, &[("space_id", "id")]),
        name: "key",
        searched_by: "space",
    })
    .found_by_but("type = page", "status", "archived")],
    columns: &[
        Column::bigint("id", "id", "Id of the page.")
            .required()
            .filter(Filter::list("id", 250))
            .sort("id")
            .rows_per_value(1.0),
        Column::bigint("space_id", "spaceId", "Space that the page is in.")
            .required()
            .filter(Filter::list("space-id", 100))
            .rows_per_value(200.0),
        Column::text("title", "title", "Title of the page.")
            .empty_is_null()
            .filter(Filter::list("title", 1).narrowing())
            .rows_per_value(2.0)
            .width(32),
        Column::text("status", "status", "Status. Without a condition, current and archived pages are listed; a condition status = 'trashed' or 'deleted' lists those. Drafts cannot be listed.")
            .filter(Filter::widening("status", &["current", "archived", "deleted", "trashed"]))
            .rows_per_value(18_000.0)
            .width(8),
        Column::text("subtype", "subtype", "Kind of page: live or page. NULL for pages that have no kind.")
            .nulls(0.5)
            .filter(Filter::choice("subtype", &["live", "page"]))
            .rows_per_value(18_000.0)
            .width(4),
        Column::bigint("parent_id", "parentId", "Parent in the content tree. NULL at the root, and in the trash.")
            .rows_per_value(5.0),
        Column::text("parent_type", "parentType", "What the parent is: page, folder, whiteboard, database or embed.")
            .rows_per_value(3_600.0)
            .width(6),
        Column::integer("position", "position", "Place among the parent's children.")
        .describing(),
        Column::text("author_id", "authorId", "Account that created the page. NULL where the site does not say.")
            .width(43),
        Column::text("owner_id", "ownerId", "Account that owns the page. NULL where nobody does.").width(43),
        Column::text("last_owner_id", "lastOwnerId", "Account that owned the page before.")
            .nulls(0.9).width(43),
        Column::text("template_id", "sourceTemplateEntityId", "Template that the page was made from. NULL for pages made from none, and where the site does not say.")
            .nulls(0.8)
            .width(12),
        Column::timestamp("created_at", "createdAt", "When the page was created.")
            .sort("created-date"),
        Column::integer("version_number", "version.number", "Number of the current version."),
        Column::timestamp("modified_at", "version.createdAt", "When the current version was made. A change of permissions does not count.")
            .sort("modified-date")
            .changes(),
        Column::text("version_author_id", "version.authorId", "Account that made the current version.")
            .width(43),
        Column::text("version_message", "version.message", "What its author wrote about the current version.")
            .nulls(0.8),
        Column::boolean("version_minor_edit", "version.minorEdit", "Whether the current version was marked as a minor edit."),
        Column::text("body_storage", "body.storage.value", "Content in the storage format. Asked for only by queries that use it.")
            .asked_with("body-format", "storage")
            .owed()
            .width(4000),
        Column::json_in_string("body_adf", "body.atlas_doc_format.value", "Content as an Atlassian document. Asked for only by queries that use it.")
            .asked_with("body-format", "atlas_doc_format")
            .owed()
            .optional(),
        Column::link("web_url", "_links.webui", "Address of the page for a browser."),
        Column::link("edit_url", "_links.editui", "Address of the page's editor."),
        Column::link("tiny_url", "_links.tinyui", "Short address of the page."),
        likes::like_count(&LIKES),
        classification::level_id(&CLASSIFICATION),
        classification::level_name(&CLASSIFICATION),
    ],
};
