//! What apps keep with users.

use super::prelude::*;
use super::v1::{links, no_such};
use crate::organisation::Property;

const SCOPES: &[&[&str]] = &[&["read:user.property:confluence"]];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getUserByUserIdPropertyV1" v1 "user/{id}/property", SCOPES,
        &[START, limit("limit", 5, 25)] => keys;
    "getUserByUserIdPropertyByKeyV1" v1 "user/{id}/property/{key}", SCOPES, &[] => single;
};

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
