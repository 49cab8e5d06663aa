//! Listings of v1, whose rows are counted off from the beginning.

use super::answer::{Answer, Refusal};
use super::operation::Call;
use super::parameters::{Kind, Parameter};
use super::query;
use crate::fault::Reply;
use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) const START: Parameter = Parameter::new("start", Kind::Natural);

/// A limit that the site lowers to `most` without a word but the one in its answer.
pub(crate) const fn limit(default: usize, most: usize) -> Parameter {
    Parameter::new("limit", Kind::LoweredLimit { default, most })
}

/// The part of a listing that a request gets.
pub(crate) struct Slice {
    pub start: usize,
    pub limit: usize,
    /// Places in the whole listing.
    pub places: Vec<usize>,
    /// Where the next part begins, if there is one.
    pub next: Option<usize>,
}

impl Slice {
    /// The part that the parameters of a request ask for.
    pub(crate) fn of(call: &Call, total: usize) -> Self {
        let start = match call.tampering {
            Some(Reply::IgnoreStart) => 0,
            _ => call.arguments.count("start").unwrap_or(0),
        };
        let limit = call
            .arguments
            .count("limit")
            .expect("the limit has a default");
        Self::cut(call.tampering, start, limit, total)
    }

    pub(crate) fn cut(tampering: Option<&Reply>, start: usize, limit: usize, total: usize) -> Self {
        let limit = match tampering {
            Some(&Reply::LowerLimit(most)) => limit.min(most.max(1)),
            _ => limit,
        };
        let first = match tampering {
            Some(&Reply::DuplicateRows(count)) => start.saturating_sub(count),
            _ => start,
        };
        let first = first.min(total);
        let end = match tampering {
            Some(Reply::EmptyPageWithNext) => first,
            Some(&Reply::ShortPageWithNext(count)) => first + limit.min(count.max(1)),
            _ => first + limit,
        };
        let end = end.min(total);
        let mut places: Vec<usize> = (first..end).collect();
        if let (Some(Reply::OutOfOrder), [first, .., last]) = (tampering, places.as_mut_slice()) {
            std::mem::swap(first, last);
        }
        let more = end < total || matches!(tampering, Some(Reply::EmptyPageWithNext));
        Self {
            start,
            limit,
            places,
            next: more.then_some(end),
        }
    }
}

/// One page as v1 writes it.
#[derive(Serialize)]
pub(crate) struct Page<S> {
    results: Vec<S>,
    start: usize,
    limit: usize,
    size: usize,
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(rename = "self")]
    this: String,
    base: String,
    context: &'static str,
}

/// Answers with one page of a listing, and the next link while there is more.
pub(crate) fn page<R, S: Serialize>(
    call: &Call,
    rows: &[R],
    row: impl Fn(&R) -> S,
) -> Result<Answer, Refusal> {
    let slice = Slice::of(call, rows.len());
    let next = match call.tampering {
        Some(Reply::RepeatCursor) if slice.start > 0 => Some(in_context(call).to_owned()),
        _ => slice.next.map(|start| {
            let parameters = [("limit", slice.limit), ("start", start)];
            let parameters = parameters.map(|(name, value)| (name, value.to_string()));
            link(call, &parameters, &[])
        }),
    };
    let row = |place: usize| row(&rows[place]);
    Ok(answer(call, &slice, row, Map::new(), next))
}

/// Answers with a part of a listing where the API gives no link to the next one.
pub(crate) fn page_without_next<R, S: Serialize>(
    call: &Call,
    rows: &[R],
    row: impl Fn(&R) -> S,
) -> Result<Answer, Refusal> {
    let slice = Slice::of(call, rows.len());
    let row = |place: usize| row(&rows[place]);
    Ok(answer(call, &slice, row, Map::new(), None))
}

/// Writes a slice down, with a next link as it is without faults.
pub(crate) fn answer<S: Serialize>(
    call: &Call,
    slice: &Slice,
    row: impl Fn(usize) -> S,
    more: Map<String, Value>,
    next: Option<String>,
) -> Answer {
    let next = next.map(|next| match call.tampering {
        Some(Reply::AbsoluteNext(origin)) => format!("{origin}/wiki{next}"),
        _ => next,
    });
    let header_only = matches!(call.tampering, Some(Reply::LinkHeaderOnly));
    let page = Page {
        results: slice.places.iter().map(|&place| row(place)).collect(),
        start: slice.start,
        limit: slice.limit,
        size: slice.places.len(),
        more,
        links: Links {
            next: next.clone().filter(|_| !header_only),
            this: format!("{}{}", call.site, call.path_and_query),
            base: format!("{}/wiki", call.site),
            context: "/wiki",
        },
    };
    let answer = Answer::ok(&page);
    match next {
        Some(next) if header_only => answer.with("link", &format!("</wiki{next}>; rel=\"next\"")),
        _ => answer,
    }
}

/// The path and the query of a request, from the context on.
fn in_context<'a>(call: &Call<'a>) -> &'a str {
    call.path_and_query
        .strip_prefix("/wiki")
        .unwrap_or(call.path_and_query)
}

/// The request again, with some parameters in place of what it had by their names, and without those that get lost.
pub(crate) fn link(call: &Call, parameters: &[(&str, String)], lost: &[&str]) -> String {
    let target = in_context(call);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = query::raw_pairs(query)
        .filter(|(name, _)| {
            !parameters.iter().any(|(known, _)| known == name) && !lost.contains(name)
        })
        .map(|(name, value)| format!("{name}={value}"));
    let changed = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", query::encode(value)));
    let all: Vec<String> = changed.chain(kept).collect();
    format!("{path}?{}", all.join("&"))
}
