//! The place where clients get tokens (OAuth 2.0): for their secrets, for codes, and for refresh tokens.

use super::answer::Answer;
use super::consent::Consents;
use super::credentials::Credential;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, Instant};

pub(crate) const PATH: &str = "/oauth/token";

/// A client that gets tokens: a service account's, or an app's. All of them belong to the organisation's first user.
///
/// Its tokens are taken at the gateway only, and only for as long as they live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthClient {
    id: String,
    secret: String,
    /// Where an app wants its codes; None for a service account's client, which has no part in that.
    callback: Option<String>,
    scopes: Option<Vec<String>>,
    life: Duration,
}

impl OauthClient {
    /// A service account's client, whose tokens may do everything, and live for an hour.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            callback: None,
            scopes: None,
            life: Duration::from_secs(3_600),
        }
    }

    /// An app, to which people give their consent in a browser. Its tokens may do what they have consented to.
    pub fn app(
        id: impl Into<String>,
        secret: impl Into<String>,
        callback: impl Into<String>,
    ) -> Self {
        Self {
            callback: Some(callback.into()),
            ..Self::new(id, secret)
        }
    }

    /// The same, with tokens that have these scopes and no others. An app can ask for these and no others.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The same, with tokens that live so long. `expires_in` tells it in whole seconds.
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// Whether it is an app that wants its codes there, and may ask for these scopes.
    pub(super) fn may_ask_for(&self, callback: &str, scopes: &[String]) -> bool {
        self.callback.as_deref() == Some(callback)
            && self.scopes.as_ref().is_none_or(|known| {
                scopes
                    .iter()
                    .all(|scope| scope == super::consent::OFFLINE || known.contains(scope))
            })
    }

    pub(super) fn is_called(&self, id: &str) -> bool {
        self.id == id
    }
}

/// The clients, and the tokens that they have.
#[derive(Debug, Default)]
pub(crate) struct Issuer {
    pub(crate) clients: Vec<OauthClient>,
    pub(crate) consents: Consents,
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

/// What a request for a token says; which of it has to be there depends on the grant.
#[derive(Deserialize)]
struct Question {
    grant_type: String,
    client_id: String,
    client_secret: String,
    code: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
}

impl Issuer {
    pub(crate) fn of(clients: Vec<OauthClient>) -> Self {
        Self {
            clients,
            ..Self::default()
        }
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

    pub(crate) fn withdraw_consents(&mut self) {
        self.consents = Consents::default();
        self.issued.clear();
    }

    /// The credential that a token is, if it was alive at that moment.
    pub(crate) fn find(&self, authorization: &str, at: Instant) -> Option<&Credential> {
        self.issued
            .iter()
            .find(|issued| at < issued.until && issued.credential.is_shown_by(authorization))
            .map(|issued| &issued.credential)
    }

    pub(crate) fn answer(&mut self, method: &Method, body: &[u8]) -> Answer {
        if method != Method::POST {
            return refusal(405, "invalid_request", "Unauthorized");
        }
        let Ok(question) = serde_json::from_slice::<Question>(body) else {
            return refusal(400, "invalid_request", "Unauthorized");
        };
        self.issue(&question).unwrap_or_else(|refusal| refusal)
    }

    fn issue(&mut self, question: &Question) -> Result<Answer, Answer> {
        let for_apps = match question.grant_type.as_str() {
            "client_credentials" => false,
            "authorization_code" | "refresh_token" => true,
            _ => return Err(refusal(400, "unsupported_grant_type", "Unauthorized")),
        };
        let known = self
            .clients
            .iter()
            .find(|client| client.id == question.client_id);
        let client = match known {
            Some(client) if client.callback.is_some() == for_apps => client.clone(),
            _ => return Err(refusal(403, "unauthorized_client", "Unauthorized")),
        };
        if client.secret != question.client_secret {
            return Err(refusal(401, "access_denied", "Unauthorized"));
        }
        if !for_apps {
            let scopes = client.scopes.clone();
            return Ok(self.token(&client, scopes, None));
        }
        let (scopes, refresh_token) = if question.grant_type == "authorization_code" {
            let shown = question.code.as_ref().zip(question.redirect_uri.as_ref());
            shown
                .and_then(|(code, callback)| self.consents.redeem(&client.id, code, callback))
                .ok_or_else(|| refusal(403, "invalid_grant", "Invalid authorization code"))?
        } else {
            let shown = question.refresh_token.as_ref();
            shown
                .and_then(|token| self.consents.rotate(&client.id, token))
                .ok_or_else(|| refusal(403, "unauthorized_client", "refresh_token is invalid"))?
        };
        Ok(self.token(&client, Some(scopes), refresh_token))
    }

    fn token(
        &mut self,
        client: &OauthClient,
        scopes: Option<Vec<String>>,
        refresh_token: Option<String>,
    ) -> Answer {
        self.number += 1;
        let mut token = format!("sim-access-{}", self.number);
        if client.callback.is_some() {
            // As long as those that stand for a person's consent really are.
            token = super::consent::lengthen(token);
        }
        let mut body = json!({
            "access_token": token,
            "expires_in": client.life.as_secs(),
            "token_type": "Bearer",
            "scope": scopes.as_deref().unwrap_or_default().join(" "),
        });
        if let Some(refresh_token) = refresh_token {
            body["refresh_token"] = refresh_token.into();
        }
        let credential = Credential::bearer(&token);
        self.issued.push(Issued {
            credential: match scopes {
                Some(scopes) => credential.with_scopes(scopes),
                None => credential,
            },
            until: Instant::now() + client.life,
            token,
        });
        Answer::ok(&body)
    }
}

fn refusal(status: u16, code: &str, description: &str) -> Answer {
    let status = StatusCode::from_u16(status).expect("a status that HTTP knows");
    let body = json!({"error": code, "error_description": description});
    Answer::json(status, body.to_string().into_bytes())
}
