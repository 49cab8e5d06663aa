//! The credential: who is asking.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::Error;
use crate::error::SignIn;
use crate::secret::Secret;

/// A credential. Printing it for debugging shows no secret.
#[derive(Clone, PartialEq)]
pub enum Credential {
    /// Nobody in particular.
    Anonymous,
    /// An account's e-mail address and API token.
    Basic {
        /// The e-mail address.
        email: String,
        /// The API token.
        token: String,
    },
    /// The same with a token out of a file, where another one may lie by now.
    BasicFile {
        /// The e-mail address.
        email: String,
        /// The file.
        path: String,
        /// What was in it.
        token: String,
    },
    /// A token that stands for itself.
    Bearer {
        /// The token.
        token: String,
    },
    /// A token that stands for somebody's consent. Whoever gave it renews it, too, but not while it is used.
    Consent {
        /// The token.
        token: String,
    },
    /// A service account's client, which gets tokens for its secret.
    Client {
        /// The client's id.
        id: String,
        /// The client's secret.
        secret: String,
    },
}

impl Credential {
    /// What of it nobody is to see, in the forms in which it is sent. Held for as long as answers may come.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Credential::Anonymous => Vec::new(),
            Credential::Basic { email, token } | Credential::BasicFile { email, token, .. } => {
                basic_secrets(email, token)
            }
            Credential::Bearer { token } | Credential::Consent { token } => {
                vec![Secret::hold(token)]
            }
            Credential::Client { secret, .. } => vec![Secret::hold(secret)],
        }
    }

    /// The value of the `Authorization` header, where it does not have to be asked for first.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let (header, option) = match self {
            Credential::Anonymous | Credential::Client { .. } => return Ok(None),
            Credential::Basic { email, token } | Credential::BasicFile { email, token, .. } => {
                (basic(email, token), "api_token")
            }
            Credential::Bearer { token } | Credential::Consent { token } => {
                (bearer(token), "access_token")
            }
        };
        header.map(Some).ok_or_else(|| Error::Option {
            option,
            cause: "it holds characters that no token has".into(),
        })
    }

    /// Whether OAuth gave the token. The site itself takes no such tokens, only the gateway does.
    pub(crate) fn is_oauth(&self) -> bool {
        matches!(
            self,
            Credential::Bearer { .. } | Credential::Consent { .. } | Credential::Client { .. }
        )
    }

    /// The way of signing in, for errors.
    pub(crate) fn sign_in(&self) -> SignIn {
        match self {
            Credential::Anonymous => SignIn::Nobody,
            Credential::Basic { .. } | Credential::BasicFile { .. } => SignIn::ApiToken,
            Credential::Bearer { .. } => SignIn::AccessToken,
            Credential::Consent { .. } => SignIn::Consent,
            Credential::Client { .. } => SignIn::Client,
        }
    }
}

/// The header for an e-mail address and an API token; None if it cannot be one.
pub(crate) fn basic(email: &str, token: &str) -> Option<HeaderValue> {
    sensitive(&format!("Basic {}", both(email, token)))
}

/// What nobody is to see of them.
pub(super) fn basic_secrets(email: &str, token: &str) -> Vec<Secret> {
    vec![Secret::hold(token), Secret::hold(&both(email, token))]
}

fn both(email: &str, token: &str) -> String {
    STANDARD.encode(format!("{email}:{token}"))
}

/// The header for a token that stands for itself; None if it cannot be one.
pub(crate) fn bearer(token: &str) -> Option<HeaderValue> {
    sensitive(&format!("Bearer {token}"))
}

/// A header that is not to be printed.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credential::Anonymous => f.write_str("Anonymous"),
            Credential::Basic { email, .. } => write!(f, "Basic({email}, ...)"),
            Credential::BasicFile { email, path, .. } => {
                write!(f, "BasicFile({email}, {path}, ...)")
            }
            Credential::Bearer { .. } => f.write_str("Bearer(...)"),
            Credential::Consent { .. } => f.write_str("Consent(...)"),
            Credential::Client { id, .. } => write!(f, "Client({id}, ...)"),
        }
    }
}
