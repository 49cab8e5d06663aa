//! What people have consented to (OAuth 2.0 authorization code), and where they are asked.

use super::answer::{Answer, Family, Refusal};
use super::credentials::{Credential, Identity};
use super::oauth::Issuer;
use crate::organisation::Organisation;
use hyper::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::time::{Duration, Instant};

/// Where a browser asks for somebody's consent.
pub(crate) const PATH: &str = "/authorize";

/// Where the gateway says which sites a token is good for.
pub(crate) const RESOURCES: &str = "/oauth/token/accessible-resources";

/// The scope that asks for a refresh token, and opens nothing.
pub(super) const OFFLINE: &str = "offline_access";

const LIFE_OF_A_CODE: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
pub(crate) struct Consents {
    codes: Vec<Code>,
    refreshable: Vec<Refreshable>,
    /// How many codes and tokens there have been.
    number: u64,
}

/// What stands for a consent on the way from the browser to the app.
#[derive(Debug)]
struct Code {
    code: String,
    client: String,
    callback: String,
    scopes: Vec<String>,
    until: Instant,
}

/// What stands for a consent from then on.
#[derive(Debug)]
struct Refreshable {
    token: String,
    client: String,
    scopes: Vec<String>,
}

/// What an app may have: scopes, and a refresh token where it asked for one.
type Granted = (Vec<String>, Option<String>);

impl Consents {
    pub fn refresh_tokens(&self) -> Vec<String> {
        let tokens = self.refreshable.iter();
        tokens.map(|known| known.token.clone()).collect()
    }

    fn next(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("sim-{kind}-{}", self.number)
    }

    fn consent(&mut self, client: &str, callback: &str, scopes: Vec<String>) -> String {
        let code = self.next("code");
        self.codes.push(Code {
            code: code.clone(),
            client: client.to_owned(),
            callback: callback.to_owned(),
            scopes,
            until: Instant::now() + LIFE_OF_A_CODE,
        });
        code
    }

    /// A code is taken once, by the app that it was made for, with the address that it was sent to. It is used up also
    /// where that is another one.
    pub fn redeem(&mut self, client: &str, code: &str, callback: &str) -> Option<Granted> {
        let place = self.codes.iter().position(|known| known.code == code)?;
        let code = self.codes.remove(place);
        let good =
            code.client == client && code.callback == callback && Instant::now() < code.until;
        good.then(|| self.grant(client, code.scopes))
    }

    /// A refresh token is taken once, for a new one.
    pub fn rotate(&mut self, client: &str, token: &str) -> Option<Granted> {
        let mut known = self.refreshable.iter();
        let place = known.position(|known| known.token == token && known.client == client)?;
        let old = self.refreshable.remove(place);
        Some(self.grant(client, old.scopes))
    }

    fn grant(&mut self, client: &str, scopes: Vec<String>) -> Granted {
        let refreshable = scopes.iter().any(|scope| scope == OFFLINE);
        let refresh_token = refreshable.then(|| lengthen(self.next("refresh")));
        if let Some(token) = &refresh_token {
            self.refreshable.push(Refreshable {
                token: token.clone(),
                client: client.to_owned(),
                scopes: scopes.clone(),
            });
        }
        (scopes, refresh_token)
    }
}

/// A token of some two thousand characters that no compression makes much shorter: so long are the real ones.
pub(super) fn lengthen(token: String) -> String {
    let mut state = token.bytes().fold(1, |state: u64, byte| {
        state.wrapping_mul(31).wrapping_add(byte.into())
    });
    let tail = (0..120).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{:016x}", state ^ (state >> 29))
    });
    format!("{token}.{}", tail.collect::<String>())
}

impl Issuer {
    /// Answers a browser that asks for somebody's consent. The one who sits before it is the organisation's first user,
    /// has signed in, and consents to everything.
    pub(crate) fn consent(&mut self, method: &Method, pairs: &[(String, String)]) -> Answer {
        if method != Method::GET {
            return page(StatusCode::METHOD_NOT_ALLOWED);
        }
        let value = |name: &str| {
            let mut found = pairs.iter().filter(|(known, _)| known == name);
            match (found.next(), found.next()) {
                (Some((_, value)), None) => Some(value.as_str()),
                _ => None,
            }
        };
        let (Some(client), Some(callback), Some(scopes), Some(state)) = (
            value("client_id"),
            value("redirect_uri"),
            value("scope"),
            value("state"),
        ) else {
            return page(StatusCode::BAD_REQUEST);
        };
        let scopes: Vec<String> = scopes.split(' ').map(str::to_owned).collect();
        let known = self
            .clients
            .iter()
            .any(|known| known.is_called(client) && known.may_ask_for(callback, &scopes));
        let usual = value("audience") == Some("api.atlassian.com")
            && value("response_type") == Some("code")
            && value("prompt") == Some("consent");
        if !known || !usual || scopes.iter().any(String::is_empty) {
            return page(StatusCode::BAD_REQUEST);
        }
        let code = self.consents.consent(client, callback, scopes);
        let separator = if callback.contains('?') { '&' } else { '?' };
        let state = utf8_percent_encode(state, NON_ALPHANUMERIC);
        page(StatusCode::FOUND).with(
            "location",
            &format!("{callback}{separator}code={code}&state={state}"),
        )
    }
}

fn page(status: StatusCode) -> Answer {
    Answer::of(
        status,
        "text/html;charset=utf-8",
        format!("<!doctype html><title>{status}</title>"),
    )
}

/// Which sites a token is good for: this one.
pub(crate) fn resources(
    organisation: &Organisation,
    site: &str,
    identity: Result<Identity, Refusal>,
) -> Answer {
    let Some(credential) = bearer(identity) else {
        return Refusal::DeadToken.answer(Family::Edge);
    };
    let scopes = credential.scopes().filter(|scope| *scope != OFFLINE);
    Answer::ok(&json!([{
        "id": organisation.cloud_id(),
        "name": "acme",
        "url": site,
        "scopes": scopes.collect::<Vec<_>>(),
        "avatarUrl": format!("{site}/avatars/240/flag.png"),
    }]))
}

fn bearer(identity: Result<Identity, Refusal>) -> Option<Credential> {
    match identity {
        Ok(Identity::Account(credential)) if credential.is_bearer() => Some(credential),
        _ => None,
    }
}
