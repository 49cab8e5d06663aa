//! The quota of points by the hour: what requests and the objects in their answers cost, and how much of it is left.

use super::answer::{Answer, Family};
use hyper::StatusCode;
use jiff::{Timestamp, Unit};
use serde_json::Value;
use std::time::Duration;

/// The window of the quota. It begins anew with each hour of the clock.
const HOUR: i64 = 3_600;

#[derive(Debug)]
pub(crate) struct Quota {
    limit: u64,
    /// Points used since it was set.
    pub used: u64,
    /// The hour for which points are counted, and how many there were before it.
    hour: i64,
    used_before: u64,
}

/// What the quota says about one request.
#[derive(Debug)]
pub(crate) struct Standing {
    pub limit: u64,
    pub remaining: u64,
    /// Until the hour is over.
    pub reset_in: Duration,
}

impl Quota {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: 0,
            hour: this_hour(),
            used_before: 0,
        }
    }

    pub(crate) fn take(&mut self, path: &str, answer: &Answer) {
        self.used += points(path, answer);
    }

    pub(crate) fn standing(&mut self) -> Standing {
        let hour = this_hour();
        if hour != self.hour {
            self.hour = hour;
            self.used_before = self.used;
        }
        let over = HOUR - Timestamp::now().as_second().rem_euclid(HOUR);
        Standing {
            limit: self.limit,
            remaining: self.limit.saturating_sub(self.used - self.used_before),
            reset_in: Duration::from_secs(over.unsigned_abs()),
        }
    }
}

impl Standing {
    /// When the hour is over, as the live header has it.
    pub(crate) fn reset(&self) -> String {
        let reset = Timestamp::now() + self.reset_in;
        let reset = reset
            .round(Unit::Minute)
            .expect("a time of this century can be rounded");
        reset.strftime("%Y-%m-%dT%H:%MZ").to_string()
    }
}

fn this_hour() -> i64 {
    Timestamp::now().as_second().div_euclid(HOUR)
}

/// One for the request, and one or two for each object in its answer.
fn points(path: &str, answer: &Answer) -> u64 {
    if Family::of(path) == Family::Edge {
        return 0;
    }
    let objects = match answer.status {
        StatusCode::OK => serde_json::from_slice(&answer.body).map_or(0, |body| objects(&body)),
        _ => 0,
    };
    let each = if is_of_identity_or_access(path) { 2 } else { 1 };
    1 + each * objects
}

/// How many objects an answer holds: the elements of its list, or itself.
fn objects(body: &Value) -> u64 {
    let length = |list: &Value| list.as_array().map_or(0, |list| list.len() as u64);
    if let Value::Array(list) = body {
        return list.len() as u64;
    }
    // Restrictions: what is restricted to somebody are not the operations, but the accounts and groups.
    if body["restrictionsHash"].is_string() {
        let operations = body["results"].as_array().into_iter().flatten();
        let subjects = operations.flat_map(|operation| {
            ["user", "group"].map(|kind| length(&operation["restrictions"][kind]["results"]))
        });
        return subjects.sum();
    }
    ["results", "operations"]
        .iter()
        .find(|list| body[**list].is_array())
        .map_or(1, |list| length(&body[*list]))
}

/// Whether a path gives accounts, groups, or what somebody may do: its last word tells.
fn is_of_identity_or_access(path: &str) -> bool {
    const WORDS: &str = "users-bulk users user current memberof group by-id membersByGroupId child-created watch \
        permissions operations restriction space-permissions space-roles role-assignments";
    let last = path.rsplit('/').next();
    WORDS.split(' ').any(|word| Some(word) == last)
}
