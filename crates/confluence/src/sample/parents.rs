//! Samples of tables that are read object by object: some of the objects stand for all.

use std::collections::HashMap;

use futures_util::future::join_all;

use super::Sample;
use super::sampler::{SampledPages, Sampler, count, evenly, keys, sum};
use crate::Error;
use crate::batch::{Slot, Value};
use crate::request::access_path;
use crate::request::scan_request::{Key, PushedCondition, Values};
use crate::schema::{ColumnId, Endpoint, Paging, Source, Table};

/// Requests that listing the objects may take.
const LISTING: u64 = 15;
/// Objects that are asked about one by one.
const ONE_BY_ONE: usize = 20;
/// Requests that ask about many objects at once.
const AT_ONCE: usize = 4;

/// The objects that a table's rows belong to.
#[derive(Default)]
struct Parents {
    /// Those that the look has come across, each once.
    known: Vec<Vec<Key>>,
    /// How many there are.
    all: f64,
    /// How many requests it takes to list them.
    requests: f64,
    is_whole: bool,
    /// How many rows they tell of, if they do.
    rows: Option<f64>,
}

impl Sampler {
    /// Looks at the rows of some of the objects that the sources list.
    pub async fn by_parents(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        sources: &'static [Source],
        columns: Vec<ColumnId>,
        most: u64,
    ) -> Result<Sample, Error> {
        let before = self.left();
        let places = places(table, sources);
        let mut parents = self
            .parents(table, sources, &places, LISTING.min(most / 2))
            .await?;
        let found = match parents.is_whole {
            true => None,
            false => self.found(endpoint).await?,
        };
        // What is read one by one is as many as there are.
        if let (Paging::Whole, Some(rows)) = (endpoint.paging, found) {
            parents.all = rows;
        }
        let at_once = at_once(table, endpoint, &places);
        let mut sample = Sample {
            requests: parents.requests + parents.all / at_once as f64,
            is_whole: parents.is_whole,
            ..Sample::default()
        };
        let used = before - self.left();
        let left = most.saturating_sub(used).max(1).min(self.left());
        if left == 0 && !parents.known.is_empty() {
            self.end()?;
        }
        if parents.known.is_empty() || left == 0 {
            sample.is_whole &= parents.known.is_empty();
            // Objects that the look has not come across have as many rows as is usual.
            let each = places
                .first()
                .map(|&place| table.columns[place].rows_per_value);
            sample.rows = parents.all * each.filter(|_| parents.all > 0.0).unwrap_or(1.0);
            return Ok(sample);
        }
        let usual = match at_once {
            1 => ONE_BY_ONE,
            _ => AT_ONCE * at_once,
        };
        // Where the budget reaches, everything is read.
        let affordable = (left as usize).saturating_mul(at_once);
        let asked = match parents.is_whole {
            true if parents.known.len() <= affordable => affordable,
            _ => usual.min(affordable),
        };
        let taken = evenly(parents.known, asked);
        let each = parents.all / taken.len() as f64;
        let mut reads: Vec<SampledPages> = taken
            .chunks(at_once)
            .map(|objects| {
                let conditions = conditions(&places, objects);
                self.pages(table, &columns, conditions, None)
            })
            .collect();
        self.read_in_turns(&mut reads, self.left() - left).await?;
        sample.is_whole &= each <= 1.0 && reads.iter().all(|pages| pages.read.is_whole);
        let of_taken: usize = reads.iter().map(|pages| pages.read.rows()).sum();
        let sent: u64 = reads.iter().map(|pages| pages.read.requests).sum();
        sample.requests = parents.requests + (sent as f64 * each).round();
        let told = found.or(parents.rows).filter(|_| !sample.is_whole);
        // That some have no rows does not mean that none has.
        let seen = if sample.is_whole {
            of_taken
        } else {
            of_taken.max(1)
        };
        sample.rows = told
            .unwrap_or(seen as f64 * each)
            .max(of_taken as f64)
            .round();
        sample.batches = reads
            .into_iter()
            .flat_map(|pages| pages.read.batches)
            .collect();
        Ok(sample)
    }

    /// The objects that the sources list, or some of them.
    async fn parents(
        &self,
        table: &'static Table,
        sources: &'static [Source],
        places: &[ColumnId],
        most: u64,
    ) -> Result<Parents, Error> {
        let mut parents = Parents {
            is_whole: true,
            rows: Some(0.0),
            ..Parents::default()
        };
        let mut rows = 0.0;
        let mut known: Vec<Vec<Key>> = Vec::new();
        let share = (most / sources.len() as u64).max(1);
        for source in sources {
            let listed = match self.listed(table, source, places, share).await {
                Err(Error::NoRoles { .. }) if source.absent_without_roles => continue,
                listed => listed?,
            };
            parents.requests += listed.requests;
            parents.is_whole &= listed.is_whole;
            parents.rows = parents
                .rows
                .zip(listed.rows)
                .map(|(one, other)| one + other);
            rows += listed.all;
            known.extend(listed.known);
        }
        let read = known.len() as f64;
        let mut times: HashMap<Vec<Key>, u64> = HashMap::new();
        for key in known {
            let times = times.entry(key.clone()).or_default();
            *times += 1;
            if *times == 1 {
                parents.known.push(key);
            }
        }
        let once = times.values().filter(|times| **times == 1).count() as f64;
        parents.all = distinct(rows, read, parents.known.len() as f64, once);
        Ok(parents)
    }

    /// What one source lists. An object may come several times.
    async fn listed(
        &self,
        table: &'static Table,
        source: &'static Source,
        places: &[ColumnId],
        most: u64,
    ) -> Result<Parents, Error> {
        let place = |name: &'static str| source.table.id(name);
        let mut columns: Vec<ColumnId> = Vec::new();
        for &own in places {
            let own = table.columns[own].name;
            let theirs = source.columns.iter().find(|(name, _)| *name == own);
            columns.extend(theirs.map(|(_, theirs)| place(theirs)));
        }
        let slots: Vec<Slot> = Slot::first(columns.len()).collect();
        let mut slot_of = |name: &'static str| {
            columns.push(place(name));
            Slot::nth(columns.len() - 1)
        };
        let only = source.only.map(|(name, value)| (slot_of(name), value));
        let counted = source.counted.map(slot_of);
        let mut sample = self.table(source.table, columns, most).await?;
        let read = sample.rows_read().max(1) as f64;
        if let Some((slot, value)) = only {
            sample.rows *= count(&sample.batches, slot, value) as f64 / read;
            for batch in &mut sample.batches {
                batch.retain(|batch, row| batch.value(row, slot) == Value::Text(value));
            }
        }
        let read = sample.rows_read().max(1) as f64;
        let known = keys(&sample.batches, &slots);
        Ok(Parents {
            // Rows without such a value lead to nothing.
            all: sample.rows * known.len() as f64 / read,
            rows: counted.map(|slot| sample.rows * sum(&sample.batches, slot) / read),
            known,
            requests: sample.requests,
            is_whole: sample.is_whole,
        })
    }

    /// Reads a page of each, then another one of those that have more, until no more than so many requests are left.
    async fn read_in_turns(&self, reads: &mut [SampledPages], end: u64) -> Result<(), Error> {
        loop {
            let turns = self.left().saturating_sub(end) as usize;
            let open = reads.iter_mut().filter(|pages| !pages.is_over);
            // At the very end nothing is sent any more: those that are complete say so.
            let turns = if self.left() == 0 { usize::MAX } else { turns };
            let pulls: Vec<_> = open.take(turns).map(SampledPages::next).collect();
            if pulls.is_empty() {
                return Ok(());
            }
            for pulled in join_all(pulls).await {
                pulled?;
            }
        }
    }
}

/// The columns whose values the sources give.
fn places(table: &Table, sources: &[Source]) -> Vec<ColumnId> {
    let first = sources.first().into_iter();
    first
        .flat_map(|source| source.columns)
        .map(|(own, _)| table.id(own))
        .collect()
}

/// How many objects one request can be about.
fn at_once(table: &'static Table, endpoint: &'static Endpoint, places: &[ColumnId]) -> usize {
    match places {
        [place] if !endpoint.needs(table.columns[*place].name) => {
            table.columns[*place].filter.map_or(1, |filter| filter.max)
        }
        [place] => access_path::at_once(table, endpoint, *place) as usize,
        _ => 1,
    }
}

fn conditions(places: &[ColumnId], objects: &[Vec<Key>]) -> Vec<PushedCondition> {
    places
        .iter()
        .enumerate()
        .map(|(nth, &column)| PushedCondition {
            column,
            values: Values::of(objects.iter().map(|object| object[nth].clone())),
        })
        .collect()
}

/// How many different values there are among all rows, where some of them show so many, and so many of these once: the
/// estimate of Haas and Stokes, which PostgreSQL takes, too.
fn distinct(all: f64, read: f64, different: f64, once: f64) -> f64 {
    if read <= 0.0 {
        return all;
    }
    if all <= read {
        return different;
    }
    let estimate = read * different / (read - once + once * read / all);
    estimate.clamp(different, all).round()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn different_values_of_all_rows() {
        assert_eq!(distinct(100.0, 100.0, 40.0, 10.0), 40.0);
        assert_eq!(distinct(0.0, 0.0, 0.0, 0.0), 0.0);
        // Each once: all of them are different.
        assert_eq!(distinct(1_000.0, 10.0, 10.0, 10.0), 1_000.0);
        // None once: there are no others.
        assert_eq!(distinct(1_000.0, 100.0, 10.0, 0.0), 10.0);
        // Where none was seen, each counts.
        assert_eq!(distinct(30.0, 0.0, 0.0, 0.0), 30.0);
    }
}
