//! Users, as v1 has them.

use super::prelude::*;
use super::v1::{group, picture};
use crate::organisation::Group;
use crate::server::credentials::Identity;

const ACCOUNT: Parameter = Parameter::new("accountId", Kind::Text);

const CURRENT: Scopes = &[
    &["read:confluence-user"],
    &["read:content-details:confluence"],
    &["read:user:confluence"],
];
const GROUPS: Scopes = &[
    &["read:confluence-user"],
    &["read:user:confluence", "read:group:confluence"],
];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getUserCurrentV1" v1 "user/current", CURRENT, &[] => current;
    "getUserMemberofV1" v1 "user/memberof", GROUPS, &[ACCOUNT, START, offset::limit(200, 200)] => groups_of;
};

/// The groups of a user; none for an account that nobody knows. A client has to count by itself where it is.
fn groups_of(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let groups = call.organisation.groups_of(call.required("accountId")?);
    let groups: Vec<&Group> = groups.collect();
    offset::page_without_next(call, &groups, |row| group(call, row))
}

fn current(call: &Call) -> Result<Answer, Refusal> {
    let credential = match call.identity {
        Identity::Account(credential) => credential,
        // 200, and no account in it: a client must look.
        Identity::Anonymous => return anonymous(call),
    };
    let user = &call.organisation.users[credential.user];
    Ok(Answer::ok(&json!({
        "type": "known",
        "accountId": user.account_id,
        "accountType": user.account_type.as_str(),
        "email": credential.email().unwrap_or(user.visible_email()),
        "publicName": user.public_name,
        "displayName": user.display_name,
        "timeZone": "UTC",
        "profilePicture": picture("/wiki/aa-avatar/default"),
        "isExternalCollaborator": user.guest,
        "isGuest": user.guest,
        "_links": {
            "self": format!("{}/wiki/rest/api/user?accountId={}", call.site, user.account_id),
            "base": format!("{}/wiki", call.site),
            "context": "/wiki",
        },
    })))
}

fn anonymous(call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(&json!({
        "type": "anonymous",
        "displayName": "Anonymous",
        "profilePicture": picture("/wiki/images/icons/profilepics/anonymous.svg"),
        "_links": {"base": format!("{}/wiki", call.site), "context": "/wiki"},
    })))
}
