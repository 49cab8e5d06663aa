//! Samples: a look at a table. Some of its rows, how many there are, and how many requests it takes to read them all.
//!
//! | file | what it is about |
//! |---|---|
//! | `sampler` | what all of it reads with, and how much it may read |
//! | `listing` | tables that are listed in one go |
//! | `parents` | tables that are read object by object |
//! | `search` | what a search tells of a listing |
//! | `size` | how long a listing is that nobody has read to its end |
//!
//! What is looked at is chosen evenly and not by chance: the same site gives the same sample.

mod listing;
mod parents;
mod sampler;
mod search;
mod size;

use std::sync::Arc;

use crate::Error;
use crate::batch::Batch;
use crate::http::RequestRecorder;
use crate::options::Reading;
use crate::request::access_path;
use crate::request::table_stats::TableStats;
use crate::scan::request_budget::StatementBudget;
use crate::schema::{Column, ColumnId, Table};
use crate::session::Session;
use sampler::Sampler;
#[cfg(feature = "fuzzing")]
pub use search::fuzz_windows;

/// Requests that a look may take in all.
pub const BUDGET: u64 = 60;
/// Objects of which there are so few that a look sees most of them.
const FEW: f64 = 2_500.0;
/// A listing that ends within so many requests is read whole.
const WHOLE: u64 = 10;

/// What a look at a table has shown.
#[derive(Debug, Default)]
pub struct Sample {
    /// Some of its rows, or all. The columns that were asked for are in a batch's first slots.
    pub batches: Vec<Batch>,
    /// How many rows it has.
    pub rows: f64,
    /// How many requests it takes to read all of them.
    pub requests: f64,
    /// Whether the rows are all there are, and nothing is estimated.
    pub is_whole: bool,
    /// How many requests the look has taken.
    pub sent: u64,
}

/// Whether the rows that a look shows of a table are from all times: those that were read whole, those that a search
/// draws, and those of objects that are themselves from all times.
pub fn is_from_all_times(table: &Table, sizes: &TableStats, reading: Reading) -> bool {
    let page = access_path::page_size(table, table.main(), &[], reading.page_size);
    let is_whole = sizes
        .rows
        .is_some_and(|rows| rows <= (WHOLE * u64::from(page)) as f64);
    is_whole || draws_from_all_times(table)
}

fn draws_from_all_times(table: &Table) -> bool {
    let main = table.main();
    let is_drawn = main.search.is_some() && main.sources.is_empty() && can_be_drawn(table);
    let parents = [main.sources, main.hangs_on].concat();
    let by_parents = || {
        !parents.is_empty()
            && parents
                .iter()
                .all(|source| draws_from_all_times(source.table) || source.table.rows <= FEW)
    };
    is_drawn || by_parents()
}

/// Whether rows from any time can be asked for, if their ids are known.
fn can_be_drawn(table: &Table) -> bool {
    let by_ids = |id: &Column| id.filter.is_some_and(|filter| filter.max > 1);
    table.column("created_at").is_some() && table.column("id").is_some_and(|(_, id)| by_ids(id))
}

impl Sample {
    /// How many rows were read.
    pub fn rows_read(&self) -> usize {
        self.batches.iter().map(Batch::len).sum()
    }

    /// Keeps so many of the rows that were read, evenly.
    pub fn thin(&mut self, most: usize) {
        sampler::thin(&mut self.batches, most);
    }
}

/// Looks at a table, in these columns, by their places in the table. It has to run on the engine's thread. Requests go on
/// the account of `recorder`, and count for the statement that looks.
///
/// # Errors
/// If a request fails, the table cannot be read without a condition, or the user allows fewer requests than are
/// needed to see anything.
pub async fn sample(
    session: Arc<Session>,
    table: &'static Table,
    columns: Vec<ColumnId>,
    reading: Reading,
    statement: Option<Arc<StatementBudget>>,
    recorder: RequestRecorder,
) -> Result<Sample, Error> {
    let sampler = Sampler::new(session, table, reading, BUDGET, statement, recorder);
    let budget = sampler.left();
    let mut sample = sampler.table(table, columns, budget).await?;
    sample.sent = budget - sampler.left();
    Ok(sample)
}
