//! The place where clients get tokens for their secrets (OAuth 2.0 client credentials).

use super::answer::Answer;
use super::credentials::Credential;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, Instant};

/// Where it is.
pub(crate) const PATH: &str = "/oauth/token";

/// A service account's client. All of them belong to the organisation's first user.
///
/// Its tokens are taken at the gateway only, and only for as long as they live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthClient {
    id: String,
    secret: String,
    scopes: Option<Vec<String>>,
    life: Duration,
}

impl OauthClient {
    /// A client whose tokens may do everything, and live for an hour.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            scopes: None,
            life: Duration::from_secs(3_600),
        }
    }

    /// The same, with tokens that have these scopes and no others.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The same, with tokens that live so long. `expires_in` tells it in whole seconds.
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    fn credential(&self, token: &str) -> Credential {
        let credential = Credential::bearer(token);
        match &self.scopes {
            Some(scopes) => credential.with_scopes(scopes.iter().cloned()),
            None => credential,
        }
    }
}

/// The clients, and the tokens that they have.
#[derive(Debug, Default)]
pub(crate) struct Issuer {
    clients: Vec<OauthClient>,
    issued: Vec<Issued>,
    /// How many tokens there have been.
    number: u64,
}

#[derive(Debug)]
struct Issued {
    token: String,
    credential: Credential,
    until: Instant,
}

impl Issuer {
    pub(crate) fn of(clients: Vec<OauthClient>) -> Self {
        Self {
            clients,
            ..Self::default()
        }
    }

    pub(crate) fn grant(&mut self, client: OauthClient) {
        self.clients.push(client);
    }

    pub(crate) fn revoke(&mut self, id: &str) {
        self.clients.retain(|client| client.id != id);
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        self.issued
            .iter()
            .map(|issued| issued.token.clone())
            .collect()
    }

    pub(crate) fn revoke_tokens(&mut self) {
        self.issued.clear();
    }

    /// The credential that a token is, if it was alive at that moment.
    pub(crate) fn find(&self, authorization: &str, at: Instant) -> Option<&Credential> {
        self.issued
            .iter()
            .find(|issued| at < issued.until && issued.credential.is_shown_by(authorization))
            .map(|issued| &issued.credential)
    }

    /// Answers a request for a token.
    pub(crate) fn answer(&mut self, method: &Method, body: &[u8]) -> Answer {
        #[derive(Deserialize)]
        struct Question {
            grant_type: String,
            client_id: String,
            client_secret: String,
        }
        if method != Method::POST {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "invalid_request");
        }
        let Ok(question) = serde_json::from_slice::<Question>(body) else {
            return refusal(StatusCode::BAD_REQUEST, "invalid_request");
        };
        if question.grant_type != "client_credentials" {
            return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type");
        }
        let known = self
            .clients
            .iter()
            .find(|client| client.id == question.client_id);
        let client = match known {
            None => return refusal(StatusCode::FORBIDDEN, "unauthorized_client"),
            Some(client) if client.secret != question.client_secret => {
                return refusal(StatusCode::UNAUTHORIZED, "access_denied");
            }
            Some(client) => client,
        };
        self.number += 1;
        let token = format!("sim-access-{}", self.number);
        let answer = Answer::ok(&json!({
            "access_token": token,
            "expires_in": client.life.as_secs(),
            "token_type": "Bearer",
            "scope": client.scopes.as_deref().unwrap_or_default().join(" "),
        }));
        self.issued.push(Issued {
            credential: client.credential(&token),
            until: Instant::now() + client.life,
            token,
        });
        answer
    }
}

fn refusal(status: StatusCode, code: &str) -> Answer {
    let body = json!({"error": code, "error_description": "Unauthorized"});
    Answer::json(status, body.to_string().into_bytes())
}
