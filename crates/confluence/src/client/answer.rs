//! What an answer means. The status alone does not tell.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LINK};
use serde::Deserialize;

use super::retry;
use crate::budget::Held;
use crate::error::Seen;

/// An answer that came to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The room that the body takes.
    pub held: Held,
}

/// A JSON answer.
#[derive(Debug)]
pub(crate) struct Document {
    pub body: Vec<u8>,
    /// The room that the body takes.
    pub held: Held,
    /// The next link of the `Link` header. The body has it too, as a rule.
    pub next: Option<String>,
    /// Whether the site was not asked: the statement had the answer before.
    pub came_before: bool,
}

/// Why an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The credential is not taken.
    Rejected(Seen),
    /// The token lacks a scope.
    Scope,
    /// The account may not do this.
    Forbidden(String),
    /// The object that the path names is not there, or not visible.
    NotFound(String),
    /// The request is not understood.
    Refused(String),
    /// Come back later.
    Throttled {
        wait: Option<Duration>,
        reset: Option<String>,
        reason: Option<String>,
    },
    /// The site fails. `wait` is the pause that it asks for.
    Failing {
        wait: Option<Duration>,
        said: String,
    },
    /// This is not the API.
    NotTheApi(String),
}

impl Answer {
    /// A JSON answer, or what else it is.
    pub fn json(self) -> Result<Document, (StatusCode, Failure)> {
        let status = self.status;
        if status != StatusCode::OK {
            return Err((status, self.failure()));
        }
        if self.is_json() {
            Ok(Document {
                next: self.next_link(),
                body: self.body,
                held: self.held,
                came_before: false,
            })
        } else {
            let found = format!("{} with status 200", self.kind());
            Err((status, Failure::NotTheApi(found)))
        }
    }

    fn failure(&self) -> Failure {
        let said = self.said();
        match self.status.as_u16() {
            401 if self.lacks_scope() => Failure::Scope,
            401 if self.is_json() => Failure::Rejected(Seen::Nothing),
            // Not the API itself but the server before it, which so refuses tokens that have scopes.
            401 => Failure::Rejected(Seen::ScopedToken),
            403 if is_rejection(&said) => Failure::Rejected(Seen::Nothing),
            403 => Failure::Forbidden(said),
            // Version 2 answers a bad credential like this; where an object is missing, it is named.
            404 if said == "Not Found" => Failure::Rejected(Seen::Nothing),
            404 if self.is_json() => Failure::NotFound(said),
            429 => Failure::Throttled {
                wait: retry::asked_pause(&self.headers),
                reset: self
                    .header("x-ratelimit-reset")
                    .or_else(|| self.header("x-beta-ratelimit-reset")),
                reason: self
                    .header("ratelimit-reason")
                    .or_else(|| self.header("x-beta-ratelimit-reason")),
            },
            400..=499 if self.is_json() => Failure::Refused(said),
            500..=599 => Failure::Failing {
                wait: retry::asked_pause(&self.headers),
                said,
            },
            300..=399 => Failure::NotTheApi(format!(
                "a redirect (status {}) to \"{}\"",
                self.status.as_u16(),
                self.header("location").unwrap_or_default()
            )),
            status => Failure::NotTheApi(format!("{} with status {status}", self.kind())),
        }
    }

    fn is_json(&self) -> bool {
        let first = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        declares_json(&self.headers) && first != Some(&b'<')
    }

    fn kind(&self) -> String {
        match self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) {
            Some(kind) => format!("content of type \"{kind}\""),
            None => "content of no type".to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }

    fn next_link(&self) -> Option<String> {
        let mut lines = self.headers.get_all(LINK).iter();
        lines.find_map(|line| next_of(line.to_str().ok()?))
    }

    fn lacks_scope(&self) -> bool {
        self.header("x-failure-category")
            .is_some_and(|category| category.contains("SCOPE"))
            || self.said().contains("scope does not match")
    }

    /// What the error says, in the shapes of version 2, version 1 and the gateway. Empty for others.
    fn said(&self) -> String {
        let Ok(error) = serde_json::from_slice::<ErrorBody>(&self.body) else {
            return String::new();
        };
        let mut said = error
            .errors
            .and_then(|errors| errors.into_iter().find_map(|error| error.title))
            .or(error.message)
            .unwrap_or_default();
        if let Some((at, _)) = said.char_indices().nth(300) {
            said.truncate(at);
            said.push('…');
        }
        said
    }
}

/// Whether an answer with these headers says that it is JSON.
pub(super) fn declares_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(CONTENT_TYPE);
    declared
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"))
}

/// The target of the relation "next" in a `Link` header (RFC 8288). Targets may hold commas, so they are
/// cut at brackets; names are of any case, and values with or without quotes, several relations in one.
fn next_of(links: &str) -> Option<String> {
    links.split('<').skip(1).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        let is_next = parameters.split([';', ',']).any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
                name.trim().eq_ignore_ascii_case("rel")
                    && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
            })
        });
        is_next.then(|| target.to_owned())
    })
}

fn is_rejection(said: &str) -> bool {
    said.is_empty()
        || said.contains("caller cannot access Confluence")
        || said.contains("not permitted to use Confluence")
}

#[derive(Deserialize)]
struct ErrorBody {
    errors: Option<Vec<ErrorItem>>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct ErrorItem {
    title: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_of_a_header() {
        let both = r#"</wiki/api/v2/pages?space-id=1,2&cursor=a>; rel="next", <https://s.example/wiki>; rel="base""#;
        assert_eq!(
            next_of(both).as_deref(),
            Some("/wiki/api/v2/pages?space-id=1,2&cursor=a")
        );
        for form in [
            "</a>;rel=next",
            "</a>; title=\"x\"; Rel=\"last NEXT\"",
            "</b>; rel=base, </a>; rel=next",
        ] {
            assert_eq!(next_of(form).as_deref(), Some("/a"), "{form}");
        }
        assert_eq!(next_of(r#"<https://s.example/wiki>; rel="base""#), None);
        assert_eq!(next_of("nonsense"), None);
    }

    fn failure(status: u16, kind: &str, body: &str) -> Failure {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().expect("a header"));
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: body.as_bytes().to_vec(),
            held: Held::default(),
        }
        .json()
        .expect_err("a failure")
        .1
    }

    #[test]
    fn answers_are_told_apart() {
        let v2 = |title: &str| {
            format!(
                r#"{{"errors":[{{"status":404,"code":"NOT_FOUND","title":"{title}","detail":null}}]}}"#
            )
        };
        for (status, kind, body, expected) in [
            (
                404,
                "application/json",
                v2("Not Found"),
                Failure::Rejected(Seen::Nothing),
            ),
            (
                404,
                "application/json",
                v2("Cannot find a page with id [9]"),
                Failure::NotFound("Cannot find a page with id [9]".into()),
            ),
            (
                403,
                "application/json",
                r#"{"statusCode":403,"message":"caller cannot access Confluence"}"#.into(),
                Failure::Rejected(Seen::Nothing),
            ),
            (
                401,
                "application/json",
                r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.into(),
                Failure::Scope,
            ),
            (
                401,
                "application/json",
                r#"{"code":401,"message":"Unauthorized"}"#.into(),
                Failure::Rejected(Seen::Nothing),
            ),
            (
                401,
                "text/html",
                "<html>".into(),
                Failure::Rejected(Seen::ScopedToken),
            ),
            (
                400,
                "application/json",
                v2("bad limit"),
                Failure::Refused("bad limit".into()),
            ),
            (
                404,
                "text/html",
                "<html>".into(),
                Failure::NotTheApi("content of type \"text/html\" with status 404".into()),
            ),
            (
                200,
                "text/html",
                "<html>".into(),
                Failure::NotTheApi("content of type \"text/html\" with status 200".into()),
            ),
            (
                200,
                "application/json",
                " <!doctype html>".into(),
                Failure::NotTheApi("content of type \"application/json\" with status 200".into()),
            ),
        ] {
            assert_eq!(failure(status, kind, &body), expected, "{status} {body}");
        }
    }
}
