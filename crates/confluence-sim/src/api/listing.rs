//! Listings of v2: which rows, in which order, and what each looks like.

use crate::organisation::PageStatus;
use crate::organisation::collection::{Collection, Part};
use crate::organisation::record::{Container, DateSort, Hanging, directed};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::Call;
use crate::server::paging::{self, Listing, Position, Sorted};
use crate::server::parameters::{Kind, Parameter};
use serde::Serialize;
use std::ops::Range;

pub(super) const BODY_FORMAT: Parameter = Parameter::new(
    "body-format",
    Kind::Choice(&["storage", "atlas_doc_format"]),
);
pub(super) const KEY: Parameter = Parameter::new("key", Kind::Text);
pub(super) const TITLE: Parameter = Parameter::new("title", Kind::Text);

pub(super) const fn sort(by: &'static [&'static str]) -> Parameter {
    Parameter::new("sort", Kind::Sort(by))
}

pub(super) const fn ids(name: &'static str, most: usize) -> Parameter {
    Parameter::new(name, Kind::Integers { most })
}

impl Call<'_> {
    /// What a listing is sorted by, and whether from the end.
    fn sort(&self, unasked: &'static str) -> (&str, bool) {
        let sort = self.arguments.text("sort").unwrap_or(unasked);
        (sort.trim_start_matches('-'), sort.starts_with('-'))
    }

    /// Whether one of the statuses that are asked for is this one; without a word on them, whether it is listed.
    pub(super) fn lists(&self, status: PageStatus) -> bool {
        match self.arguments.texts("status") {
            Some(_) => self.arguments.admits("status", Some(status.as_str())),
            None => is_listed(status),
        }
    }
}

/// Whether a listing that asks for no status holds what has this one.
pub(super) fn is_listed(status: PageStatus) -> bool {
    PageStatus::DEFAULT.contains(&status)
}

/// Answers with rows that are few enough to be sorted for every request. `place` knows what each is sorted by.
pub(super) fn list<R: Copy, S: Serialize>(
    call: &Call,
    rows: impl IntoIterator<Item = R>,
    unasked: &'static str,
    place: impl Fn(R, &str) -> Position,
    row: impl Fn(R) -> S,
) -> Result<Answer, Refusal> {
    let (by, descending) = call.sort(unasked);
    let rows = rows.into_iter().map(|row| (place(row, by), row));
    paging::page(call, &Sorted::new(rows, descending, row))
}

pub(super) fn list_as_they_come<R: Copy, S: Serialize>(
    call: &Call,
    rows: impl IntoIterator<Item = R>,
    row: impl Fn(R) -> S,
) -> Result<Answer, Refusal> {
    let rows = (0..).zip(rows);
    let rows = rows.map(|(place, row)| (Position::of(place), row));
    paging::page(call, &Sorted::new(rows, false, row))
}

/// Answers with what hangs on a container, or with all of its kind, as far as it can be viewed.
pub(super) fn list_hanging<'a, T, D, S: Serialize>(
    call: &Call,
    collection: &'a Collection<T>,
    container: Option<Container>,
    view: impl Fn(&'a Hanging<T>) -> Option<D>,
    row: impl Fn(D) -> S,
) -> Result<Answer, Refusal> {
    let (by, descending) = call.sort("id");
    let part = collection.part(container, DateSort::by(by));
    paging::page(
        call,
        &HangingListing {
            part,
            descending,
            view,
            row,
        },
    )
}

struct HangingListing<'a, T, V, W> {
    part: Part<'a, T>,
    descending: bool,
    view: V,
    row: W,
}

impl<'a, T, D, S, V, W> Listing for HangingListing<'a, T, V, W>
where
    S: Serialize,
    V: Fn(&'a Hanging<T>) -> Option<D>,
    W: Fn(D) -> S,
{
    type Row = usize;

    fn len(&self) -> usize {
        self.part.len()
    }

    fn is_descending(&self) -> bool {
        self.descending
    }

    fn rank(&self, position: &Position, and_at: bool) -> usize {
        self.part.rank(position.numbers(), and_at)
    }

    fn select(&self, ranks: Range<usize>, backwards: bool, count: usize) -> Vec<usize> {
        let shown = |rank: &usize| (self.view)(self.part.at(*rank)).is_some();
        let shown = directed(ranks, backwards).filter(shown);
        shown.take(count).collect()
    }

    fn position(&self, rank: usize) -> Position {
        self.part.position(rank).into()
    }

    fn write(&self, rank: usize, out: &mut Vec<u8>) {
        let thing = (self.view)(self.part.at(rank)).expect("only what is shown is written");
        serde_json::to_writer(out, &(self.row)(thing))
            .expect("memory takes whatever is written to it");
    }
}
