//! The size of a listing that nobody has read to its end.

use std::collections::HashSet;
use std::sync::Arc;

use super::listing::SampleSlots;
use super::sampler::{Read, Sampler, keys, values};
use crate::Error;
use crate::batch::{Batch, Slot, Value};
use crate::decode::{self, Projection};
use crate::http::Request;
use crate::http::url::{with_limit, with_param};
use crate::http::{Reason, Why};
use crate::request::chains::Chain;
use crate::request::scan_request::{Key, PushedCondition, Sort};
use crate::schema::{ColumnId, Endpoint, Paging, Table};

/// How close two numbers have to be for the one between them to be good enough.
const CLOSE: f64 = 1.15;
/// Requests that look for the end of a listing by offset.
const PROBES: u32 = 12;

impl Sampler {
    /// How many rows a listing has, of which the front and a page from the end are known.
    pub async fn length(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        slots: &SampleSlots,
        front: &Read,
        back: &[Batch],
    ) -> Result<f64, Error> {
        let read = front.rows() as f64;
        let told = match endpoint.paging {
            Paging::Offset => self.by_offset(table, endpoint, read).await?,
            _ => length_by_ids(slots, front, back),
        };
        if let Some(rows) = told {
            return Ok(rows);
        }
        self.end()?;
        // Nothing is known but that there is more.
        Ok(2.0 * read)
    }

    /// The rows of a page from the other end of a listing that its front does not hold: of what was created, or else
    /// changed, last.
    pub async fn back(
        &self,
        table: &'static Table,
        slots: &SampleSlots,
        conditions: Vec<PushedCondition>,
        front: &Read,
    ) -> Result<Vec<Batch>, Error> {
        let column = ["id", "created_at", "modified_at"]
            .into_iter()
            .find_map(|name| {
                let (place, column) = table.column(name)?;
                column.sort.map(|_| place)
            });
        let Some(column) = column else {
            return Ok(Vec::new());
        };
        let sort = Sort {
            column,
            descending: true,
        };
        let read = self
            .read(table, &slots.columns, conditions, Some(sort), 1)
            .await?;
        let mut batches = read.batches;
        if let Some(slot) = slots.id {
            let known: HashSet<_> = keys(&front.batches, &[slot])
                .into_iter()
                .flatten()
                .collect();
            for batch in &mut batches {
                batch.retain(|batch, row| {
                    Key::of(batch.value(row, slot)).is_none_or(|id| !known.contains(&id))
                });
            }
        }
        Ok(batches)
    }

    /// Looks for the end of a listing by offset, from behind what has been read. None where nothing more may be sent
    /// before it is known that there is an end.
    async fn by_offset(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        read: f64,
    ) -> Result<Option<f64>, Error> {
        let (mut there, mut beyond) = (read, f64::INFINITY);
        for _ in 0..PROBES {
            if beyond / there <= CLOSE {
                break;
            }
            let probe = if beyond.is_finite() {
                (there * beyond).sqrt()
            } else {
                there * 4.0
            };
            match self.has_row(table, endpoint, probe as u64).await {
                Ok(true) => there = probe,
                Ok(false) => beyond = probe,
                Err(Error::RequestLimit { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(beyond.is_finite().then(|| (there * beyond).sqrt()))
    }

    async fn has_row(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        start: u64,
    ) -> Result<bool, Error> {
        let scan_request = self.wanted(table, &[ColumnId::FIRST], Vec::new(), None);
        let first = Chain::whole(endpoint).request(&scan_request, None);
        let request = Request {
            target: with_param(&with_limit(&first.target, 1), "start", &start.to_string()),
            reason: Reason::of(Why::Sample),
            ..first
        };
        let document = match self.ask(&request).await? {
            Ok(document) => document,
            Err((status, failure)) => return Err(self.session.error(&request, status, failure)),
        };
        let number = document.request;
        let shape = Arc::new(Projection::new(table, endpoint, &[ColumnId::FIRST]));
        let site = &self.session.config().site;
        let page = decode::page(&shape, document.body, document.held, &[], site)
            .await
            .map_err(|problem| problem.error(table, request.label(), 1))?;
        self.note_rows(number, page.batch.len());
        Ok(page.longest > 0)
    }
}

/// How many rows a listing has whose first and last ones are known, if their ids tell.
pub(super) fn length_by_ids(slots: &SampleSlots, front: &Read, back: &[Batch]) -> Option<f64> {
    let slot = slots.id?;
    by_density(&numbers(&front.batches, slot), &numbers(back, slot))
}

/// The numbers in ids, whatever letters they begin with.
fn numbers(batches: &[Batch], slot: Slot) -> Vec<i64> {
    values(batches, slot)
        .filter_map(|value| match value {
            Value::Int(number) => Some(number),
            Value::Text(text) => text
                .trim_start_matches(|c: char| !c.is_ascii_digit())
                .parse()
                .ok(),
            _ => None,
        })
        .collect()
}

/// How many ids there are from the first to the last, if they lie as close everywhere as on average at both ends.
/// Nothing can be said where they do not ascend.
fn by_density(front: &[i64], back: &[i64]) -> Option<f64> {
    let (first, last) = (*front.first()?, *front.last()?);
    let greatest = *back.iter().max()?;
    if !front.is_sorted() || greatest <= last || last <= first {
        return None;
    }
    let at_front = (front.len() - 1) as f64 / (last - first) as f64;
    let is_end = back.is_sorted_by(|one, other| one >= other);
    let least = *back.iter().min()?;
    let at_back = if is_end && greatest > least {
        (back.len() - 1) as f64 / (greatest - least) as f64
    } else {
        at_front
    };
    let between = (greatest - last) as f64 * (at_front + at_back) / 2.0;
    Some(front.len() as f64 + between)
}

#[cfg(test)]
mod tests {
    use super::by_density;

    #[test]
    fn ids_tell_how_many_there_are() {
        let front: Vec<i64> = (0..100).map(|n| n * 10).collect();
        let back: Vec<i64> = (0..50).map(|n| 9_990 - n * 10).collect();
        let rows = by_density(&front, &back).expect("ids that ascend");
        assert!((rows - 1_000.0).abs() < 2.0, "{rows}");
        // From a listing in another order, only the greatest counts.
        let mixed = [9_990, 17, 420];
        let rows = by_density(&front, &mixed).expect("ids that ascend");
        assert!((rows - 1_000.0).abs() < 2.0, "{rows}");
        assert_eq!(by_density(&[3, 1, 2], &back), None);
        assert_eq!(by_density(&front, &[]), None);
    }
}
