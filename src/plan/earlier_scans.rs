//! Earlier scans: listings that two scans of one statement need: the second is served what the first has brought.

use super::planner::Planner;
use super::pushdown::{Pushdown, Qual};
use super::scan_plan::PathPlan;
use crate::settings;

/// What a row of a listing takes at most when it is kept, in bytes: the site's JSON, compressed.
const KEPT_ROW: f64 = 300.0;

impl<'p> Planner<'p> {
    /// Whether another relation of the query, one that was planned before, needs the same listing of `rows` rows, so that
    /// this one sends no request for it.
    pub(super) fn is_cached_by_earlier_scan(self, quals: &[Qual<'p>], rows: f64) -> bool {
        if rows * KEPT_ROW > settings::statement_cache_size() as f64 {
            return false;
        }
        let listing = ListingKey::of(self, quals);
        self.earlier().any(|other| {
            other.baserel().server() == self.baserel().server()
                && other.baserel().user() == self.baserel().user()
                && std::ptr::eq(other.relation().table, self.relation().table)
                && ListingKey::of(other, other.quals()) == listing
        })
    }
}

/// What tells a listing of a table from others.
struct ListingKey<'p> {
    /// The parameters that its columns need.
    params: Vec<(&'static str, &'static str)>,
    /// What the site is asked for.
    conditions: Vec<Pushdown<'p>>,
}

impl<'p> ListingKey<'p> {
    /// The listing of a relation.
    fn of(planner: Planner<'p>, quals: &[Qual<'p>]) -> Self {
        let table = planner.relation().table;
        let columns = planner.used_places(quals, &PathPlan::default());
        let mut params: Vec<(&str, &str)> = columns
            .iter()
            .filter_map(|&place| table.columns[place].asked_with)
            .collect();
        params.sort_unstable();
        params.dedup();
        let mut conditions: Vec<Pushdown> = quals.iter().filter_map(|qual| qual.pushdown).collect();
        conditions.sort_by_key(|condition| condition.place);
        Self { params, conditions }
    }
}

impl PartialEq for ListingKey<'_> {
    /// Whether the two are the same, request by request.
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Pushdown, &Pushdown)| {
            one.place == other.place && one.shape == other.shape && one.value.equals(other.value)
        };
        self.params == other.params
            && self.conditions.len() == other.conditions.len()
            && self.conditions.iter().zip(&other.conditions).all(is_same)
    }
}
