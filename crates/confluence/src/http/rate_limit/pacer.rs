//! The pacer: when requests may leave. One after the other where little is left of a site's limits, and at once where
//! much is.
//!
//! A site tells with its answers what is left, and in some of them that it was too much. The limit that
//! requests run into in practice is a bucket of tokens: so many requests at once, and so many in a second
//! from then on. How many in a second is not told, but can be seen: what is left after two answers, and how
//! many requests left between them, give what has come in meanwhile. As long as much is left, requests leave
//! at once; where little is left, they leave at the rate at which tokens come in, a bit slower the less is
//! left. So the limit is used in full, and not run into.
//!
//! A quota by the hour is another thing: nothing comes in before the hour is over, so going slowly gains
//! nothing. It is not waited for: the site refuses when it is used up, and says when to come back.
//!
//! All that is heard is a hint. It may be about another limit than the next request meets, it may come from
//! a site that writes nonsense, and others use up the same limit. So nothing here waits for more than
//! [`LONGEST_GAP`] on the strength of a hint alone, and hints that do not come true are not heeded for long.

use std::time::Duration;

use tokio::time::Instant;

use super::headers::{Level, Limits};

/// The longest time between two requests, however little is left.
const LONGEST_GAP: Duration = Duration::from_secs(1);

/// How far requests may be behind their time and still catch up: timers are not exact.
const CATCHING_UP: Duration = Duration::from_millis(10);

/// How long a hint holds.
const HINTS_HOLD: Duration = Duration::from_secs(2);

/// How long going slowly may gain nothing until it is given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// Limits that are kept in view at one time.
const MOST_GAUGES: usize = 4;

/// The rate at which something is tried of which nothing is known.
const TRIAL: f64 = 10.0;

/// The number of a request that has left, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

/// When requests to one host may leave.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// How many have left.
    left: u64,
    /// Until when all wait, because one was told to.
    closed_until: Option<Instant>,
    /// When the last one left, or should have.
    last: Option<Instant>,
    gauges: Vec<Gauge>,
    warning: Warning,
    brake: Brake,
}

impl Pacer {
    pub fn new(now: Instant) -> Self {
        Self {
            left: 0,
            closed_until: None,
            last: None,
            gauges: Vec::new(),
            warning: Warning::default(),
            brake: Brake::new(now),
        }
    }

    /// A request may leave now, or has to wait for so long and ask again.
    pub fn leave(&mut self, now: Instant) -> Result<Ticket, Duration> {
        if let Some(until) = self.closed_until.filter(|until| *until > now) {
            return Err(until - now);
        }
        let mut due = now;
        if let (Some(gap), Some(last)) = (self.gap(now), self.last) {
            due = last + gap;
            if due > now {
                return Err(due - now);
            }
        }
        self.last = Some(due.max(now.checked_sub(CATCHING_UP).unwrap_or(now)));
        Ok(self.leave_at_once())
    }

    /// A request leaves, whatever there is to say against it.
    pub fn leave_at_once(&mut self) -> Ticket {
        self.left += 1;
        Ticket(self.left)
    }

    /// All requests wait for so long.
    pub fn close_for(&mut self, pause: Duration, now: Instant) {
        let until = now + pause;
        if self.closed_until.is_none_or(|known| known < until) {
            self.closed_until = Some(until);
        }
        self.brake.hold_until(until);
    }

    /// The answer to a request tells this. `refused`: it was one too many.
    pub fn hear(&mut self, ticket: Ticket, limits: &Limits, refused: bool, now: Instant) {
        for level in &limits.levels {
            match self.gauges.iter_mut().find(|g| g.name == level.name) {
                Some(gauge) => gauge.read(level, ticket, now),
                None => {
                    if self.gauges.len() == MOST_GAUGES {
                        self.gauges.remove(0);
                    }
                    self.gauges.push(Gauge::new(level, ticket, now));
                }
            }
        }
        // Numbers tell more.
        if limits.levels.is_empty() {
            self.warning.hear(limits.near, now);
        }
        if refused {
            self.brake.refused(ticket, self.left, now);
        } else {
            self.brake.served += 1;
        }
    }

    /// The time to leave between two requests, if any.
    fn gap(&self, now: Instant) -> Option<Duration> {
        let gauges = self.gauges.iter().filter_map(|g| g.rate(self.left, now));
        gauges
            .chain(self.warning.rate(now))
            .chain(self.brake.rate(now))
            .reduce(f64::min)
            .map(|rate| {
                Duration::try_from_secs_f64(1.0 / rate)
                    .unwrap_or(LONGEST_GAP)
                    .min(LONGEST_GAP)
            })
    }
}

/// A limit, as its numbers show it.
#[derive(Debug)]
struct Gauge {
    name: String,
    /// What there is when nothing is used, as far as is known.
    limit: f64,
    /// What was left, after which request, and when that was heard.
    remaining: f64,
    ticket: Ticket,
    heard: Instant,
    inflow: Inflow,
    /// What has been seen to come in.
    gained: f64,
    /// Whether it takes so long to be whole again that nothing is known to come in before.
    is_far: bool,
    /// Since when little is left, and what has been seen since.
    low: Option<Low>,
}

#[derive(Debug)]
struct Low {
    since: Instant,
    gained: f64,
    answers: u32,
    remaining: f64,
    has_moved: bool,
}

impl Gauge {
    fn new(level: &Level, ticket: Ticket, now: Instant) -> Self {
        let mut gauge = Self {
            name: level.name.clone(),
            limit: 0.0,
            remaining: level.remaining,
            ticket,
            heard: now,
            inflow: Inflow::of(level),
            gained: 0.0,
            is_far: false,
            low: None,
        };
        gauge.look(level, 0.0);
        gauge
    }

    /// Takes the level from an answer, unless it is older than what is known.
    fn read(&mut self, level: &Level, ticket: Ticket, now: Instant) {
        if ticket < self.ticket {
            return;
        }
        let used = (ticket.0 - self.ticket.0) as f64;
        let gained = level.remaining - self.remaining + used;
        // Into a full bucket nothing more comes in, which says nothing about the rate.
        if level.remaining + 1.0 < self.limit {
            self.inflow.add(gained, now - self.heard);
        }
        self.gained += gained;
        self.remaining = level.remaining;
        self.ticket = ticket;
        self.heard = now;
        self.look(level, gained);
    }

    fn look(&mut self, level: &Level, gained: f64) {
        /// A limit that is whole again only after this is none that goes by the second.
        const FAR: Duration = Duration::from_secs(90);
        self.limit = level.limit.unwrap_or(self.limit).max(level.remaining);
        self.is_far = [level.window, level.whole_in]
            .iter()
            .flatten()
            .any(|time| *time > FAR);
        if level.remaining > self.reserve() {
            self.low = None;
            return;
        }
        let low = self.low.get_or_insert(Low {
            since: self.heard,
            gained: 0.0,
            answers: 0,
            remaining: level.remaining,
            has_moved: false,
        });
        low.gained += gained;
        low.answers += 1;
        low.has_moved |= low.remaining != level.remaining;
    }

    /// From where on requests leave one by one. With much less, those that are on their way and those of
    /// others would use it up; with much more, a part of the limit would never be used.
    fn reserve(&self) -> f64 {
        (self.limit / 5.0).clamp(1.0, 20.0)
    }

    /// The rate at which requests may leave, if it matters; `left` of them have left so far.
    fn rate(&self, left: u64, now: Instant) -> Option<f64> {
        if now.saturating_duration_since(self.heard) > HINTS_HOLD || self.is_in_vain(now) {
            return None;
        }
        let on_their_way = left.saturating_sub(self.ticket.0) as f64;
        let available = self.remaining - on_their_way;
        let reserve = self.reserve();
        // In the middle of the reserve what leaves is what comes in.
        (available <= reserve)
            .then(|| self.inflow.rate() * (0.5 + available / reserve).clamp(0.5, 1.5))
    }

    /// Whether going slowly gains nothing. Either nothing comes in, as with a quota by the hour; or what is said
    /// to be left stays the same, whatever is asked.
    fn is_in_vain(&self, now: Instant) -> bool {
        const ENOUGH_ANSWERS: u32 = 8;
        if self.is_far && self.gained < 2.0 {
            return true;
        }
        let Some(low) = &self.low else { return false };
        let has_waited = now.saturating_duration_since(low.since) >= PATIENCE;
        let is_stuck =
            !low.has_moved && low.answers >= ENOUGH_ANSWERS && low.remaining < self.reserve() / 2.0;
        has_waited && (low.gained < 1.0 || is_stuck)
    }
}

/// What comes in, as seen in the last second or so.
#[derive(Debug)]
struct Inflow {
    gained: f64,
    seconds: f64,
}

impl Inflow {
    /// What is to be expected where nothing has been seen yet.
    fn of(level: &Level) -> Self {
        match (level.limit, level.window) {
            (Some(limit), Some(window)) => Self {
                gained: limit / window.as_secs_f64(),
                seconds: 1.0,
            },
            _ => Self {
                gained: 1.0,
                seconds: 1.0 / TRIAL,
            },
        }
    }

    fn add(&mut self, gained: f64, time: Duration) {
        let time = time.as_secs_f64();
        let fades = (-time).exp();
        self.gained = self.gained * fades + gained;
        self.seconds = self.seconds * fades + time;
    }

    fn rate(&self) -> f64 {
        (self.gained / self.seconds).max(0.0)
    }
}

/// A limit of which it is only told that little is left.
#[derive(Debug, Default)]
struct Warning {
    rate: Option<f64>,
    /// When it was last heard of.
    heard: Option<Instant>,
    /// Since when little is left.
    near_since: Option<Instant>,
}

impl Warning {
    /// Slower by a bit with each answer near the limit, and faster by a bit with each that is not.
    fn hear(&mut self, near: bool, now: Instant) {
        /// Beyond this rate there is nothing to hold back.
        const FREE: f64 = 1000.0;
        self.heard = Some(now);
        if near {
            self.near_since.get_or_insert(now);
            self.rate = Some(self.rate.map_or(TRIAL, |rate| (rate * 0.95).max(1.0)));
        } else {
            self.near_since = None;
            self.rate = self.rate.map(|rate| rate * 1.1).filter(|rate| *rate < FREE);
        }
    }

    fn rate(&self, now: Instant) -> Option<f64> {
        let age = |since: Instant| now.saturating_duration_since(since);
        let is_fresh = self.heard.is_some_and(|heard| age(heard) <= HINTS_HOLD);
        // What stays near its limit though little is asked is a quota by the hour.
        let is_quota = self.near_since.is_some_and(|since| age(since) >= PATIENCE);
        self.rate.filter(|_| is_fresh && !is_quota)
    }
}

/// What comes of requests that were refused: all go slower, and then faster again.
#[derive(Debug)]
struct Brake {
    /// The rate when it was last put on.
    rate: Option<f64>,
    /// From when on the rate grows.
    held_until: Instant,
    /// Requests up to this one left before: that they are refused is no news.
    ticket: Ticket,
    /// When it was last put on, or when all began, and how many requests were served since.
    since: Instant,
    served: u64,
}

impl Brake {
    /// Once a refusal lies so far back, another one has other reasons.
    const FORGETS: Duration = Duration::from_secs(30);

    fn new(now: Instant) -> Self {
        Self {
            rate: None,
            held_until: now,
            ticket: Ticket(0),
            since: now,
            served: 0,
        }
    }

    fn refused(&mut self, ticket: Ticket, left: u64, now: Instant) {
        if ticket <= self.ticket {
            return;
        }
        let seconds = now.saturating_duration_since(self.since).as_secs_f64();
        let rate = match self.rate(now) {
            // What was served since the refusal before, by time, is what the site serves.
            Some(_) => 0.8 * (self.served + 1) as f64 / seconds.max(1e-3),
            // Nothing is known yet, except that it was too fast.
            None => (0.5 * self.served as f64 / seconds.max(1e-3)).clamp(TRIAL, 10.0 * TRIAL),
        };
        *self = Self {
            rate: Some(rate.max(1.0)),
            held_until: now,
            ticket: Ticket(left),
            since: now,
            served: 0,
        };
    }

    fn hold_until(&mut self, until: Instant) {
        self.held_until = self.held_until.max(until);
    }

    /// It doubles every three seconds.
    fn rate(&self, now: Instant) -> Option<f64> {
        let grown = now.saturating_duration_since(self.held_until);
        self.rate
            .filter(|_| grown < Self::FORGETS)
            .map(|rate| rate * (grown.as_secs_f64() / 3.0).exp2())
    }
}

#[cfg(test)]
mod tests;
