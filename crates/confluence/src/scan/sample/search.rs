//! What a search tells of a listing: how many rows it has, and the ids of some from any time.

use jiff::Timestamp;
use serde::Deserialize;

use super::sampler::{Sampler, evenly};
use crate::Error;
use crate::batch::Batch;
use crate::client::{Failure, Purpose, Request, percent_encode};
use crate::scan::wanted::{Condition, Key, Values};
use crate::table::{Endpoint, Kind, Search, Table};

/// Spans of time of which each gives some rows.
const SPANS: i64 = 6;
/// Requests that drawing rows takes.
pub(super) const DRAWING: u64 = SPANS as u64 + DRAWN as u64 / 250;
/// Ids that are asked for in each of them.
const IDS: u32 = 400;
/// Rows that are drawn.
const DRAWN: usize = 1_000;

/// What a search answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    results: Vec<Hit>,
    total_size: Option<u64>,
}

#[derive(Deserialize)]
struct Hit {
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    id: String,
}

/// Rows that a search has found.
pub(super) struct Drawn {
    pub batches: Vec<Batch>,
    /// How many rows the search finds in all.
    pub rows: f64,
}

impl Sampler {
    /// How many rows a search finds that finds an endpoint's; None where there is none, or it does not say.
    pub async fn found(&self, endpoint: &Endpoint) -> Result<Option<f64>, Error> {
        let Some(search) = &endpoint.search else {
            return Ok(None);
        };
        let found = self.search(search.cql, 1).await?;
        Ok(found.map(|(rows, _)| rows))
    }

    /// Rows from all times since the oldest one, by their share in the listing; None where no search finds them, or
    /// they cannot be asked for by their ids.
    pub async fn draw(
        &self,
        table: &'static Table,
        search: &Search,
        columns: &[usize],
        asked: usize,
        oldest: Option<i64>,
    ) -> Result<Option<Drawn>, Error> {
        let Some((id, column)) = table.column("id") else {
            return Ok(None);
        };
        let lists = column.filter.is_some_and(|filter| filter.max > 1);
        let Some(oldest) = oldest.filter(|_| lists) else {
            let found = self.search(search.cql, 1).await?;
            return Ok(found.map(|(rows, _)| Drawn {
                batches: Vec::new(),
                rows,
            }));
        };
        let mut spans: Vec<(f64, Vec<String>)> = Vec::new();
        for condition in spans_since(oldest) {
            match self
                .search(&format!("{}{condition}", search.cql), IDS)
                .await?
            {
                Some(found) => spans.push(found),
                None => return Ok(None),
            }
        }
        let rows: f64 = spans.iter().map(|(rows, _)| rows).sum();
        // As many as the span that gives the fewest of its share allows.
        let possible = spans.iter().filter(|(of_span, _)| *of_span > 0.0);
        let most = possible
            .map(|(of_span, ids)| ids.len() as f64 * rows / of_span)
            .fold(DRAWN as f64, f64::min);
        let keys = spans.into_iter().flat_map(|(of_span, ids)| {
            let share = (most * of_span / rows.max(1.0)).round() as usize;
            evenly(ids, share)
        });
        let keys: Vec<Key> = keys
            .filter_map(|id| match column.kind {
                Kind::Bigint => Some(Key::Int(id.parse().ok()?)),
                _ => Some(Key::Text(id)),
            })
            .collect();
        if columns[0] == id && asked == 1 {
            let batches = vec![Batch::of_keys(columns.len(), keys.iter().map(Key::value))];
            return Ok(Some(Drawn { batches, rows }));
        }
        let mut batches = Vec::new();
        let each = column.filter.map_or(1, |filter| filter.max);
        for keys in keys.chunks(each) {
            let condition = Condition {
                column: id,
                values: Values::of(keys.iter().cloned()),
            };
            let read = self.read(table, columns, vec![condition], None, 1).await?;
            batches.extend(read.batches);
        }
        Ok(Some(Drawn { batches, rows }))
    }

    /// How many things a search finds, and the ids of some; None where the account may not search.
    async fn search(&self, cql: &str, limit: u32) -> Result<Option<(f64, Vec<String>)>, Error> {
        let mut target = "/wiki/rest/api/search?cql=".to_owned();
        percent_encode(cql, &mut target);
        target.push_str(&format!(
            "&includeArchivedSpaces=true&excerpt=none&limit={limit}"
        ));
        let request = Request {
            target,
            json: None,
            scope: "search:confluence",
            purpose: Purpose::Rows,
        };
        let answer = match self.ask(&request).await {
            // What is left is for other things.
            Err(Error::RequestLimit { .. }) => return Ok(None),
            answer => answer?,
        };
        match answer {
            Ok(document) => {
                let found: Found =
                    serde_json::from_slice(&document.body).map_err(|_| Error::Malformed {
                        request: request.label(),
                        page: 1,
                        found: "no results of a search".to_owned(),
                    })?;
                let ids = found.results.into_iter();
                let ids = ids.filter_map(|hit| Some(hit.content?.id)).collect();
                Ok(found.total_size.map(|rows| (rows as f64, ids)))
            }
            Err((_, Failure::Scope | Failure::Forbidden(_) | Failure::NotFound(_))) => Ok(None),
            Err((_, Failure::Refused(_))) => Ok(None),
            Err((status, failure)) => Err(self.session.error(&request, status, failure)),
        }
    }
}

/// Conditions on the time of creation, each on a part of the time since then. Together they exclude nothing.
fn spans_since(oldest: i64) -> Vec<String> {
    let now = Timestamp::now().as_microsecond();
    let length = (now - oldest).max(0) / SPANS;
    // The site reads times in a zone of its own. What matters is that they are the same on both sides.
    let bounds: Vec<String> = (1..SPANS)
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
