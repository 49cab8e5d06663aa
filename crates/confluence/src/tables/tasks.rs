//! `confluence_tasks`.

use super::object::body::{BODY_ADF, BODY_STORAGE};
use super::{blogposts, pages};
use crate::schema::{Column, Endpoint, Filter, Source, Table};

/// Tasks in pages and blog posts: `getTasks`.
pub static TABLE: Table = Table {
    name: "confluence_tasks",
    comment: "Tasks in pages and blog posts that the account can view, blank ones among them. One request lists 250.",
    key: &["id"],
    rows: 18_000.0,
    population: None,
    endpoints: &[
        Endpoint::list("getTasks", "/wiki/api/v2/tasks", "read:task:confluence").hanging_on(&[
            Source::of(&pages::TABLE, &[("page_id", "id")]),
            Source::of(&blogposts::TABLE, &[("blogpost_id", "id")]),
        ]),
    ],
    columns: &[
        Column::bigint("id", "id", "Id of the task.")
            .required()
            .filter(Filter::list("task-id", 250))
            .rows_per_value(1.0),
        Column::text(
            "local_id",
            "localId",
            "Id of the task within its page or blog post.",
        )
        .width(36),
        Column::bigint("space_id", "spaceId", "Space that the task is in.")
            .filter(Filter::list("space-id", 250))
            .rows_per_value(100.0),
        Column::bigint(
            "page_id",
            "pageId",
            "Page that the task is in. NULL where it is in a blog post.",
        )
        .filter(Filter::list("page-id", 250))
        .rows_per_value(3.0)
        .nulls(0.1),
        Column::bigint(
            "blogpost_id",
            "blogPostId",
            "Blog post that the task is in. NULL where it is in a page.",
        )
        .filter(Filter::list("blogpost-id", 250))
        .rows_per_value(3.0)
        .nulls(0.9),
        Column::text("status", "status", "Status: complete or incomplete.")
            .filter(Filter::choice("status", &["complete", "incomplete"]))
            .rows_per_value(9_000.0)
            .width(10),
        Column::text(
            "created_by",
            "createdBy",
            "Account that created the task. NULL where the site does not say.",
        )
        .empty_is_null()
        .filter(Filter::list("created-by", 250))
        .rows_per_value(200.0)
        .width(43),
        Column::text(
            "assigned_to",
            "assignedTo",
            "Account that the task is assigned to. NULL where there is none.",
        )
        .nulls(0.3)
        .empty_is_null()
        .filter(Filter::list("assigned-to", 250))
        .rows_per_value(200.0)
        .width(43),
        Column::text(
            "completed_by",
            "completedBy",
            "Account that completed the task. NULL where it is not complete.",
        )
        .nulls(0.5)
        .empty_is_null()
        .filter(Filter::list("completed-by", 250))
        .rows_per_value(200.0)
        .width(43),
        Column::timestamp("created_at", "createdAt", "When the task was created.")
            .window("created-at-from", "created-at-to"),
        Column::timestamp("updated_at", "updatedAt", "When the task was changed last."),
        Column::timestamp(
            "due_at",
            "dueAt",
            "When the task is due. NULL where no date is set.",
        )
        .nulls(0.6)
        .window("due-at-from", "due-at-to"),
        Column::timestamp(
            "completed_at",
            "completedAt",
            "When the task was completed. NULL where it is not complete.",
        )
        .nulls(0.5)
        .window("completed-at-from", "completed-at-to"),
        BODY_STORAGE,
        BODY_ADF,
    ],
};
