//! Headers about rate limits: what a response tells of them.
//!
//! Sites differ in which of these headers they send, and in what they write into them. What cannot be
//! understood is passed over: a header is a hint, and no reason to fail.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// More levels than any answer has.
const MOST_LEVELS: usize = 4;

/// The longest name of a limit that is kept.
const LONGEST_NAME: usize = 64;

/// What an answer tells about the limits.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Limits {
    /// What is left, of each limit that the answer speaks of.
    pub levels: Vec<Level>,
    /// Whether little is left, in words rather than numbers. Sites say so, or nothing.
    pub near: bool,
}

/// What is left of a limit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Level {
    /// What tells it from other limits of the same site.
    pub name: String,
    pub remaining: f64,
    /// What there is when nothing is used.
    pub limit: Option<f64>,
    /// The time in which as much as the limit comes in, where the site tells.
    pub window: Option<Duration>,
    /// How long it takes until the limit is whole again, where the site tells.
    pub whole_in: Option<Duration>,
}

impl Limits {
    pub fn of(headers: &HeaderMap, now: SystemTime) -> Self {
        let mut levels: Vec<Level> = counted(headers, now).collect();
        levels.extend(listed(headers));
        levels.truncate(MOST_LEVELS);
        let is_near = |prefix: &str| {
            text(headers, &format!("{prefix}-nearlimit"))
                .is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
        };
        Self {
            levels,
            near: PREFIXES.into_iter().any(is_near),
        }
    }
}

const PREFIXES: [&str; 2] = ["x-ratelimit", "x-beta-ratelimit"];

/// A limit as `X-RateLimit-Limit`, `-Remaining` and `-Reset` show it, and their twins.
fn counted(headers: &HeaderMap, now: SystemTime) -> impl Iterator<Item = Level> {
    PREFIXES.iter().filter_map(move |prefix| {
        let part = |name: &str| text(headers, &format!("{prefix}-{name}"));
        let limit = part("limit").and_then(number).filter(|limit| *limit > 0.0);
        Some(Level {
            // Operations have limits of their own, which nothing else tells apart.
            name: format!("{prefix} {}", limit.unwrap_or_default()),
            remaining: number(part("remaining")?)?.max(0.0),
            limit,
            window: None,
            whole_in: part("reset").and_then(|reset| ahead(reset, now)),
        })
    })
}

/// Limits as `Beta-RateLimit: "name";r=17842;t=2107` and `Beta-RateLimit-Policy: "name";q=65000;w=3600` list them.
fn listed(headers: &HeaderMap) -> impl Iterator<Item = Level> {
    let policies = text(headers, "beta-ratelimit-policy").unwrap_or_default();
    let levels = text(headers, "beta-ratelimit").unwrap_or_default();
    levels
        .split(',')
        .take(MOST_LEVELS)
        .filter_map(move |level| {
            let name = name_of(level);
            let policy = policies
                .split(',')
                .take(MOST_LEVELS)
                .find(|policy| name_of(policy) == name)
                .unwrap_or_default();
            (name.len() <= LONGEST_NAME).then_some(Level {
                name: name.to_owned(),
                remaining: parameter(level, "r")?.max(0.0),
                limit: parameter(policy, "q").filter(|limit| *limit > 0.0),
                window: parameter(policy, "w").and_then(seconds),
                whole_in: parameter(level, "t").and_then(seconds),
            })
        })
}

fn name_of(item: &str) -> &str {
    item.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_matches('"')
}

fn parameter(item: &str, name: &str) -> Option<f64> {
    item.split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
        .and_then(|(_, value)| number(value))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// A number such as a site may have of requests, points or seconds.
fn number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().trim_matches('"').parse().ok()?;
    (number.abs() <= 1e12).then_some(number)
}

fn seconds(seconds: f64) -> Option<Duration> {
    (seconds > 0.0)
        .then(|| Duration::try_from_secs_f64(seconds).ok())
        .flatten()
}

/// How far ahead a time lies: one of the calendar, in seconds since 1970, or in seconds from now. None for
/// what lies behind, which tells nothing.
fn ahead(reset: &str, now: SystemTime) -> Option<Duration> {
    /// What is more than this is seconds since 1970: as seconds from now it would be thirty years.
    const SINCE_1970: f64 = 1e9;
    let now = Timestamp::try_from(now).ok()?;
    match number(reset) {
        Some(number) if number < SINCE_1970 => seconds(number),
        Some(number) => seconds(number - now.as_second() as f64),
        None => {
            let reset: Timestamp = reset.parse().ok()?;
            Duration::try_from(reset.duration_since(now)).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    /// 2026-03-26T15:59:00Z.
    const NOW: u64 = 1_774_540_740;

    fn read(headers: &[(&str, &str)]) -> Limits {
        let map = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                    HeaderValue::from_str(value).expect("a value"),
                )
            })
            .collect();
        Limits::of(&map, SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
    }

    #[test]
    fn what_live_sites_send() {
        let minute = Some(Duration::from_secs(60));
        let limits = read(&[
            ("X-RateLimit-Limit", "350"),
            ("X-RateLimit-Remaining", "69"),
            ("X-RateLimit-Reset", "2026-03-26T16:00Z"),
            ("X-RateLimit-NearLimit", "true"),
            (
                "Beta-RateLimit-Policy",
                "\"global-app-quota\";q=65000;w=3600",
            ),
            ("Beta-RateLimit", "\"global-app-quota\";r=17842;t=2107"),
            ("X-Beta-RateLimit-NearLimit", "false"),
        ]);
        let expected = [
            Level {
                name: "x-ratelimit 350".to_owned(),
                remaining: 69.0,
                limit: Some(350.0),
                window: None,
                whole_in: minute,
            },
            Level {
                name: "global-app-quota".to_owned(),
                remaining: 17842.0,
                limit: Some(65000.0),
                window: Some(Duration::from_secs(3600)),
                whole_in: Some(Duration::from_secs(2107)),
            },
        ];
        assert_eq!(limits.levels, expected);
        assert!(limits.near);
        assert_eq!(read(&[]), Limits::default());
    }

    #[test]
    fn a_reset_is_written_in_many_ways() {
        for (reset, seconds) in [
            ("2026-03-26T16:00Z", Some(60)),
            ("2026-03-26T16:00:30.5Z", Some(90)),
            ("2026-03-26T17:00+01:00", Some(60)),
            ("60", Some(60)),
            ("1774540800", Some(60)),
            ("2027-03-26T15:59Z", Some(365 * 86_400)),
            ("2026-03-26T15:58Z", None),
            ("1774540000", None),
            ("0", None),
            ("-60", None),
            ("1e300", None),
            ("soon", None),
            ("", None),
        ] {
            let limits = read(&[("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", reset)]);
            let found = limits.levels[0].whole_in.map(|ahead| ahead.as_secs());
            assert_eq!(found, seconds, "{reset}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        for remaining in ["", "many", "NaN", "inf", "1e300", "0x10", "5;w=1"] {
            let limits = read(&[
                ("X-RateLimit-Limit", "50"),
                ("X-RateLimit-Remaining", remaining),
            ]);
            assert_eq!(limits, Limits::default(), "{remaining}");
        }
        for limit in ["0", "-50", "NaN", "none"] {
            let limits = read(&[
                ("X-RateLimit-Limit", limit),
                ("X-RateLimit-Remaining", "-3"),
            ]);
            assert_eq!(limits.levels[0].limit, None, "{limit}");
            assert_eq!(limits.levels[0].remaining, 0.0);
        }
        for listed in [
            ";;;",
            ",,,,",
            "r=1",
            "\"a\";r",
            "\"a\";r=;t=1",
            "=;=;=,=",
            "\"a\";R",
        ] {
            assert_eq!(
                read(&[("Beta-RateLimit", listed)]),
                Limits::default(),
                "{listed}"
            );
        }
        let many = vec!["\"a\";r=1"; 1000].join(",");
        assert_eq!(read(&[("Beta-RateLimit", &many)]).levels.len(), MOST_LEVELS);
        let long = format!("\"{}\";r=1", "a".repeat(LONGEST_NAME + 1));
        assert_eq!(read(&[("Beta-RateLimit", &long)]), Limits::default());
        assert!(!read(&[("X-RateLimit-NearLimit", "perhaps")]).near);
    }
}
