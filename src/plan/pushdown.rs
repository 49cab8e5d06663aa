//! Pushdown: which conditions the site can answer.

use confluence::request::{Range, Sort};
use confluence::schema::{Column, ColumnId, Kind};
use pgrx::pg_sys;
use serde::{Deserialize, Serialize};

use super::derived::Derived;
use super::planner::Planner;
use crate::catalog::column::LocalColumn;
use crate::pg::nodes::{Expr, Node, Nodes};
use crate::pg::planning::Clause;

/// The operator family of dates and times. PostgreSQL gives it no symbol.
pub(super) const DATETIME_BTREE_FAMILY: pg_sys::Oid = pg_sys::Oid::from_u32(434);

/// A condition that the site can answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pushdown<'p> {
    /// The column, by its place in the remote table.
    pub place: ColumnId,
    pub shape: Op,
    /// The expression for the value. It does not look at the table.
    pub value: Expr<'p>,
    /// Whether the column is on the right of the operator.
    pub turned: bool,
    /// Whether it only follows from its clause: PostgreSQL checks that on the rows that it leaves.
    pub narrows: bool,
}

/// What a condition says about its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Op {
    /// It equals the value.
    Equal,
    /// It equals one of the array's elements.
    AnyOf,
    /// It is not below the value, or not at or below it.
    From { strict: bool },
    /// It is not above the value, or not at or above it.
    To { strict: bool },
    /// It equals the value, in a column that only ranges can be asked of.
    At,
}

impl Op {
    /// Whether it bounds a range of an ordered listing, rather than being asked for as a value.
    pub fn is_range(self) -> bool {
        !matches!(self, Op::Equal | Op::AnyOf)
    }

    /// The times that it leaves, of which its value is one, in microseconds. Both ends are within.
    pub fn span(self, time: i64) -> Range {
        let (from, to) = match self {
            Op::From { strict } => (Some(time.saturating_add(strict.into())), None),
            Op::To { strict } => (None, Some(time.saturating_sub(strict.into()))),
            _ => (Some(time), Some(time)),
        };
        Range { from, to }
    }

    /// Whether a listing in this order can stop behind it.
    pub fn ends(self, descending: bool) -> bool {
        match self {
            Op::Equal | Op::AnyOf => false,
            Op::At => true,
            Op::From { .. } => descending,
            Op::To { .. } => !descending,
        }
    }
}

/// A clause, and what it means to the site. A clause that means two things, as both ends of a range, is two quals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Qual<'p> {
    pub clause: Clause<'p>,
    pub pushdown: Option<Pushdown<'p>>,
    /// The equality that it is, whether the site can answer it or not: some are estimated by what the
    /// table's declaration says.
    pub equality: Option<Pushdown<'p>>,
    /// What PostgreSQL estimates it by: the clause, or what follows from it, or nothing that it could.
    pub estimated_by: Option<Node<'p, pg_sys::Node>>,
}

impl<'p> Planner<'p> {
    /// What some clauses mean to the site.
    pub fn quals_of(self, clauses: Nodes<'p, pg_sys::RestrictInfo>) -> Vec<Qual<'p>> {
        let quals = clauses
            .iter()
            .flat_map(|clause| self.quals_of_clause(clause));
        quals.collect()
    }

    fn quals_of_clause(self, clause: Clause<'p>) -> Vec<Qual<'p>> {
        let pushdown = self.pushdown_of_clause(clause);
        let derived = match pushdown {
            Some(_) => Vec::new(),
            None => self.derived_of(clause.expr()),
        };
        if derived.is_empty() {
            return vec![Qual {
                clause,
                pushdown,
                equality: self.equality_of(clause.expr()),
                estimated_by: Some(clause.as_node()),
            }];
        }
        let qual = |derived: Derived<'p>| Qual {
            clause,
            pushdown: Some(derived.pushdown),
            equality: Some(derived.pushdown).filter(|pushdown| !pushdown.shape.is_range()),
            estimated_by: derived.estimated_by,
        };
        derived.into_iter().map(qual).collect()
    }

    /// Whether a condition from a join may decide what is asked for. One that widens what is listed may not:
    /// the rows of a table do not depend on how it is joined.
    pub fn can_drive(self, pushdown: &Pushdown) -> bool {
        self.relation().table.columns[pushdown.place]
            .filter
            .is_none_or(|filter| !filter.widens)
    }

    /// What a clause of a query means to the site, if anything. A condition that widens what is listed counts only where it
    /// stands in the query with a value of its own. One that PostgreSQL derives from a join, or that compares with a column
    /// of a query around this one, is there in some plans and not in others, and the rows must not depend on that.
    fn pushdown_of_clause(self, clause: Clause<'p>) -> Option<Pushdown<'p>> {
        let pushdown = self.pushdown_of(clause.expr())?;
        if self.can_drive(&pushdown) {
            return Some(pushdown);
        }
        let has_own_value = |clause: Clause<'p>| {
            self.pushdown_of(clause.expr()).is_some_and(|own| {
                own.place == pushdown.place
                    && clause.relids().is_single()
                    && !self.looks_outside(own.value)
            })
        };
        // Members of a class come from clauses of the query, which it keeps.
        let stands_there = match clause.class() {
            Some(class) => class.sources().iter().any(has_own_value),
            None => has_own_value(clause),
        };
        stands_there.then_some(pushdown)
    }

    /// All that a clause means to the site, which may have been classified before.
    pub(super) fn pushdowns_of_clause(self, clause: Clause<'p>) -> Vec<Pushdown<'p>> {
        let is_same = |qual: &&Qual| std::ptr::eq(qual.clause.as_ptr(), clause.as_ptr());
        let known: Vec<Qual> = self.quals().iter().filter(is_same).copied().collect();
        let quals = match known.is_empty() {
            true => self.quals_of_clause(clause),
            false => known,
        };
        quals.iter().filter_map(|qual| qual.pushdown).collect()
    }

    /// All that an expression means to the site as a condition from a join, which may decide what is asked for.
    pub fn driving_pushdowns_of(self, expr: Expr<'p>) -> Vec<Pushdown<'p>> {
        match self.pushdown_of(expr) {
            Some(pushdown) => {
                let can_drive = self.can_drive(&pushdown);
                can_drive.then_some(pushdown).into_iter().collect()
            }
            None => {
                let derived = self.derived_of(expr).into_iter();
                derived.map(|derived| derived.pushdown).collect()
            }
        }
    }

    /// Whether a value depends on a row of a query around this one: a parameter of the executor is a column of one, unless
    /// a subquery of this one's own gives it, once for all rows.
    fn looks_outside(self, value: Expr<'p>) -> bool {
        let params = value.executor_params();
        let own = match params.is_empty() {
            true => Vec::new(),
            false => self.root().initial_params(),
        };
        params.iter().any(|param| !own.contains(param))
    }

    /// What an expression means to the site as a condition, if anything.
    pub fn pushdown_of(self, expr: Expr<'p>) -> Option<Pushdown<'p>> {
        let table = self.relation().table;
        self.classify(expr, |column| table.can_ask_for(column))
    }

    /// The equality that an expression is, if it is one.
    fn equality_of(self, expr: Expr<'p>) -> Option<Pushdown<'p>> {
        self.classify(expr, |_| true)
            .filter(|pushdown| !pushdown.shape.is_range())
    }

    /// What an expression says about a column. `asks` tells whether an equality on the column is of interest.
    fn classify(self, expr: Expr<'p>, asks: impl Fn(&Column) -> bool) -> Option<Pushdown<'p>> {
        let comparison = expr.comparison()?;
        let (left, right) = (comparison.left, comparison.right);
        if comparison.any {
            let (local, column) = self.own_column(left)?;
            let element = element_type(right.type_oid());
            let strategy = strategy(comparison.operator, column, element, comparison.collation)?;
            let fits =
                strategy == pg_sys::BTEqualStrategyNumber && asks(column) && self.is_value(right);
            return fits.then_some(Pushdown {
                place: local.place,
                shape: Op::AnyOf,
                value: right,
                turned: false,
                narrows: false,
            });
        }
        let compare = |column, operator, value| {
            self.compare(column, operator, value, comparison.collation, &asks)
        };
        compare(left, comparison.operator, right).or_else(|| {
            let turned = compare(right, commutator(comparison.operator), left)?;
            Some(Pushdown {
                turned: true,
                ..turned
            })
        })
    }

    /// `column operator value`.
    fn compare(
        self,
        column: Expr<'p>,
        operator: pg_sys::Oid,
        value: Expr<'p>,
        collation: pg_sys::Oid,
        asks: &impl Fn(&Column) -> bool,
    ) -> Option<Pushdown<'p>> {
        let (local, column) = self.own_column(column)?;
        let strategy = strategy(operator, column, value.type_oid(), collation)?;
        let is_asked = asks(column);
        let ranges = can_be_bounded(column);
        let shape = match strategy {
            pg_sys::BTEqualStrategyNumber if is_asked => Op::Equal,
            pg_sys::BTEqualStrategyNumber if ranges => Op::At,
            pg_sys::BTGreaterStrategyNumber if ranges => Op::From { strict: true },
            pg_sys::BTGreaterEqualStrategyNumber if ranges => Op::From { strict: false },
            pg_sys::BTLessStrategyNumber if ranges => Op::To { strict: true },
            pg_sys::BTLessEqualStrategyNumber if ranges => Op::To { strict: false },
            _ => return None,
        };
        self.is_value(value).then_some(Pushdown {
            place: local.place,
            shape,
            value,
            turned: false,
            narrows: false,
        })
    }

    /// Whether an expression says of a column that it is not NULL, where no row that arrives has NULL there: a row
    /// without a required value is an error, and so is one without a value that the listing is ordered by.
    pub(super) fn is_given(self, expr: Expr<'p>, sort: Option<Sort>) -> bool {
        let column = expr.not_null().and_then(|tested| self.own_column(tested));
        column.is_some_and(|(local, column)| {
            column.required || sort.is_some_and(|sort| sort.column == local.place)
        })
    }

    /// The column that an expression is, if it is one of the table's, in its natural type.
    pub(super) fn own_column(self, expr: Expr<'p>) -> Option<(&'p LocalColumn, &'static Column)> {
        let var = expr.plain().var()?;
        if var.relation != self.number() || var.level != 0 {
            return None;
        }
        let (local, column) = self.relation().column(var.attribute)?;
        local.is_natural(column.kind).then_some((local, column))
    }

    /// A column of the table as an expression, by its place in the remote table.
    pub(super) fn column_at(self, place: ColumnId) -> Option<Expr<'p>> {
        let mut columns = (1i16..).zip(&self.relation().columns);
        let (attribute, local) =
            columns.find(|(_, local)| local.is_some_and(|local| local.place == place))?;
        let local = local.as_ref()?;
        Some(Expr::column(self.number(), attribute, local.type_oid))
    }

    /// Whether an expression can be evaluated before the table is read: it does not look at the table, gives
    /// the same for every row, and needs no plan of its own.
    pub(super) fn is_value(self, expr: Expr<'p>) -> bool {
        !expr.relations().contains(self.number()) && expr.is_stable()
    }
}

/// Whether the site can be asked for a range of a column's values.
pub(super) fn can_be_bounded(column: &Column) -> bool {
    column.kind == Kind::Timestamp && (column.sort.is_some() || column.window.is_some())
}

/// The type of an array's elements.
pub(super) fn element_type(array: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: a catalog look-up by oid; planning runs in a transaction.
    unsafe { pg_sys::get_element_type(array) }
}

/// The operator with its sides turned, if there is one.
pub(super) fn commutator(operator: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: a catalog look-up by oid; planning runs in a transaction.
    unsafe { pg_sys::get_commutator(operator) }
}

/// What an operator does in the order of the column's type; None if it has nothing to do with it, or
/// compares with a type or under a collation for which the site's equality is another.
fn strategy(
    operator: pg_sys::Oid,
    column: &Column,
    value_type: pg_sys::Oid,
    collation: pg_sys::Oid,
) -> Option<u32> {
    let (family, types): (pg_sys::Oid, &[pg_sys::Oid]) = match column.kind {
        Kind::Bigint | Kind::Integer => (
            pg_sys::INTEGER_BTREE_FAM_OID,
            &[pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID],
        ),
        Kind::Text => (
            pg_sys::TEXT_BTREE_FAM_OID,
            &[pg_sys::TEXTOID, pg_sys::VARCHAROID],
        ),
        Kind::Timestamp => (
            DATETIME_BTREE_FAMILY,
            &[
                pg_sys::TIMESTAMPTZOID,
                pg_sys::TIMESTAMPOID,
                pg_sys::DATEOID,
            ],
        ),
        Kind::Boolean | Kind::JsonInString | Kind::Json | Kind::Link => return None,
    };
    if operator == pg_sys::InvalidOid || !types.contains(&value_type) {
        return None;
    }
    // SAFETY: catalog look-ups by oid; planning runs in a transaction.
    unsafe {
        if column.kind == Kind::Text && !tells_texts_apart(collation) {
            return None;
        }
        match pg_sys::get_op_opfamily_strategy(operator, family) {
            0 => None,
            strategy => Some(strategy as u32),
        }
    }
}

/// Whether texts are equal under a collation only if they are the same. Under a nondeterministic one, different texts can be
/// equal. The site does not know them.
pub(super) fn tells_texts_apart(collation: pg_sys::Oid) -> bool {
    // SAFETY: a catalog look-up by oid; planning runs in a transaction.
    collation != pg_sys::InvalidOid && unsafe { pg_sys::get_collation_isdeterministic(collation) }
}
