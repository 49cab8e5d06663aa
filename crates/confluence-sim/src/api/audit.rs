//! The audit log.

use super::prelude::*;
use crate::organisation::{AuditObject, AuditRecord};

const SCOPES: &[&[&str]] = &[&["read:audit-log:confluence"]];
const FIRST: Parameter = Parameter::new("startDate", Kind::Integer);
const LAST: Parameter = Parameter::new("endDate", Kind::Integer);
const LIMIT: Parameter = offset::limit(1_000, 1_000);
const RETENTION: (i64, &str) = (3, "MONTHS");

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getAuditV1" v1 "audit", SCOPES, &[FIRST, LAST, START, LIMIT] => between;
    "getAuditRetentionV1" v1 "audit/retention", SCOPES, &[] => retention;
};

fn between(call: &Call) -> Result<Answer, Refusal> {
    let first = call.arguments.integer("startDate").unwrap_or(i64::MIN);
    let last = call.arguments.integer("endDate").unwrap_or(i64::MAX);
    call.administers()?;
    let log = call.organisation.audit_log().iter();
    let records: Vec<&AuditRecord> = log
        .filter(|record| (first..=last).contains(&record.created_at.as_millisecond()))
        .collect();
    offset::page(call, &records, |record| row(call, record))
}

fn row(call: &Call, record: &AuditRecord) -> Value {
    let user = record.author_id.as_deref();
    let user = user.and_then(|id| call.organisation.user(id));
    let author = record.author_id.as_deref();
    let object = |object: &AuditObject| json!({"name": object.name, "objectType": object.kind});
    let changes = record.changes.iter().map(|change| {
        json!({
            "name": change.name,
            "oldValue": change.old,
            "hiddenOldValue": "",
            "newValue": change.new,
            "hiddenNewValue": "",
        })
    });
    let mut row = json!({
        "author": {
            "type": "user",
            "displayName": record.author_name,
            "operations": null,
            "username": author,
            "userKey": author,
            "accountType": "",
            "externalCollaborator": user.is_some_and(|user| user.guest),
            "isExternalCollaborator": user.is_some_and(|user| user.guest),
            "isGuest": user.is_some_and(|user| user.guest),
            "publicName": "Unknown user",
        },
        "remoteAddress": record.remote_address,
        "creationDate": record.created_at.as_millisecond(),
        "summary": record.summary,
        "description": record.description,
        "category": record.category,
        "sysAdmin": record.by_system_administrator,
        "superAdmin": false,
        "affectedObject": object(&record.affected),
        "changedValues": changes.collect::<Vec<_>>(),
        "associatedObjects": record.associated.iter().map(object).collect::<Vec<_>>(),
    });
    // What the site did by itself names no account.
    if let Some(author) = author {
        row["author"]["accountId"] = author.into();
    }
    row
}

fn retention(call: &Call) -> Result<Answer, Refusal> {
    call.administers()?;
    let (number, units) = RETENTION;
    Ok(Answer::ok(&json!({"number": number, "units": units})))
}
