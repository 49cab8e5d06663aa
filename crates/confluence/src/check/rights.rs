//! What the account gets to see: `roles`, `administrator`, `admin key`.

use serde::Deserialize;

use super::Line;
use crate::http::{Body, Counters, Failure, Response};
use crate::session::Session;
use crate::{Error, Sanitized, tables};

/// What a question came to.
enum RightsAnswer {
    Said(Body),
    /// The account may not ask.
    Forbidden,
    /// There is nothing.
    Nothing,
    /// Something else, in words.
    Unknown(String),
}

/// Looks.
pub(super) async fn look(session: &Session, counters: &Counters) -> Vec<Line> {
    let ask = async |target| told(session.ask(target, counters).await, target);
    vec![
        roles(ask("/wiki/api/v2/space-role-mode").await),
        // For administrators only, and one row of it costs nobody anything.
        administrator(ask("/wiki/rest/api/audit?limit=1").await),
        admin_key(ask("/wiki/api/v2/admin-key").await),
    ]
}

fn told(answer: Result<Response, Error>, target: &str) -> RightsAnswer {
    match answer.map(|answer| answer.json(target)) {
        Ok(Ok(document)) => RightsAnswer::Said(document),
        Ok(Err((_, Failure::Scope))) => {
            RightsAnswer::Unknown("the token lacks the scope to ask".to_owned())
        }
        Ok(Err((_, Failure::Forbidden(_)))) => RightsAnswer::Forbidden,
        Ok(Err((_, Failure::NotFound(_)))) => RightsAnswer::Nothing,
        Ok(Err((status, failure))) => RightsAnswer::Unknown(format!(
            "answered with status {}, by {}",
            status.as_u16(),
            failure.answerer()
        )),
        Err(error) => RightsAnswer::Unknown(error.to_string()),
    }
}

fn roles(told: RightsAnswer) -> Line {
    const STEP: &str = "roles";
    #[derive(Deserialize)]
    struct Mode {
        mode: Sanitized,
    }
    let mode = match told {
        RightsAnswer::Said(answer) => match serde_json::from_slice::<Mode>(&answer.body) {
            Ok(mode) => mode.mode,
            Err(_) => return Line::skip(STEP, "unknown: the answer names no mode"),
        },
        RightsAnswer::Forbidden => return Line::skip(STEP, "unknown: the account may not ask"),
        RightsAnswer::Nothing => return Line::skip(STEP, "unknown: the site does not say"),
        RightsAnswer::Unknown(why) => return Line::skip(STEP, format!("unknown: {why}")),
    };
    if &*mode == "PRE_ROLES" {
        return Line::ok(
            STEP,
            "PRE_ROLES: access to spaces is granted by permissions alone",
        );
    }
    let found = format!("{mode}: access to spaces is granted by roles, too");
    let remedy = match tables::find("confluence_space_role_assignments") {
        Some(_) => "Read confluence_space_role_assignments beside confluence_permissions.",
        None => {
            "Rows of confluence_permissions whose principal is a role stand for whoever has the role."
        }
    };
    Line::warn(STEP, found, remedy)
}

fn administrator(told: RightsAnswer) -> Line {
    const STEP: &str = "administrator";
    match told {
        RightsAnswer::Said(_) => Line::ok(
            STEP,
            "yes. Pages that are restricted to others are invisible all the same, without an admin key",
        ),
        RightsAnswer::Forbidden => Line::warn(
            STEP,
            "no: spaces and pages that the account has no access to are in no table, and nothing tells how many there are",
            "For an access review, use an account that sees what is reviewed.",
        ),
        RightsAnswer::Nothing => Line::skip(STEP, "unknown: the site does not say"),
        RightsAnswer::Unknown(why) => Line::skip(STEP, format!("unknown: {why}")),
    }
}

fn admin_key(told: RightsAnswer) -> Line {
    const STEP: &str = "admin key";
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Key {
        expiration_time: Sanitized,
    }
    match told {
        RightsAnswer::Said(answer) => match serde_json::from_slice::<Key>(&answer.body) {
            Ok(key) => Line::ok(
                STEP,
                format!(
                    "active until {}. Queries do not use it",
                    key.expiration_time
                ),
            ),
            Err(_) => Line::skip(STEP, "unknown: the answer names no expiry"),
        },
        RightsAnswer::Nothing => Line::ok(STEP, "none is active"),
        RightsAnswer::Forbidden => Line::skip(STEP, "unknown: the account may not ask"),
        RightsAnswer::Unknown(why) => Line::skip(STEP, format!("unknown: {why}")),
    }
}
