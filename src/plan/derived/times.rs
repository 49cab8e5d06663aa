//! Functions of times: a condition on what one gives is a range of what it takes.
//!
//! Each function is taken as steps that keep the order of times, and each step turns a bound of what it gives into one of
//! what it takes. The last bound is one of the column. What the steps are made of is evaluated when the scan begins, in the
//! session's time zone, or in the zone that the function names.
//!
//! | function (`t` with a time zone, `l` without) | steps, from the outside in |
//! |---|---|
//! | `t::timestamp`, `t AT TIME ZONE z` | to the clock of a zone |
//! | `l::timestamptz`, `l AT TIME ZONE z` | from the clock of a zone |
//! | `t::date`; `l::date` | a day; to the clock |
//! | `date_trunc(unit, l)` | a unit |
//! | `date_trunc(unit, t)`, `date_trunc(unit, t, z)` | from the clock, a unit, to the clock; below a day the unit alone |
//! | `extract(year FROM …)`, `date_part('year', …)` | a year; to the clock |
//! | `v - t op interval`, `v - d op days` | `t op' v - interval` |
//!
//! Clocks are set forward and back. A clock time may then be two moments or none, and times of the clock are not in the order
//! of moments any more. So the bound of a moment is taken with the zone's offset of a day before as well as with that of a
//! day after, and the farther one counts. On most days, both are the same.
//!
//! PostgreSQL's times come to an end, where adding to one would be an error. No site has such times: beyond
//! [`Guard::LEAST`] and [`Guard::GREATEST`], the bound is a constant.

use confluence::schema::ColumnId;
use pgrx::{IntoDatum, pg_sys};

use super::{Derived, FLOAT_BTREE_FAMILY, NUMERIC_BTREE_FAMILY, strategy};
use crate::pg::datum::TypedDatum;
use crate::pg::nodes::{Comparison, Expr};
use crate::plan::planner::Planner;
use crate::plan::pushdown::{
    DATETIME_BTREE_FAMILY, Op, Pushdown, can_be_bounded, commutator, element_type,
};

const TO_LOCAL: u32 = pg_sys::F_TIMESTAMP_TIMESTAMPTZ;
const TO_ZONE: u32 = pg_sys::F_TIMEZONE_TEXT_TIMESTAMPTZ;
const FROM_LOCAL: u32 = pg_sys::F_TIMESTAMPTZ_TIMESTAMP;
const FROM_ZONE: u32 = pg_sys::F_TIMEZONE_TEXT_TIMESTAMP;
const TO_DATE: u32 = pg_sys::F_DATE_TIMESTAMP;
const FROM_DATE: u32 = pg_sys::F_TIMESTAMP_DATE;
const TRUNC: u32 = pg_sys::F_DATE_TRUNC_TEXT_TIMESTAMP;
const PLUS_DAYS: u32 = pg_sys::F_DATE_PLI;
const PLUS: u32 = pg_sys::F_TIMESTAMP_PL_INTERVAL;
const MOMENT_PLUS: u32 = pg_sys::F_TIMESTAMPTZ_PL_INTERVAL;

/// So many steps are gone. Each may double the expression.
const MOST_STEPS: usize = 8;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// A difference that is compared is at most of so many days, so that it leads from no constant of [`Guard`] past another.
const LONGEST_SPAN: i64 = 365 * 400;

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    From,
    To,
}

/// A bound of a time: one that is not below the value, or not above it, or not at it either.
#[derive(Clone, Copy, Debug)]
struct Bound<'p> {
    end: End,
    strict: bool,
    value: Expr<'p>,
}

impl<'p> Bound<'p> {
    fn shape(self) -> Op {
        match self.end {
            End::From => Op::From {
                strict: self.strict,
            },
            End::To => Op::To {
                strict: self.strict,
            },
        }
    }

    /// The farther one of two values that were found at different times.
    fn farthest(end: End, values: [Expr<'p>; 2]) -> Expr<'p> {
        let [one, _] = values;
        Expr::extreme(end == End::To, values).unwrap_or(one)
    }
}

/// A zone by its name, or the session's.
type Zone<'p> = Option<Expr<'p>>;

/// What becomes of a time.
#[derive(Clone, Copy, Debug)]
enum TimeStep<'p> {
    /// A moment is shown by the clock of a zone.
    ToClock(Zone<'p>),
    /// A time of the clock of a zone is taken for a moment.
    FromClock(Zone<'p>),
    /// A time without a zone goes back to the beginning of a unit, which is so long.
    Trunc(Expr<'p>, pg_sys::Interval),
    /// A moment goes back by less than so many microseconds.
    TruncMoment(i64),
    ToDate,
    FromDate,
    /// The year of a time without a zone.
    Year,
}

impl<'p> TimeStep<'p> {
    /// The bound of what the step takes, of one of what it gives.
    fn back(self, bound: Bound<'p>) -> Bound<'p> {
        let Bound { end, strict, value } = bound;
        let with = |strict, value| Bound { end, strict, value };
        match self {
            TimeStep::ToClock(zone) => {
                let moment = |value| match zone {
                    Some(zone) => Expr::call(FROM_ZONE, [zone, value]),
                    None => Expr::call(FROM_LOCAL, [value]),
                };
                let at = |hours| plus(MOMENT_PLUS, moment(plus(PLUS, value, hours)), -hours);
                with(strict, Bound::farthest(end, [at(DAY), at(-DAY)]))
            }
            TimeStep::FromClock(zone) => {
                let clock = |value| match zone {
                    Some(zone) => Expr::call(TO_ZONE, [zone, value]),
                    None => Expr::call(TO_LOCAL, [value]),
                };
                let at = |hours| plus(PLUS, clock(plus(MOMENT_PLUS, value, hours)), -hours);
                with(strict, Bound::farthest(end, [at(DAY), at(-DAY)]))
            }
            TimeStep::Trunc(unit, length) => {
                // The first beginning of a unit behind a time.
                let behind = |value| {
                    let begun = Expr::call(TRUNC, [unit, value]);
                    Expr::call(PLUS, [begun, interval(length)])
                };
                // At the value, one that is strict below and one that is not above end alike.
                let value = match (end, strict) {
                    (End::From, true) | (End::To, false) => behind(value),
                    (End::From, false) | (End::To, true) => behind(plus(PLUS, value, -1)),
                };
                with(end == End::To, value)
            }
            TimeStep::TruncMoment(length) => match end {
                End::From => bound,
                End::To => with(true, plus(MOMENT_PLUS, value, length)),
            },
            TimeStep::ToDate => {
                let day = match (end, strict) {
                    (End::From, true) | (End::To, false) => {
                        Expr::call(PLUS_DAYS, [value, number(1)])
                    }
                    (End::From, false) | (End::To, true) => value,
                };
                with(end == End::To, Expr::call(FROM_DATE, [day]))
            }
            TimeStep::FromDate => {
                let value = match (end, strict) {
                    (End::From, true) | (End::To, false) => value,
                    (End::From, false) | (End::To, true) => plus(PLUS, value, -1),
                };
                with(end == End::From, Expr::call(TO_DATE, [value]))
            }
            TimeStep::Year => {
                let year = match (end, strict) {
                    (End::From, true) | (End::To, false) => {
                        let floor = whole(value, Rounding::Down);
                        Expr::call(pg_sys::F_INT4PL, [floor, number(1)])
                    }
                    (End::From, false) | (End::To, true) => whole(value, Rounding::Up),
                };
                let (one, none) = (number(1), number(0));
                let seconds = constant(0.0_f64.into_datum(), pg_sys::FLOAT8OID);
                let begins = Expr::call(
                    pg_sys::F_MAKE_TIMESTAMP,
                    [year, one, one, none, none, seconds],
                );
                with(end == End::To, begins)
            }
        }
    }

    /// The type of what it gives.
    fn gives(self) -> pg_sys::Oid {
        match self {
            TimeStep::ToClock(_) | TimeStep::Trunc(..) | TimeStep::FromDate => pg_sys::TIMESTAMPOID,
            TimeStep::FromClock(_) | TimeStep::TruncMoment(_) => pg_sys::TIMESTAMPTZOID,
            TimeStep::ToDate => pg_sys::DATEOID,
            TimeStep::Year => pg_sys::NUMERICOID,
        }
    }
}

/// A form that is the same as steps from a column.
struct Steps<'p> {
    /// From the outside in.
    steps: Vec<TimeStep<'p>>,
    /// What the innermost one takes.
    inner: Expr<'p>,
}

/// What is compared with the form, and how it becomes a bound of it.
struct Compared<'p> {
    form: Expr<'p>,
    strategy: u32,
    /// The values, of one type. The form is from the least of them to the greatest.
    values: Vec<Expr<'p>>,
    /// What is added to the value before.
    plus: Plus,
}

#[derive(Clone, Copy)]
enum Plus {
    Nothing,
    Micros(i64),
    Days(i32),
}

impl<'p> Planner<'p> {
    /// The range of a column that follows from a comparison of a function of its times.
    pub(super) fn times_of(self, comparison: Comparison<'p>) -> Vec<Derived<'p>> {
        self.range_of(comparison).unwrap_or_default()
    }

    fn range_of(self, comparison: Comparison<'p>) -> Option<Vec<Derived<'p>>> {
        let compared = self
            .compared_age(comparison)
            .or_else(|| self.compared_time(comparison))?;
        let Steps { mut steps, inner } = self.steps_to(compared.form)?;
        let (local, column) = self.own_column(inner)?;
        let value_type = compared.values.first()?.type_oid();
        let gives = steps
            .first()
            .map_or(pg_sys::TIMESTAMPTZOID, |step| step.gives());
        if !can_be_bounded(column) {
            return None;
        }
        // What is compared with a time of another kind becomes such a time before.
        if value_type == pg_sys::TIMESTAMPTZOID || value_type == pg_sys::TIMESTAMPOID {
            if gives == pg_sys::DATEOID {
                steps.insert(0, TimeStep::FromDate);
            }
            if value_type == pg_sys::TIMESTAMPTZOID && gives != pg_sys::TIMESTAMPTZOID {
                steps.insert(0, TimeStep::FromClock(None));
            }
        }
        let ends: &[(End, bool)] = match compared.strategy {
            pg_sys::BTEqualStrategyNumber => &[(End::From, false), (End::To, false)],
            pg_sys::BTLessStrategyNumber => &[(End::To, true)],
            pg_sys::BTLessEqualStrategyNumber => &[(End::To, false)],
            pg_sys::BTGreaterStrategyNumber => &[(End::From, true)],
            pg_sys::BTGreaterEqualStrategyNumber => &[(End::From, false)],
            _ => return None,
        };
        let bounds = ends.iter().map(|&(end, strict)| {
            let value = Expr::extreme(end == End::To, compared.values.iter().copied())?;
            let begin = |value| Bound {
                end,
                strict,
                value: moved(natural(value, gives), compared.plus),
            };
            let last = |value| {
                steps
                    .iter()
                    .fold(begin(value), |bound, step| step.back(bound))
            };
            let bound = Bound {
                value: Guard::of(end, value)?.around(value, |value| last(value).value)?,
                ..last(value)
            };
            self.bound_of(local.place, inner, bound)
        });
        bounds.collect()
    }

    /// A bound of a column.
    fn bound_of(self, place: ColumnId, column: Expr<'p>, bound: Bound<'p>) -> Option<Derived<'p>> {
        let value = self.root().folded(bound.value);
        let strategy = match (bound.end, bound.strict) {
            (End::From, false) => pg_sys::BTGreaterEqualStrategyNumber,
            (End::From, true) => pg_sys::BTGreaterStrategyNumber,
            (End::To, false) => pg_sys::BTLessEqualStrategyNumber,
            (End::To, true) => pg_sys::BTLessStrategyNumber,
        };
        // SAFETY: a catalog look-up by oids; planning runs in a transaction.
        let operator = unsafe {
            pg_sys::get_opfamily_member(
                DATETIME_BTREE_FAMILY,
                pg_sys::TIMESTAMPTZOID,
                pg_sys::TIMESTAMPTZOID,
                strategy as i16,
            )
        };
        let as_clause = Comparison {
            left: column,
            operator,
            right: value,
            collation: pg_sys::InvalidOid,
            any: false,
        };
        (value.type_oid() == pg_sys::TIMESTAMPTZOID).then(|| Derived {
            pushdown: Pushdown {
                place,
                shape: bound.shape(),
                value,
                turned: false,
                narrows: true,
            },
            estimated_by: as_clause.of(column, value).map(Expr::as_node),
        })
    }

    /// The range of a column that all alternatives lie in.
    pub(super) fn one_range(
        self,
        place: ColumnId,
        of_each: &[Vec<Derived<'p>>],
    ) -> Vec<Derived<'p>> {
        let bound = |end: End| {
            let is_bound = |derived: &&Derived| {
                let shape = derived.pushdown.shape;
                derived.pushdown.place == place
                    && match end {
                        End::From => matches!(shape, Op::From { .. } | Op::At),
                        End::To => matches!(shape, Op::To { .. } | Op::At),
                    }
            };
            let mut values = Vec::new();
            let mut strict = true;
            for derived in of_each {
                let pushdown = derived.iter().find(is_bound)?.pushdown;
                strict &= matches!(
                    pushdown.shape,
                    Op::From { strict: true } | Op::To { strict: true }
                );
                let value = pushdown.value;
                let moment = |value| natural(value, pg_sys::TIMESTAMPTZOID);
                values.push(Guard::of(end, value)?.around(value, moment)?);
            }
            let value = Expr::extreme(end == End::To, values)?;
            let column = self.column_at(place)?;
            self.bound_of(place, column, Bound { end, strict, value })
        };
        [End::From, End::To].into_iter().filter_map(bound).collect()
    }

    /// What is compared with a time, or with a number that comes of one.
    fn compared_time(self, comparison: Comparison<'p>) -> Option<Compared<'p>> {
        let Comparison {
            left,
            operator,
            right,
            any,
            ..
        } = comparison;
        let value_type = match any {
            true => element_type(right.type_oid()),
            false => right.type_oid(),
        };
        let (family, value_types): (pg_sys::Oid, &[pg_sys::Oid]) = match left.type_oid() {
            pg_sys::TIMESTAMPTZOID | pg_sys::TIMESTAMPOID | pg_sys::DATEOID => (
                DATETIME_BTREE_FAMILY,
                &[
                    pg_sys::TIMESTAMPTZOID,
                    pg_sys::TIMESTAMPOID,
                    pg_sys::DATEOID,
                ],
            ),
            pg_sys::NUMERICOID => (NUMERIC_BTREE_FAMILY, &[pg_sys::NUMERICOID]),
            pg_sys::FLOAT8OID => (FLOAT_BTREE_FAMILY, &[pg_sys::FLOAT8OID]),
            pg_sys::INT4OID | pg_sys::INT8OID => (
                pg_sys::INTEGER_BTREE_FAM_OID,
                &[pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID],
            ),
            _ => return None,
        };
        let strategy = strategy(operator, family).filter(|_| value_types.contains(&value_type))?;
        let values = match any {
            true if strategy == pg_sys::BTEqualStrategyNumber => right.elements()?,
            true => return None,
            false => vec![right],
        };
        Some(Compared {
            form: left,
            strategy,
            values,
            plus: Plus::Nothing,
        })
    }

    /// What is compared with how long ago something was, or how many days.
    fn compared_age(self, comparison: Comparison<'p>) -> Option<Compared<'p>> {
        let difference = comparison.left.plain().comparison()?;
        let length = comparison.right.constant()?;
        if comparison.any || difference.any || !self.is_value(difference.left) {
            return None;
        }
        // SAFETY: a catalog look-up by oid; planning runs in a transaction.
        let function = unsafe { pg_sys::get_opcode(difference.operator) };
        let (family, plus) = match function.to_u32() {
            pg_sys::F_TIMESTAMPTZ_MI | pg_sys::F_TIMESTAMP_MI
                if length.type_oid() == pg_sys::INTERVALOID =>
            {
                let span = length.span()?;
                let fits = (span / DAY).abs() <= LONGEST_SPAN;
                (
                    pg_sys::INTERVAL_BTREE_FAM_OID,
                    fits.then_some(Plus::Micros(-span))?,
                )
            }
            pg_sys::F_DATE_MI
                if matches!(
                    length.type_oid(),
                    pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID
                ) =>
            {
                let days = length.int();
                let fits = (-LONGEST_SPAN..=LONGEST_SPAN).contains(&days);
                let days = i32::try_from(-days).ok().filter(|_| fits)?;
                (pg_sys::INTEGER_BTREE_FAM_OID, Plus::Days(days))
            }
            _ => return None,
        };
        // The greater a time, the less is the time from it to another.
        let turned = commutator(comparison.operator);
        Some(Compared {
            form: difference.right,
            strategy: strategy(turned, family)?,
            values: vec![difference.left],
            plus,
        })
    }

    /// The steps that a form is made of.
    fn steps_to(self, form: Expr<'p>) -> Option<Steps<'p>> {
        let (mut steps, mut inner) = (Vec::new(), form.plain());
        while inner.var().is_none() {
            let (of_function, further) = self.steps_of(inner)?;
            steps.extend(of_function);
            inner = further.plain();
            if steps.len() > MOST_STEPS {
                return None;
            }
        }
        Some(Steps { steps, inner })
    }

    /// The steps that a function is made of, and what it takes.
    fn steps_of(self, expr: Expr<'p>) -> Option<(Vec<TimeStep<'p>>, Expr<'p>)> {
        use TimeStep::{FromClock, FromDate, ToClock, ToDate, Year};
        let (function, args) = expr.function()?;
        let zone = |zone: Expr<'p>| self.is_value(zone).then_some(Some(zone));
        let (steps, inner) = match (function, &args[..]) {
            (pg_sys::F_TIMESTAMP_TIMESTAMPTZ, &[inner]) => (vec![ToClock(None)], inner),
            (pg_sys::F_TIMEZONE_TEXT_TIMESTAMPTZ, &[name, inner]) => {
                (vec![ToClock(zone(name)?)], inner)
            }
            (pg_sys::F_TIMESTAMPTZ_TIMESTAMP, &[inner]) => (vec![FromClock(None)], inner),
            (pg_sys::F_TIMEZONE_TEXT_TIMESTAMP, &[name, inner]) => {
                (vec![FromClock(zone(name)?)], inner)
            }
            (pg_sys::F_DATE_TIMESTAMPTZ, &[inner]) => (vec![ToDate, ToClock(None)], inner),
            (pg_sys::F_DATE_TIMESTAMP, &[inner]) => (vec![ToDate], inner),
            (pg_sys::F_TIMESTAMPTZ_DATE, &[inner]) => (vec![FromClock(None), FromDate], inner),
            (pg_sys::F_TIMESTAMP_DATE, &[inner]) => (vec![FromDate], inner),
            (pg_sys::F_DATE_TRUNC_TEXT_TIMESTAMP, &[unit, inner]) => {
                (vec![TimeStep::Trunc(unit, Unit::of(unit)?.length())], inner)
            }
            (pg_sys::F_DATE_TRUNC_TEXT_TIMESTAMPTZ, &[unit, inner]) => {
                (trunc_of_moment(unit, None)?, inner)
            }
            (pg_sys::F_DATE_TRUNC_TEXT_TIMESTAMPTZ_TEXT, &[unit, inner, name]) => {
                (trunc_of_moment(unit, zone(name)?)?, inner)
            }
            (
                pg_sys::F_EXTRACT_TEXT_TIMESTAMPTZ | pg_sys::F_DATE_PART_TEXT_TIMESTAMPTZ,
                &[unit, inner],
            ) if Unit::of(unit)? == Unit::Months(12) => (vec![Year, ToClock(None)], inner),
            (
                pg_sys::F_EXTRACT_TEXT_TIMESTAMP | pg_sys::F_DATE_PART_TEXT_TIMESTAMP,
                &[unit, inner],
            ) if Unit::of(unit)? == Unit::Months(12) => (vec![Year], inner),
            (pg_sys::F_EXTRACT_TEXT_DATE | pg_sys::F_DATE_PART_TEXT_DATE, &[unit, inner])
                if Unit::of(unit)? == Unit::Months(12) =>
            {
                (vec![Year, FromDate], inner)
            }
            // A year is a whole number, in whatever form.
            (pg_sys::F_TRUNC_NUMERIC_INT4, &[year, digits]) => {
                let digits = digits.constant().map(TypedDatum::int);
                return self
                    .year_of(year)
                    .filter(|_| digits.is_some_and(|digits| digits >= 0));
            }
            (
                pg_sys::F_INT4_NUMERIC
                | pg_sys::F_INT8_NUMERIC
                | pg_sys::F_INT4_FLOAT8
                | pg_sys::F_INT8_FLOAT8
                | pg_sys::F_FLOAT8_NUMERIC
                | pg_sys::F_NUMERIC_FLOAT8
                | pg_sys::F_TRUNC_NUMERIC
                | pg_sys::F_FLOOR_NUMERIC
                | pg_sys::F_TRUNC_FLOAT8
                | pg_sys::F_FLOOR_FLOAT8,
                &[year],
            ) => return self.year_of(year),
            _ => return None,
        };
        Some((steps, inner))
    }

    /// The steps of an expression that gives a year.
    fn year_of(self, expr: Expr<'p>) -> Option<(Vec<TimeStep<'p>>, Expr<'p>)> {
        let steps = self.steps_of(expr.plain());
        steps.filter(|(steps, _)| matches!(steps[..], [TimeStep::Year, ..]))
    }
}

/// The steps of a moment that goes back to the beginning of a unit. Below a day, it keeps the offset that it has.
fn trunc_of_moment<'p>(name: Expr<'p>, zone: Zone<'p>) -> Option<Vec<TimeStep<'p>>> {
    let unit = Unit::of(name)?;
    Some(match unit {
        Unit::Micros(length) => vec![TimeStep::TruncMoment(length)],
        _ => vec![
            TimeStep::FromClock(zone),
            TimeStep::Trunc(name, unit.length()),
            TimeStep::ToClock(zone),
        ],
    })
}

/// How long a unit of time is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Months(i32),
    Days(i32),
    Micros(i64),
}

impl Unit {
    /// The unit that a constant names, in one of the ways in which people and tools do.
    fn of(name: Expr) -> Option<Self> {
        let name = name.constant().filter(|name| name.is_text())?.text();
        let name = name.to_ascii_lowercase();
        Some(match name.strip_suffix('s').unwrap_or(&name) {
            "millennium" => Unit::Months(12_000),
            "century" => Unit::Months(1_200),
            "decade" => Unit::Months(120),
            "year" => Unit::Months(12),
            "quarter" => Unit::Months(3),
            "month" => Unit::Months(1),
            "week" => Unit::Days(7),
            "day" => Unit::Days(1),
            "hour" => Unit::Micros(HOUR),
            "minute" => Unit::Micros(60_000_000),
            "second" => Unit::Micros(1_000_000),
            "millisecond" => Unit::Micros(1_000),
            "microsecond" => Unit::Micros(1),
            _ => return None,
        })
    }

    fn length(self) -> pg_sys::Interval {
        let mut length = pg_sys::Interval::default();
        match self {
            Unit::Months(months) => length.month = months,
            Unit::Days(days) => length.day = days,
            Unit::Micros(micros) => length.time = micros,
        }
        length
    }
}

/// What keeps values away from the ends of PostgreSQL's times.
struct Guard {
    end: End,
    /// The functions that say that a value is less, or greater, than another of the type.
    less: u32,
    greater: u32,
    type_oid: pg_sys::Oid,
}

impl Guard {
    /// In days since 2000-01-01: the years 1000 and 100000. What lies between them is computed with.
    const LEAST: i32 = -365_242;
    const GREATEST: i32 = 35_793_765;
    /// The years 1500 and 50000: no time that is compared with one below or above those is above or below these.
    const ABOVE_LESSER: i32 = -182_621;
    const BELOW_GREATER: i32 = 17_531_640;

    /// The guard of a value's type, for one end of a range.
    fn of(end: End, value: Expr) -> Option<Self> {
        let (less, greater, type_oid) = match value.type_oid() {
            pg_sys::DATEOID => (pg_sys::F_DATE_LT, pg_sys::F_DATE_GT, pg_sys::DATEOID),
            pg_sys::TIMESTAMPOID => (
                pg_sys::F_TIMESTAMP_LT,
                pg_sys::F_TIMESTAMP_GT,
                pg_sys::TIMESTAMPOID,
            ),
            pg_sys::TIMESTAMPTZOID => (
                pg_sys::F_TIMESTAMPTZ_LT,
                pg_sys::F_TIMESTAMPTZ_GT,
                pg_sys::TIMESTAMPTZOID,
            ),
            pg_sys::INT2OID
            | pg_sys::INT4OID
            | pg_sys::INT8OID
            | pg_sys::FLOAT8OID
            | pg_sys::NUMERICOID => (
                pg_sys::F_NUMERIC_LT,
                pg_sys::F_NUMERIC_GT,
                pg_sys::NUMERICOID,
            ),
            _ => return None,
        };
        Some(Self {
            end,
            less,
            greater,
            type_oid,
        })
    }

    /// A bound in years that can be computed with, and a constant that is as good in all others.
    fn around<'p>(
        self,
        value: Expr<'p>,
        bound: impl FnOnce(Expr<'p>) -> Expr<'p>,
    ) -> Option<Expr<'p>> {
        let (least, greatest) = match self.type_oid {
            pg_sys::NUMERICOID => (number(1_000), number(100_000)),
            pg_sys::DATEOID => (
                constant(Some(pg_sys::Datum::from(Self::LEAST)), pg_sys::DATEOID),
                constant(Some(pg_sys::Datum::from(Self::GREATEST)), pg_sys::DATEOID),
            ),
            other => (
                midnight(Self::LEAST, other),
                midnight(Self::GREATEST, other),
            ),
        };
        let (if_less, if_greater) = match self.end {
            End::From => (
                micros(i64::MIN),
                midnight(Self::BELOW_GREATER, pg_sys::TIMESTAMPTZOID),
            ),
            End::To => (
                midnight(Self::ABOVE_LESSER, pg_sys::TIMESTAMPTZOID),
                micros(i64::MAX),
            ),
        };
        let compared = value.coerced(self.type_oid)?;
        let is = |number: u32, limit: Expr<'p>| {
            let limit = limit.coerced(self.type_oid)?;
            Some(Expr::call(number, [compared, limit]))
        };
        Some(Expr::case(
            [
                (is(self.less, least)?, if_less),
                (is(self.greater, greatest)?, if_greater),
            ],
            bound(value),
        ))
    }
}

/// A value in the type in which it is compared with what a form gives.
fn natural(value: Expr, form: pg_sys::Oid) -> Expr {
    let of_zone = |value| Expr::call(FROM_LOCAL, [value]);
    match (value.type_oid(), form) {
        (pg_sys::DATEOID, pg_sys::TIMESTAMPOID) => Expr::call(FROM_DATE, [value]),
        (pg_sys::DATEOID, pg_sys::TIMESTAMPTZOID) => of_zone(Expr::call(FROM_DATE, [value])),
        (pg_sys::TIMESTAMPOID, pg_sys::TIMESTAMPTZOID) => of_zone(value),
        _ => value,
    }
}

/// A value after something was added to it.
fn moved(value: Expr, by: Plus) -> Expr {
    let sum = match value.type_oid() {
        pg_sys::TIMESTAMPTZOID => MOMENT_PLUS,
        _ => PLUS,
    };
    match by {
        Plus::Nothing => value,
        Plus::Micros(micros) => plus(sum, value, micros),
        Plus::Days(days) => Expr::call(PLUS_DAYS, [value, number(days)]),
    }
}

/// A time after so many microseconds.
fn plus(sum: u32, value: Expr, micros: i64) -> Expr {
    Expr::call(sum, [value, interval(Unit::Micros(micros).length())])
}

enum Rounding {
    Down,
    Up,
}

/// The whole number that is next to another one.
fn whole(value: Expr, rounding: Rounding) -> Expr {
    let (of_numeric, of_float) = match rounding {
        Rounding::Down => (pg_sys::F_FLOOR_NUMERIC, pg_sys::F_FLOOR_FLOAT8),
        Rounding::Up => (pg_sys::F_CEIL_NUMERIC, pg_sys::F_CEIL_FLOAT8),
    };
    let whole = match value.type_oid() {
        pg_sys::NUMERICOID => Expr::call(of_numeric, [value]),
        pg_sys::FLOAT8OID => Expr::call(of_float, [value]),
        _ => value,
    };
    whole.coerced(pg_sys::INT4OID).unwrap_or(whole)
}

/// A constant of a type of fixed length.
fn constant<'p>(datum: Option<pg_sys::Datum>, type_oid: pg_sys::Oid) -> Expr<'p> {
    let datum = datum.unwrap_or(pg_sys::Datum::null());
    // SAFETY: the callers pass values of the types that they name.
    match unsafe { TypedDatum::new(datum, false, type_oid) } {
        Some(value) => Expr::of_value(value),
        None => unreachable!("it is not NULL"),
    }
}

fn number<'p>(number: i32) -> Expr<'p> {
    constant(number.into_datum(), pg_sys::INT4OID)
}

/// A moment, in microseconds since 2000-01-01 UTC. The ends are infinity.
fn micros<'p>(micros: i64) -> Expr<'p> {
    constant(micros.into_datum(), pg_sys::TIMESTAMPTZOID)
}

/// The beginning of a day, by its number since 2000-01-01: in UTC, where the type has a zone.
fn midnight<'p>(day: i32, type_oid: pg_sys::Oid) -> Expr<'p> {
    constant((i64::from(day) * DAY).into_datum(), type_oid)
}

fn interval<'p>(length: pg_sys::Interval) -> Expr<'p> {
    // SAFETY: a value of that type, in memory of its own, in the current memory context.
    let datum = unsafe {
        let at = pg_sys::palloc(size_of::<pg_sys::Interval>()).cast::<pg_sys::Interval>();
        at.write(length);
        pg_sys::Datum::from(at)
    };
    constant(Some(datum), pg_sys::INTERVALOID)
}
