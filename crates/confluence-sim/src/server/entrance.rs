//! The ways in. All of them are on the stand-in's one address, told apart by their paths.

use super::{consent, oauth};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entrance {
    /// At the site itself, as on `https://acme.atlassian.net`.
    Site,
    /// At the gateway, under `/ex/confluence/{cloudId}`, as on `https://api.atlassian.com`. Without that prefix a
    /// path is the same as at the site, and next links lack it, too. And at `/oauth/token/accessible-resources`, which
    /// the gateway answers itself.
    Gateway,
    /// At `/oauth/token`, as on `https://auth.atlassian.com`.
    Token,
    /// At `/authorize`, as on `https://auth.atlassian.com`: for browsers.
    Consent,
}

impl Entrance {
    /// The way in, the site that is asked for at the gateway, and what is left of the path.
    pub(crate) fn of(target: &str) -> (Self, Option<&str>, &str) {
        let path = target.split('?').next().unwrap_or_default();
        if path == oauth::PATH {
            return (Self::Token, None, target);
        }
        if path == consent::PATH {
            return (Self::Consent, None, target);
        }
        if path == consent::RESOURCES {
            return (Self::Gateway, None, target);
        }
        let at_gateway = target.strip_prefix("/ex/confluence/").and_then(|rest| {
            let (cloud_id, _) = rest.split_once("/wiki/")?;
            Some((cloud_id, &rest[cloud_id.len()..]))
        });
        match at_gateway {
            Some((cloud_id, target)) => (Self::Gateway, Some(cloud_id), target),
            None => (Self::Site, None, target),
        }
    }
}
