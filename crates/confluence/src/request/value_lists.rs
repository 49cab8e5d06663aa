//! Value lists: how a list of values is cut into requests, by how many an operation takes, and by how long an address
//! may get.

use std::ops::Range;

use super::access_path::ValueCount;
use super::scan_request::Values;
use super::table_stats::TableStats;
use crate::schema::{Column, ColumnId, Endpoint, Filter, Kind, Table};

/// How many bytes the lists of one address may take together.
///
/// What stands before the API refuses long requests with a page of its own: proxies with heads of more than 2 to 8 kB,
/// Atlassian's own servers with some 5 kB. Besides the lists, a head has the path and other parameters (300 bytes), the
/// host, a credential of up to 500 bytes and the other headers (200 bytes), and further pages a cursor, which makes less
/// than 5,000 together. Everything that is asked by ids of ten digits fits: 250 of them, and 100 spaces beside them.
/// Where even that is too long, the request is cut further when it is refused.
pub(super) const ROOM: usize = 3_900;

/// The same for what is POSTed, which no server counts as a head: 250 names of the greatest length that there is.
const ROOM_OF_BODY: usize = 64 << 10;

/// The digits of an id, where it is not known yet.
const USUAL_DIGITS: f64 = 10.0;

/// How many bytes the lists of one request of an endpoint may take together.
pub(super) fn room(endpoint: &Endpoint) -> usize {
    if endpoint.posts { ROOM_OF_BODY } else { ROOM }
}

/// How many bytes a text takes as a value of an address.
pub(super) fn text_length(text: &str) -> usize {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { 1 } else { 3 })
        .sum()
}

/// How many bytes the value of a list takes in a request, with what stands between it and the next one.
fn length(endpoint: &Endpoint, values: &Values, place: usize) -> usize {
    match values {
        Values::Ints(ints) => {
            let digits = ints[place].unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
            usize::from(ints[place] < 0) + digits + 1
        }
        // Quotes, a comma, and hardly ever something that is escaped.
        Values::Texts(texts) if endpoint.posts => texts[place].len() + 3,
        Values::Texts(texts) => text_length(&texts[place]) + 1,
    }
}

/// How many bytes a list takes in a request of an endpoint.
pub(super) fn whole_length(endpoint: &Endpoint, values: &Values) -> usize {
    (0..values.len())
        .map(|place| length(endpoint, values, place))
        .sum()
}

/// The pieces of a list, by the places of their values: none has more values than `most`, nor takes more bytes than there
/// is room for. A value that is too long by itself is a piece of its own.
pub(super) fn cut<'v>(
    endpoint: &'static Endpoint,
    values: &'v Values,
    most: usize,
    room: usize,
) -> impl Iterator<Item = Range<usize>> + use<'v> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let mut left = room;
        let mut end = start;
        while end < values.len() && end - start < most {
            let length = length(endpoint, values, end);
            if length > left && end > start {
                break;
            }
            left = left.saturating_sub(length);
            end += 1;
        }
        let piece = start..end;
        start = end;
        (!piece.is_empty()).then_some(piece)
    })
}

/// How many pieces a list is cut into, as far as it is known.
pub(super) fn count(
    endpoint: &'static Endpoint,
    column: &Column,
    asked: &ValueCount,
    most: usize,
    room: usize,
) -> f64 {
    match asked.values {
        Some(values) => cut(endpoint, values, most, room).count() as f64,
        None => {
            let by_number = (asked.count / most as f64).ceil();
            by_number.max((expected_length(column, asked.count) / room.max(1) as f64).ceil())
        }
    }
}

/// How many bytes so many values of a column usually take.
fn expected_length(column: &Column, count: f64) -> f64 {
    let each = match column.kind {
        Kind::Text => f64::from(column.width),
        _ => USUAL_DIGITS,
    };
    count * (each + 1.0)
}

/// What becomes of the lists of conditions that an endpoint need not be asked with. What is in none of them is not asked
/// for: it is sorted out from the rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    /// The columns of those that every request has.
    pub shared: Vec<ColumnId>,
    /// The one that is cut: cutting two would ask for every pair of pieces.
    pub cut: Option<CutList>,
}

impl Lists {
    /// Whether requests carry values of a column.
    pub(super) fn have(&self, column: ColumnId) -> bool {
        self.shared.contains(&column) || self.cut.is_some_and(|list| list.column == column)
    }
}

/// A list that is cut into pieces, each for requests of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutList {
    pub column: ColumnId,
    /// How many values a piece has at most, and how many bytes it may take.
    pub most: usize,
    pub room: usize,
    /// How many pieces there are, as far as it is known.
    pub pieces: f64,
}

/// Tells lists that go into every request from the one that is cut. One that has so many values that it takes more
/// requests than the plain listing is not asked for at all. That they are long is no reason to read everything: how many
/// requests that takes is a guess, mostly. What is asked is what the endpoint's requests can carry.
pub(super) fn lists(
    table: &'static Table,
    sizes: &TableStats,
    endpoint: &'static Endpoint,
    asked: &[ValueCount],
    allowed: u32,
) -> Lists {
    let mut room = room(endpoint);
    let bytes = |asked: &ValueCount| match asked.values {
        Some(values) => whole_length(endpoint, values),
        None => expected_length(&table.columns[asked.column], asked.count) as usize,
    };
    let mut filtered: Vec<(usize, Filter, usize)> = asked
        .iter()
        .enumerate()
        .filter_map(|(place, asked)| {
            let column = &table.columns[asked.column];
            let filter = column.filter.filter(|_| endpoint.takes(column))?;
            (!endpoint.needs(column.name)).then(|| (place, filter, bytes(asked)))
        })
        .collect();
    // Short ones first, so that as many as can be go into every request.
    filtered.sort_by_key(|(.., bytes)| *bytes);
    let (shared, long): (Vec<_>, Vec<_>) =
        filtered.into_iter().partition(|(place, filter, bytes)| {
            let fits = asked[*place].count <= filter.max as f64 && *bytes <= room;
            if fits {
                room -= bytes;
            }
            fits
        });
    let mut shared: Vec<usize> = shared.into_iter().map(|(place, ..)| place).collect();
    // In the order of the conditions.
    shared.sort_unstable();
    let most = sizes.pages_of_a_chain(table, endpoint, allowed);
    let cut = long
        .into_iter()
        .filter(|(place, filter, _)| {
            let by_number = (asked[*place].count / filter.max as f64).ceil();
            filter.choices.is_empty() && by_number <= most
        })
        .map(|(place, filter, _)| {
            let asked = &asked[place];
            let column = &table.columns[asked.column];
            CutList {
                column: asked.column,
                most: filter.max,
                room,
                pieces: count(endpoint, column, asked, filter.max, room),
            }
        })
        .min_by(|one, other| one.pieces.total_cmp(&other.pieces));
    Lists {
        shared: shared
            .into_iter()
            .map(|place| asked[place].column)
            .collect(),
        cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::url::percent_encode;
    use crate::tables::pages;
    use crate::tables::spaces;
    use crate::tables::users;

    fn texts(texts: impl IntoIterator<Item = String>) -> Values {
        Values::texts(texts.into_iter().collect())
    }

    fn sizes_of(endpoint: &'static Endpoint, values: &Values, most: usize) -> Vec<usize> {
        cut(endpoint, values, most, room(endpoint))
            .map(|piece| piece.len())
            .collect()
    }

    #[test]
    fn ids_are_cut_by_their_number() {
        let ids = Values::ints((2_182_288_832..).take(501).collect());
        assert_eq!(sizes_of(pages::TABLE.main(), &ids, 250), [250, 250, 1]);
        let long = Values::ints((0..250).map(|n| i64::MAX - n).collect());
        assert_eq!(sizes_of(pages::TABLE.main(), &long, 250), [195, 55]);
    }

    #[test]
    fn long_keys_are_cut_by_their_length() {
        let keys = texts((0..250).map(|n| format!("~712020{n:032x}")));
        let pieces = sizes_of(spaces::TABLE.main(), &keys, 250);
        assert_eq!(pieces, [97, 97, 56]);
        // One that is too long for any request is alone in one.
        let keys = texts(["a".to_owned(), "b".repeat(5_000), "c".to_owned()]);
        assert_eq!(sizes_of(spaces::TABLE.main(), &keys, 250), [1, 1, 1]);
        assert_eq!(sizes_of(spaces::TABLE.main(), &texts([]), 250), [0; 0]);
        let accounts = texts((0..250).map(|n| format!("712020:{n:0121}")));
        assert_eq!(sizes_of(users::TABLE.main(), &accounts, 250), [250]);
    }

    #[test]
    fn a_length_is_that_of_the_encoded_text() {
        for text in [
            "",
            "ENG",
            "~712020abc",
            "712020:a-b",
            "a b,c/d",
            "Ünïcode ✓",
            "%41",
        ] {
            let mut encoded = String::new();
            percent_encode(text, &mut encoded);
            assert_eq!(text_length(text), encoded.len(), "{text}");
        }
        let numbers = [i64::MIN, -10, -1, 0, 1, 9, 10, 99, 100, i64::MAX];
        for number in numbers {
            let written = number.to_string().len() + 1;
            assert_eq!(
                length(pages::TABLE.main(), &Values::ints(vec![number]), 0),
                written
            );
        }
    }

    #[test]
    fn two_full_lists_of_ids_share_a_request() {
        let id = pages::TABLE.id("id");
        let space = pages::TABLE.id("space_id");
        let ids = Values::ints((2_182_288_832..).take(250).collect());
        let spaces = Values::ints((2_182_288_832..).take(100).collect());
        for values in [[Some(&ids), Some(&spaces)], [None, None]] {
            let [ids, spaces] = values;
            let asked = [
                ValueCount {
                    column: id,
                    count: 250.0,
                    values: ids,
                },
                ValueCount {
                    column: space,
                    count: 100.0,
                    values: spaces,
                },
            ];
            let lists = lists(
                &pages::TABLE,
                &TableStats::default(),
                pages::TABLE.main(),
                &asked,
                250,
            );
            assert_eq!(lists.shared, [id, space]);
            assert!(lists.cut.is_none());
        }
    }
}
