//! The Authorization header: what a request shows to be let in.

use reqwest::header::HeaderValue;

use super::Credential;
use super::client_credentials::ClientTokens;
use super::token_endpoint::Client;
use super::token_file::TokenFile;
use crate::Error;
use crate::http::{Counters, Sender};

/// Where passes come from.
#[derive(Debug)]
pub(crate) enum Passes {
    /// Always the same one, or none.
    Fixed(Option<HeaderValue>),
    /// A token out of a file that may be replaced.
    File(TokenFile),
    /// Tokens that come to an end.
    Issued(Box<ClientTokens>),
}

/// What one request shows.
pub(crate) struct Pass {
    pub header: Option<HeaderValue>,
    /// Of a token that is not always the same. Another one may be had where this one is not taken.
    number: Option<u64>,
}

impl Passes {
    pub fn new(credential: &Credential, auth: &str) -> Result<Self, Error> {
        Ok(match credential {
            Credential::Client { id, secret } => Passes::Issued(Box::new(ClientTokens::new(
                auth.to_owned(),
                Client {
                    id: id.clone(),
                    secret: secret.clone(),
                },
            ))),
            Credential::BasicFile { email, path, token } => {
                let file = TokenFile::new(email.clone(), path.clone(), token.clone());
                Passes::File(file.ok_or_else(|| Error::Option {
                    option: "email",
                    cause: "it cannot be sent".into(),
                })?)
            }
            fixed => Passes::Fixed(fixed.header()?),
        })
    }

    /// A pass that should be good now.
    ///
    /// # Errors
    /// If one has to be asked for, and cannot be had.
    pub async fn get(&self, sender: &Sender, counters: &Counters) -> Result<Pass, Error> {
        match self {
            Passes::Fixed(header) => Ok(Pass {
                header: header.clone(),
                number: None,
            }),
            Passes::File(file) => {
                let (header, number) = file.get().await;
                Ok(Pass {
                    header: Some(header),
                    number: Some(number),
                })
            }
            Passes::Issued(tokens) => {
                let (header, number) = tokens.get(sender, counters).await?;
                Ok(Pass {
                    header: Some(header),
                    number: Some(number),
                })
            }
        }
    }

    /// Whether a pass that replaces another one may be another account's.
    pub fn may_be_anothers(&self) -> bool {
        matches!(self, Passes::File(_))
    }

    /// Whether there is another pass to be had instead of this one, which was refused.
    pub async fn can_replace(&self, pass: &Pass) -> bool {
        match (self, pass.number) {
            (Passes::File(file), Some(number)) => file.reread(number).await,
            (Passes::Issued(tokens), Some(number)) => {
                tokens.discard(number).await;
                true
            }
            _ => false,
        }
    }
}
