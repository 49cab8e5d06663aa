//! What the token is allowed to do: `scopes`, a line for each of them.

use super::Line;
use crate::auth::Credential;
use crate::auth::scopes::{self, Needed};
use crate::http::{Counters, Failure};
use crate::session::{Session, WHO_AM_I};

/// What the steps' names begin with.
pub(super) const PREFIX: &str = "scope ";

/// A request for each scope that needs it. The gateway looks at the scope before it looks for the object, so these name
/// objects that there are not, wherever the operation takes one.
const PROBES: &[(&str, &str)] = &[
    ("read:attachment:confluence", "/wiki/api/v2/attachments/0"),
    ("read:audit-log:confluence", "/wiki/rest/api/audit?limit=1"),
    ("read:comment:confluence", "/wiki/api/v2/footer-comments/0"),
    (
        "read:configuration:confluence",
        "/wiki/api/v2/space-role-mode",
    ),
    (
        "read:confluence-content.all",
        "/wiki/rest/api/content/0/restriction",
    ),
    (
        "read:confluence-content.summary",
        "/wiki/rest/api/content/0/descendant",
    ),
    ("read:confluence-groups", "/wiki/rest/api/group/by-id?id=0"),
    (
        "read:confluence-space.summary",
        "/wiki/rest/api/space/0/settings",
    ),
    ("read:confluence-user", WHO_AM_I),
    (
        "read:content.metadata:confluence",
        "/wiki/api/v2/pages/0/ancestors",
    ),
    (
        "read:custom-content:confluence",
        "/wiki/api/v2/custom-content/0",
    ),
    ("read:database:confluence", "/wiki/api/v2/databases/0"),
    ("read:embed:confluence", "/wiki/api/v2/embeds/0"),
    ("read:folder:confluence", "/wiki/api/v2/folders/0"),
    (
        "read:hierarchical-content:confluence",
        "/wiki/api/v2/pages/0/direct-children",
    ),
    ("read:label:confluence", "/wiki/api/v2/labels?limit=1"),
    ("read:page:confluence", "/wiki/api/v2/pages/0"),
    (
        "read:space.permission:confluence",
        "/wiki/api/v2/space-roles/0",
    ),
    ("read:space:confluence", "/wiki/api/v2/spaces/0"),
    ("read:task:confluence", "/wiki/api/v2/tasks/0"),
    (
        "read:user.property:confluence",
        "/wiki/rest/api/user/0/property",
    ),
    ("read:whiteboard:confluence", "/wiki/api/v2/whiteboards/0"),
    (
        "manage:confluence-configuration",
        "/wiki/rest/api/settings/systemInfo",
    ),
    (
        "search:confluence",
        "/wiki/rest/api/search?cql=id%3D0&limit=1",
    ),
];

/// Looks.
pub(super) async fn look(session: &Session, counters: &Counters) -> Vec<Line> {
    let gateway = session
        .way(counters)
        .await
        .is_ok_and(|(_, gateway)| gateway);
    match &session.config().credential {
        Credential::Basic { .. } | Credential::BasicFile { .. } if !gateway => {
            return vec![Line::ok(
                "scopes",
                "an API token without scopes: it may read what the account may",
            )];
        }
        Credential::Anonymous => {
            return vec![Line::ok("scopes", "none are needed without a token")];
        }
        _ => {}
    }
    let mut lines = Vec::new();
    for needed in scopes::needed() {
        lines.push(line(session, &needed, counters).await);
    }
    lines
}

async fn line(session: &Session, needed: &Needed, counters: &Counters) -> Line {
    let step = format!("{PREFIX}{}", needed.scope);
    let tables = if needed.tables.is_empty() {
        "the question who is asking".to_owned()
    } else {
        needed.tables.join(", ")
    };
    let Some(probe) = probe_of(needed.scope) else {
        return Line::skip(
            &step,
            format!("unknown: only a query can tell. For {tables}"),
        );
    };
    let answer = session.ask(probe, counters).await;
    match answer.map(|answer| answer.json(probe)) {
        Ok(Err((_, Failure::Scope))) if needed.tables.is_empty() => Line::warn(
            &step,
            format!("missing, for {tables}"),
            "Add it when you create the next token: a token's scopes cannot be changed.",
        ),
        Ok(Err((_, Failure::Scope))) => Line::fail(
            &step,
            format!("missing: without it {tables} cannot be read"),
            "Create a token that has this scope: a token's scopes cannot be changed. For an app, add it there, and consent anew.",
        ),
        // Whatever else is wrong with the request: it has got past the scope.
        Ok(
            Ok(_) | Err((_, Failure::NotFound(_) | Failure::Forbidden(_) | Failure::Refused(_))),
        ) => Line::ok(&step, format!("there, for {tables}")),
        Ok(Err((status, _))) => Line::skip(
            &step,
            format!(
                "unknown: answered with status {}. For {tables}",
                status.as_u16()
            ),
        ),
        Err(error) => Line::skip(&step, format!("unknown: {error}. For {tables}")),
    }
}

fn probe_of(scope: &str) -> Option<&'static str> {
    let (_, probe) = PROBES.iter().find(|(known, _)| *known == scope)?;
    Some(probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that only a POST needs, or only operations that need another scope as well: the first query tells.
    const WITHOUT: &[&str] = &["read:user:confluence", "read:watcher:confluence"];

    #[test]
    fn every_scope_that_is_needed_can_be_asked_for() {
        for needed in scopes::needed() {
            assert_eq!(
                probe_of(needed.scope).is_none(),
                WITHOUT.contains(&needed.scope),
                "{}",
                needed.scope
            );
        }
    }
}
