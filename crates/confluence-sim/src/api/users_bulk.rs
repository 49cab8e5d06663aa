//! Users, as v2 has them: looked up by their accounts, many at once.

use super::prelude::*;
use crate::organisation::User;
use serde::Deserialize;
use std::collections::HashSet;

/// As many accounts as one request may ask for.
const MOST: usize = 250;

pub(super) const OPERATIONS: &[Operation] = operations! {
    "createBulkUserLookup" v2 "users-bulk", &[&["read:user:confluence"]], &[QUESTION] => look_up;
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    account_ids: Vec<String>,
}

fn look_up(call: &Call) -> Result<Answer, Refusal> {
    let question: Question = serde_json::from_slice(call.question)
        .map_err(|why| Refusal::BadParameter(format!("Invalid request body: {why}")))?;
    if !(1..=MOST).contains(&question.account_ids.len()) {
        return Err(Refusal::BadParameter(format!(
            "accountIds: size must be between 1 and {MOST}"
        )));
    }
    if call.is_anonymous() {
        return Err(Refusal::BadCredential);
    }
    let wanted: HashSet<&str> = question.account_ids.iter().map(String::as_str).collect();
    // In the order of the site, not of the question, and without a word on those that it does not know.
    let users = call.organisation.users().iter();
    let rows: Vec<Value> = users
        .filter(|user| wanted.contains(user.account_id.as_str()))
        .filter(|user| !call.organisation.is_concealed(&user.account_id))
        .map(|user| row(call, user))
        .collect();
    Ok(Answer::ok(&json!({
        "results": rows,
        "_links": {"base": format!("{}/wiki", call.site)},
    })))
}

fn row(call: &Call, user: &User) -> Value {
    let personal_space = call.organisation.personal_space_id(&user.account_id);
    json!({
        "accountId": user.account_id,
        "accountType": user.account_type.as_str(),
        "accountStatus": user.status.as_str(),
        "email": user.visible_email(),
        "publicName": user.public_name,
        "displayName": user.display_name,
        "timeZone": user.time_zone(),
        "personalSpaceId": personal_space.map(|id| id.to_string()),
        "isExternalCollaborator": user.guest,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "isDefault": true},
    })
}
