//! What is at the server's address, as far as nobody in particular can see it: `address`, `tls`, `site`, `clock`.

use std::time::SystemTime;

use jiff::Timestamp;
use reqwest::header::DATE;
use serde::Deserialize;

use super::Line;
use crate::http::url::host_of;
use crate::http::{Broken, Counters, Response};
use crate::session::Session;
use crate::{Error, Sanitized};

/// Tells the id of a site of Confluence Cloud, to everybody.
const TENANT_INFO: &str = "/_edge/tenant_info";

/// Tells the state of a Confluence that somebody runs, to everybody. Cloud has no such thing.
const STATUS: &str = "/status";

/// What a clock may be wrong by.
const TOLERANCE: f64 = 60.0;

const DATA_CENTER: &str =
    "Confluence Data Center and Server have another API, and are not supported: only Cloud is.";
const SUBDOMAIN: &str =
    "Check the server's option subdomain: for https://acme.atlassian.net it is acme.";

/// Looks.
pub(super) async fn look(session: &Session, counters: &Counters) -> Vec<Line> {
    let site = &session.config().site;
    let before = SystemTime::now();
    let answer = match session.ask_site(TENANT_INFO, counters).await {
        Ok(answer) => answer,
        Err(broken) => return unreached(site, broken),
    };
    let after = SystemTime::now();
    let clock = clock(&answer, before, after);
    vec![
        Line::ok("address", format!("{} answers", host_of(site))),
        tls(site),
        what_answers(session, answer, counters).await,
        clock,
    ]
}

fn unreached(site: &str, broken: Broken) -> Vec<Line> {
    if !broken.tls {
        return vec![Line::error("address", broken.error)];
    }
    let found = match broken.error {
        Error::Unreachable { cause, .. } | Error::NoAnswer { cause, .. } => cause,
        other => other.to_string().into(),
    };
    vec![
        Line::ok("address", format!("{} answers", host_of(site))),
        Line::fail(
            "tls",
            found.as_str(),
            "If a proxy or a private authority stands between, name its certificate in the server's option ca_file.",
        ),
    ]
}

fn tls(site: &str) -> Line {
    if site.starts_with("https://") {
        Line::ok("tls", "the certificate is trusted")
    } else {
        Line::ok("tls", "none, and none is needed: a loopback address")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: Sanitized,
}

async fn what_answers(session: &Session, answer: Response, counters: &Counters) -> Line {
    const STEP: &str = "site";
    if runs_elsewhere(&answer) {
        return Line::fail(STEP, "Confluence Data Center or Server", DATA_CENTER);
    }
    let status = answer.status;
    let tenant = answer
        .json(TENANT_INFO)
        .ok()
        .and_then(|document| serde_json::from_slice::<Tenant>(&document.body).ok());
    let Some(tenant) = tenant else {
        let has_state = session
            .ask_site(STATUS, counters)
            .await
            .is_ok_and(tells_its_state);
        return if has_state {
            Line::fail(STEP, "Confluence Data Center or Server", DATA_CENTER)
        } else if status.is_redirection() {
            let found = format!("a redirect (status {}) instead of a site", status.as_u16());
            Line::fail(STEP, found, SUBDOMAIN)
        } else {
            let found = format!(
                "no site of Confluence Cloud: {TENANT_INFO} is answered with status {}, and without a cloudId",
                status.as_u16()
            );
            Line::fail(STEP, found, SUBDOMAIN)
        };
    };
    match &session.config().cloud_id {
        Some(given) if !given.eq_ignore_ascii_case(&tenant.cloud_id) => Line::fail(
            STEP,
            format!(
                "Confluence Cloud, cloud id {}; the server's option says {given}",
                tenant.cloud_id
            ),
            "Set the server's option cloud_id to the site's own, or drop it: then the site is asked.",
        ),
        _ => Line::ok(
            STEP,
            format!("Confluence Cloud, cloud id {}", tenant.cloud_id),
        ),
    }
}

/// Headers that a Confluence sends which somebody runs.
fn runs_elsewhere(answer: &Response) -> bool {
    ["x-confluence-request-time", "x-confluence-cluster-node"]
        .iter()
        .any(|name| answer.headers.contains_key(*name))
}

fn tells_its_state(answer: Response) -> bool {
    #[derive(Deserialize)]
    struct State {
        state: String,
    }
    answer.status.is_success()
        && serde_json::from_slice::<State>(&answer.body).is_ok_and(|said| !said.state.is_empty())
}

fn clock(answer: &Response, before: SystemTime, after: SystemTime) -> Line {
    const STEP: &str = "clock";
    let date = answer.headers.get(DATE).and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let Some(theirs) = theirs else {
        return Line::skip(STEP, "the answer has no date");
    };
    let ours = |time: SystemTime| Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
    let theirs = theirs.timestamp();
    // The site's moment lies between the two, and is cut to a second.
    let ahead = ours(before).duration_since(theirs).as_secs_f64() - 1.0;
    let behind = theirs.duration_since(ours(after)).as_secs_f64();
    let (wrong_by, direction) = if ahead > behind {
        (ahead, "ahead of")
    } else {
        (behind, "behind")
    };
    if wrong_by > TOLERANCE {
        Line::warn(
            STEP,
            format!("this server's clock is {wrong_by:.0} s {direction} the site's"),
            "Set the clock, and keep it by NTP: conditions such as modified_at > now() - interval '1 hour' and the expiry of tokens go by it.",
        )
    } else {
        Line::ok(STEP, "this server's clock agrees with the site's")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;
    use std::time::Duration;

    fn dated(date: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert(DATE, date.parse().expect("a header"));
        }
        Response {
            status: StatusCode::OK,
            headers,
            body: Vec::new(),
            held: crate::budget::BytesHeld::default(),
        }
    }

    #[test]
    fn clocks_are_compared_by_more_than_an_answer_takes() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (date, status) in [
            (Some("Sun, 06 Nov 1994 08:49:37 GMT"), Status::Ok),
            (Some("Sun, 06 Nov 1994 08:48:37 GMT"), Status::Ok),
            (Some("Sun, 06 Nov 1994 08:48:30 GMT"), Status::Warn),
            (Some("Sun, 06 Nov 1994 08:50:37 GMT"), Status::Ok),
            (Some("Sun, 06 Nov 1994 08:50:38 GMT"), Status::Warn),
            (Some("now"), Status::Skip),
            (None, Status::Skip),
        ] {
            assert_eq!(clock(&dated(date), now, now).status, status, "{date:?}");
        }
        // An answer that took two minutes says no more than that.
        let later = now + Duration::from_secs(120);
        let date = dated(Some("Sun, 06 Nov 1994 08:51:37 GMT"));
        assert_eq!(clock(&date, now, later).status, Status::Ok);
    }
}
