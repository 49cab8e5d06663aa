//! The rate limiter: a bucket of tokens that fills at a constant rate.

use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    pub requests_per_second: f64,
    /// How many may come at once after a pause.
    pub burst: u32,
}

/// Which headers tell of limits: sites differ. The first four are `X-RateLimit-Limit` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitHeaders {
    pub limit: bool,
    pub remaining: bool,
    pub reset: bool,
    pub near_limit: bool,
    /// `RateLimit-Reason`, where a request is refused
    pub reason: bool,
    /// `Retry-After`, where a request is refused
    pub retry_after: bool,
    /// `Beta-RateLimit` and `Beta-RateLimit-Policy`, where there is a quota
    pub beta: bool,
}

impl LimitHeaders {
    pub const ALL: Self = Self::each(true);
    pub const NONE: Self = Self::each(false);

    const fn each(is_sent: bool) -> Self {
        Self {
            limit: is_sent,
            remaining: is_sent,
            reset: is_sent,
            near_limit: is_sent,
            reason: is_sent,
            retry_after: is_sent,
            beta: is_sent,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Meter {
    limit: RateLimit,
    tokens: f64,
    filled_at: Instant,
}

/// What the meter says about one request.
#[derive(Debug)]
pub(crate) struct Reading {
    pub limit: u32,
    pub remaining: u32,
    /// When everything is available again.
    pub reset: String,
    /// How long to wait, where the request is refused.
    pub refused_for: Option<Duration>,
}

impl Reading {
    pub(crate) fn near_limit(&self) -> bool {
        f64::from(self.remaining) < 0.2 * f64::from(self.limit)
    }
}

impl Meter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            tokens: f64::from(limit.burst),
            filled_at: Instant::now(),
        }
    }

    pub(crate) fn take(&mut self, now: Instant) -> Reading {
        let rate = self.limit.requests_per_second;
        let burst = f64::from(self.limit.burst);
        let elapsed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * rate).min(burst);
        self.filled_at = now;
        let refused_for = if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            None
        } else {
            Some(seconds((1.0 - self.tokens) / rate))
        };
        Reading {
            limit: self.limit.burst,
            remaining: self.tokens as u32,
            reset: to_the_minute(seconds((burst - self.tokens) / rate)),
            refused_for,
        }
    }
}

/// An hour where the rate is nothing, or next to it.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds)
        .unwrap_or(Duration::MAX)
        .min(Duration::from_secs(3_600))
}

/// The time so far ahead, as `2026-03-26T16:00Z`: the live header has no seconds. Rounded up, as nobody should come
/// back too early.
fn to_the_minute(ahead: Duration) -> String {
    let ahead =
        SignedDuration::try_from(ahead).expect("at most an hour") + SignedDuration::from_secs(59);
    (Timestamp::now() + ahead)
        .strftime("%Y-%m-%dT%H:%MZ")
        .to_string()
}
