//! Users, as v1 has them.

use super::groups::EXPAND_USER;
use super::v1::{group, links, missing, no_such, picture, user};
use crate::organisation::Group;
use crate::server::answer::{Answer, Refusal};
use crate::server::credentials::Identity;
use crate::server::offset::{self, START};
use crate::server::operation::{Call, Operation};
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Map, Value, json};

const ACCOUNT: Parameter = Parameter::new("accountId", Kind::Text);
const SCOPES: &[&[&str]] = &[
    &["read:confluence-user"],
    &["read:content-details:confluence"],
];
/// As many accounts as one request may ask for.
const MOST_AT_ONCE: usize = 100;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getUserCurrentV1",
        path: "/wiki/rest/api/user/current",
        scopes: &[
            &["read:confluence-user"],
            &["read:content-details:confluence"],
            &["read:user:confluence"],
        ],
        parameters: &[Parameter::new("expand", Kind::NotModelled)],
        answer: current,
    },
    Operation {
        id: "getUserAnonymousV1",
        path: "/wiki/rest/api/user/anonymous",
        scopes: &[&["read:confluence-user"], &["read:user:confluence"]],
        parameters: &[Parameter::new("expand", Kind::NotModelled)],
        answer: anonymous,
    },
    Operation {
        id: "getUserV1",
        path: "/wiki/rest/api/user",
        scopes: SCOPES,
        parameters: &[ACCOUNT, EXPAND_USER],
        answer: single,
    },
    Operation {
        id: "getUserBulkV1",
        path: "/wiki/rest/api/user/bulk",
        scopes: SCOPES,
        parameters: &[
            Parameter::new("accountId", Kind::Texts { most: MOST_AT_ONCE }),
            EXPAND_USER,
        ],
        answer: bulk,
    },
    Operation {
        id: "getUserMemberofV1",
        path: "/wiki/rest/api/user/memberof",
        scopes: &[
            &["read:confluence-user"],
            &["read:user:confluence", "read:group:confluence"],
        ],
        parameters: &[ACCOUNT, START, offset::limit(200, 200)],
        answer: groups_of,
    },
];

fn single(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    call.does_not_expand(&["operations", "personalSpace"])?;
    let id = call.required("accountId")?;
    let found = call.organisation.user(id);
    let found = found.ok_or_else(|| no_such(&format!("No user found with account id: {id}")))?;
    Ok(Answer::ok(&user(call, found)))
}

fn bulk(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    call.does_not_expand(&["operations", "personalSpace"])?;
    let wanted = call.arguments.texts("accountId");
    let wanted = wanted.ok_or_else(|| missing("accountId"))?;
    let users = call.organisation.users().iter();
    let rows: Vec<Value> = users
        .filter(|known| wanted.contains(&known.account_id))
        .map(|known| user(call, known))
        .collect();
    Ok(Answer::ok(&json!({
        "results": rows,
        "start": 0,
        "limit": MOST_AT_ONCE,
        "size": rows.len(),
        "_links": links(call),
    })))
}

/// The groups of a user; none for an account that nobody knows. A client has to count by itself where it is.
fn groups_of(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let groups = call.organisation.groups_of(call.required("accountId")?);
    let groups: Vec<&Group> = groups.collect();
    offset::page_without_next(call, &groups, |row| group(call, row), Map::new())
}

fn current(call: &Call) -> Result<Answer, Refusal> {
    let credential = match call.identity {
        Identity::Account(credential) => credential,
        // 200, and no account in it: a client must look.
        Identity::Anonymous => return anonymous(call),
    };
    let user = &call.organisation.users[credential.user()];
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
