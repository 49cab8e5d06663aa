//! Times: kept as milliseconds since 1970, written as the API writes them.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

/// 2026-11-20T09:00:00Z: the time of every organisation that was not edited.
pub(super) const NOW: i64 = 1_795_165_200_000;
pub(super) const DAY: i64 = 86_400_000;

pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds)
        .expect("an organisation lives within the years of a calendar")
}

/// A time in an answer, with milliseconds, or without a fraction where it is a whole second: live sites write both.
pub(crate) struct Moment(pub i64);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let civil = Offset::UTC.to_datetime(timestamp(self.0));
        let mut text = *b"0000-00-00T00:00:00.000Z";
        digits(&mut text[0..4], civil.year().unsigned_abs());
        digits(&mut text[5..7], civil.month().unsigned_abs().into());
        digits(&mut text[8..10], civil.day().unsigned_abs().into());
        digits(&mut text[11..13], civil.hour().unsigned_abs().into());
        digits(&mut text[14..16], civil.minute().unsigned_abs().into());
        digits(&mut text[17..19], civil.second().unsigned_abs().into());
        let millisecond = civil.millisecond().unsigned_abs();
        digits(&mut text[20..23], millisecond);
        let length = if millisecond == 0 {
            text[19] = b'Z';
            20
        } else {
            24
        };
        serializer.serialize_str(str::from_utf8(&text[..length]).expect("digits are ASCII"))
    }
}

fn digits(place: &mut [u8], mut number: u16) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
