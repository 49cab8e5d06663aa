//! Searches for a sample: what they tell of a listing, how many rows it has, and the ids of some from any time.

use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::sampler::{Sampler, evenly};
use crate::Error;
use crate::batch::Batch;
use crate::http::{Failure, Why};
use crate::request::scan_request::{Key, PushedCondition, Values};
use crate::scan::search::{self, Found, Hit};
use crate::schema::{ColumnId, Endpoint, Kind, Search, Table};

/// The most spans of time of which each gives some rows, and the fewest that are worth a draw.
const SPANS: u64 = 12;
const FEWEST_SPANS: u64 = 4;
/// Ids that are asked for in each of them.
const IDS: u32 = 1_000;

impl Sampler {
    /// How many rows a search finds that finds an endpoint's; None where there is none, or it does not say.
    pub async fn found(&self, endpoint: &Endpoint) -> Result<Option<f64>, Error> {
        let Some(search) = &endpoint.search else {
            return Ok(None);
        };
        let found = self.search(search.cql, 1).await?;
        Ok(found.map(|(rows, _)| rows))
    }

    /// Rows from all times since the oldest one, by their share in the listing, at the cost of so many requests at most.
    /// They have these columns, of which the first `asked` matter. None where they cannot be had: the account may not
    /// search, rows cannot be asked for by their ids, or the requests are too few.
    pub async fn draw(
        &self,
        table: &'static Table,
        search: &Search,
        columns: &[ColumnId],
        asked: usize,
        oldest: i64,
        most: u64,
    ) -> Result<Option<Vec<Batch>>, Error> {
        let Some((id, column)) = table.column("id") else {
            return Ok(None);
        };
        let Some(each) = column
            .filter
            .map(|filter| filter.max)
            .filter(|&max| max > 1)
        else {
            return Ok(None);
        };
        // The ids are found by a search for each span, and then their rows are read.
        let is_read = columns[..asked] != [id];
        let spans = if is_read { most / 2 } else { most }.min(SPANS);
        if spans < FEWEST_SPANS {
            return Ok(None);
        }
        let room = match is_read {
            true => (most - spans) as usize * each,
            false => usize::MAX,
        };
        let conditions = spans_since(oldest, spans);
        let searches = conditions.iter().map(async |condition| {
            let cql = format!("{}{condition}", search.cql);
            self.search(&cql, IDS).await
        });
        let found: Option<Vec<(f64, Vec<String>)>> =
            try_join_all(searches).await?.into_iter().collect();
        let Some(found) = found else {
            return Ok(None);
        };
        let ids = by_their_share(found, room).into_iter();
        let keys: Vec<Key> = ids
            .filter_map(|id| match column.kind {
                Kind::Bigint => Some(Key::Int(id.parse().ok()?)),
                _ => Some(Key::Text(id)),
            })
            .collect();
        if !is_read {
            let batch = Batch::of_keys(columns.len(), keys.iter().map(Key::value))
                .map_err(|budget| Error::Internal(budget.to_string().into()))?;
            return Ok(Some(vec![batch]));
        }
        let reads = keys.chunks(each).map(async |keys| {
            let condition = PushedCondition {
                column: id,
                values: Values::of(keys.iter().cloned()),
            };
            self.read(table, columns, vec![condition], None, 1).await
        });
        let reads = try_join_all(reads).await?.into_iter();
        Ok(Some(reads.flat_map(|read| read.batches).collect()))
    }

    /// How many things a search finds, and the ids of some; None where the account may not search.
    async fn search(&self, cql: &str, limit: u32) -> Result<Option<(f64, Vec<String>)>, Error> {
        let request = search::request(Why::Sample, cql, limit);
        let answer = match self.ask(&request).await {
            // What is left is for other things.
            Err(Error::RequestLimit { .. }) => return Ok(None),
            answer => answer?,
        };
        match answer {
            Ok(document) => {
                let found = Found::of(&request, &document)?;
                let ids = found.results.into_iter().filter_map(Hit::id).collect();
                Ok(found.total_size.map(|rows| (rows as f64, ids)))
            }
            Err((_, Failure::Scope | Failure::Forbidden(_) | Failure::NotFound(_))) => Ok(None),
            Err((_, Failure::Refused(_))) => Ok(None),
            Err((status, failure)) => Err(self.session.error(&request, status, failure)),
        }
    }
}

/// Of the ids that each span has given so many that each has its share of all, and no more than there is room for.
fn by_their_share(spans: Vec<(f64, Vec<String>)>, room: usize) -> Vec<String> {
    let rows: f64 = spans.iter().map(|(rows, _)| rows).sum();
    // As many as the span that gives the fewest of its share allows.
    let most = spans
        .iter()
        .filter(|(of_span, _)| *of_span > 0.0)
        .map(|(of_span, ids)| ids.len() as f64 * rows / of_span)
        .fold(room as f64, f64::min);
    let mut taken: Vec<String> = spans
        .into_iter()
        .flat_map(|(of_span, ids)| evenly(ids, (most * of_span / rows.max(1.0)).round() as usize))
        .collect();
    taken.truncate(room);
    taken
}

/// Conditions on the time of creation, each on a part of the time since then. Together they exclude nothing.
fn spans_since(oldest: i64, spans: u64) -> Vec<String> {
    let now = Timestamp::now().as_microsecond();
    let spans = spans as i64;
    let length = (now - oldest).max(0) / spans;
    // The site reads times in a zone of its own. What matters is that they are the same on both sides.
    let bounds: Vec<String> = (1..spans)
        .filter_map(|nth| Timestamp::from_microsecond(oldest + nth * length).ok())
        .map(|bound| bound.strftime("%Y-%m-%d %H:%M").to_string())
        .collect();
    let froms = std::iter::once(None).chain(bounds.iter().map(Some));
    let tos = bounds.iter().map(Some).chain([None]);
    froms
        .zip(tos)
        .map(|(from, to)| {
            let from = from.map_or(String::new(), |at| format!(" and created >= \"{at}\""));
            let to = to.map_or(String::new(), |at| format!(" and created < \"{at}\""));
            from + &to
        })
        .collect()
}

/// For a fuzz target: the time of creation of the oldest row, as the site writes it, and from the second line on what it
/// answers to the searches.
#[cfg(feature = "fuzzing")]
pub fn fuzz_windows(data: &[u8]) {
    use crate::batch::Value;
    use crate::decode::Projection;
    use crate::tables::pages;

    let (oldest, answer) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[][..]),
    };
    let columns = ["id", "created_at"].map(|name| pages::TABLE.column(name).expect("a column").0);
    let row = [br#"{"results":[{"id":"1","createdAt":"#, oldest, b"}]}"].concat();
    let shape = Projection::new(&pages::TABLE, pages::TABLE.main(), &columns);
    let page = crate::decode::fuzz_page(&shape, &row);
    if let Ok(page) = page
        && page.batch.len() == 1
        && let Value::Timestamp(oldest) = page.batch.value(0, crate::batch::Slot::nth(1))
    {
        for count in FEWEST_SPANS..=SPANS {
            let conditions = spans_since(oldest, count);
            assert!(!conditions.is_empty() && conditions.len() as u64 <= count);
            // Each begins where the one before ends.
            for two in conditions.windows(2) {
                let bound = |condition: &str, side: &str| {
                    let (_, rest) = condition.split_once(side).expect("a bound");
                    rest.split_once('"').expect("a time in quotes").0.to_owned()
                };
                assert_eq!(
                    bound(&two[0], "created < \""),
                    bound(&two[1], "created >= \"")
                );
            }
        }
    }
    if let Ok(found) = serde_json::from_slice::<Found>(answer) {
        let ids = found.results.into_iter();
        let ids: Vec<String> = ids.filter_map(Hit::id).collect();
        let rows = found.total_size.unwrap_or_default() as f64;
        for room in [0, 1, 250, usize::MAX] {
            let spans = vec![(rows, ids.clone()), (0.0, ids.clone()), (1.0, Vec::new())];
            assert!(by_their_share(spans, room).len() <= room.min(3 * ids.len()));
        }
    }
}
