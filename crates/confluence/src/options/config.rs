//! Configurations: what the options of a site and of an account come to.

use std::time::Duration;

use jiff::Timestamp;

use super::parse::{
    parse_address, parse_boolean, parse_count, parse_moment, parse_time, without_wiki,
};
use crate::auth::Credential;
use crate::error::OptionNeed;
use crate::session::{Config, Route};
use crate::{Error, file, http};

/// Options as they are written: name and value.
pub type OptionSlice = [(String, String)];

/// What is written for an option.
pub(crate) fn get<'o>(written: &'o OptionSlice, name: &str) -> Option<&'o str> {
    written
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// How a scan of a table reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Rows asked for in one request.
    pub page_size: u32,
    /// Requests under way at once.
    pub max_concurrency: usize,
    /// The number of requests above which the scan fails; 0 for none.
    pub max_requests: u64,
    /// What is spared where not both can be.
    pub prefer: Prefer,
    /// Whether no endpoint is read that can be done without.
    pub no_shortcuts: bool,
}

/// What is spared where a way with fewer requests takes longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefer {
    /// Requests: what one chain gives is read from one chain.
    Requests,
    /// Time: what is long is cut, and its parts are read side by side.
    #[default]
    Time,
}

impl Reading {
    /// What holds where no option says anything.
    pub const USUAL: Self = Self {
        page_size: 250,
        max_concurrency: 8,
        max_requests: 0,
        prefer: Prefer::Time,
        no_shortcuts: false,
    };

    /// How many requests may be under way at one time: one, unless all that is read is taken.
    pub fn abreast(&self, eager: bool) -> usize {
        if eager { self.max_concurrency } else { 1 }
    }

    /// What a table's options say, and its server's where they say nothing. Both have been checked.
    pub fn new(server: &OptionSlice, table: &OptionSlice) -> Self {
        let count = |name, default| {
            get(table, name)
                .or_else(|| get(server, name))
                .and_then(parse_count)
                .unwrap_or(default)
        };
        Self {
            page_size: count("page_size", Self::USUAL.page_size.into()) as u32,
            max_concurrency: count("max_concurrency", Self::USUAL.max_concurrency as u64) as usize,
            max_requests: count("max_requests", Self::USUAL.max_requests),
            prefer: Self::USUAL.prefer,
            no_shortcuts: false,
        }
    }
}

/// What the options of a site and of an account at it say together. `account` is None where reading without an identity
/// is wanted. Both have been checked. Files are read here, so a changed file makes another [`Config`].
pub fn config(server: &OptionSlice, account: Option<&OptionSlice>) -> Result<Config, Error> {
    let site = match (get(server, "base_url"), get(server, "subdomain")) {
        (Some(url), _) => parse_address(url).map(without_wiki),
        (None, Some(subdomain)) => Some(format!("https://{subdomain}.atlassian.net")),
        (None, None) => None,
    };
    let site = site.ok_or_else(|| Error::Option {
        option: "subdomain",
        cause: "the server has none".into(),
    })?;
    let credential = match account {
        None => Credential::Anonymous,
        Some(account) => credential(account)?,
    };
    let address = |name| get(server, name).and_then(parse_address);
    let route = match get(server, "route") {
        Some("gateway") => Route::Gateway,
        Some("site") => Route::Site,
        _ if credential.is_oauth() => Route::Gateway,
        // A site elsewhere has no part in Atlassian's gateway, and its credentials have no business there.
        _ if matches!(
            credential,
            Credential::Basic { .. } | Credential::BasicFile { .. }
        ) && (is_atlassian(&site) || get(server, "gateway_url").is_some()) =>
        {
            Route::Auto
        }
        _ => Route::Site,
    };
    let time = |name, default| {
        get(server, name)
            .and_then(parse_time)
            .unwrap_or(Duration::from_secs(default))
    };
    Ok(Config {
        site,
        gateway: address("gateway_url").unwrap_or_else(|| "https://api.atlassian.com".to_owned()),
        cloud_id: get(server, "cloud_id").map(str::to_owned),
        auth: address("auth_url").unwrap_or_else(|| "https://auth.atlassian.com".to_owned()),
        route,
        credential,
        allow_anonymous: allows_anonymous(server),
        http: http::Config {
            connect_timeout: time("connect_timeout", 10),
            request_timeout: time("request_timeout", 60),
            max_wait: time("max_wait", 120),
            max_retries: get(server, "max_retries")
                .and_then(parse_count)
                .unwrap_or(5) as u32,
            max_concurrency: get(server, "max_concurrency")
                .and_then(parse_count)
                .unwrap_or(8) as usize,
            authorities: match get(server, "ca_file") {
                Some(path) => Some(file::read("ca_file", path)?),
                None => None,
            },
            proxy: get(server, "proxy").map(str::to_owned),
        },
    })
}

/// How much is left of the life of an account's token, where that is known; nothing, where it has expired.
pub fn expires_in(account: &OptionSlice) -> Option<Duration> {
    let at = parse_moment(get(account, "token_expires_at")?)?;
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO))
}

/// Whether the server's options allow reading without an identity.
pub fn allows_anonymous(server: &OptionSlice) -> bool {
    get(server, "allow_anonymous")
        .and_then(parse_boolean)
        .unwrap_or(false)
}

fn is_atlassian(site: &str) -> bool {
    http::url::host_of(site).ends_with(".atlassian.net")
}

fn credential(account: &OptionSlice) -> Result<Credential, Error> {
    if get(account, "refresh_token").is_some() {
        let token = get(account, "access_token").ok_or(Error::NoAccessToken)?;
        return Ok(Credential::Consent {
            token: token.to_owned(),
        });
    }
    if let Some(token) = get(account, "access_token") {
        return Ok(Credential::Bearer {
            token: token.to_owned(),
        });
    }
    if let (Some(id), Some(secret)) = (get(account, "client_id"), get(account, "client_secret")) {
        return Ok(Credential::Client {
            id: id.to_owned(),
            secret: secret.to_owned(),
        });
    }
    let email = get(account, "email").unwrap_or_default().to_owned();
    match (get(account, "api_token"), get(account, "api_token_file")) {
        (Some(token), _) => Ok(Credential::Basic {
            email,
            token: token.to_owned(),
        }),
        (None, Some(path)) => Ok(Credential::BasicFile {
            email,
            path: path.to_owned(),
            token: file::token(path)?,
        }),
        (None, None) => Err(Error::OptionMissing {
            option: "api_token",
            needed: OptionNeed::SignIn,
        }),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn wiki_at_the_end_of_an_address_is_taken_off() {
        for (written_as, site) in [
            ("https://wiki.example.com/wiki", "https://wiki.example.com"),
            ("https://wiki.example.com/wiki/", "https://wiki.example.com"),
            ("https://example.com/a/wiki", "https://example.com/a"),
            ("https://example.com/awiki", "https://example.com/awiki"),
        ] {
            let config = config(&written(&[("base_url", written_as)]), None).expect("a config");
            assert_eq!(config.site, site);
        }
    }

    #[test]
    fn a_tables_option_goes_before_its_servers() {
        let server = [
            ("page_size".to_owned(), "100".to_owned()),
            ("max_requests".to_owned(), "7".to_owned()),
        ];
        let table = [("page_size".to_owned(), "10".to_owned())];
        assert_eq!(
            Reading::new(&server, &table),
            Reading {
                page_size: 10,
                max_concurrency: 8,
                max_requests: 7,
                prefer: Prefer::Time,
                no_shortcuts: false,
            }
        );
    }

    pub fn written(options: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        options.iter().map(owned).collect()
    }

    pub const API_TOKEN: &[(&str, &str)] = &[("email", "a@b.c"), ("api_token", "hush")];
    pub const ACCESS_TOKEN: &[(&str, &str)] = &[("access_token", "hush")];
    pub const CLIENT: &[(&str, &str)] = &[("client_id", "us"), ("client_secret", "hush")];
    pub const CONSENT: &[(&str, &str)] = &[
        ("client_id", "us"),
        ("client_secret", "hush"),
        ("refresh_token", "hush"),
        ("access_token", "hush"),
    ];

    #[test]
    fn what_debugging_prints_holds_no_secret() {
        for mapping in [API_TOKEN, ACCESS_TOKEN, CLIENT, CONSENT] {
            let config = config(&written(&[("subdomain", "acme")]), Some(&written(mapping)))
                .expect("a config");
            assert_eq!(config.site, "https://acme.atlassian.net");
            let session = crate::session::Session::new(config).expect("a session");
            assert!(!format!("{session:?}").contains("hush"));
        }
    }

    #[test]
    fn the_route_follows_from_the_credential_unless_it_is_given() {
        let acme = &[("subdomain", "acme")][..];
        let elsewhere = &[("base_url", "https://wiki.example.com")][..];
        let with = |server: &[(&'static str, &'static str)], more| [server, &[more]].concat();
        for (server, mapping, route) in [
            (acme.to_vec(), API_TOKEN, Route::Auto),
            (acme.to_vec(), ACCESS_TOKEN, Route::Gateway),
            (acme.to_vec(), CLIENT, Route::Gateway),
            (acme.to_vec(), CONSENT, Route::Gateway),
            (with(acme, ("route", "auto")), API_TOKEN, Route::Auto),
            (with(acme, ("route", "site")), API_TOKEN, Route::Site),
            (with(acme, ("route", "site")), CLIENT, Route::Site),
            (with(acme, ("route", "gateway")), API_TOKEN, Route::Gateway),
            (elsewhere.to_vec(), API_TOKEN, Route::Site),
            (
                with(elsewhere, ("gateway_url", "https://gate.example.com")),
                API_TOKEN,
                Route::Auto,
            ),
        ] {
            let config = config(&written(&server), Some(&written(mapping))).expect("a config");
            assert_eq!(config.route, route, "{server:?} {mapping:?}");
        }
    }

    #[test]
    fn a_refresh_token_alone_is_nothing_to_show() {
        let server = written(&[("subdomain", "acme")]);
        let of = |mapping| config(&server, Some(&written(mapping)));
        assert_eq!(of(&CONSENT[..3]), Err(Error::NoAccessToken));
        let whole = of(CONSENT).expect("a config");
        assert!(matches!(whole.credential, Credential::Consent { .. }));
    }
}
