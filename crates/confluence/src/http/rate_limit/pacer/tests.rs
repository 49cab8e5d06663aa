//! The pace against limits, in a time of its own.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// A bucket of tokens, as live sites have it.
struct Bucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    filled: Duration,
}

impl Bucket {
    fn new(rate: f64, burst: f64) -> Self {
        Self {
            rate,
            burst,
            tokens: burst,
            filled: Duration::ZERO,
        }
    }

    /// Whether a request is served, and how many could be, from then on.
    fn take(&mut self, now: Duration) -> (bool, f64) {
        let came_in = (now - self.filled).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + came_in).min(self.burst);
        self.filled = now;
        let is_served = self.tokens >= 1.0;
        if is_served {
            self.tokens -= 1.0;
        }
        (is_served, self.tokens.floor())
    }

    /// The least time in which so many requests can be served.
    fn least(&self, requests: u32) -> Duration {
        Duration::from_secs_f64((f64::from(requests) - self.burst).max(0.0) / self.rate)
    }
}

/// What an answer tells of a bucket: limit, what is left.
type Tells = fn(f64, f64) -> Limits;

fn numbers(limit: f64, remaining: f64) -> Limits {
    Limits {
        levels: vec![level(limit, remaining)],
        near: remaining < limit / 5.0,
    }
}

fn words(limit: f64, remaining: f64) -> Limits {
    Limits {
        levels: Vec::new(),
        near: remaining < limit / 5.0,
    }
}

fn nothing(_: f64, _: f64) -> Limits {
    Limits::default()
}

fn level(limit: f64, remaining: f64) -> Level {
    Level {
        name: "a".to_owned(),
        remaining,
        limit: Some(limit),
        window: None,
        whole_in: None,
    }
}

/// A reader that has so many requests to send, and its site.
struct Reader {
    requests: u32,
    abreast: u32,
    latency: Duration,
    /// Whether the site counts a request when it comes, rather than when it is answered.
    counts_first: bool,
    tells: Tells,
}

#[derive(Debug)]
struct Outcome {
    took: Duration,
    refused: u32,
}

impl Reader {
    fn new(requests: u32, latency: Duration, tells: Tells) -> Self {
        Self {
            requests,
            abreast: 8,
            latency,
            counts_first: false,
            tells,
        }
    }

    fn abreast(mut self, abreast: u32) -> Self {
        self.abreast = abreast;
        self
    }

    fn counted_first(mut self) -> Self {
        self.counts_first = true;
        self
    }

    fn read(&self, bucket: &mut Bucket) -> Outcome {
        self.read_with(&mut Pacer::new(Instant::now()), bucket)
    }

    /// Reads everything: as many requests at once as may be, each refused one again, after a second.
    fn read_with(&self, pace: &mut Pacer, bucket: &mut Bucket) -> Outcome {
        let zero = Instant::now();
        let mut now = Duration::ZERO;
        let (mut to_send, mut served, mut refused) = (self.requests, 0, 0);
        let mut under_way = BinaryHeap::new();
        while served < self.requests {
            let mut next = Duration::MAX;
            while to_send > 0 && (under_way.len() as u32) < self.abreast {
                match pace.leave(zero + now) {
                    Ok(ticket) => {
                        let counted = self.counts_first.then(|| bucket.take(now));
                        let counted = counted.map(|(served, left)| (served, left as u64));
                        // Even the quickest site takes a moment.
                        let answered = now + self.latency + MS / 2;
                        under_way.push(Reverse((answered, ticket, counted)));
                        to_send -= 1;
                    }
                    Err(wait) => {
                        assert!(wait > Duration::ZERO && wait <= SECOND, "{wait:?}");
                        next = now + wait;
                        break;
                    }
                }
            }
            match under_way.peek() {
                Some(Reverse((answered, ..))) if *answered <= next => now = *answered,
                _ => {
                    now = next;
                    continue;
                }
            }
            if let Some(Reverse((_, ticket, counted))) = under_way.pop() {
                let (is_served, left) = match counted {
                    Some((is_served, left)) => (is_served, left as f64),
                    None => bucket.take(now),
                };
                let limits = (self.tells)(bucket.burst, left);
                pace.hear(ticket, &limits, !is_served, zero + now);
                if is_served {
                    served += 1;
                } else {
                    refused += 1;
                    to_send += 1;
                    pace.close_for(SECOND, zero + now);
                }
            }
        }
        Outcome { took: now, refused }
    }
}

#[test]
fn a_limit_is_used_in_full_and_not_run_into() {
    for latency in [0, 5, 20, 100, 300] {
        for counts_first in [false, true] {
            for (rate, burst) in [
                (50.0, 50.0),
                (50.0, 20.0),
                (20.0, 40.0),
                (10.0, 100.0),
                (200.0, 50.0),
            ] {
                let mut bucket = Bucket::new(rate, burst);
                let least = bucket.least(502).max((latency * MS) * 502 / 8);
                let mut reader = Reader::new(502, latency * MS, numbers);
                reader.counts_first = counts_first;
                let outcome = reader.read(&mut bucket);
                let about = format!("{rate}/s, {burst}, {latency} ms, {counts_first}: {outcome:?}");
                assert!(outcome.refused <= 502 / 50, "{about}");
                assert!(
                    outcome.took <= least.mul_f64(1.15) + SECOND / 2,
                    "{about}, {least:?}"
                );
            }
        }
    }
}

#[test]
fn many_at_once_are_held_back_too() {
    let mut bucket = Bucket::new(50.0, 100.0);
    let outcome = Reader::new(1000, 20 * MS, numbers)
        .abreast(64)
        .counted_first()
        .read(&mut bucket);
    assert_eq!(outcome.refused, 0, "{outcome:?}");
    assert!(
        outcome.took <= bucket.least(1000).mul_f64(1.2),
        "{outcome:?}"
    );
}

#[test]
fn a_limit_that_was_all_but_used_up_before_is_not_run_into() {
    let mut bucket = Bucket::new(50.0, 50.0);
    bucket.tokens = 8.0;
    let outcome = Reader::new(300, Duration::ZERO, numbers).read(&mut bucket);
    assert_eq!(outcome.refused, 0, "{outcome:?}");
}

#[test]
fn a_warning_in_words_is_enough() {
    for latency in [0, 5, 20, 100] {
        let mut bucket = Bucket::new(50.0, 50.0);
        let outcome = Reader::new(502, latency * MS, words).read(&mut bucket);
        assert!(outcome.refused <= 502 / 50, "{latency} ms: {outcome:?}");
        assert!(
            outcome.took <= bucket.least(502).mul_f64(1.3),
            "{latency} ms: {outcome:?}"
        );
    }
}

#[test]
fn far_from_the_limit_nothing_waits() {
    for tells in [numbers, words, nothing as Tells] {
        let mut bucket = Bucket::new(400.0, 400.0);
        let outcome = Reader::new(2000, 40 * MS, tells).read(&mut bucket);
        assert_eq!(outcome.refused, 0);
        assert_eq!(outcome.took, (40 * MS + MS / 2) * (2000 / 8), "{outcome:?}");
    }
}

#[test]
fn a_site_that_tells_nothing_refuses_little() {
    for latency in [0, 20, 100] {
        let mut bucket = Bucket::new(50.0, 50.0);
        let outcome = Reader::new(2000, latency * MS, nothing).read(&mut bucket);
        assert!(outcome.refused <= 2000 / 30, "{latency} ms: {outcome:?}");
        assert!(
            outcome.took <= bucket.least(2000).mul_f64(1.4),
            "{latency} ms: {outcome:?}"
        );
    }
}

#[test]
fn a_quota_by_the_hour_is_not_waited_for() {
    // It goes down and stays there; the site would refuse at its end.
    fn quota(_: f64, remaining: f64) -> Limits {
        Limits {
            levels: vec![Level {
                window: Some(3600 * SECOND),
                whole_in: Some(2107 * SECOND),
                ..level(65_000.0, remaining)
            }],
            near: true,
        }
    }
    let mut bucket = Bucket::new(0.0, 65_000.0);
    bucket.tokens = 400.0;
    let outcome = Reader::new(400, 10 * MS, quota).read(&mut bucket);
    assert_eq!(outcome.refused, 0);
    assert_eq!(outcome.took, (10 * MS + MS / 2) * (400 / 8), "{outcome:?}");
    // Where the site does not say that it is one by the hour, that is seen after a while.
    let mut bucket = Bucket::new(0.0, 1000.0);
    let outcome = Reader::new(1000, 10 * MS, numbers).read(&mut bucket);
    assert!(outcome.took <= 7 * SECOND, "{outcome:?}");
    let mut bucket = Bucket::new(0.0, 2000.0);
    let outcome = Reader::new(2000, 10 * MS, words).read(&mut bucket);
    assert!(outcome.took <= 7 * SECOND, "{outcome:?}");
}

#[test]
fn nonsense_makes_nobody_wait_for_long() {
    let unlimited = || Bucket::new(1e6, 1e6);
    let untrue: [Tells; 5] = [
        |_, _| Limits {
            levels: vec![level(0.0, 0.0)],
            near: true,
        },
        |_, _| Limits {
            levels: vec![level(50.0, 0.0)],
            near: true,
        },
        |_, _| Limits {
            levels: vec![level(50.0, 3.0)],
            near: false,
        },
        |_, _| Limits {
            levels: vec![level(1e12, 0.0)],
            near: false,
        },
        |_, _| Limits {
            levels: vec![Level {
                whole_in: Some(365 * 86_400 * SECOND),
                ..level(50.0, 0.0)
            }],
            near: true,
        },
    ];
    for (number, tells) in untrue.into_iter().enumerate() {
        let outcome = Reader::new(2000, 5 * MS, tells).read(&mut unlimited());
        assert!(outcome.took <= 8 * SECOND, "{number}: {outcome:?}");
    }
}

#[test]
fn a_level_that_is_not_told_any_more_is_forgotten() {
    let zero = Instant::now();
    let mut pace = Pacer::new(zero);
    let ticket = pace.leave(zero).expect("nothing is known yet");
    pace.hear(ticket, &numbers(50.0, 0.0), false, zero);
    assert!(pace.leave(zero).is_err());
    let later = zero + HINTS_HOLD + SECOND;
    for _ in 0..100 {
        pace.leave(later).expect("what was told is too old");
    }
}

#[test]
fn a_level_in_an_answer_that_comes_late_is_not_news() {
    let zero = Instant::now();
    let mut pace = Pacer::new(zero);
    let first = pace.leave(zero).expect("nothing is known yet");
    let second = pace.leave(zero).expect("nothing is known yet");
    pace.hear(second, &numbers(50.0, 1.0), false, zero);
    pace.hear(first, &numbers(50.0, 40.0), false, zero + MS);
    assert!(pace.leave(zero + MS).is_err());
}

#[test]
fn limits_without_end_do_not_fill_the_memory() {
    let zero = Instant::now();
    let mut pace = Pacer::new(zero);
    for number in 0..1000 {
        let ticket = pace.leave_at_once();
        let other = Level {
            name: number.to_string(),
            ..level(50.0, 3.0)
        };
        let limits = Limits {
            levels: vec![other],
            near: false,
        };
        pace.hear(ticket, &limits, false, zero);
    }
    assert_eq!(pace.gauges.len(), MOST_GAUGES);
}

#[test]
fn refusals_of_requests_that_left_together_count_as_one() {
    let zero = Instant::now();
    let mut pace = Pacer::new(zero);
    let tickets: Vec<_> = (0..100).map(|_| pace.leave_at_once()).collect();
    for ticket in &tickets[..92] {
        pace.hear(*ticket, &Limits::default(), false, zero + SECOND);
    }
    pace.hear(tickets[92], &Limits::default(), true, zero + SECOND);
    let braked = pace.brake.rate;
    for ticket in &tickets[93..] {
        pace.hear(*ticket, &Limits::default(), true, zero + SECOND);
    }
    assert_eq!((braked, pace.brake.rate), (Some(46.0), Some(46.0)));
}

#[test]
fn after_a_refusal_requests_come_back_one_by_one_and_faster_in_time() {
    let zero = Instant::now();
    let mut pace = Pacer::new(zero);
    let ticket = pace.leave_at_once();
    pace.hear(ticket, &Limits::default(), true, zero);
    pace.close_for(5 * SECOND, zero);
    assert_eq!(pace.leave(zero + SECOND), Err(4 * SECOND));
    let in_the_second = |pace: &mut Pacer, from: Duration| {
        (0..1000)
            .filter(|ms| pace.leave(zero + from + *ms * MS).is_ok())
            .count()
    };
    let first = in_the_second(&mut pace, 5 * SECOND);
    assert!((9..=13).contains(&first), "{first}");
    let later = in_the_second(&mut pace, 11 * SECOND);
    assert!((40..=56).contains(&later), "{later}");
    assert_eq!(in_the_second(&mut pace, 40 * SECOND), 1000);
}
