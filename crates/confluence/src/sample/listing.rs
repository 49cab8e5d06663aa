//! Samples of listings: read whole if they are short, and here and there if they are long.

use std::collections::HashSet;

use super::sampler::{Read, Sampler, keys, thin, values};
use super::size::length_by_ids;
use super::{Sample, WHOLE, can_be_drawn};
use crate::Error;
use crate::batch::{Batch, Slot, Value};
use crate::request::Grouping;
use crate::request::access_path;
use crate::request::scan_request::{Key, PushedCondition, Values};
use crate::schema::{ColumnId, Endpoint, Search, Table};

/// With no more requests than this, what a search does not find is left out.
const ROUGHLY: u64 = 6;
/// How many times as many rows the beginning of a listing has to give, to be a better sample than rows from everywhere.
const BETTER: usize = 10;

impl Sampler {
    /// Looks at a listing.
    pub async fn listing(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        columns: Vec<ColumnId>,
        most: u64,
    ) -> Result<Sample, Error> {
        let slots = SampleSlots::of(table, endpoint, columns);
        let before = self.left();
        let mut front = self.pages(table, &slots.columns, Vec::new(), None);
        let page = access_path::page_size(
            table,
            endpoint,
            &slots.columns[..slots.asked],
            self.reading.page_size,
        );
        front.read_up_to(1).await?;
        if front.read.rows() < page as usize {
            // Mostly there is no more, which costs nothing to see.
            front.read_up_to(2).await?;
        }
        let found = match front.is_over {
            true => None,
            false => self.found(endpoint).await?,
        };
        let is_long = found.is_some_and(|rows| rows > (WHOLE * u64::from(page)) as f64);
        // What the front leaves is for other places.
        front
            .read_up_to(match is_long && can_be_drawn(table) {
                true => 1,
                false => WHOLE.min(most.div_ceil(2)),
            })
            .await?;
        let front = front.read;
        if front.is_whole {
            return Ok(Sample {
                rows: front.rows() as f64,
                requests: front.requests as f64,
                batches: front.batches,
                is_whole: true,
                ..Sample::default()
            });
        }
        if front.batches.is_empty() {
            self.end_after(Some(front.requests))?;
            return Ok(Sample {
                rows: table.rows,
                requests: (table.rows / f64::from(self.reading.page_size)).ceil(),
                ..Sample::default()
            });
        }
        let read = front.rows() as f64;
        // A look is not to cost more than the table.
        let all = found.map_or(most, |rows| (rows / f64::from(page.max(1))).ceil() as u64);
        let left = most
            .min(all)
            .saturating_sub(before - self.left())
            .min(self.left());
        let mut sample = match (&endpoint.search, found) {
            (Some(search), Some(found)) => {
                self.by_search(table, search, &slots, front, found, left)
                    .await?
            }
            _ => self.by_other_means(table, endpoint, &slots, front).await?,
        };
        sample.rows = sample.rows.max(read + 1.0).round();
        let pages = (sample.rows / f64::from(page.max(1))).ceil();
        sample.requests = pages + self.besides(endpoint, &slots, &sample, page);
        Ok(sample)
    }

    /// With rows that a search draws, which finds so many in all.
    async fn by_search(
        &self,
        table: &'static Table,
        search: &Search,
        slots: &SampleSlots,
        front: Read,
        found: f64,
        most: u64,
    ) -> Result<Sample, Error> {
        let before = self.left();
        let (missed, of_missed) = match search.misses {
            Some((column, value)) if most > ROUGHLY => {
                self.having(table, slots, column, value).await?
            }
            _ => (0.0, Vec::new()),
        };
        let left = most.saturating_sub(before - self.left());
        let drawn = match slots
            .created
            .and_then(|slot| oldest_of(&front.batches, slot))
        {
            Some(oldest) => {
                self.draw(table, search, &slots.columns, slots.asked, oldest, left)
                    .await?
            }
            None => None,
        };
        let mut batches = match drawn {
            Some(mut batches) => {
                let drawn: usize = batches.iter().map(Batch::len).sum();
                let mut of_missed = of_missed;
                thin(
                    &mut of_missed,
                    (drawn as f64 * missed / found.max(1.0)).round() as usize,
                );
                batches.extend(of_missed);
                batches
            }
            None => front.batches,
        };
        batches.retain(|batch| !batch.is_empty());
        Ok(Sample {
            batches,
            rows: found + missed,
            ..Sample::default()
        })
    }

    /// How many rows have a value, and some of them.
    async fn having(
        &self,
        table: &'static Table,
        slots: &SampleSlots,
        column: &'static str,
        value: &str,
    ) -> Result<(f64, Vec<Batch>), Error> {
        let condition = PushedCondition {
            column: table.id(column),
            values: Values::of([Key::Text(value.to_owned())]),
        };
        let front = self
            .read(table, &slots.columns, vec![condition.clone()], None, 1)
            .await?;
        if front.is_whole {
            return Ok((front.rows() as f64, front.batches));
        }
        let back = self.back(table, slots, vec![condition], &front).await?;
        let rows = length_by_ids(slots, &front, &back).unwrap_or(2.0 * front.rows() as f64);
        Ok((rows, [front.batches, back].concat()))
    }

    /// With rows of what they hang on, or from both ends.
    async fn by_other_means(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        slots: &SampleSlots,
        mut front: Read,
    ) -> Result<Sample, Error> {
        if !endpoint.hangs_on.is_empty() {
            let columns = slots.columns.clone();
            let mut of_some = self.by_filters(table, endpoint, columns).await?;
            if of_some.rows_read() * BETTER < front.rows() {
                of_some.batches = front.batches;
            }
            return Ok(of_some);
        }
        let back = self.back(table, slots, Vec::new(), &front).await?;
        let rows = self.length(table, endpoint, slots, &front, &back).await?;
        let mut batches = std::mem::take(&mut front.batches);
        batches.extend(back);
        Ok(Sample {
            batches,
            rows,
            ..Sample::default()
        })
    }

    /// Looks at the rows of some of the things that rows hang on.
    async fn by_filters(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        columns: Vec<ColumnId>,
    ) -> Result<Sample, Error> {
        let mut all = Sample::default();
        let each = self.left() / endpoint.hangs_on.len() as u64;
        for source in endpoint.hangs_on.chunks(1) {
            let part = self
                .by_parents(table, endpoint, source, columns.clone(), each)
                .await?;
            all.rows += part.rows;
            all.batches.extend(part.batches);
        }
        Ok(all)
    }

    /// How many requests a reading takes besides the pages, where it is read in groups.
    fn besides(&self, endpoint: &Endpoint, slots: &SampleSlots, sample: &Sample, page: u32) -> f64 {
        let is_split = endpoint.split.is_some() && self.reading.max_concurrency > 1;
        let Some(slot) = slots
            .split
            .filter(|_| is_split && Grouping::Listing.is_long(sample.rows, page))
        else {
            return 0.0;
        };
        let objects: HashSet<_> = keys(&sample.batches, &[slot]).into_iter().collect();
        let groups = objects.len().min(self.reading.max_concurrency * 4);
        // The first page, what rows belong to, and what is new; and a page of each group that is not full.
        3.0 + groups as f64 / 2.0
    }
}

/// The columns that a look at a listing reads, and where those are that it looks at itself.
pub(super) struct SampleSlots {
    pub columns: Vec<ColumnId>,
    /// How many of them are wanted.
    asked: usize,
    pub id: Option<Slot>,
    pub created: Option<Slot>,
    split: Option<Slot>,
}

impl SampleSlots {
    fn of(table: &Table, endpoint: &Endpoint, mut columns: Vec<ColumnId>) -> Self {
        let asked = columns.len();
        let mut slot = |name: &str| {
            let (place, _) = table.column(name)?;
            let known = Slot::of(place, &columns);
            Some(known.unwrap_or_else(|| {
                columns.push(place);
                Slot::nth(columns.len() - 1)
            }))
        };
        let id = slot("id");
        let created = slot("created_at");
        let split = endpoint.split.and_then(|split| slot(split.column));
        Self {
            id,
            created,
            split,
            asked,
            columns,
        }
    }
}

fn oldest_of(batches: &[Batch], slot: Slot) -> Option<i64> {
    values(batches, slot)
        .filter_map(|value| match value {
            Value::Timestamp(time) => Some(time),
            _ => None,
        })
        .min()
}
