//! What organisations are made up with: chance, words and moments.

pub(super) use super::Organisation;
pub(super) use super::random::{Random, mix};
pub(super) use super::record::{NONE, PageStatus};
pub(super) use super::table::{self, Lines, Numbers};
pub(super) use super::text;
pub(super) use super::time::{self, DAY, NOW};
pub(super) use std::sync::LazyLock;
