//! The scan plan: what the executor gets to know. Data that survives being copied and kept; no pointers, no secrets.

use confluence::options::Reading;
use confluence::request::{self, Sort};
use confluence::schema::{ColumnId, Split, Table};
use pgrx::pg_sys;
use serde::{Deserialize, Serialize};

use super::pushdown::{Op, Pushdown, Qual};
use crate::catalog::relation::Relation;
use crate::pg::list;

/// A planned read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ScanPlan {
    /// The columns that the query uses.
    pub outputs: Vec<Output>,
    /// The generated columns that it uses, by attribute number.
    pub computed: Vec<pg_sys::AttrNumber>,
    /// The conditions that the site answers. The n-th one's value is the plan's n-th expression.
    pub conditions: Vec<Condition>,
    pub choice: PathPlan,
}

/// A column that the query uses.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Output {
    /// The local attribute number.
    pub attribute: pg_sys::AttrNumber,
    /// The remote column's place.
    pub place: ColumnId,
}

/// A condition that the site answers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Condition {
    /// The remote column's place.
    pub place: ColumnId,
    pub shape: Op,
    pub clause: ClauseAt,
}

/// Where the plan keeps a condition's clause.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum ClauseAt {
    /// Among those that the site answers: in `fdw_recheck_quals`, at this place.
    Answered(usize),
    /// Among those that PostgreSQL checks: in `qual`, at this place.
    Checked(usize),
}

impl ScanPlan {
    /// A read of some columns, with no conditions.
    pub fn of_columns(outputs: Vec<Output>) -> Self {
        Self {
            outputs,
            computed: Vec::new(),
            conditions: Vec::new(),
            choice: PathPlan::default(),
        }
    }

    /// The remote columns that are read, by their places, each once.
    pub fn columns(&self) -> Vec<ColumnId> {
        let mut columns = Vec::new();
        for output in &self.outputs {
            if !columns.contains(&output.place) {
                columns.push(output.place);
            }
        }
        columns
    }

    /// The first request, as readers of a plan see it.
    pub fn template(&self, table: &'static Table, reading: &Reading) -> String {
        let columns = self.columns();
        let keyed = self.choice.keyed.map(|keyed| keyed.place);
        let conditions: Vec<ColumnId> = self
            .conditions
            .iter()
            .map(|c| c.place)
            .chain(keyed)
            .collect();
        let windows: Vec<(usize, bool, bool)> = self
            .conditions
            .iter()
            .enumerate()
            .filter(|(_, c)| c.shape.is_range() && self.window_of(table, c))
            .map(|(place, c)| (place, c.shape.ends(true), c.shape.ends(false)))
            .collect();
        request::Template {
            table,
            endpoint: &table.endpoints[self.choice.endpoint],
            columns: &columns,
            conditions: &conditions,
            windows: &windows,
            sort: self.choice.sort,
            allowed: reading.page_size,
            enough: self.choice.enough,
        }
        .request()
    }

    /// How the listing is cut into groups, if it turns out to be long.
    pub fn split(&self, table: &'static Table, reading: &Reading) -> Option<&'static Split> {
        let split = table.endpoints[self.choice.endpoint].split.as_ref()?;
        let reads_all = self.choice.eager
            && self.choice.sort.is_none()
            && self.choice.enough.is_none()
            && self.choice.keyed.is_none()
            && self.choice.expected.is_none_or(request::is_long)
            && reading.max_concurrency > 1;
        let mut conditions = self.conditions.iter();
        let is_whole = !split.is_narrowed(table, conditions.clone().map(|c| c.place))
            && conditions.all(|c| !c.shape.is_range());
        (reads_all && is_whole).then_some(split)
    }

    /// Whether a range is one that the site is asked for as such, and not the end of an ordered reading.
    pub fn window_of(&self, table: &Table, condition: &Condition) -> bool {
        table.columns[condition.place].window.is_some()
            && self
                .choice
                .sort
                .is_none_or(|sort| sort.column != condition.place)
    }

    /// From a plan tree.
    ///
    /// # Safety
    /// `scan` is a ForeignScan that [`get_foreign_plan`] made, or a copy of one.
    pub unsafe fn of(scan: *const pg_sys::ForeignScan) -> Self {
        // SAFETY: by the caller's promise.
        unsafe { list::value_of((*scan).fdw_private) }
    }
}

/// What a path does that another path of the same table does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PathPlan {
    /// The order that the site is asked for.
    pub sort: Option<Sort>,
    /// Whether PostgreSQL relies on the order.
    pub ordered: bool,
    /// How many rows will do, where nothing is left to do with them.
    pub enough: Option<u64>,
    /// Whether all rows will be read.
    pub eager: bool,
    /// How many requests are expected.
    pub requests: f64,
    /// How many rows are expected from the site, where somebody has counted.
    pub expected: Option<u64>,
    /// The endpoint that is expected to be asked, by its place among the table's.
    pub endpoint: usize,
    /// The column whose values a join by batch gives.
    pub keyed: Option<BatchKey>,
    /// A column of the conditions whose values the site itself has listed, by its place in the remote table.
    pub must_exist: Option<ColumnId>,
}

/// A column whose values come from a join by batch, while the query runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BatchKey {
    /// The column, by its place in the remote table.
    pub place: ColumnId,
    /// How many of its values one request takes.
    pub at_once: usize,
}

impl PathPlan {
    /// Whether this path answers the condition, or leaves it to PostgreSQL.
    pub fn answers(&self, relation: &Relation, pushdown: &Pushdown) -> bool {
        !pushdown.shape.is_range()
            || relation.table.columns[pushdown.place].window.is_some()
            || self.sort.is_some_and(|sort| sort.column == pushdown.place)
    }

    /// Whether this path answers a clause so well that PostgreSQL need not check it.
    pub fn leaves_nothing_of(&self, relation: &Relation, clause: &Qual) -> bool {
        clause.pushdown.is_some_and(|pushdown| {
            let column = &relation.table.columns[pushdown.place];
            self.answers(relation, &pushdown) && relation.table.answers_exactly(column)
        })
    }
}
