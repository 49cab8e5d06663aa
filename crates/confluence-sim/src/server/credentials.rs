//! Who may ask, where, and what for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::time::Instant;

use super::answer::Refusal;
use super::entrance::Entrance;
use super::oauth::Issuer;

/// What a client can sign in with. Credentials belong to the organisation's first user unless it is said otherwise.
///
/// An API token without scopes is taken at the site and at the gateway; one with scopes, and an access token, at the
/// gateway only. There they are under `/ex/confluence/{cloudId}`, on the stand-in's own address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credential {
    secret: Secret,
    /// None means everything, as with a token that has no scopes.
    scopes: Option<BTreeSet<String>>,
    pub(crate) administrator: bool,
    pub(crate) user: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Secret {
    Basic { email: String, token: String },
    Bearer { token: String },
}

impl Credential {
    /// An e-mail address and an API token.
    pub fn basic(email: impl Into<String>, token: impl Into<String>) -> Self {
        Self::of(Secret::Basic {
            email: email.into(),
            token: token.into(),
        })
    }

    /// An access token. One that somebody gave away; for those that are issued, see [`OauthClient`](crate::OauthClient).
    pub fn bearer(token: impl Into<String>) -> Self {
        Self::of(Secret::Bearer {
            token: token.into(),
        })
    }

    fn of(secret: Secret) -> Self {
        Self {
            secret,
            scopes: None,
            administrator: true,
            user: 0,
        }
    }

    /// The same with these scopes and no others.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The same for an account that administers the site, as it does unless it is said otherwise, or for one that does
    /// not.
    pub fn administrator(mut self, administrator: bool) -> Self {
        self.administrator = administrator;
        self
    }

    /// The same for another of the organisation's users, by the place among them.
    pub fn of_user(mut self, user: usize) -> Self {
        self.user = user;
        self
    }

    /// The value of the `Authorization` header that it makes.
    pub fn header(&self) -> String {
        match &self.secret {
            Secret::Basic { email, token } => {
                format!("Basic {}", STANDARD.encode(format!("{email}:{token}")))
            }
            Secret::Bearer { token } => format!("Bearer {token}"),
        }
    }

    pub(crate) fn email(&self) -> Option<&str> {
        match &self.secret {
            Secret::Basic { email, .. } => Some(email),
            Secret::Bearer { .. } => None,
        }
    }

    /// Whether it may use an operation that wants all scopes of one of these sets.
    pub(crate) fn covers(&self, sets: &[&[&str]]) -> bool {
        let Some(granted) = &self.scopes else {
            return true;
        };
        sets.iter()
            .any(|set| set.iter().all(|scope| granted.contains(*scope)))
    }

    /// The scopes that it has; none where it needs none.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flatten().map(String::as_str)
    }

    pub(crate) fn is_bearer(&self) -> bool {
        matches!(self.secret, Secret::Bearer { .. })
    }

    pub(crate) fn is_scoped(&self) -> bool {
        self.scopes.is_some()
    }

    /// Whether the site itself takes it, and not only the gateway.
    fn is_taken_at_the_site(&self) -> bool {
        matches!(self.secret, Secret::Basic { .. }) && !self.is_scoped()
    }

    /// Whether an `Authorization` header shows it. The name of the scheme may be in any case.
    pub(crate) fn is_shown_by(&self, header: &str) -> bool {
        let Some((scheme, value)) = header.split_once(' ') else {
            return false;
        };
        match &self.secret {
            Secret::Basic { email, token } => {
                scheme.eq_ignore_ascii_case("basic")
                    && STANDARD
                        .decode(value.trim())
                        .is_ok_and(|shown| shown == format!("{email}:{token}").as_bytes())
            }
            Secret::Bearer { token } => {
                scheme.eq_ignore_ascii_case("bearer") && value.trim() == token
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    Account(Credential),
    Anonymous,
}

/// Decides on credentials.
#[derive(Debug)]
pub(crate) struct Gate {
    pub credentials: Vec<Credential>,
    pub anonymous_access: bool,
}

impl Gate {
    /// Who asks with this header, through this entrance, at this moment.
    pub(crate) fn identify(
        &self,
        issuer: &Issuer,
        authorization: Option<&str>,
        entrance: Entrance,
        at: Instant,
    ) -> Result<Identity, Refusal> {
        let known = authorization.and_then(|header| {
            let own = self
                .credentials
                .iter()
                .find(|known| known.is_shown_by(header));
            own.or_else(|| issuer.find(header, at))
        });
        let bearer = authorization
            .and_then(|header| header.split_once(' '))
            .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        match known {
            Some(known) if entrance == Entrance::Site && !known.is_taken_at_the_site() => {
                Err(Refusal::NotAtThisEntrance)
            }
            Some(known) => Ok(Identity::Account(known.clone())),
            None if entrance == Entrance::Gateway && bearer => Err(Refusal::DeadToken),
            None if self.anonymous_access => Ok(Identity::Anonymous),
            None => Err(Refusal::BadCredential),
        }
    }
}
