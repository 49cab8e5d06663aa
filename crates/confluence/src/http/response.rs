//! A response, and what it means. The status alone does not tell.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LINK};

use super::answerer::{self, ErrorBody};
use super::{absence, retry};
use crate::Sanitized;
use crate::budget::BytesHeld;
use crate::error::{Answerer, RejectionClue};

/// How much of a header is repeated in a message.
const OF_A_HEADER: usize = 100;

/// An answer that came to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The room that the body takes.
    pub held: BytesHeld,
}

/// A JSON answer.
#[derive(Debug)]
pub(crate) struct Body {
    pub body: Vec<u8>,
    /// The room that the body takes.
    pub held: BytesHeld,
    /// The next link of the `Link` header. The body has it too, as a rule.
    pub next: Option<String>,
    /// Whether the site was not asked: the statement had the answer before.
    pub came_before: bool,
    /// The number of its request in the log of requests.
    pub request: Option<u64>,
}

/// Why an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The credential is not taken.
    Rejected(RejectionClue),
    /// The token lacks a scope.
    Scope,
    /// The account may not do this.
    Forbidden(Sanitized),
    /// What the request asks for is not there, or not visible: the answer names it.
    NotFound(Sanitized),
    /// The request is not understood.
    Refused(Sanitized),
    /// The request did not get to the API.
    Blocked(Answerer),
    /// The request did not get to the API, and its length may be why.
    TooLong(Answerer),
    /// Come back later.
    Throttled {
        wait: Option<Duration>,
        reset: Option<Sanitized>,
        reason: Option<Sanitized>,
    },
    /// The site fails. `wait` is the pause that it asks for.
    Failing {
        wait: Option<Duration>,
        said: Sanitized,
    },
    /// This is not the API.
    NotTheApi(Answerer, Sanitized),
}

impl Failure {
    /// Who gave the answer, as far as that is told.
    pub fn answerer(&self) -> Answerer {
        match self {
            Failure::Blocked(by) | Failure::TooLong(by) | Failure::NotTheApi(by, _) => *by,
            Failure::Scope
            | Failure::Forbidden(_)
            | Failure::NotFound(_)
            | Failure::Rejected(RejectionClue::Nothing) => Answerer::Api,
            _ => Answerer::Unknown,
        }
    }
}

impl Response {
    /// A JSON answer to the request for this address, or what else it is.
    pub fn json(self, target: &str) -> Result<Body, (StatusCode, Failure)> {
        let status = self.status;
        if status != StatusCode::OK {
            return Err((status, self.failure(target)));
        }
        if self.is_json() {
            Ok(Body {
                next: self.next_link(),
                body: self.body,
                held: self.held,
                came_before: false,
                request: None,
            })
        } else {
            Err((status, self.not_the_api()))
        }
    }

    fn failure(&self, target: &str) -> Failure {
        let error = ErrorBody::of(&self.body);
        // What has one of the known shapes is JSON, whatever it is called.
        let is_json = self.is_json() || error.answerer() != Answerer::Unknown;
        let is_apis = error.answerer() == Answerer::Api;
        let is_known = error.answerer() != Answerer::Unknown;
        let said = || Sanitized::from(error.said());
        match self.status.as_u16() {
            401 if self.lacks_scope(&error) => Failure::Scope,
            401 if is_json && error.said().is_empty() => Failure::Rejected(RejectionClue::NoReason),
            401 if is_json => Failure::Rejected(RejectionClue::Nothing),
            // Not the API itself but the server before it, which so refuses tokens that have scopes.
            401 => Failure::Rejected(RejectionClue::ScopedToken),
            403 if is_json && is_rejection(error.said()) => {
                Failure::Rejected(RejectionClue::Nothing)
            }
            403 if error.said().is_empty() && (is_json || self.body.is_empty()) => {
                Failure::Rejected(RejectionClue::NoReason)
            }
            403 if is_apis => Failure::Forbidden(said()),
            403 if is_known => Failure::Refused(said()),
            403 => Failure::Blocked(self.answerer()),
            // Version 2 and the gateway answer a bad credential like this; where an object is missing, it is named.
            404 if is_known && error.said() == "Not Found" => {
                Failure::Rejected(RejectionClue::Nothing)
            }
            404 if is_json => match absence::named(&error, target) {
                Some(said) => Failure::NotFound(said.into()),
                None if is_known => Failure::Refused(said()),
                None => self.not_the_api(),
            },
            429 => Failure::Throttled {
                wait: retry::asked_pause(&self.headers),
                reset: self.told(&["x-ratelimit-reset", "x-beta-ratelimit-reset"]),
                reason: self.told(&["ratelimit-reason", "x-beta-ratelimit-reason"]),
            },
            400 if !is_json => Failure::TooLong(self.answerer()),
            413 | 414 | 431 => Failure::TooLong(self.answerer()),
            400..=499 if is_json => Failure::Refused(said()),
            407 => Failure::Blocked(Answerer::Proxy),
            500..=599 => Failure::Failing {
                wait: retry::asked_pause(&self.headers),
                said: said(),
            },
            300..=399 => {
                let to =
                    Sanitized::within(self.header("location").unwrap_or_default(), OF_A_HEADER);
                let found = format!("a redirect (status {}) to \"{to}\"", self.status.as_u16());
                Failure::NotTheApi(self.answerer(), found.into())
            }
            _ => self.not_the_api(),
        }
    }

    /// Who gave it, where it is no answer of the API.
    fn answerer(&self) -> Answerer {
        if self.is_json() {
            ErrorBody::of(&self.body).answerer()
        } else {
            answerer::of_page(self.status, &self.headers, &self.body)
        }
    }

    fn not_the_api(&self) -> Failure {
        let mut found = format!("{} with status {}", self.kind(), self.status.as_u16());
        if self.is_json() {
            let said = Sanitized::within(ErrorBody::of(&self.body).said(), OF_A_HEADER);
            if !said.is_empty() {
                found.push_str(&format!(": {said}"));
            }
        }
        Failure::NotTheApi(self.answerer(), found.into())
    }

    fn is_json(&self) -> bool {
        let first = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        declares_json(&self.headers) && first != Some(&b'<')
    }

    fn kind(&self) -> String {
        match self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) {
            Some(kind) => {
                let kind = Sanitized::within(kind, OF_A_HEADER);
                format!("content of type \"{kind}\"")
            }
            None => "content of no type".to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first of these headers that is there, as it may be shown.
    fn told(&self, names: &[&str]) -> Option<Sanitized> {
        let value = names.iter().find_map(|name| self.header(name))?;
        Some(Sanitized::within(value, OF_A_HEADER))
    }

    fn next_link(&self) -> Option<String> {
        let mut lines = self.headers.get_all(LINK).iter();
        lines.find_map(|line| next_of(line.to_str().ok()?))
    }

    fn lacks_scope(&self, error: &ErrorBody) -> bool {
        self.header("x-failure-category")
            .is_some_and(|category| category.contains("SCOPE"))
            || error.said().contains("scope does not match")
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
    said.contains("caller cannot access Confluence")
        || said.contains("not permitted to use Confluence")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

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

    const TARGET: &str = "/wiki/api/v2/pages/9/labels?limit=250";

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            (HeaderName::from_static(name), value)
        });
        Response {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
            held: BytesHeld::default(),
        }
    }

    fn failure(status: u16, kind: &str, body: &str) -> Failure {
        let answer = answer(status, &[("content-type", kind)], body);
        answer.json(TARGET).expect_err("a failure").1
    }

    #[test]
    fn answers_are_told_apart() {
        const JSON: &str = "application/json";
        const HTML: &str = "text/html";
        const TOMCAT: &str = "<html><title>HTTP Status 400 – Bad Request</title></html>";
        let v2 = |title: &str| {
            format!(
                r#"{{"errors":[{{"status":404,"code":"NOT_FOUND","title":"{title}","detail":null}}]}}"#
            )
        };
        let v1 = |message: &str| format!(r#"{{"statusCode":404,"message":"{message}"}}"#);
        let rejected = Failure::Rejected(RejectionClue::Nothing);
        let said = |text: &str| Sanitized::from(text);
        for (status, kind, body, expected) in [
            (404, JSON, v2("Not Found"), rejected.clone()),
            (
                404,
                JSON,
                r#"{"code":404,"message":"Not Found"}"#.into(),
                rejected.clone(),
            ),
            (
                404,
                JSON,
                v2("Cannot find a page with id [9]"),
                Failure::NotFound(said("Cannot find a page with id [9]")),
            ),
            (
                404,
                JSON,
                v1("No content found with id: ContentId{id=9}"),
                Failure::NotFound(said("No content found with id: ContentId{id=9}")),
            ),
            (
                404,
                JSON,
                v2("Cannot find a page with id [10]"),
                Failure::Refused(said("Cannot find a page with id [10]")),
            ),
            (
                404,
                JSON,
                r#"{"message":"null for uri: https://x/9","status-code":404}"#.into(),
                Failure::Refused(said("null for uri: https://x/9")),
            ),
            (
                404,
                JSON,
                r#"{"errorMessage":"Site temporarily unavailable"}"#.into(),
                Failure::NotTheApi(
                    Answerer::Unknown,
                    said("content of type \"application/json\" with status 404"),
                ),
            ),
            (
                410,
                JSON,
                r#"{"message":"This deprecated endpoint has been removed"}"#.into(),
                Failure::Refused(said("This deprecated endpoint has been removed")),
            ),
            (
                403,
                JSON,
                r#"{"statusCode":403,"message":"caller cannot access Confluence"}"#.into(),
                rejected.clone(),
            ),
            (
                403,
                JSON,
                r#"{"statusCode":403,"message":"not for you"}"#.into(),
                Failure::Forbidden(said("not for you")),
            ),
            (
                403,
                JSON,
                r#"{"statusCode":403}"#.into(),
                Failure::Rejected(RejectionClue::NoReason),
            ),
            (
                403,
                JSON,
                "".into(),
                Failure::Rejected(RejectionClue::NoReason),
            ),
            (
                403,
                HTML,
                "<html>Request blocked".into(),
                Failure::Blocked(Answerer::Firewall),
            ),
            (
                403,
                JSON,
                r#"{"message":"Forbidden"}"#.into(),
                Failure::Blocked(Answerer::Unknown),
            ),
            (
                401,
                JSON,
                r#"{"code":401,"message":"Unauthorized; scope does not match"}"#.into(),
                Failure::Scope,
            ),
            (
                401,
                JSON,
                r#"{"code":401,"message":"Unauthorized"}"#.into(),
                rejected,
            ),
            (
                401,
                JSON,
                "{}".into(),
                Failure::Rejected(RejectionClue::NoReason),
            ),
            (
                401,
                HTML,
                "<html>".into(),
                Failure::Rejected(RejectionClue::ScopedToken),
            ),
            (
                400,
                JSON,
                v2("bad limit"),
                Failure::Refused(said("bad limit")),
            ),
            (
                400,
                HTML,
                TOMCAT.into(),
                Failure::TooLong(Answerer::Container),
            ),
            (413, HTML, "".into(), Failure::TooLong(Answerer::Unknown)),
            (414, HTML, "".into(), Failure::TooLong(Answerer::Unknown)),
            (431, JSON, "{}".into(), Failure::TooLong(Answerer::Unknown)),
            (407, HTML, "".into(), Failure::Blocked(Answerer::Proxy)),
            (
                404,
                HTML,
                "<html>".into(),
                Failure::NotTheApi(
                    Answerer::Unknown,
                    said("content of type \"text/html\" with status 404"),
                ),
            ),
            (
                200,
                HTML,
                "<html><title>Log in".into(),
                Failure::NotTheApi(
                    Answerer::LoginPage,
                    said("content of type \"text/html\" with status 200"),
                ),
            ),
            (
                200,
                JSON,
                " <!doctype html>".into(),
                Failure::NotTheApi(
                    Answerer::Unknown,
                    said("content of type \"application/json\" with status 200"),
                ),
            ),
        ] {
            assert_eq!(failure(status, kind, &body), expected, "{status} {body}");
        }
    }

    #[test]
    fn nothing_that_a_site_repeats_shows_a_secret_or_is_long() {
        const TOKEN: &str = "ATATT3xFfGF0-hush/hush+hush=";
        let _held = Secret::hold(TOKEN);
        let (encoded, long) = (
            TOKEN.replace('/', "%2F").replace('+', "%2B"),
            "x".repeat(60_000),
        );
        for repeated in [
            format!("you sent {TOKEN}"),
            format!("you sent {encoded}"),
            format!("{}{TOKEN}", "x".repeat(290)),
            format!("{TOKEN}{long}"),
        ] {
            let json =
                serde_json::json!({"errors": [{"code": "X", "title": repeated}]}).to_string();
            for status in [200, 302, 400, 401, 403, 404, 410, 413, 429, 500, 503] {
                for kind in [repeated.as_str(), "application/json"] {
                    let headers = [
                        ("content-type", kind),
                        ("location", &repeated),
                        ("x-ratelimit-reset", &repeated),
                        ("ratelimit-reason", &repeated),
                        ("retry-after", &repeated),
                    ];
                    let Err((_, failure)) = answer(status, &headers, &json).json(TARGET) else {
                        continue;
                    };
                    let shown = format!("{failure:?}");
                    assert!(!shown.contains("hush"), "{status}: {shown}");
                    assert!(shown.len() < 1_000, "{status}: {} bytes", shown.len());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn headers_may_say_anything(
            value in "[ -~]{0,80}|-?[0-9]{1,40}(\\.[0-9]{1,40})?|\"?[a-z]*\"?;r=[0-9]{1,30};t=-?[0-9]{1,30}",
            status in 200_u16..600,
        ) {
            let names = [
                "retry-after", "beta-retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
                "x-ratelimit-nearlimit", "beta-ratelimit", "beta-ratelimit-policy", "ratelimit-reason", "location", "link",
                "content-type", "x-failure-category", "server", "x-aaccountid", "x-seraph-loginreason",
            ];
            let headers = names.map(|name| (name, value.as_str()));
            let answer = answer(status, &headers, "{}");
            let _ = super::super::rate_limit::headers::Limits::of(&answer.headers, std::time::SystemTime::now());
            if let Some(pause) = retry::asked_pause(&answer.headers) {
                // It can be told, and held against what is allowed.
                let _ = (pause.as_secs_f64().ceil().to_string(), pause <= Duration::MAX);
            }
            let _ = super::super::Asker::by(&answer.headers);
            if let Err((_, failure)) = answer.json(TARGET) {
                let shown = format!("{failure:?}");
                prop_assert!(shown.len() < 1_000, "{} bytes", shown.len());
            }
        }
    }
}
