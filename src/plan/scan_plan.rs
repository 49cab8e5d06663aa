//! The scan plan: what the executor gets to know. Data that survives being copied and kept; no pointers, no secrets.

use confluence::options::Reading;
use confluence::request::{
    Effort, PlannedCondition, PlannedRequest, PlannedSpan, Sort, TableStats,
};
use confluence::schema::{ColumnId, Endpoint, Table};
use pgrx::pg_sys;
use serde::{Deserialize, Serialize};

use super::estimate;
use super::pushdown::{Op, Pushdown, Qual};
use crate::catalog::relation::Relation;
use crate::pg::datum::TypedDatum;
use crate::pg::list;
use crate::pg::nodes::Nodes;

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

/// Where the plan keeps a condition's clause. Several conditions may have one clause.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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

    /// The scan request, as far as it is known without running anything. `values` are the plan's expressions.
    pub fn planned(
        &self,
        table: &'static Table,
        reading: Reading,
        sizes: &TableStats,
        values: Nodes<pg_sys::Expr>,
    ) -> PlannedRequest {
        let mut planned = PlannedRequest {
            table,
            endpoint: self.endpoint(table),
            columns: self.columns(),
            conditions: Vec::new(),
            sort: self.choice.sort,
            relies_on_order: self.choice.ordered,
            range: None,
            windows: Vec::new(),
            enough: self.choice.enough,
            expected_rows: self.choice.expected,
            sizes: sizes.clone(),
            eager: self.choice.eager,
            reading,
        };
        for (condition, value) in self.conditions.iter().zip(values.iter()) {
            let pushdown = Pushdown {
                place: condition.place,
                shape: condition.shape,
                value,
                turned: false,
                narrows: false,
            };
            if !condition.shape.is_range() {
                planned.conditions.push(PlannedCondition {
                    column: condition.place,
                    count: estimate::value_count(&pushdown),
                    values: estimate::known_values(table, &pushdown),
                });
                continue;
            }
            let span = if self.window_of(table, condition) {
                of_column(&mut planned.windows, condition.place, PlannedSpan::ALL)
            } else {
                planned.range.get_or_insert(PlannedSpan::ALL)
            };
            match value.constant().map(TypedDatum::micros) {
                Some(time) => span.known = span.known.and(condition.shape.span(time)),
                None => {
                    span.from_is_unknown |= condition.shape.ends(true);
                    span.to_is_unknown |= condition.shape.ends(false);
                }
            }
        }
        // How many keys a join gives is not known, but some: several, if a request takes several.
        planned
            .conditions
            .extend(self.choice.keyed.map(|keyed| PlannedCondition {
                column: keyed.place,
                count: keyed.at_once.min(2) as f64,
                values: None,
            }));
        planned
    }

    /// The endpoint that planning has chosen.
    pub fn endpoint(&self, table: &'static Table) -> &'static Endpoint {
        &table.endpoints[self.choice.endpoint]
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
        // SAFETY: that is what such a plan keeps there, and what is copied with it.
        unsafe { list::value_of((*scan).fdw_private) }
    }
}

/// What is known of a column: at first, what is known of any.
pub(crate) fn of_column<T>(known: &mut Vec<(ColumnId, T)>, column: ColumnId, of_any: T) -> &mut T {
    let place = known.iter().position(|(other, _)| *other == column);
    let place = place.unwrap_or_else(|| {
        known.push((column, of_any));
        known.len() - 1
    });
    &mut known[place].1
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
    /// Whether nobody but who moves a cursor decides how many are.
    pub open_ended: bool,
    /// What reading is expected to take.
    pub effort: PlannedEffort,
    /// How many rows are expected from the site, where somebody has counted.
    pub expected: Option<u64>,
    /// The endpoint that is expected to be asked, by its place among the table's.
    pub endpoint: usize,
    /// The column whose values a join by batch gives.
    pub keyed: Option<BatchKey>,
    /// A column of the conditions whose values the site itself has listed, by its place in the remote table.
    pub must_exist: Option<ColumnId>,
}

/// What a read is expected to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlannedEffort {
    /// How many requests.
    pub requests: f64,
    /// How many rounds of such as are under way together.
    pub rounds: f64,
    /// How many are under way at one time at most.
    pub in_flight: f64,
}

impl PlannedEffort {
    /// What a share of the rows takes.
    pub fn share(self, share: f64) -> Self {
        let Self {
            requests,
            rounds,
            in_flight,
        } = self;
        let effort = Effort {
            requests,
            rounds,
            in_flight,
        };
        effort.share(share).into()
    }
}

impl From<Effort> for PlannedEffort {
    fn from(effort: Effort) -> Self {
        let Effort {
            requests,
            rounds,
            in_flight,
        } = effort;
        Self {
            requests,
            rounds,
            in_flight,
        }
    }
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
            !pushdown.narrows
                && self.answers(relation, &pushdown)
                && relation.table.answers_exactly(column)
        })
    }
}
