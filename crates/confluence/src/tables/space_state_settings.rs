//! `confluence_space_state_settings`.

use super::v1::space_key::{EVERY_SPACE, SPACE_KEY};
use crate::schema::{Column, Endpoint, Table};

/// Which states spaces allow: `getSpaceBySpaceKeyStateSettingsV1`.
pub static TABLE: Table = Table {
    name: "confluence_space_state_settings",
    comment: "Whether spaces allow their contents to be marked with states. Only for spaces that the account administers: another one is an error. Without a condition on space_key, every space is asked, one by one.",
    key: &["space_key"],
    rows: 260.0,
    population: None,
    endpoints: &[Endpoint::one(
        "getSpaceBySpaceKeyStateSettingsV1",
        "/wiki/rest/api/space/{space_key}/state/settings",
        "read:confluence-space.summary",
    )
    .from(EVERY_SPACE)],
    columns: &[
        SPACE_KEY.rows_per_value(1.0),
        Column::boolean(
            "content_states_allowed",
            "contentStatesAllowed",
            "Whether there are any states.",
        ),
        Column::boolean(
            "custom_content_states_allowed",
            "customContentStatesAllowed",
            "Whether people may make states of their own.",
        ),
        Column::boolean(
            "space_content_states_allowed",
            "spaceContentStatesAllowed",
            "Whether the space offers states.",
        ),
    ],
};
