//! Fuzz targets' entries to HTTP; see [`crate::fuzzing`].

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use tokio::time::Instant;

use super::rate_limit::headers::Limits;
use super::rate_limit::pacer::Pacer;
use super::response::Response;
use super::retry;
use super::url::{next_request, param, with_limit, with_param};

const SITE: &str = "https://acme.example";

/// A next link, from the second line on, behind a request that the first line is.
pub fn next_links(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (query, link) = text.split_once('\n').unwrap_or(("", text));
    if !query
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#')
    {
        return;
    }
    let current = format!("/wiki/api/v2/pages?{query}");
    let hosts = [SITE, "https://api.atlassian.example"];
    let Ok(target) = next_request(&current, link, &hosts) else {
        return;
    };
    for target in [
        with_limit(&target, 5),
        with_param(&target, "start", "7"),
        target,
    ] {
        let url = Url::parse(&format!("{SITE}{target}")).expect("an address");
        assert_eq!(
            url.origin(),
            Url::parse(SITE).expect("an address").origin(),
            "{target:?}"
        );
        assert_eq!(url.path(), "/wiki/api/v2/pages", "{target:?}");
        param(&target, "limit");
    }
}

/// Headers, one a line, of answers that come one after the other: an empty line ends one.
pub fn limits(data: &[u8]) {
    /// See [`super::rate_limit::pacer`]: no hint is worth more.
    const LONGEST_GAP: Duration = Duration::from_secs(1);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_774_540_740);
    let mut at = Instant::now();
    let mut pace = Pacer::new(at);
    for head in data.split(|byte| *byte == b'\r') {
        let headers = headers(head);
        let limits = Limits::of(&headers, now);
        let ticket = match pace.leave(at) {
            Ok(ticket) => ticket,
            Err(wait) => {
                assert!(wait <= LONGEST_GAP, "{wait:?}");
                at += wait;
                pace.leave_at_once()
            }
        };
        pace.hear(ticket, &limits, head.first() == Some(&b'!'), at);
        at += Duration::from_millis(head.len() as u64);
        retry::asked_pause(&headers);
    }
}

/// A status in two bytes, headers, an empty line, and a body.
pub fn refusals(data: &[u8]) {
    /// No message is longer, whatever the site says.
    const LONGEST: usize = 8_000;
    let Some((status, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let Ok(status) = StatusCode::from_u16(200 + u16::from_le_bytes(*status) % 400) else {
        return;
    };
    let (head, body) = rest
        .windows(2)
        .position(|two| two == b"\n\n")
        .map_or((rest, &[][..]), |at| (&rest[..at], &rest[at + 2..]));
    let answer = Response {
        status,
        headers: headers(head),
        body: body.to_vec(),
        held: crate::budget::BytesHeld::default(),
    };
    match answer.json("/wiki/api/v2/pages/9/labels?limit=250") {
        Ok(document) => assert_eq!((status, document.body.len()), (StatusCode::OK, body.len())),
        Err((found, failure)) => {
            assert_eq!(found, status);
            // Headers are cut by the bounds on headers.
            let said = format!("{failure:?}").len();
            assert!(said <= LONGEST + 8 * head.len(), "{said}");
        }
    }
}

fn headers(head: &[u8]) -> HeaderMap {
    let lines = head.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            Some((name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?))
        })
        .collect()
}
