//! Who is asking.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::Error;

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
    /// A token that stands for itself.
    Bearer {
        /// The token.
        token: String,
    },
}

impl Credential {
    /// The value of the `Authorization` header, marked as one not to be printed.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let (text, option) = match self {
            Credential::Anonymous => return Ok(None),
            Credential::Basic { email, token } => (
                format!("Basic {}", STANDARD.encode(format!("{email}:{token}"))),
                "api_token",
            ),
            Credential::Bearer { token } => (format!("Bearer {token}"), "access_token"),
        };
        let mut header = HeaderValue::from_str(&text).map_err(|_| Error::Option {
            option,
            cause: "it holds characters that no token has".to_owned(),
        })?;
        header.set_sensitive(true);
        Ok(Some(header))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credential::Anonymous => f.write_str("Anonymous"),
            Credential::Basic { email, .. } => write!(f, "Basic({email}, …)"),
            Credential::Bearer { .. } => f.write_str("Bearer(…)"),
        }
    }
}
