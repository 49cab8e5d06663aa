//! Tokens that a service account's client gets for its secret (OAuth 2.0 client credentials).
//!
//! They live for an hour or so. A session keeps its token, and gets another one before it ends, or when
//! it is not taken any more.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::answer::{Answer, Failure};
use super::counters::Counters;
use super::credential;
use super::exchange::{Host, Message, Reply, Sender};
use super::request::Purpose;
use crate::Error;

const PATH: &str = "/oauth/token";
const LABEL: &str = "POST /oauth/token";

/// The part of a token's life that is left when another one is asked for: a tenth, and never more than
/// five minutes. A request that leaves with the old one still gets there in time.
const MARGIN: u32 = 10;
const LONGEST_MARGIN: Duration = Duration::from_secs(300);

/// A month: what a token's life is cut to, so that sums with it stay sums.
const LONGEST_LIFE: u64 = 30 * 86_400;

/// What a client is known by. Never printed.
pub(crate) struct Client {
    pub id: String,
    pub secret: String,
}

/// A client's token, and how to get another one.
pub(crate) struct Tokens {
    host: Host,
    client: Client,
    /// Locked while one is asked for: whoever needs it meanwhile waits for that one.
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    token: Option<Token>,
    /// How many there have been.
    number: u64,
}

/// Its header is marked as one not to be printed.
#[derive(Debug)]
struct Token {
    header: HeaderValue,
    /// When to get another one; None if its life is not known.
    until: Option<Instant>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    pub fn new(address: String, client: Client) -> Self {
        Self {
            host: Host::new(address),
            client,
            current: Mutex::default(),
        }
    }

    /// A token that is good now, and its number.
    ///
    /// # Errors
    /// If another one is needed, and cannot be had.
    pub async fn get(
        &self,
        sender: &Sender,
        counters: &Counters,
    ) -> Result<(HeaderValue, u64), Error> {
        let mut current = self.current.lock().await;
        if let Some(token) = &current.token
            && token.until.is_none_or(|until| Instant::now() < until)
        {
            return Ok((token.header.clone(), current.number));
        }
        let token = self.ask(sender, counters).await?;
        let header = token.header.clone();
        current.number += 1;
        current.token = Some(token);
        Ok((header, current.number))
    }

    /// This token was not taken. Only the one who says so first throws it away.
    pub async fn discard(&self, number: u64) {
        let mut current = self.current.lock().await;
        if current.number == number {
            current.token = None;
        }
    }

    async fn ask(&self, sender: &Sender, counters: &Counters) -> Result<Token, Error> {
        #[derive(Serialize)]
        struct Question<'a> {
            grant_type: &'static str,
            client_id: &'a str,
            client_secret: &'a str,
        }
        let question = Question {
            grant_type: "client_credentials",
            client_id: &self.client.id,
            client_secret: &self.client.secret,
        };
        let message = Message {
            url: format!("{}{PATH}", self.host.address),
            label: LABEL.to_owned(),
            purpose: Purpose::Probe,
            authorization: None,
            json: Some(
                serde_json::to_vec(&question)
                    .map_err(|_| Error::Internal("a question that is no JSON".to_owned()))?,
            ),
            read,
        };
        // Its life begins before we know of it.
        let asked = Instant::now();
        match sender.send(&self.host, &message, counters).await? {
            Ok(answer) => token(&answer.body, asked).map_err(|found| self.bad_answer(found)),
            Err((status, Failure::Refused(code))) => Err(Error::ClientRejected {
                host: self.host.name(),
                status: status.as_u16(),
                code,
            }),
            Err((status, Failure::NotTheApi(_))) if status.is_redirection() => {
                Err(self.bad_answer("a redirect"))
            }
            Err((_, Failure::NotTheApi(_))) => Err(self.bad_answer("no JSON")),
            Err((status, _)) => Err(Error::ClientRejected {
                host: self.host.name(),
                status: status.as_u16(),
                code: String::new(),
            }),
        }
    }

    fn bad_answer(&self, found: &'static str) -> Error {
        Error::BadToken {
            host: self.host.name(),
            request: LABEL.to_owned(),
            found,
        }
    }
}

/// What an answer of the token endpoint means. It refuses in a shape of its own, of which only the code is
/// kept, and that only if it is one that is known: the rest might repeat what was sent.
fn read(answer: Answer) -> Reply {
    const CODES: &[&str] = &[
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    ];
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let status = answer.status;
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        let code = serde_json::from_slice::<Refusal>(&answer.body)
            .ok()
            .and_then(|refusal| CODES.iter().find(|code| **code == refusal.error))
            .map(|code| (*code).to_owned());
        return Err((status, Failure::Refused(code.unwrap_or_default())));
    }
    answer.json().map_err(|(status, failure)| match failure {
        Failure::Failing { wait, .. } => {
            let said = String::new();
            (status, Failure::Failing { wait, said })
        }
        failure => (status, failure),
    })
}

/// The token in an answer, or what is wrong with that. Nothing of the answer is in what is said.
fn token(body: &[u8], asked: Instant) -> Result<Token, &'static str> {
    #[derive(Deserialize)]
    struct Issued {
        access_token: String,
        #[serde(default)]
        token_type: Option<String>,
        #[serde(default)]
        expires_in: Option<u64>,
    }
    let issued: Issued =
        serde_json::from_slice(body).map_err(|_| "no object with an access_token")?;
    if issued.access_token.is_empty() {
        return Err("an empty access_token");
    }
    if issued
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err("a token of another type than Bearer");
    }
    let until = match issued.expires_in {
        Some(0) => return Err("a token that has expired"),
        Some(seconds) => Some(asked + usable(seconds)),
        None => None,
    };
    let header = credential::bearer(&issued.access_token)
        .ok_or("an access_token with characters that no token has")?;
    Ok(Token { header, until })
}

/// How long a token of that life is used.
fn usable(seconds: u64) -> Duration {
    let life = Duration::from_secs(seconds.min(LONGEST_LIFE));
    life - (life / MARGIN).min(LONGEST_MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_token_is_asked_for_before_the_end() {
        for (life, used) in [
            (1, 900),
            (60, 54_000),
            (3_600, 3_300_000),
            (u64::MAX, (LONGEST_LIFE - 300) * 1000),
        ] {
            assert_eq!(usable(life), Duration::from_millis(used), "{life} s");
        }
    }

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
        ] {
            let found = token(body.as_bytes(), now).expect_err(body);
            assert!(!found.contains("hush"), "{body}: {found}");
        }
        let known = token(br#"{"access_token":"hush","expires_in":100}"#, now).expect("a token");
        assert_eq!(known.until, Some(now + Duration::from_secs(90)));
        assert!(known.header.is_sensitive());
        let unknown =
            token(br#"{"access_token":"hush","token_type":"bearer"}"#, now).expect("a token");
        assert_eq!(unknown.until, None);
    }

    #[test]
    fn of_a_refusal_only_a_known_code_is_kept() {
        let refused = |status: u16, body: &str| {
            read(Answer {
                status: StatusCode::from_u16(status).expect("a status"),
                headers: Default::default(),
                body: body.as_bytes().to_vec(),
            })
            .expect_err("a refusal")
            .1
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
            assert_eq!(refused(status, body), Failure::Refused(code.to_owned()));
        }
        assert!(!format!("{:?}", refused(503, r#"{"message":"hush"}"#)).contains("hush"));
    }
}
