//! `confluence_long_tasks`.

use crate::schema::{Column, Endpoint, Table};

/// What the site is busy with: `getLongtaskV1`.
pub static TABLE: Table = Table {
    name: "confluence_long_tasks",
    comment: "Tasks that the site works on in the background, such as exports of spaces. One request lists 100.",
    key: &["id"],
    rows: 5.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getLongtaskV1",
        "/wiki/rest/api/longtask",
        "read:content.metadata:confluence",
        100,
    )],
    columns: &[
        Column::text("id", "id", "Id of the task.")
            .required()
            .rows_per_value(1.0)
            .width(36),
        Column::text(
            "name",
            "name.key",
            "What the task does, as a key of a text.",
        )
        .width(40),
        Column::bigint(
            "elapsed_ms",
            "elapsedTime",
            "How long it has been running, in milliseconds.",
        ),
        Column::integer(
            "percentage_complete",
            "percentageComplete",
            "How much of it is done, in percent.",
        ),
        Column::boolean("is_finished", "finished", "Whether it has come to an end."),
        Column::boolean(
            "is_successful",
            "successful",
            "Whether it has done what it should.",
        ),
        Column::text(
            "status",
            "status",
            "Status in a word. NULL where the site does not say.",
        )
        .width(12),
        Column::json("messages", "messages", "What it says of itself."),
        Column::json(
            "errors",
            "errors",
            "What went wrong. NULL where the site does not say.",
        ),
    ],
};
