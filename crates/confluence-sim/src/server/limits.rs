//! Where a request stands against the limits, and what its answer tells of that.

use super::Shared;
use super::answer::Answer;
use super::meter::{LimitHeaders, Reading};
use super::quota::Standing;
use crate::lock::Lock;
use hyper::StatusCode;
use std::time::{Duration, Instant};

pub(super) const BURST: &str = "confluence-burst-based";
const QUOTA: &str = "confluence-quota-tenant-based";

/// Where a request stands, as far as there are limits.
#[derive(Debug, Default)]
pub(super) struct Limits {
    rate: Option<Reading>,
    quota: Option<Standing>,
}

impl Limits {
    pub fn look(shared: &Shared) -> Self {
        let mut meter = shared.meter.hold();
        let mut quota = shared.quota.hold();
        Self {
            rate: meter.as_mut().map(|meter| meter.take(Instant::now())),
            quota: quota.as_mut().map(|quota| quota.standing()),
        }
    }

    /// What the request is answered with, where it is one too many.
    pub fn refusal(&self, headers: LimitHeaders) -> Option<Answer> {
        let (reason, wait) = match (&self.rate, &self.quota) {
            (_, Some(quota)) if quota.remaining == 0 => (QUOTA, quota.reset_in),
            (Some(rate), _) => (BURST, rate.refused_for?),
            _ => return None,
        };
        let retry_after = whole_seconds(wait).to_string();
        Some(throttled(
            headers.reason.then_some(reason),
            headers.retry_after.then_some(&retry_after),
        ))
    }

    /// The answer, with what it tells of the limits. Where the quota is used up, that counts.
    pub fn told(&self, mut answer: Answer, headers: LimitHeaders) -> Answer {
        let told = match (&self.rate, &self.quota) {
            (_, Some(quota)) if quota.remaining == 0 => {
                Some((quota.limit, quota.remaining, quota.reset(), true))
            }
            (Some(rate), _) => Some((
                u64::from(rate.limit),
                u64::from(rate.remaining),
                rate.reset.clone(),
                rate.near_limit(),
            )),
            _ => None,
        };
        if let Some((limit, remaining, reset, is_near)) = told {
            let (limit, remaining) = (limit.to_string(), remaining.to_string());
            let near_limit = headers.near_limit && is_near;
            for (is_sent, name, value) in [
                (headers.limit, "x-ratelimit-limit", &*limit),
                (headers.remaining, "x-ratelimit-remaining", &remaining),
                (headers.reset, "x-ratelimit-reset", &reset),
                (near_limit, "x-ratelimit-nearlimit", "true"),
            ] {
                if is_sent {
                    answer = answer.with(name, value);
                }
            }
        }
        match &self.quota {
            Some(quota) if headers.beta => {
                let (limit, remaining) = (quota.limit, quota.remaining);
                let reset = whole_seconds(quota.reset_in);
                let policy = format!("\"tenant-app-quota\";q={limit};w=3600");
                let left = format!("\"tenant-app-quota\";r={remaining};t={reset}");
                let answer = answer.with("beta-ratelimit-policy", &policy);
                answer.with("beta-ratelimit", &left)
            }
            _ => answer,
        }
    }
}

fn whole_seconds(time: Duration) -> f64 {
    time.as_secs_f64().ceil().max(1.0)
}

pub(super) fn throttled(reason: Option<&str>, retry_after: Option<&str>) -> Answer {
    let body = r#"{"code":429,"message":"Rate limit exceeded"}"#;
    let mut answer = Answer::of(StatusCode::TOO_MANY_REQUESTS, "application/json", body);
    if let Some(reason) = reason {
        answer = answer.with("ratelimit-reason", reason);
    }
    if let Some(value) = retry_after {
        answer = answer.with("retry-after", value);
    }
    answer
}
