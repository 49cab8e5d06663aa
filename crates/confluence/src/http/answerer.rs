//! The answerer: who gave a response that is not what was asked for: told by its status, its headers, and the shape of
//! its body.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::Answerer;

/// How much of a page is looked through for words. What tells is in its head.
const HEAD: usize = 16 << 10;

/// An error in JSON, in the shapes that are known: version 2 of the API, version 1, what hands requests on to them, the
/// gateway. All members are there in one or the other.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorBody {
    errors: Option<Errors>,
    #[serde(rename = "statusCode")]
    status_code: Option<Number>,
    #[serde(rename = "status-code")]
    router_code: Option<Number>,
    code: Option<Number>,
    message: Option<Text>,
}

/// Version 2's list, or something else of that name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Errors {
    List(Vec<Item>),
    #[allow(dead_code, reason = "it only has to be taken")]
    Other(IgnoredAny),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Item {
    Error {
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        title: Option<String>,
    },
    #[allow(dead_code, reason = "it only has to be taken")]
    Other(IgnoredAny),
}

/// A number, or something else in its place.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Number {
    Is(u64),
    #[allow(dead_code, reason = "it only has to be taken")]
    Other(IgnoredAny),
}

/// Text, or something else in its place.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Is(String),
    #[allow(dead_code, reason = "it only has to be taken")]
    Other(IgnoredAny),
}

impl ErrorBody {
    /// What a body in JSON says; nothing of one that is none.
    pub fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The code and the title of version 2's first error.
    pub fn first(&self) -> Option<(&str, &str)> {
        let Some(Errors::List(items)) = &self.errors else {
            return None;
        };
        items.iter().find_map(|item| match item {
            Item::Error {
                code,
                title: Some(title),
            } => Some((code.as_deref().unwrap_or_default(), title.as_str())),
            _ => None,
        })
    }

    /// Version 1's message, or that of the others that have one.
    pub fn message(&self) -> Option<&str> {
        match &self.message {
            Some(Text::Is(message)) => Some(message),
            _ => None,
        }
    }

    /// The status that version 1 repeats in its errors.
    pub fn status_code(&self) -> Option<u64> {
        match self.status_code {
            Some(Number::Is(status)) => Some(status),
            _ => None,
        }
    }

    /// What it says, in words. Empty where it says nothing.
    pub fn said(&self) -> &str {
        self.first()
            .map(|(_, title)| title)
            .or(self.message())
            .unwrap_or_default()
    }

    /// Whose shape it has.
    pub fn answerer(&self) -> Answerer {
        if self.first().is_some() || self.status_code().is_some() {
            Answerer::Api
        } else if matches!(self.router_code, Some(Number::Is(_))) {
            Answerer::Router
        } else if matches!(self.code, Some(Number::Is(_))) && self.message().is_some() {
            Answerer::Gateway
        } else {
            Answerer::Unknown
        }
    }
}

/// Who gave an answer that is no JSON.
pub(super) fn of_page(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answerer {
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_ascii_lowercase())
    };
    let is_proxys = ["x-squid-error", "proxy-authenticate", "x-bluecoat-via"]
        .iter()
        .any(|name| headers.contains_key(*name))
        || header("server").is_some_and(|server| {
            ["squid", "zscaler", "bluecoat", "mcafee", "forcepoint"]
                .iter()
                .any(|name| server.contains(name))
        });
    if is_proxys || status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Answerer::Proxy;
    }
    let head = &body[..body.len().min(HEAD)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let has_any = |words: &[&str]| words.iter().any(|word| head.contains(word));
    let leads_to_login = status.is_redirection()
        && header("location").is_some_and(|to| {
            ["login", "signin", "sso", "saml", "id.atlassian.com"]
                .iter()
                .any(|word| to.contains(word))
        });
    if head.contains("http status ") {
        Answerer::Container
    } else if status == StatusCode::FORBIDDEN {
        Answerer::Firewall
    } else if leads_to_login
        || (status == StatusCode::OK
            && has_any(&["log in", "login", "sign in", "signin", "password", "saml"]))
    {
        Answerer::LoginPage
    } else {
        Answerer::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_an_error_tells_whose_it_is() {
        for (body, by, said) in [
            (
                r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#,
                Answerer::Api,
                "Not Found",
            ),
            (
                r#"{"statusCode":403,"data":{},"message":"no"}"#,
                Answerer::Api,
                "no",
            ),
            (r#"{"statusCode":403}"#, Answerer::Api, ""),
            (
                r#"{"message":"null for uri: https://x/y","status-code":404}"#,
                Answerer::Router,
                "null for uri: https://x/y",
            ),
            (
                r#"{"code":401,"message":"Unauthorized"}"#,
                Answerer::Gateway,
                "Unauthorized",
            ),
            (
                r#"{"errorMessage":"Site temporarily unavailable","errorCode":"OTHER"}"#,
                Answerer::Unknown,
                "",
            ),
            (
                r#"{"timestamp":"now","status":404,"error":"Not Found","message":"No message available"}"#,
                Answerer::Unknown,
                "No message available",
            ),
            (
                r#"{"message":"no Route matched"}"#,
                Answerer::Unknown,
                "no Route matched",
            ),
            (r#"{"errors":[]}"#, Answerer::Unknown, ""),
            (r#"{"errors":{}}"#, Answerer::Unknown, ""),
            (r#"{"errors":["x"],"message":5}"#, Answerer::Unknown, ""),
            ("{}", Answerer::Unknown, ""),
            ("[]", Answerer::Unknown, ""),
            ("<html>", Answerer::Unknown, ""),
        ] {
            let error = ErrorBody::of(body.as_bytes());
            assert_eq!((error.answerer(), error.said()), (by, said), "{body}");
        }
    }

    #[test]
    fn a_page_tells_who_stands_before_the_api() {
        let tomcat = "<!doctype html><html><title>HTTP Status 400 – Bad Request</title></html>";
        for (status, header, body, by) in [
            (
                403,
                None,
                "<html><title>403 Forbidden</title>",
                Answerer::Firewall,
            ),
            (400, None, tomcat, Answerer::Container),
            (401, None, tomcat, Answerer::Container),
            (
                200,
                None,
                "<html><title>Log in</title>",
                Answerer::LoginPage,
            ),
            (200, None, "<html>Welcome", Answerer::Unknown),
            (
                302,
                Some(("location", "https://id.atlassian.com/login")),
                "",
                Answerer::LoginPage,
            ),
            (
                302,
                Some(("location", "https://elsewhere.example")),
                "",
                Answerer::Unknown,
            ),
            (407, None, "", Answerer::Proxy),
            (
                403,
                Some(("server", "squid/5.7")),
                "<html>",
                Answerer::Proxy,
            ),
            (
                503,
                Some(("x-squid-error", "ERR_DNS_FAIL 0")),
                "<html>",
                Answerer::Proxy,
            ),
            (404, None, "<html>", Answerer::Unknown),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut headers = HeaderMap::new();
            if let Some((name, value)) = header {
                headers.insert(name, value.parse().expect("a value"));
            }
            assert_eq!(
                of_page(status, &headers, body.as_bytes()),
                by,
                "{status} {body}"
            );
        }
    }
}
