//! What tables that are read by version 1 of the API have in common.

pub(super) mod look_and_feel;
pub(super) mod space_key;
pub(super) mod template;
pub(super) mod theme;
pub(super) mod watcher;
