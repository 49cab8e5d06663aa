//! What the fields of a row hold.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::error::Error;
use crate::pace::Pace;
use crate::{ACCOUNT_ID_LENGTH, LastSeen, MOST_VALUES};

/// The text of a field that is not blank.
pub(crate) fn text<'a>(field: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    Some(field.clone()).filter(|text| !text.is_empty())
}

pub(crate) fn account_id(line: u64, id: Cow<'_, str>) -> Result<Cow<'_, str>, Error> {
    if id.chars().count() > ACCOUNT_ID_LENGTH {
        return Err(Error::AccountIdTooLong { line });
    }
    if id
        .chars()
        .any(|char| char.is_whitespace() || char.is_control())
    {
        return Err(Error::AccountIdMalformed { line });
    }
    if is_scientific(&id) {
        return Err(Error::AccountIdIsNumber { line });
    }
    Ok(id)
}

/// Whether a spreadsheet wrote this for a long number, as in `5.57058E+23`: old account ids can be all digits.
fn is_scientific(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    exponent.strip_prefix('+').is_some_and(digits)
        && mantissa
            .split_once(['.', ','])
            .map_or(digits(mantissa), |(whole, part)| {
                digits(whole) && digits(part)
            })
}

/// Only what no address can be is refused: mail servers are the judges of the rest.
pub(crate) fn email(line: u64, email: Cow<'_, str>) -> Result<Cow<'_, str>, Error> {
    let two_sides = email
        .rsplit_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !two_sides
        || email
            .chars()
            .any(|char| char.is_whitespace() || char.is_control())
    {
        return Err(Error::EmailMalformed { line });
    }
    Ok(email)
}

/// A status, spelled in one way; what is not known stays as it is.
pub(crate) fn status(status: Cow<'_, str>) -> Cow<'_, str> {
    const KNOWN: [(&str, &str); 9] = [
        ("active", "Active"),
        ("yes", "Active"),
        ("true", "Active"),
        ("inactive", "Inactive"),
        ("no", "Inactive"),
        ("false", "Inactive"),
        ("suspended", "Suspended"),
        ("deactivated", "Deactivated"),
        ("closed", "Closed"),
    ];
    match KNOWN
        .iter()
        .find(|(spelling, _)| status.eq_ignore_ascii_case(spelling))
    {
        Some((_, name)) => Cow::Borrowed(name),
        None => status,
    }
}

/// Whether a field says in a word that there is nothing: that is known then, other than with a blank one.
pub(crate) fn is_none(text: &str) -> bool {
    const NONE: [&str; 3] = ["None", "No", "-"];
    NONE.iter().any(|none| text.eq_ignore_ascii_case(none))
}

/// Adds what a product's access column holds: one role, or several roles or sites between commas. False where there are
/// too many.
pub(crate) fn add_access<'a>(
    access: &mut BTreeSet<Cow<'a, str>>,
    text: Cow<'a, str>,
    pace: &mut Pace<'_>,
) -> bool {
    let mut add = |item: Cow<'a, str>| {
        pace.work(item.len() + 1);
        access.insert(item);
        access.len() <= MOST_VALUES
    };
    match text {
        Cow::Borrowed(text) => parts(text).all(|part| add(Cow::Borrowed(part))),
        Cow::Owned(text) => parts(&text).all(|part| add(Cow::Owned(part.to_owned()))),
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The longest text that is taken for a day, with a time and an offset.
const LONGEST_DATE: usize = 64;

/// The day that a field names, or that there was none; nothing where it cannot be read.
pub(crate) fn last_seen(text: &str) -> Option<LastSeen> {
    const NEVER: [&str; 5] = [
        "Never accessed",
        "Never logged in",
        "Never active",
        "Never",
        "-",
    ];
    if NEVER.iter().any(|never| text.eq_ignore_ascii_case(never)) {
        return Some(LastSeen::Never);
    }
    date(text).map(LastSeen::On)
}

/// The day that a field names, if there was one; nothing where it cannot be read.
pub(crate) fn day(text: &str) -> Option<Option<Date>> {
    last_seen(text).map(LastSeen::date)
}

/// A day as `3 Jan 2024`, as spreadsheets rewrite that (`03-Jan-24`), as `Jan 3, 2024`, or in the forms of ISO 8601.
///
/// `03/01/2024` is not read: it is two different days on the two sides of the Atlantic.
fn date(text: &str) -> Option<Date> {
    // Longer text is none, and is not looked through for one.
    if text.len() > LONGEST_DATE {
        return None;
    }
    // Before the year 1, calendars differ in how they count.
    named_date(text)
        .or_else(|| iso_date(text))
        .filter(|date| date.year() > 0)
}

/// A day whose month has a name.
fn named_date(text: &str) -> Option<Date> {
    let mut words = text
        .split([' ', '-', ',', '\u{a0}'])
        .filter(|word| !word.is_empty())
        // September is the one month with two short forms.
        .map(|word| match word {
            _ if word.eq_ignore_ascii_case("Sept") => "Sep",
            _ => word,
        });
    let (first, second, year) = (words.next()?, words.next()?, words.next()?);
    // A time may follow the day.
    if words.next().is_some_and(|time| !time.contains(':')) {
        return None;
    }
    let forms = match year.len() {
        2 => ["%d %b %y", "%d %B %y", "%b %d %y", "%B %d %y"],
        4 => ["%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y"],
        _ => return None,
    };
    let text = format!("{first} {second} {year}");
    forms
        .iter()
        .find_map(|form| Date::strptime(form, &text).ok())
        // A sign is not a digit.
        .filter(|date| date.year() > 999)
}

fn iso_date(text: &str) -> Option<Date> {
    let (day, time) = text.split_at_checked(10)?;
    if time.is_empty() {
        return day.parse().ok();
    }
    // A time with an offset is a moment, whose day is counted in UTC, as Atlassian does.
    let text = match text.strip_suffix("UTC") {
        Some(text) => Cow::Owned(text.trim_end().to_owned() + "Z"),
        None => Cow::Borrowed(text),
    };
    if !matches!(time.as_bytes()[0], b'T' | b't' | b' ') {
        return None;
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(Offset::UTC.to_datetime(moment).date()),
        Err(_) => text.parse::<DateTime>().ok().map(DateTime::date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_every_known_form() {
        for text in [
            "3 Jan 2024",
            "03 Jan 2024",
            "3 JAN 2024",
            "3 January 2024",
            "3-Jan-24",
            "03-Jan-2024",
            "Jan 3, 2024",
            "january 3 24",
            "3 Jan 2024 10:15",
            "3\u{a0}Jan\u{a0}2024",
            "2024-01-03",
            "2024-01-03 23:59",
            "2024-01-03T23:59:59",
            "2024-01-03T23:59:59.123Z",
            "2024-01-03 23:59:59 UTC",
            "2024-01-03T00:30:00+00:00",
            "2024-01-04T00:30:00+01:00",
            "2024-01-02T22:30:00-05:00",
        ] {
            let found = last_seen(text);
            assert_eq!(
                found,
                Some(LastSeen::On(Date::constant(2024, 1, 3))),
                "{text}"
            );
        }
        assert_eq!(
            last_seen("29 Feb 2024"),
            Some(LastSeen::On(Date::constant(2024, 2, 29)))
        );
        assert_eq!(
            last_seen("5 Sept 2024"),
            Some(LastSeen::On(Date::constant(2024, 9, 5)))
        );
    }

    #[test]
    fn no_date_is_guessed() {
        for text in [
            "03/01/2024",
            "3.1.2024",
            "3 Jan",
            "3 Jan 2024 and later",
            "30 Feb 2024",
            "0 Jan 2024",
            "3 Jan 202",
            "3 Jan 2",
            "3 Jan +202",
            "+3 Jan 2024",
            "003 Jan 2024",
            "3 Janu 2024",
            "3 %b 2024",
            "3 Mär 2024",
            "2024-13-01",
            "2024-01-03x10:00",
            "20240103",
            "45294",
            "é",
            "yesterday",
            "Before 11 Feb 2017",
            "Not active in the last 180 days",
            "0000-01-01",
            "0001-01-01T00:30:00+01:00",
        ] {
            assert_eq!(last_seen(text), None, "{text}");
        }
    }

    #[test]
    fn never_in_every_known_spelling() {
        for text in [
            "Never accessed",
            "Never Accessed",
            "Never logged in",
            "never",
            "-",
        ] {
            assert_eq!(last_seen(text), Some(LastSeen::Never), "{text}");
        }
    }

    #[test]
    fn a_day_outranks_never_and_never_outranks_silence() {
        let day = LastSeen::On(Date::constant(2024, 1, 3));
        assert!(day > LastSeen::Never && LastSeen::Never > LastSeen::Unknown);
    }

    #[test]
    fn statuses_are_spelled_in_one_way() {
        for (text, expected) in [
            ("ACTIVE", "Active"),
            ("Yes", "Active"),
            ("no", "Inactive"),
            ("suspended", "Suspended"),
            ("Invited", "Invited"),
        ] {
            assert_eq!(status(Cow::Borrowed(text)), expected);
        }
    }

    #[test]
    fn ids_that_became_numbers_are_seen() {
        for id in ["5.57058E+23", "5,57058E+23", "5E+23"] {
            assert!(is_scientific(id), "{id}");
        }
        for id in [
            "5b10a2844c20165700ede21g",
            "5e24",
            "557058:1f",
            "5.5E+",
            "E+23",
            "5.E+23",
            "712020:e+1",
        ] {
            assert!(!is_scientific(id), "{id}");
        }
    }

    #[test]
    fn addresses_need_two_sides() {
        for good in ["a@b", "\"x@y\"@z", "jörg@exämple.org"] {
            assert!(email(2, Cow::Borrowed(good)).is_ok(), "{good}");
        }
        for bad in ["a", "@b", "a@", "a b@c", "a@b\u{7}"] {
            assert_eq!(
                email(2, Cow::Borrowed(bad)),
                Err(Error::EmailMalformed { line: 2 }),
                "{bad}"
            );
        }
    }
}
