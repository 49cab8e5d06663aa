//! The admin key, and what policies keep from apps.

use super::prelude::*;
use super::spaces::{KEYS, SORT};
use crate::organisation::Space;
use crate::organisation::time::Moment;

pub(super) const OPERATIONS: &[Operation] = operations! {
    // No scope lets a token that has scopes do it.
    "getAdminKey" v2 "admin-key", &[], &[] => admin_key;
    "getDataPolicyMetadata" v2 "data-policies/metadata", CONFIGURATION, &[] => data_policy;
    "getDataPolicySpaces" v2 "data-policies/spaces", SPACE, &[
        listing::ids("ids", 250), KEYS,
        SORT, CURSOR, LIMIT,
    ] => spaces;
};

fn admin_key(call: &Call) -> Result<Answer, Refusal> {
    if !call.is_administrator() {
        return Err(Refusal::NotAllowed(
            "Only an administrator can use admin keys".to_owned(),
        ));
    }
    let none = "No admin key is active for the calling user";
    let expires = call.organisation.administration.admin_key_until;
    let expires = expires.ok_or_else(|| Refusal::NoSuchObject(none.to_owned()))?;
    Ok(Answer::ok(&json!({
        "accountId": call.organisation.users[0].account_id,
        "expirationTime": Moment(expires.as_millisecond()),
    })))
}

fn data_policy(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let blocked = organisation
        .spaces()
        .any(|space| organisation.blocks_content_for_apps(space.id));
    Ok(Answer::ok(&json!({"anyContentBlocked": blocked})))
}

fn spaces(call: &Call) -> Result<Answer, Refusal> {
    let asked = |space: &&Space| {
        call.sees(space)
            && call.arguments.admits_id("ids", space.id)
            && call.arguments.admits("keys", Some(&space.key))
    };
    let row = |space: &Space| {
        let blocked = call.organisation.blocks_content_for_apps(space.id);
        json!({
            "id": space.id.to_string(),
            "key": space.key,
            "name": space.name,
            "dataPolicy": {"anyContentBlocked": blocked},
            "_links": {"webui": format!("/spaces/{}", space.key)},
        })
    };
    let place = |space: &Space, _: &str| Position::of(space.id);
    let spaces = call.organisation.spaces().filter(asked);
    list(call, spaces, "id", place, row)
}
