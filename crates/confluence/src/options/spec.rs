//! Specs: one list of the options that there are, and which of them go together.

use super::config::{OptionSlice, get};
use super::parse;
use crate::schema::equal;

/// What an option's value has to be.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// A label of a host name.
    Subdomain,
    /// An address: https, or http to a loopback address.
    Address,
    /// A UUID.
    Uuid,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number between these two.
    Count(u64, u64),
    /// A length of time above zero.
    Time,
    /// A boolean.
    Boolean,
    /// A moment, with its offset from UTC.
    Moment,
    /// An absolute path of a file on the server.
    Path,
    /// The address of a proxy.
    Proxy,
    /// Anything that is not empty.
    Text,
    /// The same without blanks around it, as they come along with what is copied.
    Pasted,
    /// The name of a remote table.
    RemoteTable,
    /// The name of a column of a remote table, whichever it is.
    RemoteColumn,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What its value has to be.
    pub rule: Rule,
    /// Whether it says as whom the site is asked, and not what the site is or how it is read.
    pub of_account: bool,
    /// Whether its value must not be shown.
    pub secret: bool,
}

const fn spec(name: &'static str, rule: Rule) -> Spec {
    Spec {
        name,
        rule,
        of_account: false,
        secret: false,
    }
}

impl Spec {
    const fn of_account(mut self) -> Self {
        self.of_account = true;
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Checks a value.
    ///
    /// # Errors
    /// If it is not what it has to be.
    pub fn check(&self, value: &str) -> Result<(), OptionProblem> {
        match parse::expected(self.rule, value) {
            None => Ok(()),
            Some(expected) => Err(OptionProblem::Value {
                name: self.name,
                expected,
            }),
        }
    }
}

/// Every option.
pub static ALL: &[Spec] = &[
    spec("subdomain", Rule::Subdomain),
    spec("base_url", Rule::Address),
    spec("cloud_id", Rule::Uuid),
    spec("gateway_url", Rule::Address),
    spec("auth_url", Rule::Address),
    spec("route", Rule::OneOf(&["auto", "site", "gateway"])),
    spec("page_size", Rule::Count(1, 250)),
    spec("max_concurrency", Rule::Count(1, 64)),
    spec("connect_timeout", Rule::Time),
    spec("request_timeout", Rule::Time),
    spec("max_retries", Rule::Count(0, 20)),
    spec("max_wait", Rule::Time),
    spec("max_requests", Rule::Count(0, 1_000_000_000)),
    spec("allow_anonymous", Rule::Boolean),
    spec("ca_file", Rule::Path),
    spec("proxy", Rule::Proxy),
    spec("email", Rule::Pasted).of_account(),
    spec("api_token", Rule::Pasted).of_account().secret(),
    spec("api_token_file", Rule::Path).of_account(),
    spec("client_id", Rule::Pasted).of_account(),
    spec("client_secret", Rule::Pasted).of_account().secret(),
    spec("access_token", Rule::Pasted).of_account().secret(),
    spec("refresh_token", Rule::Pasted).of_account().secret(),
    spec("token_expires_at", Rule::Moment).of_account(),
    spec("table", Rule::RemoteTable),
    spec("site", Rule::Text),
    spec("column_name", Rule::RemoteColumn),
];

/// The option of that name.
pub fn find(name: &str) -> Option<&'static Spec> {
    ALL.iter().find(|spec| spec.name == name)
}

/// The option of a name that code has. Panics where there is none, which is when the code is compiled if that is where the
/// name is needed.
pub const fn named(name: &'static str) -> &'static Spec {
    let mut place = 0;
    while place < ALL.len() {
        if equal(ALL[place].name, name) {
            return &ALL[place];
        }
        place += 1;
    }
    panic!("no option has that name")
}

/// What is wrong with options.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionProblem {
    /// The value is none.
    Value {
        /// The option's name.
        name: &'static str,
        /// What the value has to be.
        expected: String,
    },
    /// Two options that exclude each other.
    Conflict(&'static str, &'static str),
    /// An option without which the others make no sense.
    Missing(MissingOption),
}

/// An option without which the others make no sense, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingOption {
    /// `subdomain`: nothing says where the site is.
    Subdomain,
    /// `client_secret`, to a `client_id`.
    ClientSecret,
    /// `client_id`, to a `client_secret`.
    ClientId,
    /// `client_id` of the app that somebody has consented to: there is a `refresh_token`.
    App,
    /// `email`: nothing says who signs in.
    Email,
    /// `api_token`, to an `email`.
    ApiToken,
}

impl MissingOption {
    /// The option's name.
    pub fn name(self) -> &'static str {
        match self {
            MissingOption::Subdomain => "subdomain",
            MissingOption::ClientSecret => "client_secret",
            MissingOption::ClientId | MissingOption::App => "client_id",
            MissingOption::Email => "email",
            MissingOption::ApiToken => "api_token",
        }
    }
}

/// Checks together what is set for a site.
///
/// # Errors
/// If options exclude each other, or one is missing.
pub fn check_site(written: &OptionSlice) -> Result<(), OptionProblem> {
    let has = |name| get(written, name).is_some();
    match (has("subdomain"), has("base_url")) {
        (true, true) => Err(OptionProblem::Conflict("subdomain", "base_url")),
        (false, false) => Err(OptionProblem::Missing(MissingOption::Subdomain)),
        _ => Ok(()),
    }
}

/// Checks together what is set for an account at a site.
///
/// # Errors
/// If options exclude each other, or one is missing.
pub fn check_account(written: &OptionSlice) -> Result<(), OptionProblem> {
    let has = |name| get(written, name).is_some();
    // With a refresh token, the client is an app's, and its access token belongs to it.
    let consent = has("refresh_token");
    let excluding: &[(&str, &str)] = &[
        ("api_token", "api_token_file"),
        ("access_token", "email"),
        ("access_token", "api_token"),
        ("access_token", "api_token_file"),
        ("refresh_token", "email"),
        ("refresh_token", "api_token"),
        ("refresh_token", "api_token_file"),
        ("client_id", "email"),
        ("client_id", "api_token"),
        ("client_id", "api_token_file"),
        ("client_secret", "email"),
        ("client_secret", "api_token"),
        ("client_secret", "api_token_file"),
    ];
    let excluding_without_consent: &[(&str, &str)] = &[
        ("access_token", "client_id"),
        ("access_token", "client_secret"),
    ];
    let excluding = excluding
        .iter()
        .chain(excluding_without_consent.iter().filter(|_| !consent));
    if let Some(&(one, other)) = excluding
        .into_iter()
        .find(|(one, other)| has(one) && has(other))
    {
        return Err(OptionProblem::Conflict(one, other));
    }
    let missing = match (has("client_id"), has("client_secret")) {
        _ if has("access_token") && !consent => return Ok(()),
        (true, true) => return Ok(()),
        (true, false) => MissingOption::ClientSecret,
        (false, true) => MissingOption::ClientId,
        _ if consent => MissingOption::App,
        _ if !has("email") => MissingOption::Email,
        _ if !has("api_token") && !has("api_token_file") => MissingOption::ApiToken,
        _ => return Ok(()),
    };
    Err(OptionProblem::Missing(missing))
}

/// The candidate that a misspelt name is most likely meant to be, if any is near.
pub fn nearest(
    name: &str,
    candidates: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    candidates
        .into_iter()
        .map(|candidate| {
            // A part of the right name, "token" for one, is nearer than its letters say.
            let part = name.len() >= 4 && candidate.contains(name);
            let likeness = if part {
                0.9 + 0.1 * name.len() as f64 / candidate.len() as f64
            } else {
                strsim::jaro_winkler(name, candidate)
            };
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::super::config::tests::{ACCESS_TOKEN, API_TOKEN, CLIENT, CONSENT, written};
    use super::*;

    #[test]
    fn values_are_checked() {
        for (name, good, bad) in [
            ("subdomain", "acme-2", "acme.atlassian.net"),
            ("subdomain", "a", "-a"),
            (
                "base_url",
                "https://wiki.example.com/",
                "http://wiki.example.com",
            ),
            (
                "base_url",
                "http://127.0.0.1:8080",
                "https://u:p@wiki.example.com",
            ),
            ("base_url", "http://[::1]:80", "ftp://127.0.0.1"),
            ("cloud_id", "11111111-2222-3333-4444-555555555555", "1111"),
            ("route", "gateway", "gate"),
            ("page_size", "250", "251"),
            ("page_size", "1", "0"),
            ("max_concurrency", "64", "65"),
            ("max_retries", "0", "-1"),
            ("connect_timeout", "500ms", "soon"),
            ("max_wait", "2 min", "0s"),
            ("allow_anonymous", "On", "perhaps"),
            ("ca_file", "/etc/ca.pem", "ca.pem"),
            (
                "proxy",
                "http://proxy.example:3128",
                "http://u:p@proxy.example",
            ),
            ("email", "a@b.c", ""),
            ("email", "a@b.c", " a@b.c"),
            ("api_token", "t", "t\n"),
            ("client_secret", "t", "t\u{a0}"),
            ("subdomain", "acme", "acme "),
            ("subdomain", "acme", "https://acme.atlassian.net/wiki"),
            (
                "cloud_id",
                "11111111-2222-3333-4444-555555555555",
                " 11111111-2222-3333-4444-555555555555",
            ),
            (
                "token_expires_at",
                "2027-01-31T12:00:00+01:00",
                "2027-01-31",
            ),
            ("table", "confluence_pages", "confluence_page"),
            ("column_name", "title", "titel"),
            ("column_name", "site", ""),
        ] {
            let spec = named(name);
            assert_eq!(spec.check(good), Ok(()), "{name} {good}");
            assert!(
                matches!(spec.check(bad), Err(OptionProblem::Value { name: found, .. }) if found == name),
                "{name} {bad}"
            );
        }
    }

    #[test]
    fn blanks_that_were_copied_along_are_named() {
        for (name, value) in [
            ("email", "a@b.c "),
            ("api_token", "\thush"),
            ("subdomain", " acme"),
        ] {
            match named(name).check(value) {
                Err(OptionProblem::Value { expected, .. }) => {
                    assert!(
                        expected.ends_with(", without blanks around it"),
                        "{expected}"
                    );
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        // What a partition is for may be anything.
        assert!(named("site").check(" ").is_ok());
    }

    #[test]
    fn one_way_to_sign_in_is_wanted_and_all_of_it() {
        let check = |mapping: &[(&str, &str)]| check_account(&written(mapping));
        for whole in [API_TOKEN, ACCESS_TOKEN, CLIENT, CONSENT, &CONSENT[..3]] {
            assert_eq!(check(whole), Ok(()));
        }
        for (one, other) in [
            (API_TOKEN, ACCESS_TOKEN),
            (API_TOKEN, CLIENT),
            (ACCESS_TOKEN, CLIENT),
        ] {
            for one in one {
                for other in other {
                    assert!(
                        matches!(check(&[*one, *other]), Err(OptionProblem::Conflict(..))),
                        "{one:?} {other:?}"
                    );
                }
            }
        }
        for part in API_TOKEN {
            let both = [CONSENT, &[*part]].concat();
            assert!(
                matches!(check(&both), Err(OptionProblem::Conflict(..))),
                "{part:?}"
            );
        }
        for (part, missing) in [
            (("refresh_token", "hush"), "client_id"),
            (("client_id", "us"), "client_secret"),
            (("client_secret", "hush"), "client_id"),
            (("api_token", "hush"), "email"),
            (("api_token_file", "/hush"), "email"),
            (("email", "a@b.c"), "api_token"),
        ] {
            assert!(
                matches!(check(&[part]), Err(OptionProblem::Missing(found)) if found.name() == missing),
                "{part:?}"
            );
        }
    }
}
