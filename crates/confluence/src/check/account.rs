//! Who the site takes us for, and how we get there: `credential`, `route`, `identity`, `answers`.

use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::{Finding, Line, Remedy, Status, credential};
use crate::auth::scopes;
use crate::http::{Counters, Failure, Request, Why};
use crate::options::{self, OptionSlice};
use crate::session::{Session, WHO_AM_I};
use crate::{Error, Sanitized};

const CREDENTIAL: &str = "credential";
const ROUTE: &str = "route";
const IDENTITY: &str = "identity";
const ANSWERS: &str = "answers";

/// Version 1's user.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VersionOneUser {
    account_id: Option<Sanitized>,
    account_type: Option<Sanitized>,
    display_name: Option<Sanitized>,
    is_guest: bool,
    is_external_collaborator: bool,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Links {
    base: Option<Sanitized>,
}

/// Looks, and gives a session where the site takes the credential.
pub(super) async fn look(
    server: &OptionSlice,
    account: Option<&OptionSlice>,
    hidden: Option<&'static str>,
    counters: &Counters,
) -> (Vec<Line>, Option<Session>) {
    if account.is_none() && !options::allows_anonymous(server) {
        let line = Line {
            step: CREDENTIAL.to_owned(),
            status: Status::Fail,
            finding: Finding::NoCredential,
        };
        return (vec![line], None);
    }
    let session = match options::config(server, account).and_then(Session::new) {
        Ok(session) => session,
        Err(error) => return (vec![Line::error(CREDENTIAL, error)], None),
    };
    let request = Request::probe(Why::Identity, WHO_AM_I, scopes::IDENTITY);
    let user = match session.get(&request, counters).await {
        // The token endpoint, the gateway, or the way there.
        Err(error) => return (vec![Line::error(CREDENTIAL, error)], None),
        Ok(Ok(answer)) => serde_json::from_slice::<VersionOneUser>(&answer.body).map_err(|error| {
            Line::error(
                ANSWERS,
                Error::Malformed {
                    request: request.label(),
                    page: 1,
                    found: Sanitized::of_json(&error),
                },
            )
        }),
        Ok(Err((status, failure))) => Err(refused(&session, &request, status, failure)),
    };
    match user {
        Ok(user) => accepted(session, account, hidden, &user, counters).await,
        // The gateway knows the token: it named what it lacks.
        Err(line) if line.status == Status::Warn => {
            let mut lines = vec![credential::taken(
                &session.config().credential,
                account,
                hidden,
            )];
            lines.extend(route(&session, counters).await);
            lines.push(line);
            lines.push(Line::skip(ANSWERS, "unknown: there was none to look at"));
            (lines, Some(session))
        }
        Err(line) => (vec![line], None),
    }
}

fn refused(session: &Session, request: &Request, status: StatusCode, failure: Failure) -> Line {
    match failure {
        Failure::Scope => Line::warn(
            IDENTITY,
            format!("unknown: the token lacks the scope {}", scopes::IDENTITY),
            "Queries work without it. With it, they notice when the site takes them for nobody.",
        ),
        Failure::Rejected(_) => Line {
            step: CREDENTIAL.to_owned(),
            status: Status::Fail,
            finding: Finding::Error {
                more: credential::looks(&session.config().credential),
                error: session.error(request, status, failure),
            },
        },
        Failure::NotTheApi(..) | Failure::Blocked(_) | Failure::TooLong(_) => {
            Line::error(ANSWERS, session.error(request, status, failure))
        }
        _ => Line::error(IDENTITY, session.error(request, status, failure)),
    }
}

async fn accepted(
    session: Session,
    account: Option<&OptionSlice>,
    hidden: Option<&'static str>,
    user: &VersionOneUser,
    counters: &Counters,
) -> (Vec<Line>, Option<Session>) {
    let allowed = session.config().allow_anonymous;
    let identity = match user.account_id.as_deref().filter(|id| !id.is_empty()) {
        None if !allowed => return (vec![Line::error(CREDENTIAL, Error::Anonymous)], None),
        None if account.is_some() => {
            let line = Line::warn(
                CREDENTIAL,
                "the site takes it for nobody's, and shows only what is public",
                Remedy::DropCredential,
            );
            return (vec![line, nobody()], Some(session));
        }
        None => nobody(),
        Some(id) => somebody(id, user),
    };
    let mut lines = vec![credential::taken(
        &session.config().credential,
        account,
        hidden,
    )];
    lines.extend(route(&session, counters).await);
    lines.push(identity);
    lines.push(base(&session.config().site, user));
    (lines, Some(session))
}

fn nobody() -> Line {
    Line::warn(
        IDENTITY,
        "nobody in particular: only what is public is seen",
        "If that is not what you want, drop the server's option allow_anonymous.",
    )
}

fn somebody(id: &str, user: &VersionOneUser) -> Line {
    let name = user.display_name.as_deref().unwrap_or("without a name");
    let kind = user.account_type.as_deref().unwrap_or("of an unknown type");
    let found = format!("{name}, account {id} ({kind})");
    if user.is_guest || user.is_external_collaborator {
        Line::warn(
            IDENTITY,
            format!("{found}, a guest"),
            "Guests see one space only. Use an account that sees what you want to read.",
        )
    } else {
        Line::ok(IDENTITY, found)
    }
}

async fn route(session: &Session, counters: &Counters) -> Option<Line> {
    let (base, gateway) = session.way(counters).await.ok()?;
    Some(if !gateway {
        Line::ok(ROUTE, format!("the site, {base}"))
    } else if session.config().route == crate::session::Route::Auto {
        Line::ok(
            ROUTE,
            format!("the gateway, {base}, found because the site does not take this token"),
        )
        .remedy("Set the server's option route to gateway: it saves each session a request.")
    } else {
        Line::ok(ROUTE, format!("the gateway, {base}"))
    })
}

/// Whether the site calls itself by the address that it is asked at. Otherwise something in between changes answers, or
/// is taken for the site.
fn base(site: &str, user: &VersionOneUser) -> Line {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    let Some(base) = user.links.base.as_deref() else {
        return Line::skip(ANSWERS, "unknown: the answer does not say where it is from");
    };
    if origin(base).is_some() && origin(base) == origin(site) {
        Line::ok(ANSWERS, "JSON, from the site itself")
    } else {
        let host = crate::http::url::host_of(base);
        Line::warn(
            ANSWERS,
            format!("the answer says that it is from {host}"),
            "A proxy may be changing answers, or the server's address is not the site's own. Columns with addresses show what the site says.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_called_by_its_own_address() {
        let user = |base: Option<&str>| VersionOneUser {
            links: Links {
                base: base.map(Sanitized::from),
            },
            ..VersionOneUser::default()
        };
        for (said, status) in [
            (Some("https://acme.atlassian.net/wiki"), Status::Ok),
            (Some("https://ACME.atlassian.net:443/wiki"), Status::Ok),
            (Some("https://proxy.example/wiki"), Status::Warn),
            (Some("/wiki"), Status::Warn),
            (None, Status::Skip),
        ] {
            let line = base("https://acme.atlassian.net", &user(said));
            assert_eq!(line.status, status, "{said:?}");
        }
    }
}
