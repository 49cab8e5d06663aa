//! Listings in pages: cursors, next links, and the tampering that tests ask for.

use super::answer::{Answer, Refusal};
use super::operation::Call;
use super::query;
use crate::fault::Reply;
use crate::organisation::record::{SortValue, directed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// A place in a listing: that of a row, by what it is sorted by and by its id. It stays right while rows come and go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    #[serde(rename = "contentOrderValue")]
    pub value: SortValue,
    pub id: i64,
}

impl Position {
    /// That of a row which is sorted by its id.
    pub(crate) fn of(id: u64) -> Self {
        Self::number(id as i64, id)
    }

    pub(crate) fn number(value: i64, id: u64) -> Self {
        (value, id as i64).into()
    }

    /// Of a row that is sorted by a number. A text is in no cursor that was given out for such rows.
    pub(crate) fn numbers(&self) -> (i64, i64) {
        match self.value {
            SortValue::Number(value) => (value, self.id),
            SortValue::Text(_) => (i64::MAX, self.id),
        }
    }

    pub(crate) fn text(value: &str, id: u64) -> Self {
        Self {
            value: SortValue::Text(value.to_owned()),
            id: id as i64,
        }
    }
}

impl From<(i64, i64)> for Position {
    fn from((value, id): (i64, i64)) -> Self {
        let value = SortValue::Number(value);
        Self { value, id }
    }
}

/// What a cursor says. Its text is base64, and nobody's business.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Behind which row to go on; none means from the beginning.
    pub after: Option<Position>,
    /// The request it belongs to.
    pub query: u64,
    /// Which page of its chain the request with this cursor asks for; the first has none.
    pub page: u32,
}

impl Cursor {
    /// Reads a cursor without a look at the request it came with.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()
    }

    pub(crate) fn new(after: Position, query: u64, page: u32) -> Self {
        Self {
            after: Some(after),
            query,
            page,
        }
    }

    pub(crate) fn encode(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).expect("a cursor is made of plain data"))
    }
}

/// Stands for a request without regard to where in its pages it is.
pub(crate) fn fingerprint(path: &str, pairs: &[(String, String)]) -> u64 {
    let mut pairs: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| name != "cursor" && name != "limit")
        .collect();
    pairs.sort();
    let mut hasher = DefaultHasher::new();
    (path, pairs).hash(&mut hasher);
    hasher.finish()
}

/// Rows in an order that can be entered anywhere. A rank is a place in the ascending order of all rows that there might
/// be; which of them are shown is found out on the way.
pub(crate) trait Listing {
    type Row: Copy;

    fn len(&self) -> usize;

    fn is_descending(&self) -> bool;

    /// How many ranks lie before a position, or before and at it.
    fn rank(&self, position: &Position, and_at: bool) -> usize;

    /// Up to `count` of the rows that are shown of some ranks, forwards or backwards.
    fn select(&self, ranks: Range<usize>, backwards: bool, count: usize) -> Vec<Self::Row>;

    fn position(&self, row: Self::Row) -> Position;

    fn write(&self, row: Self::Row, out: &mut Vec<u8>);

    /// Up to `count` rows behind a position, or from the beginning.
    fn after(&self, position: Option<&Position>, count: usize) -> Vec<Self::Row> {
        let ranks = match position {
            None => 0..self.len(),
            Some(position) if self.is_descending() => 0..self.rank(position, false),
            Some(position) => self.rank(position, true)..self.len(),
        };
        self.select(ranks, self.is_descending(), count)
    }

    /// Up to `count` rows that end with the one at a position, in the same order.
    fn up_to(&self, position: &Position, count: usize) -> Vec<Self::Row> {
        let ranks = match self.is_descending() {
            true => self.rank(position, false)..self.len(),
            false => 0..self.rank(position, true),
        };
        let mut rows = self.select(ranks, !self.is_descending(), count);
        rows.reverse();
        rows
    }
}

/// A listing that is small enough to be sorted for every request.
pub(crate) struct Sorted<R, W> {
    /// In ascending order.
    rows: Vec<(Position, R)>,
    descending: bool,
    row: W,
}

impl<R: Copy, S: Serialize, W: Fn(R) -> S> Sorted<R, W> {
    pub(crate) fn new(rows: impl Iterator<Item = (Position, R)>, descending: bool, row: W) -> Self {
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|(left, _), (right, _)| left.cmp(right));
        Self {
            rows,
            descending,
            row,
        }
    }
}

impl<R: Copy, S: Serialize, W: Fn(R) -> S> Listing for Sorted<R, W> {
    type Row = usize;

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn is_descending(&self) -> bool {
        self.descending
    }

    fn rank(&self, position: &Position, and_at: bool) -> usize {
        self.rows
            .partition_point(|(here, _)| here < position || (and_at && here == position))
    }

    fn select(&self, ranks: Range<usize>, backwards: bool, count: usize) -> Vec<usize> {
        directed(ranks, backwards).take(count).collect()
    }

    fn position(&self, row: usize) -> Position {
        self.rows[row].0.clone()
    }

    fn write(&self, row: usize, out: &mut Vec<u8>) {
        serde_json::to_writer(out, &(self.row)(self.rows[row].1))
            .expect("memory takes whatever is written to it");
    }
}

pub(crate) fn page<L: Listing>(call: &Call, listing: &L) -> Result<Answer, Refusal> {
    let cursor = match call.arguments.text("cursor") {
        Some(text) => Some(
            Cursor::decode(text)
                .filter(|cursor| cursor.query == call.fingerprint)
                .ok_or_else(|| {
                    Refusal::BadParameter("The cursor does not belong to this request".to_owned())
                })?,
        ),
        None => None,
    };
    let after = cursor.as_ref().and_then(|cursor| cursor.after.as_ref());
    let limit = call
        .arguments
        .integer("limit")
        .expect("the limit has a default") as usize;
    let limit = match call.tampering {
        Some(&Reply::LowerLimit(most)) => limit.min(most.max(1)),
        _ => limit,
    };
    // One more tells whether there is a next page, also where this one is exactly full.
    let mut rows = listing.after(after, limit + 1);
    let mut more = rows.len() > limit;
    rows.truncate(limit);
    if let (Some(Reply::DuplicateRows(count)), Some(after)) = (call.tampering, after) {
        rows.splice(0..0, listing.up_to(after, *count));
        more |= rows.len() > limit;
        rows.truncate(limit);
    }
    match call.tampering {
        Some(&Reply::ShortPageWithNext(count)) if rows.len() > count.max(1) => {
            rows.truncate(count.max(1));
            more = true;
        }
        Some(Reply::EmptyPageWithNext) => {
            rows.clear();
            more = true;
        }
        _ => {}
    }
    let next = more.then(|| Cursor {
        after: rows
            .last()
            .map(|&row| listing.position(row))
            .or_else(|| after.cloned()),
        query: call.fingerprint,
        page: cursor.as_ref().map_or(1, |cursor| cursor.page) + 1,
    });
    if let (Some(Reply::OutOfOrder), [first, .., last]) = (call.tampering, rows.as_mut_slice()) {
        std::mem::swap(first, last);
    }
    let next = match call.tampering {
        Some(Reply::RepeatCursor) if cursor.is_some() => Some(call.path_and_query.to_owned()),
        _ => next.map(|next| next_link(call, &next.encode())),
    };
    Ok(write(call, listing, &rows, next))
}

fn write<L: Listing>(call: &Call, listing: &L, rows: &[L::Row], next: Option<String>) -> Answer {
    let mut body = Vec::with_capacity(200 + 900 * rows.len());
    body.extend_from_slice(br#"{"results":["#);
    for (place, &row) in rows.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        listing.write(row, &mut body);
    }
    body.extend_from_slice(b"],");
    let base = format!("{}/wiki", call.site);
    let next = next.map(|next| match call.tampering {
        Some(Reply::AbsoluteNext(origin)) => format!("{origin}{next}"),
        Some(Reply::RelativeNextWithoutWiki) => {
            next.strip_prefix("/wiki").unwrap_or(&next).to_owned()
        }
        _ => next,
    });
    let links = Links {
        next: next
            .as_deref()
            .filter(|_| !matches!(call.tampering, Some(Reply::LinkHeaderOnly))),
        base: &base,
    };
    body.extend_from_slice(br#""_links":"#);
    serde_json::to_writer(&mut body, &links).expect("memory takes whatever is written to it");
    body.push(b'}');
    let mut link = String::new();
    if let Some(next) = next {
        link = format!("<{next}>; rel=\"next\", ");
    }
    link.push_str(&format!("<{base}>; rel=\"base\""));
    Answer::json(StatusCode::OK, body).with("link", &link)
}

#[derive(Serialize)]
struct Links<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    base: &'a str,
}

/// The request again, with its parameters as they were sent and another cursor.
fn next_link(call: &Call, cursor: &str) -> String {
    let (path, query) = call
        .path_and_query
        .split_once('?')
        .unwrap_or((call.path_and_query, ""));
    let mut parameters: Vec<String> = query::raw_pairs(query)
        .filter(|(name, _)| *name != "cursor")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    // Not at the end where that can be avoided: on the live site, too, the cursor stands anywhere.
    let place = parameters.len().saturating_sub(1);
    parameters.insert(place, format!("cursor={}", query::encode(cursor)));
    let mut link = String::with_capacity(path.len() + 200);
    write!(link, "{path}?{}", parameters.join("&"))
        .expect("a string takes whatever is written to it");
    link
}
