//! Groups and their members.

use super::prelude::*;
use super::v1::{group, no_such, user};
use crate::organisation::Group;

const SCOPES: Scopes = &[&["read:confluence-groups"], &["read:group:confluence"]];
const MEMBERS: Scopes = &[
    &["read:confluence-groups"],
    &["read:group:confluence", "read:user:confluence"],
];
const ACCESS: Parameter =
    Parameter::new("accessType", Kind::Choice(&["user", "admin", "site-admin"]));
/// The most there are on one page.
const MOST: usize = 200;

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getGroupV1" v1 "group", SCOPES, &[ACCESS, START, offset::limit(MOST, MOST)] => list;
    "getGroupByIdV1" v1 "group/by-id", SCOPES, &[Parameter::new("id", Kind::Text)] => single;
    // This limit is refused above the most, not lowered.
    "getGroupByGroupIdMembersByGroupIdV1" v1 "group/{id}/membersByGroupId", MEMBERS,
        &[START, limit("limit", MOST, MOST)] => members;
};

fn list(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let access = call.arguments.text("accessType");
    let groups = call.organisation.groups().iter();
    let groups: Vec<&Group> = groups
        .filter(|group| access.is_none() || group.access_type() == access)
        .collect();
    offset::page(call, &groups, |row| group(call, row))
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let id = call.required("id")?;
    let found = call.organisation.group(id);
    let found = found.ok_or_else(|| no_such(&format!("No group found with id: {id}")))?;
    Ok(Answer::ok(&group(call, found)))
}

fn members(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let found = call.organisation.group(&call.decoded(0)?);
    // A group that does not exist has no members; that is no error.
    let members = found.map_or(&[][..], |group| &group.members);
    let row = |&number: &usize| user(call, &call.organisation.users[number]);
    offset::page(call, members, row)
}
