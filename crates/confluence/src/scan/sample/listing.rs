//! Tables that are listed in one go: read whole if they are short, and here and there if they are long.

use std::collections::HashSet;

use super::sampler::{Read, Sampler, count, keys, thin, values};
use super::search::DRAWING;
use super::{Sample, WHOLE};
use crate::Error;
use crate::batch::{Batch, Value};
use crate::scan::wanted::LONG;
use crate::scan::way;
use crate::table::{Endpoint, Search, Table};

/// How many times as many rows the beginning of a listing has to give, to be a better sample than rows from everywhere.
const BETTER: usize = 10;

impl Sampler {
    /// Looks at a listing.
    pub async fn listing(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        columns: Vec<usize>,
        most: u64,
    ) -> Result<Sample, Error> {
        let slots = Slots::of(table, endpoint, columns);
        let before = self.left();
        // What the front leaves is for other places.
        let first = match &endpoint.search {
            Some(_) if most > DRAWING => WHOLE.min(most - DRAWING),
            _ => WHOLE.min(most.div_ceil(2)),
        };
        let front = self
            .read(table, &slots.columns, Vec::new(), None, first)
            .await?;
        if front.is_whole {
            return Ok(Sample {
                rows: front.rows() as f64,
                requests: front.requests as f64,
                batches: front.batches,
                is_whole: true,
            });
        }
        if front.batches.is_empty() {
            self.end()?;
            return Ok(Sample {
                rows: table.rows,
                requests: (table.rows / f64::from(self.reading.page_size)).ceil(),
                ..Sample::default()
            });
        }
        let read = front.rows() as f64;
        let mut sample = match &endpoint.search {
            Some(search) => {
                let used = before - self.left();
                let can_draw = most.min(self.left() + used) >= used + DRAWING;
                self.by_search(table, endpoint, search, &slots, front, can_draw)
                    .await?
            }
            None => self.by_other_means(table, endpoint, &slots, front).await?,
        };
        sample.rows = sample.rows.max(read + 1.0).round();
        let page = way::page_size(
            table,
            endpoint,
            &slots.columns[..slots.asked],
            self.reading.page_size,
        );
        let pages = (sample.rows / f64::from(page.max(1))).ceil();
        sample.requests = pages + self.besides(endpoint, &slots, &sample);
        Ok(sample)
    }

    /// With rows that a search draws.
    async fn by_search(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        search: &Search,
        slots: &Slots,
        mut front: Read,
        can_draw: bool,
    ) -> Result<Sample, Error> {
        let oldest = slots.created.filter(|_| can_draw);
        let oldest = oldest.and_then(|slot| oldest_of(&front.batches, slot));
        let drawn = self
            .draw(table, search, &slots.columns, slots.asked, oldest)
            .await?;
        let Some(drawn) = drawn else {
            return self.by_other_means(table, endpoint, slots, front).await;
        };
        let seen = match (search.sees, slots.sees) {
            (Some((_, value)), Some(slot)) => {
                count(&front.batches, slot, value) as f64 / front.rows() as f64
            }
            _ => 1.0,
        };
        let rows = drawn.rows / seen.max(0.1);
        if drawn.batches.is_empty() {
            return Ok(Sample {
                batches: front.batches,
                rows,
                ..Sample::default()
            });
        }
        let mut batches = drawn.batches;
        let found: usize = batches.iter().map(Batch::len).sum();
        if let (Some((_, value)), Some(slot)) = (search.sees, slots.sees) {
            // What the search does not see is in the sample as it is in the front.
            let mut unseen = Vec::new();
            for batch in &mut front.batches {
                let mut batch = batch.clone();
                batch.retain(|batch, row| batch.value(row, slot) != Value::Text(value));
                unseen.push(batch);
            }
            let share = (1.0 - seen) / seen.max(0.1);
            thin(&mut unseen, (found as f64 * share).round() as usize);
            batches.extend(unseen);
        }
        Ok(Sample {
            batches,
            rows,
            ..Sample::default()
        })
    }

    /// With rows of what they hang on, or from both ends.
    async fn by_other_means(
        &self,
        table: &'static Table,
        endpoint: &'static Endpoint,
        slots: &Slots,
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
        let back = self.back(table, slots).await?;
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
        columns: Vec<usize>,
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
    fn besides(&self, endpoint: &Endpoint, slots: &Slots, sample: &Sample) -> f64 {
        let is_split = endpoint.split.is_some() && self.reading.max_concurrency > 1;
        let Some(slot) = slots
            .split
            .filter(|_| is_split && sample.rows >= LONG as f64)
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
pub(super) struct Slots {
    pub columns: Vec<usize>,
    /// How many of them are wanted.
    asked: usize,
    pub id: Option<usize>,
    pub created: Option<usize>,
    split: Option<usize>,
    sees: Option<usize>,
}

impl Slots {
    fn of(table: &Table, endpoint: &Endpoint, mut columns: Vec<usize>) -> Self {
        let asked = columns.len();
        let mut slot = |name: &str| {
            let (place, _) = table.column(name)?;
            let known = columns.iter().position(|&column| column == place);
            Some(known.unwrap_or_else(|| {
                columns.push(place);
                columns.len() - 1
            }))
        };
        let id = slot("id");
        let created = slot("created_at");
        let split = endpoint.split.and_then(|split| slot(split.column));
        let sees = endpoint.search.and_then(|search| slot(search.sees?.0));
        Self {
            id,
            created,
            split,
            sees,
            asked,
            columns,
        }
    }
}

fn oldest_of(batches: &[Batch], slot: usize) -> Option<i64> {
    values(batches, slot)
        .filter_map(|value| match value {
            Value::Timestamp(time) => Some(time),
            _ => None,
        })
        .min()
}
