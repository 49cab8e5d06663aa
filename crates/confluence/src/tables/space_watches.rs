//! `confluence_space_watches`.

use super::v1::space_key::{EVERY_SPACE, SPACE_KEY};
use super::v1::watcher::{ACCOUNT_ID, DISPLAY_NAME, TYPE};
use crate::schema::{Endpoint, Table};

/// Who watches spaces: `getSpaceBySpaceKeyWatchV1`.
pub static TABLE: Table = Table {
    name: "confluence_space_watches",
    comment: "Accounts that are told of changes in spaces. Without a condition on space_key, every space is asked, one by one. One request gives 200 of one space.",
    key: &["space_key", "account_id", "type"],
    rows: 1_300.0,
    population: None,
    endpoints: &[Endpoint::offset(
        "getSpaceBySpaceKeyWatchV1",
        "/wiki/rest/api/space/{space_key}/watch",
        "read:watcher:confluence read:user:confluence",
        200,
    )
    .from(EVERY_SPACE)],
    columns: &[
        SPACE_KEY.rows_per_value(5.0),
        ACCOUNT_ID,
        TYPE,
        DISPLAY_NAME,
    ],
};
