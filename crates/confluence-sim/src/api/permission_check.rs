//! The site's own verdict: whether somebody may do something with a content.

use super::prelude::*;
use super::v1::{forbidden, links};
use crate::organisation::{Access, Layer, Whose};
use crate::server::credentials::Identity;
use serde::Deserialize;

const SCOPES: &[&[&str]] = &[
    &["read:confluence-content.permission"],
    &["read:content.permission:confluence"],
];
/// How the question calls whoever has not signed in.
const NOBODY: &str = "anonymous";

pub(super) const OPERATIONS: &[Operation] = operations! {
    "postContentByIdPermissionCheckV1" v1 "content/{id}/permission/check", SCOPES, &[QUESTION] => check;
};

#[derive(Deserialize)]
struct Question {
    subject: Subject,
    operation: Wanted,
}

#[derive(Deserialize)]
struct Subject {
    r#type: SubjectType,
    identifier: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SubjectType {
    User,
    Group,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Read,
    Update,
    Delete,
}

fn check(call: &Call) -> Result<Answer, Refusal> {
    call.signed_in()?;
    let question: Question = serde_json::from_slice(call.question)
        .map_err(|why| Refusal::BadParameter(format!("Invalid request body: {why}")))?;
    let content = call.content()?.id();
    let Subject { r#type, identifier } = &question.subject;
    // What is not shown to the caller counts as well.
    let site = call.organisation.whole();
    let whose = match r#type {
        SubjectType::User if identifier == NOBODY => Whose::Nobody,
        SubjectType::User if site.user(identifier).is_some() => Whose::Account(identifier),
        SubjectType::Group if site.group(identifier).is_some() => Whose::Group(identifier),
        _ => {
            return Err(Refusal::BadParameter(format!(
                "Invalid subject: {identifier}"
            )));
        }
    };
    if !is_self(call, whose) && !call.is_administrator() {
        return Err(forbidden(
            "Only Confluence administrators can check the permissions of others",
        ));
    }
    let access = match question.operation {
        Wanted::Read => Access::View,
        Wanted::Update => Access::Edit,
        Wanted::Delete => return Err(Refusal::not_modelled("say who may delete")),
    };
    let verdict = site.verdict(whose, access, content);
    let verdict = verdict.expect("the content is shown, so it is there");
    let errors: Vec<Value> = verdict
        .err()
        .map(|layer| json!({"translation": said(whose, layer), "args": []}))
        .into_iter()
        .collect();
    Ok(Answer::ok(&json!({
        "hasPermission": verdict.is_ok(),
        "errors": errors,
        "_links": links(call),
    })))
}

fn is_self(call: &Call, whose: Whose) -> bool {
    match (call.identity, whose) {
        (Identity::Account(credential), Whose::Account(id)) => {
            call.organisation.users[credential.user].account_id == id
        }
        _ => false,
    }
}

/// What the site says of whom a layer keeps out.
fn said(whose: Whose, layer: Layer) -> &'static str {
    match (whose, layer) {
        (Whose::Account(_), Layer::Product) => "User is not allowed to use Confluence",
        (Whose::Account(_), Layer::Space) => "User does not have permission to the space",
        (Whose::Account(_), Layer::Content) => "User does not have permission to the content",
        (Whose::Group(_), Layer::Product | Layer::Space) => {
            "Group does not have permission to the space"
        }
        (Whose::Group(_), Layer::Content) => "Group does not have permission to the content",
        (Whose::Nobody, Layer::Product) => "Anonymous users are not allowed to use Confluence",
        (Whose::Nobody, Layer::Space) => "Anonymous user does not have permission to the space",
        (Whose::Nobody, Layer::Content) => "Anonymous user does not have permission to the content",
    }
}
