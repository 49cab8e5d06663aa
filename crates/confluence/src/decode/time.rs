//! Times as a site writes them, within what a database can hold.

use std::ops::RangeInclusive;

use jiff::Timestamp;

/// From 4714-11-24 BC, where PostgreSQL's times begin, to the last microsecond that 64 bits count from 1970, in the
/// year 294247.
const RANGE: RangeInclusive<i64> = -210_866_803_200_000_000..=i64::MAX - 1;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// After so many years the calendar begins anew, to the day.
const CYCLE_YEARS: i64 = 400;
const CYCLE_DAYS: i64 = 146_097;

/// Microseconds since 1970-01-01 UTC, of milliseconds. None where a database cannot hold the time.
pub(super) fn of_milliseconds(milliseconds: i64) -> Option<i64> {
    in_range(milliseconds.checked_mul(1000)?)
}

/// Microseconds since 1970-01-01 UTC, of a time as ISO 8601 writes it, with an offset. None where it is none, or a
/// database cannot hold it.
pub(super) fn of_text(text: &str) -> Option<i64> {
    /// No time is longer, even with many digits behind the second.
    const LONGEST: usize = 80;
    if text.len() > LONGEST {
        return None;
    }
    match text.parse::<Timestamp>() {
        Ok(time) => in_range(time.as_microsecond()),
        Err(_) => in_range(of_rare_text(text)?),
    }
}

fn in_range(micros: i64) -> Option<i64> {
    RANGE.contains(&micros).then_some(micros)
}

/// What the library does not read: years beyond 9999, the end of a day as 24:00, and more than nine digits behind the
/// second.
fn of_rare_text(text: &str) -> Option<i64> {
    let (is_negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = unsigned.split_at(digits);
    if !(4..=6).contains(&digits) {
        return None;
    }
    let year: i64 = year.parse().ok()?;
    let year = match is_negative {
        // There is one year 0 only.
        true if year == 0 => return None,
        true => -year,
        false => year,
    };
    // The same day in a year that the library knows.
    let known = year.rem_euclid(CYCLE_YEARS) + 2000;
    let cycles = (year - known) / CYCLE_YEARS;
    let (date, time) = rest.split_at_checked("-MM-DD".len())?;
    let (time, days) = match time.get(1..3) {
        Some("24") if is_midnight(&time[3..]) => (format!("{}00{}", &time[..1], &time[3..]), 1),
        _ => (time.to_owned(), 0),
    };
    let time: Timestamp = format!("{known}{date}{}", with_nine_digits(&time))
        .parse()
        .ok()?;
    let days = cycles.checked_mul(CYCLE_DAYS)?.checked_add(days)?;
    time.as_microsecond()
        .checked_add(days.checked_mul(MICROS_PER_DAY)?)
}

/// Whether what stands behind the hour adds nothing to it, but for the offset.
fn is_midnight(behind_hour: &str) -> bool {
    let end = behind_hour
        .find(['Z', 'z', '+', '-'])
        .unwrap_or(behind_hour.len());
    behind_hour[..end]
        .bytes()
        .all(|byte| matches!(byte, b':' | b'.' | b',' | b'0'))
}

fn with_nine_digits(time: &str) -> String {
    let Some(point) = time.find(['.', ',']) else {
        return time.to_owned();
    };
    let digits = &time[point + 1..];
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    format!(
        "{}{}{}",
        &time[..=point],
        &digits[..length.min(9)],
        &digits[length..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        const NOON: i64 = 1_715_506_267_000_000;
        for (text, micros) in [
            ("2024-05-12T09:31:07.123Z", Some(NOON + 123_000)),
            ("2024-05-12T09:31:07Z", Some(NOON)),
            ("2024-05-12T09:31Z", Some(NOON - 7_000_000)),
            ("2024-05-12t09:31:07z", Some(NOON)),
            ("2024-05-12 09:31:07+00:00", Some(NOON)),
            ("2024-05-12T11:31:07+0200", Some(NOON)),
            ("2024-05-12T11:31:07+02", Some(NOON)),
            ("2024-05-12T09:31:07.123456789012Z", Some(NOON + 123_456)),
            ("2024-05-11T24:00:00Z", Some(1_715_472_000_000_000)),
            ("2024-05-11T24:00Z", Some(1_715_472_000_000_000)),
            ("2024-05-11T24:00:00.000+02:00", Some(1_715_464_800_000_000)),
            ("2024-05-11T24:00:01Z", None),
            ("2024-05-11T24:01Z", None),
            ("2016-12-31T23:59:60Z", Some(1_483_228_799_000_000)),
            ("+20225-03-02T00:00:00Z", Some(576_077_356_800_000_000)),
            ("20225-03-02T00:00:00Z", Some(576_077_356_800_000_000)),
            ("+020225-03-02T00:00:00Z", Some(576_077_356_800_000_000)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799_000_000)),
            ("0000-01-01T00:00:00Z", Some(-62_167_219_200_000_000)),
            ("-000000-01-01T00:00:00Z", None),
            ("-004713-11-24T00:00:00Z", Some(-210_866_803_200_000_000)),
            ("-004713-11-23T23:59:59Z", None),
            ("-004800-01-01T00:00:00Z", None),
            ("294247-01-10T04:00:54Z", Some(9_223_372_036_854_000_000)),
            ("294247-01-11T00:00:00Z", None),
            ("999999-01-01T00:00:00Z", None),
            ("1234567-01-01T00:00:00Z", None),
            ("20225-02-29T00:00:00Z", None),
            ("2024-13-01T00:00:00Z", None),
            ("20225-03-02T25:00:00Z", None),
            // Nobody can say when it is.
            ("2024-05-12T09:31:07", None),
            ("soon", None),
            ("", None),
            ("+", None),
            ("12345é", None),
            ("20225-03-0é00", None),
        ] {
            assert_eq!(of_text(text), micros, "{text}");
        }
        assert_eq!(of_text(&"2".repeat(1 << 20)), None);
        assert_eq!(of_milliseconds(1_715_506_267_000), Some(NOON));
        for wrong in [
            i64::MIN,
            i64::MAX,
            -9_223_372_036_854_775,
            -210_866_803_200_001,
            9_223_372_036_854_776,
        ] {
            assert_eq!(of_milliseconds(wrong), None, "{wrong}");
        }
        assert!(of_milliseconds(-210_866_803_200_000).is_some());
    }

    /// Days since 1970-01-01, counted year by year and month by month.
    fn days(year: i64, month: u32, day: u32) -> i64 {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = |year| if is_leap(year) { 366 } else { 365 };
        let years: i64 = if year >= 1970 {
            (1970..year).map(length).sum()
        } else {
            -(year..1970).map(length).sum::<i64>()
        };
        let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let before: u32 = months[..month as usize - 1].iter().sum();
        let leap = u32::from(month > 2 && is_leap(year));
        years + i64::from(before + leap + day - 1)
    }

    #[test]
    fn every_year_is_counted_like_any_calendar_does() {
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..500 {
            let year = random.i64(-4712..294_247);
            let (month, day) = (random.u32(1..=12), random.u32(1..=28));
            let (hour, minute, second) = (random.u32(..24), random.u32(..60), random.u32(..60));
            let offset = random.i32(-12..=14);
            let text_of_year = match (year, random.bool()) {
                (0..=9999, true) => format!("{year:04}"),
                (10_000.., true) => format!("{year}"),
                (0.., _) => format!("+{year:06}"),
                _ => format!("-{:06}", -year),
            };
            let text = format!(
                "{text_of_year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.25{offset:+03}00"
            );
            let seconds = days(year, month, day) * 86_400
                + i64::from(hour * 3600 + minute * 60 + second)
                - i64::from(offset) * 3600;
            assert_eq!(
                of_text(&text),
                Some(seconds * 1_000_000 + 250_000),
                "{text}"
            );
        }
    }

    #[test]
    fn no_text_is_too_strange() {
        let mut random = fastrand::Rng::with_seed(7);
        let pieces = [
            "2024", "20225", "-05", "-12", "T", "24", ":00", ":31", ".1", "Z", "+", "-", "é",
            "[UTC]", " ", "0", "99",
        ];
        for _ in 0..20_000 {
            let text: String = (0..random.usize(..10))
                .map(|_| pieces[random.usize(..pieces.len())])
                .collect();
            if let Some(micros) = of_text(&text) {
                assert!(RANGE.contains(&micros), "{text}");
            }
        }
    }
}
