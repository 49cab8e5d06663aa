//! Users: who one is, whose groups somebody is in, many looked up at once, and what apps keep with them.

use super::prelude::*;
use super::v1::{group, links, no_such, picture};
use crate::organisation::{Group, Property, User};
use crate::server::credentials::Identity;
use serde::Deserialize;
use std::collections::HashSet;

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
/// As many accounts as one request may ask for.
const MOST_AT_ONCE: usize = 250;
const PROPERTIES: &[&[&str]] = &[&["read:user.property:confluence"]];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getUserCurrentV1" v1 "user/current", CURRENT, &[] => current;
    "getUserMemberofV1" v1 "user/memberof", GROUPS, &[ACCOUNT, START, offset::limit(200, 200)] => groups_of;
    "createBulkUserLookup" v2 "users-bulk", &[&["read:user:confluence"]], &[QUESTION] => look_up;
    "getUserByUserIdPropertyV1" v1 "user/{id}/property", PROPERTIES,
        &[START, limit("limit", 5, 25)] => keys;
    "getUserByUserIdPropertyByKeyV1" v1 "user/{id}/property/{key}", PROPERTIES, &[] => single;
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    account_ids: Vec<String>,
}

fn look_up(call: &Call) -> Result<Answer, Refusal> {
    let question: Question = serde_json::from_slice(call.question)
        .map_err(|why| Refusal::BadParameter(format!("Invalid request body: {why}")))?;
    if !(1..=MOST_AT_ONCE).contains(&question.account_ids.len()) {
        return Err(Refusal::BadParameter(format!(
            "accountIds: size must be between 1 and {MOST_AT_ONCE}"
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

fn keys(call: &Call) -> Result<Answer, Refusal> {
    let properties = properties(call)?;
    offset::page(call, &properties, |property| json!({"key": property.key}))
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let key = call.decoded(1)?;
    let found = properties(call)?;
    let found = found.iter().find(|property| property.key == key);
    let property = found.ok_or_else(|| no_such(&format!("No property found with key: {key}")))?;
    Ok(Answer::ok(&json!({
        "key": property.key,
        "value": property.value,
        "id": property.id.to_string(),
        "createdDate": property.created_at.to_string(),
        "lastModifiedDate": property.modified_at.to_string(),
        "_links": links(call),
    })))
}

fn properties<'a>(call: &Call<'a>) -> Result<Vec<Property<'a>>, Refusal> {
    call.signed_in()?;
    let id = call.decoded(0)?;
    let found = call.organisation.user_properties(&id);
    found.ok_or_else(|| no_such(&format!("No user found with account id: {id}")))
}
