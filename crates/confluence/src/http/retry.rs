//! Retries: when a request is sent again, and after what pause. There is no other place that repeats requests.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::header::HeaderMap;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const FIRST_PAUSE_WHEN_THROTTLED: Duration = Duration::from_secs(2);
const LONGEST_OWN_PAUSE: Duration = Duration::from_secs(30);

/// The pause before repeat number `repeat` (from 0) where the site names none: it doubles each time,
/// and is spread so that several readers do not come back at once.
pub(crate) fn own_pause(repeat: u32, throttled: bool) -> Duration {
    let first = if throttled {
        FIRST_PAUSE_WHEN_THROTTLED
    } else {
        FIRST_PAUSE
    };
    let pause = first
        .saturating_mul(1 << repeat.min(10))
        .min(LONGEST_OWN_PAUSE);
    pause.mul_f64(0.7 + 0.6 * fastrand::f64())
}

/// The pause that the site asks for. Never spread to below what it says.
pub(crate) fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    // The second name is that of limits that are being introduced.
    let values = ["retry-after", "beta-retry-after"].map(|name| headers.get(name)?.to_str().ok());
    values
        .into_iter()
        .flatten()
        .find_map(|value| retry_after(value, SystemTime::now()))
}

/// `Retry-After`: seconds, whole or fractional, or a date. None where it is neither.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let now = Timestamp::try_from(now).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_every_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 30);
        for (value, seconds) in [
            ("0", Some(0.0)),
            ("7", Some(7.0)),
            (" 1.5 ", Some(1.5)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30.0)),
            ("-1", None),
            ("soon", None),
            ("", None),
            ("NaN", None),
            ("1e300", None),
        ] {
            assert_eq!(
                retry_after(value, now),
                seconds.map(Duration::from_secs_f64),
                "{value}"
            );
        }
        assert_eq!(
            retry_after("Sat, 06 Nov 1993 08:49:37 GMT", now),
            Some(Duration::ZERO),
            "a date in the past"
        );
    }

    #[test]
    fn the_pause_has_two_names() {
        let asked = |headers: &[(&'static str, &str)]| {
            let headers = headers.iter().map(|(name, value)| {
                let name = reqwest::header::HeaderName::from_static(name);
                (name, value.parse().expect("a value"))
            });
            asked_pause(&headers.collect()).map(|pause| pause.as_secs())
        };
        assert_eq!(asked(&[("beta-retry-after", "7")]), Some(7));
        let both = [("beta-retry-after", "7"), ("retry-after", "3")];
        assert_eq!(asked(&both), Some(3));
        let nonsense = [("beta-retry-after", "7"), ("retry-after", "soon")];
        assert_eq!(asked(&nonsense), Some(7));
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn own_pauses_grow_and_end() {
        for repeat in 0..40 {
            let pause = own_pause(repeat, false);
            let middle = Duration::from_millis(500 << repeat.min(10)).min(LONGEST_OWN_PAUSE);
            assert!(
                pause >= middle.mul_f64(0.69) && pause <= middle.mul_f64(1.31),
                "{repeat}: {pause:?}"
            );
        }
    }
}
