//! The options that users write: one table of what there is, and what follows from what is set.
//!
//! The validator, its hints, the value checks and the tables of docs/options.md all come from [`ALL`].

use std::time::Duration;

use jiff::Timestamp;

use crate::auth::Credential;
use crate::session::{Config, Route};
use crate::{Error, file, http, tables};

/// What an option is set on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionPlace {
    /// `CREATE SERVER`
    Server,
    /// `CREATE USER MAPPING`
    UserMapping,
    /// `CREATE FOREIGN TABLE`
    Table,
    /// A column of it.
    Column,
}

impl OptionPlace {
    /// As it stands in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            OptionPlace::Server => "server",
            OptionPlace::UserMapping => "user mapping",
            OptionPlace::Table => "foreign table",
            OptionPlace::Column => "column",
        }
    }
}

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
    /// What it can be set on.
    pub places: &'static [OptionPlace],
    /// What its value has to be.
    pub rule: Rule,
    /// What holds when it is not set, for readers.
    pub default: &'static str,
    /// Whether only superusers may set it.
    pub superuser: bool,
    /// Whether its value must not be shown.
    pub secret: bool,
    /// What it does, for readers.
    pub meaning: &'static str,
}

const fn option(
    name: &'static str,
    places: &'static [OptionPlace],
    rule: Rule,
    default: &'static str,
    meaning: &'static str,
) -> Spec {
    Spec {
        name,
        places,
        rule,
        default,
        superuser: false,
        secret: false,
        meaning,
    }
}

impl Spec {
    const fn superuser(mut self) -> Self {
        self.superuser = true;
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

const SERVER: &[OptionPlace] = &[OptionPlace::Server];
const MAPPING: &[OptionPlace] = &[OptionPlace::UserMapping];
const TABLE: &[OptionPlace] = &[OptionPlace::Table];
const COLUMN: &[OptionPlace] = &[OptionPlace::Column];
const SERVER_AND_TABLE: &[OptionPlace] = &[OptionPlace::Server, OptionPlace::Table];

/// Every option.
pub static ALL: &[Spec] = &[
    option("subdomain", SERVER, Rule::Subdomain, "", "The label before `.atlassian.net`"),
    option("base_url", SERVER, Rule::Address, "from `subdomain`", "The site's address, instead of `subdomain`: for a test server. `/wiki` at its end is taken off").superuser(),
    option("cloud_id", SERVER, Rule::Uuid, "asked of the site when needed", "The site's id on Atlassian's gateway"),
    option("gateway_url", SERVER, Rule::Address, "`https://api.atlassian.com`", "The gateway's address, for a test server").superuser(),
    option("auth_url", SERVER, Rule::Address, "`https://auth.atlassian.com`", "The address where tokens are issued to a `client_id`, for a test server").superuser(),
    option("route", SERVER, Rule::OneOf(&["auto", "site", "gateway"]), "`auto`", "Where requests go: to the site, or through Atlassian's gateway, which OAuth and API tokens with scopes need. `auto` takes the gateway for `client_id` and `access_token`; else the site, and if that refuses a token as it refuses those with scopes, the gateway for the rest of the session"),
    option("page_size", SERVER_AND_TABLE, Rule::Count(1, 250), "250", "Rows asked for in one request. Queries that use a page's body begin with at most 50"),
    option("max_concurrency", SERVER_AND_TABLE, Rule::Count(1, 64), "8", "Requests under way at once: on a server those of a session's scans together, on a table those of one scan. 1 reads strictly one after the other"),
    option("connect_timeout", SERVER, Rule::Time, "`10s`", "How long a connection may take to come about"),
    option("request_timeout", SERVER, Rule::Time, "`60s`", "How long a request may take, with its answer"),
    option("max_retries", SERVER, Rule::Count(0, 20), "5", "How often one request is repeated"),
    option("max_wait", SERVER, Rule::Time, "`120s`", "The longest pause before a repeat. Where the site wants a longer one, the query fails and says when to come back"),
    option("max_requests", SERVER_AND_TABLE, Rule::Count(0, 1_000_000_000), "0 (no limit)", "A scan that needs more requests fails. It never returns less"),
    option("allow_anonymous", SERVER, Rule::Boolean, "`false`", "Whether reading what the site shows to everybody, without an identity, is wanted"),
    option("ca_file", SERVER, Rule::Path, "the system's", "A file with certificates (PEM) of authorities to trust besides the system's").superuser(),
    option("proxy", SERVER, Rule::Proxy, "none", "Address of an HTTP proxy").superuser(),
    option("email", MAPPING, Rule::Pasted, "", "E-mail address of the Atlassian account"),
    option("api_token", MAPPING, Rule::Pasted, "", "The account's API token").secret(),
    option("api_token_file", MAPPING, Rule::Path, "", "A file on the server that holds the API token, instead of `api_token`. It is read anew by each query, and where a token is refused in the middle of one, so a rotated token is picked up").superuser(),
    option("client_id", MAPPING, Rule::Pasted, "", "The client id of a service account's OAuth 2.0 credential, instead of `email` and `api_token`. Tokens are asked for with it, and renewed, when needed. With `refresh_token`, the client id of an app that somebody has consented to"),
    option("client_secret", MAPPING, Rule::Pasted, "", "The client secret that belongs to `client_id`").secret(),
    option("access_token", MAPPING, Rule::Pasted, "", "An OAuth 2.0 access token (Bearer), instead of all these. Nothing renews it, unless there is a `refresh_token`").secret(),
    option("refresh_token", MAPPING, Rule::Pasted, "", "What stands for somebody's consent to the app of `client_id`. `confluence.oauth_exchange` sets it with the first `access_token`, and `confluence.oauth_refresh` replaces both").secret(),
    option("token_expires_at", MAPPING, Rule::Moment, "", "When the token expires, for `confluence.check` to tell. What sets the token sets it, where that is known; for an API token, note it yourself"),
    option("table", TABLE, Rule::RemoteTable, "the local name", "The remote table's name, where the local one differs"),
    option("site", TABLE, Rule::Text, "", "What the table's column `site` holds, which no remote table has: where tables of several sites are read as one, it tells them apart"),
    option("column_name", COLUMN, Rule::RemoteColumn, "the local name", "The remote column's name, where the local one differs. `IMPORT FOREIGN SCHEMA` sets it, so that a column can be renamed"),
];

/// What is wrong with an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionProblem {
    /// There is no option of that name here.
    Unknown {
        /// The name.
        name: String,
        /// The nearest option that there is here.
        nearest: Option<&'static str>,
        /// Everything that there is here.
        valid: Vec<&'static str>,
    },
    /// The option belongs somewhere else.
    Elsewhere {
        /// Its name.
        name: &'static str,
        /// Where it belongs.
        place: OptionPlace,
        /// Whether its value is a secret.
        secret: bool,
    },
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
    Missing {
        /// What is missing.
        name: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

/// Options as they are written: name and value.
pub type OptionSlice = [(String, String)];

/// Checks one option, and gives what is known of it.
pub fn check(place: OptionPlace, name: &str, value: &str) -> Result<&'static Spec, OptionProblem> {
    let Some(spec) = ALL.iter().find(|spec| spec.name == name) else {
        return Err(unknown(place, name));
    };
    if !spec.places.contains(&place) {
        return Err(OptionProblem::Elsewhere {
            name: spec.name,
            place: spec.places[0],
            secret: spec.secret,
        });
    }
    match expected(spec.rule, value) {
        None => Ok(spec),
        Some(expected) => Err(OptionProblem::Value {
            name: spec.name,
            expected,
        }),
    }
}

/// Checks what is set on one object together.
pub fn check_together(place: OptionPlace, written: &OptionSlice) -> Result<(), OptionProblem> {
    let has = |name| get(written, name).is_some();
    // With a refresh token, the client is an app's, and its access token belongs to it.
    let consent = has("refresh_token");
    let excluding: &[(&str, &str)] = &[
        ("subdomain", "base_url"),
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
    let missing = |name, hint| Err(OptionProblem::Missing { name, hint });
    match place {
        OptionPlace::Server if !has("subdomain") && !has("base_url") => missing(
            "subdomain",
            "For https://acme.atlassian.net, write OPTIONS (subdomain 'acme').",
        ),
        OptionPlace::UserMapping if has("access_token") && !consent => Ok(()),
        OptionPlace::UserMapping if has("client_id") && has("client_secret") => Ok(()),
        OptionPlace::UserMapping if has("client_id") => missing(
            "client_secret",
            "It was shown when the service account's OAuth 2.0 credential was created. If it is lost, create another credential at admin.atlassian.com. That of an app is at developer.atlassian.com, under Settings.",
        ),
        OptionPlace::UserMapping if has("client_secret") => missing(
            "client_id",
            "Write OPTIONS (client_id '...', client_secret '...') with both parts of a service account's OAuth 2.0 credential, or of an app.",
        ),
        OptionPlace::UserMapping if consent => missing(
            "client_id",
            "A refresh token belongs to an app: write OPTIONS (client_id '...', client_secret '...', refresh_token '...').",
        ),
        OptionPlace::UserMapping if !has("email") => missing(
            "email",
            "Write OPTIONS (email '...', api_token '...') with the e-mail address of the Atlassian account, or OPTIONS (client_id '...', client_secret '...') for a service account.",
        ),
        OptionPlace::UserMapping if !has("api_token") && !has("api_token_file") => missing(
            "api_token",
            "Create an API token at id.atlassian.com under Security. A password does not work.",
        ),
        _ => Ok(()),
    }
}

fn unknown(place: OptionPlace, name: &str) -> OptionProblem {
    let valid: Vec<&'static str> = ALL
        .iter()
        .filter(|spec| spec.places.contains(&place))
        .map(|spec| spec.name)
        .collect();
    OptionProblem::Unknown {
        name: name.to_owned(),
        nearest: nearest(name, valid.iter().copied()),
        valid,
    }
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

/// What is expected, where the value is not that.
fn expected(rule: Rule, value: &str) -> Option<String> {
    let (fits, expected) = match rule {
        Rule::Subdomain => (
            is_subdomain(value),
            "only the label before .atlassian.net, of lower-case letters, digits and hyphens: for https://acme.atlassian.net/wiki it is acme".to_owned(),
        ),
        Rule::Address => (
            parse_address(value).is_some(),
            "an address that begins with https://, or with http:// and a loopback address, without user, query or fragment".to_owned(),
        ),
        Rule::Uuid => (
            is_uuid(value),
            "a UUID, such as 11111111-2222-3333-4444-555555555555".to_owned(),
        ),
        Rule::OneOf(words) => (words.contains(&value), format!("one of {}", words.join(", "))),
        Rule::Count(least, most) => (
            parse_count(value).is_some_and(|n| (least..=most).contains(&n)),
            format!("a whole number from {least} to {most}"),
        ),
        Rule::Time => (
            parse_time(value).is_some(),
            "a length of time above zero and up to a day: in seconds, or with a unit of ms, s, min, h or d, such as 30s".to_owned(),
        ),
        Rule::Boolean => (parse_boolean(value).is_some(), "true or false".to_owned()),
        Rule::Moment => (
            parse_moment(value).is_some(),
            "a time with its offset from UTC, such as 2027-01-31T12:00:00Z".to_owned(),
        ),
        Rule::Path => (value.starts_with('/'), "an absolute path".to_owned()),
        Rule::Proxy => (
            is_proxy(value),
            "an address that begins with http:// or https://, without user and password, which everybody could read".to_owned(),
        ),
        Rule::Text => (!value.is_empty(), "some text".to_owned()),
        Rule::Pasted => (
            !value.is_empty() && value.trim() == value,
            "some text".to_owned(),
        ),
        Rule::RemoteTable => (tables::find(value).is_some(), remote_tables(value)),
        Rule::RemoteColumn => (column_names().any(|name| name == value), remote_columns(value)),
    };
    if fits {
        None
    } else if value.trim() != value {
        Some(format!("{expected}, without blanks around it"))
    } else {
        Some(expected)
    }
}

fn remote_tables(value: &str) -> String {
    let names: Vec<&str> = tables::ALL.iter().map(|table| table.name).collect();
    match nearest(value, names.iter().copied()) {
        Some(name) => format!("the name of a remote table, perhaps {name}"),
        None => format!("one of {}", names.join(", ")),
    }
}

/// The names of all columns, and that of the one that tells the site. Which table's they are, its use shows.
fn column_names() -> impl Iterator<Item = &'static str> {
    let columns = tables::ALL.iter().flat_map(|table| table.columns);
    columns.map(|column| column.name).chain(["site"])
}

fn remote_columns(value: &str) -> String {
    match nearest(value, column_names()) {
        Some(name) => format!("the name of a remote table's column, perhaps {name}"),
        None => "the name of a remote table's column".to_owned(),
    }
}

fn is_subdomain(value: &str) -> bool {
    (1..=63).contains(&value.len())
        && !value.starts_with('-')
        && !value.ends_with('-')
        && value
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    groups.len() == 5
        && groups.iter().zip([8, 4, 4, 4, 12]).all(|(group, length)| {
            group.len() == length && group.bytes().all(|b| b.is_ascii_hexdigit())
        })
}

/// The address without a slash at its end, if it is one that secrets may be sent to.
fn parse_address(value: &str) -> Option<String> {
    let url = reqwest::Url::parse(value).ok()?;
    let host = url.host_str()?;
    let loopback = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (safe && plain).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// The site's address as requests are put behind it. Many tools want it with `/wiki`, so that is how people have it.
fn without_wiki(address: String) -> String {
    match address.strip_suffix("/wiki") {
        Some(root) => root.trim_end_matches('/').to_owned(),
        None => address,
    }
}

fn is_proxy(value: &str) -> bool {
    reqwest::Url::parse(value).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

fn parse_count(value: &str) -> Option<u64> {
    value
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| value.parse().ok())
        .flatten()
}

/// As PostgreSQL writes lengths of time in its settings; without a unit, seconds.
fn parse_time(value: &str) -> Option<Duration> {
    let value = value.trim();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let number: u64 = value[..digits].parse().ok()?;
    let milliseconds = match value[digits..].trim_start() {
        "ms" => 1,
        "s" | "" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let time = Duration::from_millis(number.checked_mul(milliseconds)?);
    (Duration::ZERO < time && time <= Duration::from_secs(86_400)).then_some(time)
}

/// A boolean, as every option takes it.
pub fn parse_boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Some(true),
        "false" | "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn parse_moment(value: &str) -> Option<Timestamp> {
    value.trim().parse().ok()
}

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
}

impl Reading {
    /// What a table's options say, and its server's where they say nothing. Both have been checked.
    pub fn new(server: &OptionSlice, table: &OptionSlice) -> Self {
        let count = |name, default| {
            get(table, name)
                .or_else(|| get(server, name))
                .and_then(parse_count)
                .unwrap_or(default)
        };
        Self {
            page_size: count("page_size", 250) as u32,
            max_concurrency: count("max_concurrency", 8) as usize,
            max_requests: count("max_requests", 0),
        }
    }
}

/// What a server and a user mapping say together. `mapping` is None where reading without an identity
/// is wanted. Both have been checked. Files are read here, so a changed file makes another [`Config`].
pub fn config(server: &OptionSlice, mapping: Option<&OptionSlice>) -> Result<Config, Error> {
    let site = match (get(server, "base_url"), get(server, "subdomain")) {
        (Some(url), _) => parse_address(url).map(without_wiki),
        (None, Some(subdomain)) => Some(format!("https://{subdomain}.atlassian.net")),
        (None, None) => None,
    };
    let site = site.ok_or_else(|| Error::Option {
        option: "subdomain",
        cause: "the server has none".into(),
    })?;
    let credential = match mapping {
        None => Credential::Anonymous,
        Some(mapping) => credential(mapping)?,
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

/// How much is left of the life of a mapping's token, where that is known; nothing, where it has expired.
pub fn expires_in(mapping: &OptionSlice) -> Option<Duration> {
    let at = parse_moment(get(mapping, "token_expires_at")?)?;
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

fn credential(mapping: &OptionSlice) -> Result<Credential, Error> {
    if get(mapping, "refresh_token").is_some() {
        let token = get(mapping, "access_token").ok_or(Error::NoAccessToken)?;
        return Ok(Credential::Consent {
            token: token.to_owned(),
        });
    }
    if let Some(token) = get(mapping, "access_token") {
        return Ok(Credential::Bearer {
            token: token.to_owned(),
        });
    }
    if let (Some(id), Some(secret)) = (get(mapping, "client_id"), get(mapping, "client_secret")) {
        return Ok(Credential::Client {
            id: id.to_owned(),
            secret: secret.to_owned(),
        });
    }
    let email = get(mapping, "email").unwrap_or_default().to_owned();
    match (get(mapping, "api_token"), get(mapping, "api_token_file")) {
        (Some(token), _) => Ok(Credential::Basic {
            email,
            token: token.to_owned(),
        }),
        (None, Some(path)) => Ok(Credential::BasicFile {
            email,
            path: path.to_owned(),
            token: file::token(path)?,
        }),
        (None, None) => Err(Error::Option {
            option: "api_token",
            cause: "the user mapping has none".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked() {
        for (place, name, good, bad) in [
            (
                OptionPlace::Server,
                "subdomain",
                "acme-2",
                "acme.atlassian.net",
            ),
            (OptionPlace::Server, "subdomain", "a", "-a"),
            (
                OptionPlace::Server,
                "base_url",
                "https://wiki.example.com/",
                "http://wiki.example.com",
            ),
            (
                OptionPlace::Server,
                "base_url",
                "http://127.0.0.1:8080",
                "https://u:p@wiki.example.com",
            ),
            (
                OptionPlace::Server,
                "base_url",
                "http://[::1]:80",
                "ftp://127.0.0.1",
            ),
            (
                OptionPlace::Server,
                "cloud_id",
                "11111111-2222-3333-4444-555555555555",
                "1111",
            ),
            (OptionPlace::Server, "route", "gateway", "gate"),
            (OptionPlace::Server, "page_size", "250", "251"),
            (OptionPlace::Table, "page_size", "1", "0"),
            (OptionPlace::Server, "max_concurrency", "64", "65"),
            (OptionPlace::Server, "max_retries", "0", "-1"),
            (OptionPlace::Server, "connect_timeout", "500ms", "soon"),
            (OptionPlace::Server, "max_wait", "2 min", "0s"),
            (OptionPlace::Server, "allow_anonymous", "On", "perhaps"),
            (OptionPlace::Server, "ca_file", "/etc/ca.pem", "ca.pem"),
            (
                OptionPlace::Server,
                "proxy",
                "http://proxy.example:3128",
                "http://u:p@proxy.example",
            ),
            (OptionPlace::UserMapping, "email", "a@b.c", ""),
            (OptionPlace::UserMapping, "email", "a@b.c", " a@b.c"),
            (OptionPlace::UserMapping, "api_token", "t", "t\n"),
            (OptionPlace::UserMapping, "client_secret", "t", "t\u{a0}"),
            (OptionPlace::Server, "subdomain", "acme", "acme "),
            (
                OptionPlace::Server,
                "subdomain",
                "acme",
                "https://acme.atlassian.net/wiki",
            ),
            (
                OptionPlace::Server,
                "cloud_id",
                "11111111-2222-3333-4444-555555555555",
                " 11111111-2222-3333-4444-555555555555",
            ),
            (
                OptionPlace::UserMapping,
                "token_expires_at",
                "2027-01-31T12:00:00+01:00",
                "2027-01-31",
            ),
            (
                OptionPlace::Table,
                "table",
                "confluence_pages",
                "confluence_page",
            ),
            (OptionPlace::Column, "column_name", "title", "titel"),
            (OptionPlace::Column, "column_name", "site", ""),
        ] {
            assert!(check(place, name, good).is_ok(), "{name} {good}");
            assert!(
                matches!(check(place, name, bad), Err(OptionProblem::Value { name: found, .. }) if found == name),
                "{name} {bad}"
            );
        }
    }

    #[test]
    fn blanks_that_were_copied_along_are_named() {
        for (place, name, value) in [
            (OptionPlace::UserMapping, "email", "a@b.c "),
            (OptionPlace::UserMapping, "api_token", "\thush"),
            (OptionPlace::Server, "subdomain", " acme"),
        ] {
            match check(place, name, value) {
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
        assert!(check(OptionPlace::Table, "site", " ").is_ok());
    }

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
    fn a_misspelt_name_finds_the_right_one() {
        for (place, name, meant) in [
            (OptionPlace::Server, "sub_domain", Some("subdomain")),
            (OptionPlace::Server, "pagesize", Some("page_size")),
            (OptionPlace::UserMapping, "token", Some("api_token")),
            (OptionPlace::UserMapping, "apitoken", Some("api_token")),
            (OptionPlace::Server, "zzz", None),
        ] {
            match check(place, name, "x") {
                Err(OptionProblem::Unknown { nearest, .. }) => assert_eq!(nearest, meant, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_secret_on_the_server_is_sent_where_it_belongs() {
        assert_eq!(
            check(OptionPlace::Server, "api_token", "x").unwrap_err(),
            OptionProblem::Elsewhere {
                name: "api_token",
                place: OptionPlace::UserMapping,
                secret: true
            }
        );
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
                max_requests: 7
            }
        );
    }

    fn written(options: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        options.iter().map(owned).collect()
    }

    const API_TOKEN: &[(&str, &str)] = &[("email", "a@b.c"), ("api_token", "hush")];
    const ACCESS_TOKEN: &[(&str, &str)] = &[("access_token", "hush")];
    const CLIENT: &[(&str, &str)] = &[("client_id", "us"), ("client_secret", "hush")];
    const CONSENT: &[(&str, &str)] = &[
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
    fn one_way_to_sign_in_is_wanted_and_all_of_it() {
        let check =
            |mapping: &[(&str, &str)]| check_together(OptionPlace::UserMapping, &written(mapping));
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
                matches!(check(&[part]), Err(OptionProblem::Missing { name, .. }) if name == missing),
                "{part:?}"
            );
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
