//! Values of options: what they have to be, and what they mean.

use std::time::Duration;

use jiff::Timestamp;

use super::spec::{Rule, nearest};
use crate::tables;

/// What is expected, where the value is not that.
pub(super) fn expected(rule: Rule, value: &str) -> Option<String> {
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
pub(super) fn parse_address(value: &str) -> Option<String> {
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
pub(super) fn without_wiki(address: String) -> String {
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

pub(super) fn parse_count(value: &str) -> Option<u64> {
    value
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| value.parse().ok())
        .flatten()
}

/// A number with a unit of ms, s, min, h or d, with or without a blank between; without a unit, seconds.
pub(super) fn parse_time(value: &str) -> Option<Duration> {
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

pub(super) fn parse_moment(value: &str) -> Option<Timestamp> {
    value.trim().parse().ok()
}
