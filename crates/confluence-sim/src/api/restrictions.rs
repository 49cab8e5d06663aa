//! Restrictions of single contents.

use super::prelude::*;
use super::v1::{group, links, unknown_group, unknown_user, user};
use crate::organisation::{Content, RestrictedOperation, Subject};
use std::hash::{DefaultHasher, Hash, Hasher};

const SCOPES: &[&[&str]] = &[
    &["read:confluence-content.all"],
    &["read:content-details:confluence"],
];
/// The most subjects of a kind in one answer.
const MOST: usize = 200;
const LIMIT: Parameter = offset::limit(100, MOST);

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getContentByIdRestrictionV1" v1 "content/{id}/restriction", SCOPES, &[
        Parameter::new("expand", Kind::Choices(&["restrictions.user", "restrictions.group"])),
        START,
        LIMIT,
    ] => both;
};

/// Both operations as a list, each with the same part of its subjects.
fn both(call: &Call) -> Result<Answer, Refusal> {
    let content = call.content()?;
    let expands = |part: &str| call.expands(part);
    let slice = |total| Slice::of(call, total);
    let rows: Vec<Value> = RestrictedOperation::ALL
        .map(|operation| restriction(call, content, operation, &expands, &slice))
        .into();
    let asked = Slice::of(call, 0);
    Ok(Answer::ok(&json!({
        "results": rows,
        "start": asked.start,
        "limit": asked.limit,
        "size": rows.len(),
        "restrictionsHash": hash(call, content.id()),
        "_links": links(call),
    })))
}

/// Both operations by their names, where a search expands them: with the beginning of each list.
pub(super) fn by_operation(call: &Call, content: Content) -> Value {
    let mut both = json!({"_expandable": {}, "_links": {}});
    for operation in RestrictedOperation::ALL {
        let key = operation.as_str();
        let expands = |part: &str| call.expands(&format!("restrictions.{key}.{part}"));
        let most = call.organisation.names_in_searches().unwrap_or(MOST);
        let slice = |total| Slice::cut(None, 0, most, total);
        both[key] = restriction(call, content, operation, &expands, &slice);
    }
    both
}

fn restriction(
    call: &Call,
    content: Content,
    operation: RestrictedOperation,
    expands: &dyn Fn(&str) -> bool,
    slice: &dyn Fn(usize) -> Slice,
) -> Value {
    let (id, key) = (content.id(), operation.as_str());
    let subjects = call.organisation.restricted_to(id, operation);
    let (users, groups): (Vec<&Subject>, Vec<&Subject>) = subjects
        .iter()
        .partition(|subject| matches!(subject, Subject::User(_)));
    let withheld = call.organisation.withheld(id, operation);
    let mut restrictions = json!({"_expandable": {}});
    for (part, subjects) in [("user", users), ("group", groups)] {
        if expands(&format!("restrictions.{part}")) {
            let slice = slice(subjects.len());
            // The names that are kept back are counted all the same.
            let shown = subjects.len() - withheld.min(subjects.len());
            let places = slice.places.iter().copied();
            let rows = places.filter(|place| *place < shown);
            let rows: Vec<Value> = rows.map(|place| subject(call, subjects[place])).collect();
            restrictions[part] = json!({
                "results": rows,
                "start": slice.start,
                "limit": slice.limit,
                "size": slice.places.len(),
            });
        } else {
            restrictions["_expandable"][part] = "".into();
        }
    }
    let this = format!("/rest/api/content/{id}/restriction/byOperation/{key}");
    json!({
        "operation": key,
        "restrictions": restrictions,
        "_expandable": {"content": format!("/rest/api/content/{id}")},
        "_links": {"self": format!("{}/wiki{this}", call.site)},
    })
}

fn subject(call: &Call, subject: &Subject) -> Value {
    match subject {
        Subject::User(id) => match call.organisation.user(id) {
            Some(known) => user(call, known),
            None => unknown_user(id),
        },
        Subject::Group(id) => match call.organisation.group(id) {
            Some(known) => group(call, known),
            None => unknown_group(id),
        },
    }
}

fn hash(call: &Call, id: u64) -> String {
    let mut hasher = DefaultHasher::new();
    for operation in RestrictedOperation::ALL {
        call.organisation
            .restricted_to(id, operation)
            .hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
