//! The token endpoint (OAuth 2.0): where tokens are issued, and what its responses mean.

use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::credential;
use crate::error::Grant;
use crate::http::rate_limit::host::Host;
use crate::http::{
    Counters, Failure, HostRequest, Purpose, Reason, Reply, Response, Sender, ServedBy, Why,
};
use crate::secret::Secret;
use crate::{Error, Sanitized};

const PATH: &str = "/oauth/token";
const LABEL: &str = "POST /oauth/token";

/// What a client is known by. Never printed.
pub(crate) struct Client {
    pub id: String,
    pub secret: String,
}

/// For what a token is wanted. Never printed.
#[derive(Serialize)]
#[serde(tag = "grant_type", rename_all = "snake_case")]
pub(crate) enum GrantRequest<'a> {
    /// For the client's secret alone.
    ClientCredentials,
    /// For a code that a browser brought.
    AuthorizationCode {
        code: &'a str,
        redirect_uri: &'a str,
    },
    /// For the token that came with the one before.
    RefreshToken { refresh_token: &'a str },
}

impl GrantRequest<'_> {
    fn secrets(&self) -> Option<Secret> {
        match self {
            GrantRequest::ClientCredentials => None,
            GrantRequest::AuthorizationCode { code, .. } => Some(Secret::hold(code)),
            GrantRequest::RefreshToken { refresh_token } => Some(Secret::hold(refresh_token)),
        }
    }

    fn grant(&self) -> Grant {
        match self {
            GrantRequest::ClientCredentials => Grant::Client,
            GrantRequest::AuthorizationCode { .. } => Grant::Code,
            GrantRequest::RefreshToken { .. } => Grant::Refresh,
        }
    }
}

/// What is issued. Never printed.
pub(crate) struct Issued {
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// Its life in seconds, if that is known. It begins before we know of it: when it was asked for.
    pub life: Option<u64>,
    pub asked: Instant,
    /// Nobody is to see them as long as this lives.
    pub _secrets: Vec<Secret>,
}

/// The place.
pub(crate) struct Issuer {
    host: Host,
    client: Client,
    _secret: Secret,
}

impl Issuer {
    pub fn new(address: String, client: Client) -> Self {
        Self {
            host: Host::new(address),
            _secret: Secret::hold(&client.secret),
            client,
        }
    }

    /// Asks for a token.
    ///
    /// # Errors
    /// If none is issued, or what comes is none.
    pub async fn ask(
        &self,
        ground: GrantRequest<'_>,
        sender: &Sender,
        counters: &Counters,
    ) -> Result<Issued, Error> {
        #[derive(Serialize)]
        struct TokenRequest<'a> {
            #[serde(flatten)]
            ground: &'a GrantRequest<'a>,
            client_id: &'a str,
            client_secret: &'a str,
        }
        let _secrets = ground.secrets();
        let question = TokenRequest {
            ground: &ground,
            client_id: &self.client.id,
            client_secret: &self.client.secret,
        };
        let message = HostRequest {
            url: format!("{}{PATH}", self.host.address),
            path: PATH.into(),
            purpose: Purpose::Probe,
            reason: Reason::of(Why::Token),
            served_by: ServedBy::TokenEndpoint,
            is_metered: false,
            authorization: None,
            json: Some(
                serde_json::to_vec(&question)
                    .map_err(|_| Error::Internal("a question that is no JSON".into()))?,
            ),
            read,
        };
        let rejected = |status: StatusCode, code| Error::ClientRejected {
            host: self.host.name(),
            status: status.as_u16(),
            code,
            grant: ground.grant(),
        };
        let asked = Instant::now();
        match sender.send(&self.host, &message, counters).await? {
            Ok(answer) => issued(&answer.body, asked).map_err(|found| self.bad_answer(found)),
            Err((status, Failure::Refused(code))) => Err(rejected(status, known(&code))),
            Err((status, Failure::NotTheApi(..))) if status.is_redirection() => {
                Err(self.bad_answer("a redirect"))
            }
            Err((_, Failure::NotTheApi(..))) => Err(self.bad_answer("no JSON")),
            Err((status, _)) => Err(rejected(status, "")),
        }
    }

    /// What is said of an answer that is not what was asked for.
    pub fn bad_answer(&self, found: &'static str) -> Error {
        Error::BadToken {
            host: self.host.name(),
            request: LABEL.into(),
            found,
        }
    }
}

/// The codes of OAuth 2.0 for refusals.
const CODES: &[&str] = &[
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
];

/// A code, if it is one that is known; else nothing.
fn known(code: &str) -> &'static str {
    CODES
        .iter()
        .find(|known| **known == code)
        .copied()
        .unwrap_or_default()
}

/// What an answer of the token endpoint means. It refuses in a shape of its own, of which only a known code is kept; nor
/// is anything kept of its headers but how long to wait: all else might repeat what was sent.
fn read(answer: Response, url: &str) -> Reply {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let status = answer.status;
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        let code = serde_json::from_slice::<Refusal>(&answer.body)
            .map_or("", |refusal| known(&refusal.error));
        return Err((status, Failure::Refused(code.into())));
    }
    answer.json(url).map_err(|(status, failure)| {
        let failure = match failure {
            Failure::Failing { wait, .. } => Failure::Failing {
                wait,
                said: Sanitized::default(),
            },
            Failure::Throttled { wait, .. } => Failure::Throttled {
                wait,
                reset: None,
                reason: None,
            },
            failure => failure,
        };
        (status, failure)
    })
}

/// What is issued by an answer, or what is wrong with that. Nothing of the answer is in what is said.
fn issued(body: &[u8], asked: Instant) -> Result<Issued, &'static str> {
    #[derive(Deserialize)]
    struct Said {
        access_token: String,
        #[serde(default)]
        token_type: Option<String>,
        #[serde(default)]
        expires_in: Option<u64>,
        #[serde(default)]
        refresh_token: Option<String>,
    }
    let said: Said = serde_json::from_slice(body).map_err(|_| "no object with an access_token")?;
    if said.access_token.is_empty() {
        return Err("an empty access_token");
    }
    if said
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err("a token of another type than Bearer");
    }
    if said.expires_in == Some(0) {
        return Err("a token that has expired");
    }
    if credential::bearer(&said.access_token).is_none() {
        return Err("an access_token with characters that no token has");
    }
    // It is sent in JSON, where anything can be said; but it is kept as an option, which ends at a zero byte.
    let refresh_token = said.refresh_token.filter(|token| !token.is_empty());
    if refresh_token
        .as_deref()
        .is_some_and(|token| credential::bearer(token).is_none())
    {
        return Err("a refresh_token with characters that no token has");
    }
    Ok(Issued {
        _secrets: std::iter::once(&said.access_token)
            .chain(&refresh_token)
            .map(|token| Secret::hold(token))
            .collect(),
        access_token: said.access_token,
        refresh_token,
        life: said.expires_in,
        asked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, RETRY_AFTER};

    #[test]
    fn what_is_no_token_is_said_without_its_text() {
        let now = Instant::now();
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"access_token":null}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":"hush\n"}"#,
            r#"{"access_token":"hush","token_type":"mac"}"#,
            r#"{"access_token":"hush","expires_in":0}"#,
            r#"{"access_token":"hush","expires_in":-1}"#,
            r#"{"access_token":"hush","expires_in":"soon"}"#,
            r#"{"access_token":"hush","refresh_token":5}"#,
            r#"{"access_token":"hush","refresh_token":"hush\u0000"}"#,
            r#"{"access_token":"hush","refresh_token":"hush\n"}"#,
        ] {
            let found = issued(body.as_bytes(), now).err().expect(body);
            assert!(!found.contains("hush"), "{body}: {found}");
        }
        let whole = br#"{"access_token":"hush","expires_in":100,"refresh_token":"more"}"#;
        let known = issued(whole, now).expect("a token");
        assert_eq!(known.life, Some(100));
        assert_eq!(known.refresh_token.as_deref(), Some("more"));
        let alone = br#"{"access_token":"hush","token_type":"bearer","refresh_token":""}"#;
        let unknown = issued(alone, now).expect("a token");
        assert_eq!((unknown.life, unknown.refresh_token), (None, None));
    }

    #[test]
    fn questions_say_what_the_token_is_wanted_for() {
        for (ground, json) in [
            (
                GrantRequest::ClientCredentials,
                r#"{"grant_type":"client_credentials"}"#,
            ),
            (
                GrantRequest::AuthorizationCode {
                    code: "c",
                    redirect_uri: "r",
                },
                r#"{"grant_type":"authorization_code","code":"c","redirect_uri":"r"}"#,
            ),
            (
                GrantRequest::RefreshToken { refresh_token: "t" },
                r#"{"grant_type":"refresh_token","refresh_token":"t"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&ground).expect("JSON"), json);
        }
    }

    #[test]
    fn of_a_refusal_only_a_known_code_is_kept() {
        let refused = |status: u16, body: &str| {
            let answer = Response {
                status: StatusCode::from_u16(status).expect("a status"),
                headers: [
                    (RETRY_AFTER, "7".parse().expect("a value")),
                    (
                        HeaderName::from_static("ratelimit-reason"),
                        "hush".parse().expect("a value"),
                    ),
                    (
                        HeaderName::from_static("x-ratelimit-reset"),
                        "hush".parse().expect("a value"),
                    ),
                ]
                .into_iter()
                .collect(),
                body: body.as_bytes().to_vec(),
                held: crate::budget::BytesHeld::default(),
            };
            read(answer, "").expect_err("a refusal").1
        };
        let hush = r#"{"error":"hush","error_description":"hush"}"#;
        for (status, body, code) in [
            (
                401,
                r#"{"error":"access_denied","error_description":"hush"}"#,
                "access_denied",
            ),
            (
                403,
                r#"{"error":"unauthorized_client"}"#,
                "unauthorized_client",
            ),
            (401, hush, ""),
            (404, "<html>hush", ""),
        ] {
            assert_eq!(refused(status, body), Failure::Refused(code.into()));
        }
        for (status, body) in [(503, r#"{"message":"hush"}"#), (429, "hush")] {
            let failure = format!("{:?}", refused(status, body));
            assert!(
                !failure.contains("hush") && failure.contains("7s"),
                "{failure}"
            );
        }
    }
}
