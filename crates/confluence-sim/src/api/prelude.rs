//! What families of operations are described with.

pub(super) use super::listing::{
    self, BODY_FORMAT, KEY, TITLE, is_listed, list, list_as_they_come, list_hanging,
};
pub(super) use super::named::Named;
pub(super) use super::row::{
    Formatted, Id, VersionRow, body, body_in, moment, on_container, single,
};
pub(super) use super::scopes::*;
pub(super) use crate::server::answer::{Answer, Refusal};
pub(super) use crate::server::offset::{self, START, Slice};
pub(super) use crate::server::operation::{Call, Operation};
pub(super) use crate::server::paging::Position;
pub(super) use crate::server::parameters::{
    Arguments, CURSOR, Kind, LIMIT, Parameter, QUESTION, limit,
};
pub(super) use crate::server::query;
pub(super) use serde_json::{Map, Value, json};
