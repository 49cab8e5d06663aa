//! Estimates: what reading costs. Requests and the rounds that they take are what counts: one round trip is worth ten
//! thousand rows.

use confluence::options::Prefer;
use confluence::request::{self, AccessPath, Effort, Manner, Sort, ValueCount, Values};
use confluence::schema::{ColumnId, Table};
use pgrx::pg_sys;

use super::planner::Planner;
use super::pushdown::{Op, Pushdown, Qual};
use super::scan_plan::PathPlan;
use super::values;
use crate::catalog::relation::Relation;
use crate::catalog::seen_sizes::{self, RowsOf};
use crate::pg::compat;
use crate::pg::nodes::Expr;
use crate::pg::times::EPOCH_OFFSET;
use crate::settings;

/// The cost of a request that waits for the one before. Against PostgreSQL's own constants this makes a full listing of a
/// large site expensive, but not so expensive that it turns on JIT compilation. What requests cost that do not wait for
/// each other is for [`Effort`] to say.
const REQUEST: f64 = 100.0;
/// The cost of a row that arrived, on top of what PostgreSQL counts for a row that it looks at.
const ROW: f64 = 0.01;

/// As PostgreSQL marks paths that are there only in case there is no other.
const DISABLED: f64 = 1e10;

/// What a read is expected to bring and to cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    /// Rows that the site sends.
    pub received: f64,
    pub effort: Effort,
    /// What is spared.
    prefer: Prefer,
    /// What makes a read that is bound to fail dearer than any other.
    disabled: f64,
}

impl Estimate {
    /// A read of `rows` rows, for each of which `parts` further requests are sent, `abreast` of them at one time.
    /// Without a way, the table cannot be read like this at all.
    pub fn new(
        way: Option<&AccessPath>,
        rows: f64,
        parts: f64,
        page_size: u32,
        abreast: usize,
    ) -> Self {
        let effort = |way: &AccessPath| way.effort(rows, page_size, parts, abreast);
        Self {
            received: rows,
            effort: way.map_or(Effort::NONE, effort),
            prefer: settings::prefer(),
            disabled: if way.is_none() { DISABLED } else { 0.0 },
        }
    }

    /// The same read, given up after so many rows.
    pub fn limited(self, rows: f64) -> Self {
        Self {
            received: self.received.min(rows),
            effort: self.effort.share(rows / self.received.max(1.0)),
            ..self
        }
    }

    /// The same read, of answers that another scan of the statement has brought.
    pub fn without_requests(self) -> Self {
        Self {
            effort: Effort::NONE,
            ..self
        }
    }

    /// Before the first row: one round trip, or two where parents are listed first.
    pub fn startup_cost(&self) -> f64 {
        REQUEST.min(self.total_cost())
    }

    pub fn total_cost(&self) -> f64 {
        REQUEST * self.effort.cost(self.prefer) + self.received * ROW + self.disabled
    }
}

/// Into how many requests the table's own listing is cut by a condition's values; None if only the scan will know.
pub(super) fn pieces(relation: &Relation, pushdown: &Pushdown) -> Option<f64> {
    if pushdown.shape != Op::AnyOf {
        return Some(1.0);
    }
    let values = known_values(relation.table, pushdown);
    let asked = match &values {
        Some(values) => ValueCount::known(pushdown.place, values),
        None => ValueCount::expected(pushdown.place, pushdown.value.array_length()? as f64),
    };
    Some(request::requests_of(relation.table, &asked))
}

/// An array of more values is not looked into while it is planned.
const LOOKED_INTO: f64 = 10_000.0;

/// The values of a condition, where they are known and few enough to look at. The ends of a range are none.
pub(super) fn known_values(table: &Table, pushdown: &Pushdown) -> Option<Values> {
    if pushdown.shape.is_range() {
        return None;
    }
    let is_long = value_count(pushdown) > LOOKED_INTO;
    (!is_long).then(|| values::constant(table, pushdown))?
}

/// Values of a column that are known only while the query runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    /// The column, by its place in the remote table.
    pub place: ColumnId,
    /// How many there are expected to be.
    pub count: f64,
}

impl Keys {
    /// The share of the table's rows that have one of them.
    pub fn share(&self, relation: &Relation) -> f64 {
        let rows = relation.sizes.rows(relation.table).max(1.0);
        let of_one = relation
            .sizes
            .rows_per_value(relation.table, self.place)
            .map_or(1.0 / UNKNOWN_VALUES, |each| each / rows);
        (self.count * of_one).min(1.0)
    }
}

/// How many values a column has of which nothing is known, as PostgreSQL assumes it.
const UNKNOWN_VALUES: f64 = 200.0;

/// The best way to read under the conditions and with the keys; None where the table cannot be read under them.
pub(crate) fn way<'p>(
    planner: Planner<'p>,
    quals: &[Qual<'p>],
    keys: Option<Keys>,
    manner: Manner,
    columns: &[ColumnId],
) -> Option<AccessPath> {
    let relation = planner.relation();
    let equalities: Vec<(Pushdown, Option<Values>)> = quals
        .iter()
        .filter_map(|qual| qual.pushdown)
        .filter(|pushdown| !pushdown.shape.is_range())
        .map(|pushdown| (pushdown, known_values(relation.table, &pushdown)))
        .collect();
    let mut asked: Vec<ValueCount> = keys
        .map(|keys| ValueCount::expected(keys.place, keys.count))
        .into_iter()
        .collect();
    for (pushdown, values) in &equalities {
        let new = match values {
            Some(values) => ValueCount::known(pushdown.place, values),
            None => ValueCount::expected(pushdown.place, planner.value_count(pushdown)),
        };
        match asked
            .iter_mut()
            .find(|asked| asked.column == pushdown.place)
        {
            Some(known) if known.count <= new.count => {}
            Some(known) => *known = new,
            None => asked.push(new),
        }
    }
    request::access_path(
        relation.table,
        &relation.sizes,
        &asked,
        manner,
        columns,
        &relation.reading,
    )
}

/// How many requests of its own each row needs.
pub(crate) fn parts(relation: &Relation, columns: &[ColumnId]) -> f64 {
    let mut operations: Vec<&str> = columns
        .iter()
        .filter_map(|&place| Some(relation.table.columns[place].part?.operation))
        .collect();
    operations.sort_unstable();
    operations.dedup();
    operations.len() as f64
}

/// How many values a condition has.
pub(super) fn value_count(pushdown: &Pushdown) -> f64 {
    match pushdown.shape {
        Op::AnyOf => pushdown
            .value
            .array_length()
            .map_or(10.0, |length| length as f64),
        _ => 1.0,
    }
}

/// The span over which a site's pages are taken to be spread, in microseconds: five years.
const LIFE_OF_A_SITE: f64 = 5.0 * 365.25 * 86_400e6;
/// The share of rows in a range of which planning knows nothing.
const UNKNOWN_RANGE: f64 = 0.05;

impl<'p> Planner<'p> {
    /// How many values a condition has, as far as planning can tell: those of a subquery are its rows.
    fn value_count(self, pushdown: &Pushdown<'p>) -> f64 {
        let rows = self.rows_of_subquery(pushdown);
        rows.map_or_else(|| value_count(pushdown), |rows| rows.max(1.0))
    }

    /// How many rows the subquery is expected to give whose array is a condition's value.
    fn rows_of_subquery(self, pushdown: &Pushdown<'p>) -> Option<f64> {
        if pushdown.shape != Op::AnyOf {
            return None;
        }
        let parameter = pushdown.value.executor_param()?;
        self.root().rows_of_initial(parameter)
    }

    /// How many rows the table has: what `ANALYZE` has found, or what is usual.
    pub(super) fn tuples(self) -> f64 {
        let relation = self.relation();
        relation.sizes.rows(relation.table)
    }

    /// How many rows all conditions together leave.
    pub(super) fn rows_left(self, quals: &[Qual<'p>]) -> f64 {
        let ends = |qual: &Qual| {
            qual.pushdown
                .is_some_and(|pushdown| pushdown.shape.is_range())
        };
        let ranges: Vec<Qual> = quals.iter().filter(|qual| ends(qual)).copied().collect();
        let others = quals
            .iter()
            .filter(|qual| {
                let known = qual.equality.or(qual.pushdown);
                known.is_none_or(|pushdown| !self.is_estimated(&pushdown))
            })
            .filter(|qual| !self.is_about_site(qual.clause.expr()));
        let ranges = self.ranges_share(&ranges, |shape| (shape.ends(true), shape.ends(false)));
        let rest = match self.relation().sizes.rows {
            Some(_) => self.selectivity(others),
            None => self.guessed_share(others),
        };
        let equal = self.equal_share(quals, |qual| qual.equality);
        (self.tuples() * equal * ranges * rest).max(1.0).round()
    }

    /// How many rows the site sends when it is read in this order.
    pub fn rows_sent(self, quals: &[Qual<'p>], sort: Option<Sort>) -> f64 {
        // A range keeps the site from sending rows at the end at which reading stops, not where it begins.
        let read: Vec<Qual> = quals
            .iter()
            .filter(|qual| match (qual.pushdown, sort) {
                (Some(pushdown), Some(sort)) => pushdown.place == sort.column,
                _ => false,
            })
            .copied()
            .collect();
        let ranges = self.ranges_share(&read, |shape| match sort {
            Some(Sort {
                descending: true, ..
            }) => (shape.ends(true), false),
            _ => (false, shape.ends(false)),
        });
        let asked = self.equal_share(quals, |qual| qual.pushdown);
        (self.tuples() * asked * ranges).max(1.0).round()
    }

    /// Whether an expression looks at the site's name only. It is the same in all rows, and where partitions or
    /// constraints say that it is another, PostgreSQL has left the table out before.
    fn is_about_site(self, expr: Expr) -> bool {
        self.is_fixed(expr) && expr.has_vars()
    }

    /// Whether an expression is the same in all rows of a scan: it looks at the site's name, or at no column at all.
    pub(super) fn is_fixed(self, expr: Expr) -> bool {
        let site = self.relation().site.as_ref().map(|site| site.attribute);
        expr.attributes(self.number()).are_at_most(site) && expr.is_stable()
    }

    /// Which share of the rows some clauses leave, by what PostgreSQL knows.
    fn selectivity<'a>(self, quals: impl Iterator<Item = &'a Qual<'p>>) -> f64
    where
        'p: 'a,
    {
        let conditions = quals.filter_map(|qual| qual.estimated_by);
        self.root().selectivity(self.baserel(), conditions)
    }

    /// The same, of a table that nobody has looked at. What is guessed of one clause may be far too little, and of several
    /// as independent it would be next to nothing: each further one counts by the square root of what the one before it
    /// counts by.
    fn guessed_share<'a>(self, quals: impl Iterator<Item = &'a Qual<'p>>) -> f64
    where
        'p: 'a,
    {
        let shares = quals.map(|qual| self.selectivity(std::iter::once(qual)));
        let mut shares: Vec<f64> = shares.collect();
        shares.sort_by(f64::total_cmp);
        let weights = std::iter::successors(Some(1.0), |weight| Some(weight / 2.0));
        let weighted = shares.iter().zip(weights);
        weighted.map(|(share, weight)| share.powf(weight)).product()
    }

    /// Whether a condition's effect is known from statistics, the table's declaration or the span of a site's life.
    fn is_estimated(self, pushdown: &Pushdown) -> bool {
        let relation = self.relation();
        let each = relation
            .sizes
            .rows_per_value(relation.table, pushdown.place);
        pushdown.shape.is_range() || each.is_some()
    }

    /// Which share of the rows meets the equalities among some conditions.
    fn equal_share(
        self,
        quals: &[Qual<'p>],
        meaning: impl Fn(&Qual<'p>) -> Option<Pushdown<'p>>,
    ) -> f64 {
        let relation = self.relation();
        quals
            .iter()
            .filter_map(|qual| Some((qual, meaning(qual)?)))
            .filter(|(_, pushdown)| !pushdown.shape.is_range() && self.is_estimated(pushdown))
            .map(|(qual, pushdown)| {
                if let Some(rows) = self.seen_rows(qual) {
                    return (rows / self.tuples().max(1.0)).min(1.0);
                }
                // PostgreSQL takes a subquery's array to have ten elements.
                let is_of_subquery = self.rows_of_subquery(&pushdown).is_some();
                if relation.knows_kinds(pushdown.place)
                    && qual.estimated_by.is_some()
                    && !is_of_subquery
                {
                    return self.selectivity(std::iter::once(qual));
                }
                let values = self.value_count(&pushdown);
                let rows = relation
                    .sizes
                    .rows_with(relation.table, pushdown.place, values);
                (rows / self.tuples().max(1.0)).min(1.0)
            })
            .product()
    }

    /// How many rows meet an equality that the site is asked for, where the session has read just these.
    fn seen_rows(self, qual: &Qual<'p>) -> Option<f64> {
        let pushdown = qual.pushdown.filter(|pushdown| !pushdown.narrows)?;
        let table = self.relation().table;
        let value = known_values(table, &pushdown)?.only()?;
        seen_sizes::rows(&RowsOf {
            server: self.baserel().server(),
            user: compat::or_current(self.baserel().user()),
            table: table.name,
            column: pushdown.place,
            value,
        })
    }

    /// Which share of the rows lies in the conditions' ranges, all of which are. `counts` says of a shape whether its
    /// value bounds the share below, and above.
    fn ranges_share(self, quals: &[Qual<'p>], counts: impl Fn(Op) -> (bool, bool)) -> f64 {
        let is_known = |pushdown: Pushdown<'p>| {
            self.relation().knows_times(pushdown.place) && self.time(pushdown.value).is_some()
        };
        let (by_statistics, by_life): (Vec<Qual>, Vec<Qual>) = quals
            .iter()
            .filter(|qual| {
                qual.pushdown
                    .is_some_and(|pushdown| counts(pushdown.shape) != (false, false))
            })
            .partition(|qual| qual.pushdown.is_some_and(is_known));
        self.selectivity(by_statistics.iter()) * self.share_of_life(&by_life, counts)
    }

    /// The same for a table whose rows are taken to be spread evenly over the site's life.
    fn share_of_life(self, quals: &[Qual<'p>], counts: impl Fn(Op) -> (bool, bool)) -> f64 {
        // SAFETY: GetCurrentTimestamp looks at the clock only.
        let now = unsafe { pg_sys::GetCurrentTimestamp() } as f64;
        let (mut from, mut to) = (now - LIFE_OF_A_SITE, now);
        let ranges = quals
            .iter()
            .filter_map(|qual| qual.pushdown)
            .filter(|pushdown| pushdown.shape.is_range());
        for range in ranges {
            let (below, above) = counts(range.shape);
            if !below && !above {
                continue;
            }
            let Some(time) = self.time(range.value) else {
                return UNKNOWN_RANGE;
            };
            if below {
                from = from.max(time as f64);
            }
            if above {
                to = to.min(time as f64);
            }
        }
        ((to - from) / LIFE_OF_A_SITE).clamp(1e-6, 1.0)
    }

    /// The time that an expression stands for, as far as planning can tell, in PostgreSQL's microseconds.
    fn time(self, value: Expr<'p>) -> Option<i64> {
        let time = self.root().estimated(value).constant()?.micros();
        Some(time.saturating_sub(EPOCH_OFFSET))
    }

    /// The usual width of the columns that the query uses above its conditions.
    pub(super) fn width(self) -> i32 {
        let table = self.relation().table;
        self.used_places(&[], &PathPlan::default())
            .iter()
            .map(|&place| table.columns[place].width)
            .sum()
    }

    /// The columns that the query uses, by their places in the remote table: above its conditions, and in those of
    /// its conditions that PostgreSQL checks where a path of this choice is taken.
    pub fn used_places(self, quals: &[Qual<'p>], choice: &PathPlan) -> Vec<ColumnId> {
        let relation = self.relation();
        let (answered, checked): (Vec<&Qual>, Vec<&Qual>) = quals
            .iter()
            .partition(|qual| choice.leaves_nothing_of(relation, qual));
        let expr = |qual: &Qual<'p>| qual.clause.expr();
        let used = self.used(
            checked.into_iter().map(expr),
            answered.into_iter().map(expr),
        );
        let outputs = used.outputs(relation).into_iter();
        outputs.map(|output| output.place).collect()
    }
}

/// How many rows a request asks for, given the columns that the query uses.
pub(crate) fn page_size(
    relation: &Relation,
    way: Option<&AccessPath>,
    columns: &[ColumnId],
) -> u32 {
    let endpoint = way.map_or(relation.table.main(), |way| way.endpoint);
    request::page_size(
        relation.table,
        endpoint,
        columns,
        relation.reading.page_size,
    )
}
