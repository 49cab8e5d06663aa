//! Whole numbers, in whatever spelling JSON has for them.

/// The whole number that this text of JSON's grammar stands for: `5`, `5.0`, `50e-1` and `-0` are some. Exact, so that
/// no id becomes another one. None for others, and for those that 64 bits cannot hold.
pub(super) fn whole(text: &str) -> Option<i64> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let after = after.trim_end_matches('0');
    let mut digits = before.trim_start_matches('0');
    if digits.is_empty() && after.is_empty() {
        return Some(0);
    }
    let mut zeros = exponent
        .parse::<i64>()
        .ok()?
        .checked_sub(after.len() as i64)?;
    if after.is_empty() {
        let significant = digits.trim_end_matches('0');
        zeros = zeros.checked_add((digits.len() - significant.len()) as i64)?;
        digits = significant;
    }
    /// No number of 64 bits has more digits.
    const MOST: usize = 19;
    let after_zeros = if digits.is_empty() {
        after.trim_start_matches('0')
    } else {
        after
    };
    let zeros = usize::try_from(zeros).ok()?;
    if digits.len() + after_zeros.len() > MOST || zeros > MOST {
        return None;
    }
    let significant = digits.bytes().chain(after_zeros.bytes());
    let value = significant
        .chain(std::iter::repeat_n(b'0', zeros))
        .fold(0_i128, |value, digit| {
            value * 10 + i128::from(digit.wrapping_sub(b'0'))
        });
    i64::try_from(if is_negative { -value } else { value }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_in_every_spelling() {
        for (text, number) in [
            ("5", Some(5)),
            ("5.0", Some(5)),
            ("5e0", Some(5)),
            ("5E+0", Some(5)),
            ("50e-1", Some(5)),
            ("0.5e1", Some(5)),
            ("0.005e3", Some(5)),
            ("500.000e-2", Some(5)),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("0e999999999999999999999", Some(0)),
            ("-12", Some(-12)),
            ("9007199254740993.0", Some(9_007_199_254_740_993)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("-9223372036854775808.00", Some(i64::MIN)),
            ("-9223372036854775809", None),
            ("5.5", None),
            ("5.0000000000000001", None),
            ("0.5", None),
            ("5e-1", None),
            ("1e19", None),
            ("1e18", Some(1_000_000_000_000_000_000)),
            ("1e400", None),
            ("1e-400", None),
            ("1e999999999999999999999", None),
            ("1e-9223372036854775808", None),
        ] {
            assert_eq!(whole(text), number, "{text}");
        }
        let long = format!("{}.{}", "9".repeat(1 << 20), "0".repeat(1 << 20));
        assert_eq!(whole(&long), None);
        let long = format!("5.{}", "0".repeat(1 << 20));
        assert_eq!(whole(&long), Some(5));
    }

    #[test]
    fn a_shifted_point_changes_nothing() {
        let mut random = fastrand::Rng::with_seed(9);
        for _ in 0..20_000 {
            let number = random.i64(..) >> random.u32(..64);
            let digits = number.unsigned_abs().to_string();
            let sign = if number < 0 { "-" } else { "" };
            // The same digits, with the point elsewhere and an exponent that makes up for it.
            let point = random.usize(..=digits.len());
            let (before, after) = digits.split_at(point);
            let before = if before.is_empty() { "0" } else { before };
            let zeros = "0".repeat(random.usize(1..4));
            let text = format!("{sign}{before}.{after}{zeros}e{}", digits.len() - point);
            assert_eq!(whole(&text), Some(number), "{text}");
            let more = format!("{sign}{before}.{after}1e{}", digits.len() - point);
            assert_eq!(whole(&more), None, "{more}");
        }
    }
}
