//! Users, as v1 has them.

use super::{Call, Operation};
use crate::server::answer::{Answer, Refusal};
use crate::server::credentials::Identity;
use crate::server::parameters::{Kind, Parameter};
use serde_json::{Value, json};

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
];

fn current(call: &Call) -> Result<Answer, Refusal> {
    let credential = match call.identity {
        Identity::Account(credential) => credential,
        // 200, and no account in it: a client must look.
        Identity::Anonymous => return anonymous(call),
    };
    let user = &call.organisation.users[0];
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

fn picture(path: &str) -> Value {
    json!({"path": path, "width": 48, "height": 48, "isDefault": true})
}
