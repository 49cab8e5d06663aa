//! What is sent back, and the shapes in which the API refuses.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use std::fmt::Display;

/// An answer before it goes onto the wire.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Self {
        Self::of(status, "application/json", body)
    }

    pub(crate) fn ok(body: &impl Serialize) -> Self {
        Self::json(
            StatusCode::OK,
            serde_json::to_vec(body).expect("rows are made of plain data"),
        )
    }

    pub(crate) fn of(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        let value =
            HeaderValue::from_bytes(value.as_bytes()).expect("made of printable characters");
        self.headers.push((HeaderName::from_static(name), value));
        self
    }
}

/// Headers as a test asks for them.
///
/// # Panics
///
/// Where HTTP does not allow one of them.
pub(crate) fn headers<S: AsRef<str>>(asked: &[(S, S)]) -> Vec<(HeaderName, HeaderValue)> {
    let header = |(name, value): &(S, S)| {
        let (name, value) = (name.as_ref().parse().ok()?, value.as_ref().parse().ok()?);
        Some((name, value))
    };
    let headers = asked.iter().map(header);
    headers
        .map(|one| one.expect("a header that HTTP allows"))
        .collect()
}

/// The families of paths, which refuse in different shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V1,
    V2,
    /// Answers without a credential.
    Edge,
}

impl Family {
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/wiki/api/v2") {
            Self::V2
        } else if path.starts_with("/wiki/rest/") {
            Self::V1
        } else {
            Self::Edge
        }
    }
}

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// A parameter that is unknown, ill-typed or out of its bounds.
    BadParameter(String),
    /// An object that is absent, or not to be seen: named by the title.
    NoSuchObject(String),
    /// Something that is there, and not for this caller.
    NotAllowed(String),
    /// Something that sites of another kind have.
    NotOnThisSite {
        status: u16,
        title: &'static str,
    },
    NoSuchRoute,
    /// Another one is wanted.
    WrongMethod(Method),
    /// A question longer than any.
    TooLong,
    /// A question that does not say that it is JSON.
    NotJson,
    BadCredential,
    /// A credential that only the gateway takes.
    NotAtThisEntrance,
    /// An access token that is wrong, or was right once.
    DeadToken,
    /// The gateway knows no site by that id.
    NoSuchSite,
    MissingScope,
    /// What the live site can do and the stand-in does not know: said aloud rather than answered with an empty list.
    NotModelled(String),
}

impl Refusal {
    /// What is named with its article is not there, or not to be seen.
    pub(crate) fn cannot_find(what: &str, id: impl Display) -> Self {
        Self::NoSuchObject(format!("Cannot find {what} with id [{id}]"))
    }

    pub(crate) fn not_modelled(what: impl Display) -> Self {
        Self::NotModelled(format!("The stand-in does not {what}"))
    }

    pub(crate) fn answer(&self, family: Family) -> Answer {
        let of_gateway = |status: StatusCode, message: &str| {
            error(
                status,
                &json!({"code": status.as_u16(), "message": message}),
            )
        };
        match (self, family) {
            (Self::MissingScope, _) => {
                let message = "Unauthorized; scope does not match";
                return of_gateway(StatusCode::UNAUTHORIZED, message)
                    .with("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK");
            }
            (Self::DeadToken, _) => return of_gateway(StatusCode::UNAUTHORIZED, "Unauthorized"),
            (Self::NoSuchSite, _) => return of_gateway(StatusCode::NOT_FOUND, "Not Found"),
            (Self::NotAtThisEntrance, _) => {
                // From the server before the API, which knows nothing of JSON.
                let kind = "text/html;charset=utf-8";
                return Answer::of(StatusCode::UNAUTHORIZED, kind, NOT_AT_THIS_ENTRANCE);
            }
            (Self::BadCredential, Family::V1) => {
                let body = json!({"statusCode": 403, "message": "caller cannot access Confluence"});
                return error(StatusCode::FORBIDDEN, &body);
            }
            _ => {}
        }
        let (status, title) = match self {
            Self::BadParameter(title) => (StatusCode::BAD_REQUEST, title.as_str()),
            Self::NoSuchObject(title) => (StatusCode::NOT_FOUND, title.as_str()),
            Self::NotAllowed(title) => (StatusCode::FORBIDDEN, title.as_str()),
            Self::NotModelled(title) => (StatusCode::NOT_IMPLEMENTED, title.as_str()),
            Self::NotOnThisSite { status, title } => {
                let status = StatusCode::from_u16(*status);
                (
                    status.expect("an edit asks for a status that HTTP knows"),
                    *title,
                )
            }
            Self::NoSuchRoute => (StatusCode::NOT_FOUND, "No operation answers to this path"),
            Self::WrongMethod(_) => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Another method is answered here",
            ),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too long"),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body has to be JSON",
            ),
            // Not a word more: that is how the live site shows a bad credential.
            Self::BadCredential
            | Self::NotAtThisEntrance
            | Self::DeadToken
            | Self::NoSuchSite
            | Self::MissingScope => (StatusCode::NOT_FOUND, "Not Found"),
        };
        let number = status.as_u16();
        let body = match family {
            Family::V1 => json!({
                "statusCode": number,
                "data": {"authorized": status != StatusCode::FORBIDDEN, "valid": false, "errors": [], "successful": false},
                "message": title,
            }),
            Family::V2 | Family::Edge => json!({
                "errors": [{"status": number, "code": code(status), "title": title, "detail": null}],
            }),
        };
        let answer = error(status, &body);
        match self {
            Self::WrongMethod(right) => answer.with("allow", right.as_str()),
            _ => answer,
        }
    }
}

fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "INVALID_REQUEST_PARAMETER",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::METHOD_NOT_ALLOWED => "METHOD_NOT_ALLOWED",
        StatusCode::PAYLOAD_TOO_LARGE => "PAYLOAD_TOO_LARGE",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "UNSUPPORTED_MEDIA_TYPE",
        StatusCode::NOT_IMPLEMENTED => "NOT_IMPLEMENTED",
        _ => "INTERNAL_SERVER_ERROR",
    }
}

const NOT_AT_THIS_ENTRANCE: &str = "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401 – Unauthorized</title></head><body><h1>HTTP Status 401 – Unauthorized</h1></body></html>";

fn error(status: StatusCode, body: &serde_json::Value) -> Answer {
    Answer::json(status, body.to_string().into_bytes())
}
