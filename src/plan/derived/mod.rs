//! Derived conditions: what follows for a column from a clause that does not compare it with a value itself.
//!
//! Each form is one that people and tools write. What follows is a pushdown like any other: a column, an operator, and an
//! expression for the value, which is evaluated when the scan begins. It is exact where it says no less than its clause;
//! where it narrows, PostgreSQL checks the clause on the rows that it leaves.
//!
//! | form (`x` is a column, or again a form of one) | what follows | how well |
//! |---|---|---|
//! | `x = v OR x = w`, also of lists | `x` is one of a list | exact |
//! | `(x = v AND …) OR (x = w AND …)` | the same | narrows |
//! | `(x >= a AND x < b) OR (x >= c AND x < d)`, `x BETWEEN SYMMETRIC` | `x` from the least to the greatest | narrows |
//! | `COALESCE(x, d) op v`, where `d op v` does not hold | `x op v` | exact |
//! | `NULLIF(x, d) op v` | `x op v` | narrows |
//! | `(x op v) IS TRUE`, `x IS NOT DISTINCT FROM v`, where `v` is no NULL | `x op v`, `x = v` | exact |
//! | `x::text = v`, also of lists, where `x` is a whole number | `x` is the number that PostgreSQL writes so | exact |
//! | `x::numeric = v`, where `x` is a whole number | `x` is the same number | exact |
//! | `x LIKE v` without wildcards | `x = v` | exact |
//! | `x ILIKE v`, `lower(x) = v`, in few ASCII letters | `x` is one of its spellings | narrows |
//! | functions of times: [`times`] | `x` from one time to another | narrows |
//!
//! Other expressions say nothing to the site, so that a condition can be kept from it: `id + 0`, `title || ''`,
//! `modified_at + interval '0'`. What widens a listing has to stand in the query as it is: see [`Planner::can_drive`].

mod patterns;
mod texts;
mod times;

use confluence::schema::{ColumnId, Kind};
use pgrx::pg_sys;

use super::planner::Planner;
use super::pushdown::{Op, Pushdown, commutator, element_type, tells_texts_apart};
use crate::pg::nodes::{Comparison, Expr, Node};

/// A condition that follows from a clause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Derived<'p> {
    pub pushdown: Pushdown<'p>,
    /// What PostgreSQL estimates it by, if it can.
    pub estimated_by: Option<Node<'p, pg_sys::Node>>,
}

impl<'p> Derived<'p> {
    /// The same, following from a clause that says more.
    fn narrowing(self) -> Self {
        Self {
            pushdown: Pushdown {
                narrows: true,
                ..self.pushdown
            },
            ..self
        }
    }

    /// A list of values, or one, that a column has.
    fn equality(place: ColumnId, shape: Op, value: Expr<'p>) -> Self {
        Self {
            pushdown: Pushdown {
                place,
                shape,
                value,
                turned: false,
                narrows: false,
            },
            estimated_by: None,
        }
    }

    fn estimated_by(self, expr: Expr<'p>) -> Self {
        Self {
            estimated_by: Some(expr.as_node()),
            ..self
        }
    }
}

/// How deep forms are looked for in one another. Queries bring them.
const DEEPEST: usize = 8;

/// The operator families of numbers with decimals and of such in the machine's form. PostgreSQL gives them no symbols.
const NUMERIC_BTREE_FAMILY: pg_sys::Oid = pg_sys::Oid::from_u32(1988);
const FLOAT_BTREE_FAMILY: pg_sys::Oid = pg_sys::Oid::from_u32(1970);

impl<'p> Planner<'p> {
    /// What follows from an expression as a condition that is no pushdown itself.
    pub(super) fn derived_of(self, expr: Expr<'p>) -> Vec<Derived<'p>> {
        let mut derived = self.follows_from(expr, DEEPEST);
        derived.retain(|derived| self.can_drive(&derived.pushdown));
        derived
    }

    /// The same for an expression that may be a pushdown.
    fn follows_from(self, expr: Expr<'p>, depth: usize) -> Vec<Derived<'p>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Vec::new();
        };
        if let Some(pushdown) = self.pushdown_of(expr) {
            let pushdown = Pushdown {
                turned: false,
                ..pushdown
            };
            return vec![Derived {
                pushdown,
                estimated_by: Some(expr.as_node()),
            }];
        }
        if let Some(all) = expr.all_of() {
            let of_each = all.iter().flat_map(|&part| self.follows_from(part, depth));
            return of_each.map(Derived::narrowing).collect();
        }
        if let Some(alternatives) = expr.one_of() {
            return self.common_to(expr, &alternatives, depth);
        }
        if let Some(said) = expr.said_to_be_true() {
            return self.follows_from(said, depth);
        }
        if let Some(same) = expr.not_distinct() {
            let has_value = [same.left, same.right]
                .iter()
                .any(|side| side.constant().is_some());
            let equality = same.of(same.left, same.right).filter(|_| has_value);
            return equality.map_or_else(Vec::new, |same| self.follows_from(same, depth));
        }
        let Some(comparison) = expr.comparison() else {
            return Vec::new();
        };
        let derived = self.follows_from_comparison(comparison, depth);
        match turned(comparison).filter(|_| derived.is_empty()) {
            Some(turned) => self.follows_from_comparison(turned, depth),
            None => derived,
        }
    }

    /// What follows from a comparison of a form, on its left side, with a value.
    fn follows_from_comparison(self, comparison: Comparison<'p>, depth: usize) -> Vec<Derived<'p>> {
        let (left, value) = (comparison.left.plain(), comparison.right);
        if !self.is_value(value) {
            return Vec::new();
        }
        if let Some((first, others)) = left.coalesced() {
            let holds_for_none = others.iter().all(|&other| {
                let of_other = comparison.of(other, value);
                of_other.is_some_and(|of_other| self.root().folded(of_other).is_never_true())
            });
            let of_first = comparison.of(first, value).filter(|_| holds_for_none);
            return of_first.map_or_else(Vec::new, |first| self.follows_from(first, depth));
        }
        if let Some(unless) = left.null_if() {
            let of_unless = comparison.of(unless, value);
            let derived =
                of_unless.map_or_else(Vec::new, |unless| self.follows_from(unless, depth));
            return derived.into_iter().map(Derived::narrowing).collect();
        }
        let one = self
            .number_of(comparison)
            .or_else(|| self.text_of(comparison));
        match one {
            Some(derived) => vec![derived],
            None => self.times_of(comparison),
        }
    }

    /// What a comparison says of a whole number that has become a text, or a number with decimals.
    fn number_of(self, comparison: Comparison<'p>) -> Option<Derived<'p>> {
        let (left, value) = (comparison.left.plain(), comparison.right);
        let number = match left.written_as_text() {
            Some(number) => is_equality_of_texts(comparison).then_some(number)?,
            None => {
                let (function, args) = left.function()?;
                let is_number = matches!(function, pg_sys::F_NUMERIC_INT8 | pg_sys::F_NUMERIC_INT4)
                    && value.type_oid() == pg_sys::NUMERICOID
                    && !comparison.any
                    && is_equality(comparison.operator, NUMERIC_BTREE_FAMILY);
                is_number.then_some(*args.first()?)?
            }
        };
        let (local, column) = self.own_column(number)?;
        let is_asked = matches!(column.kind, Kind::Bigint | Kind::Integer)
            && self.relation().table.can_ask_for(column);
        let shape = match comparison.any {
            true => Op::AnyOf,
            false => Op::Equal,
        };
        is_asked.then(|| Derived::equality(local.place, shape, value))
    }

    /// What is common to all alternatives of an OR.
    fn common_to(
        self,
        whole: Expr<'p>,
        alternatives: &[Expr<'p>],
        depth: usize,
    ) -> Vec<Derived<'p>> {
        let mut of_each: Vec<Vec<Derived>> = Vec::new();
        for &alternative in alternatives {
            let derived = self.follows_from(alternative, depth);
            if derived.is_empty() {
                return Vec::new();
            }
            of_each.push(derived);
        }
        let mut places: Vec<ColumnId> = Vec::new();
        for derived in of_each.first().into_iter().flatten() {
            if !places.contains(&derived.pushdown.place) {
                places.push(derived.pushdown.place);
            }
        }
        let mut common = Vec::new();
        for place in places {
            let list = self.one_list(place, &of_each);
            common.extend(list.map(|list| list.estimated_by(whole)));
            common.extend(self.one_range(place, &of_each));
        }
        common
    }

    /// The list of the values that a column has in all alternatives.
    fn one_list(self, place: ColumnId, of_each: &[Vec<Derived<'p>>]) -> Option<Derived<'p>> {
        let (mut values, mut is_exact) = (Vec::new(), true);
        for derived in of_each {
            let is_list = |derived: &&Derived| {
                let pushdown = derived.pushdown;
                pushdown.place == place && !pushdown.shape.is_range()
            };
            let pushdown = derived.iter().find(is_list)?.pushdown;
            is_exact &= !pushdown.narrows && derived.len() == 1;
            match pushdown.shape {
                Op::AnyOf => values.extend(pushdown.value.elements()?),
                _ => values.push(pushdown.value),
            }
        }
        let are = |types: &[pg_sys::Oid]| {
            let mut values = values.iter();
            values.all(|value| types.contains(&value.type_oid()))
        };
        let element = if are(&[pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID]) {
            pg_sys::INT8OID
        } else if are(&[pg_sys::TEXTOID, pg_sys::VARCHAROID]) {
            pg_sys::TEXTOID
        } else {
            return None;
        };
        let list = self.root().folded(Expr::array(values, element)?);
        let list = Derived::equality(place, Op::AnyOf, list);
        Some(if is_exact { list } else { list.narrowing() })
    }
}

/// A comparison with its sides turned, if it can be.
fn turned(comparison: Comparison) -> Option<Comparison> {
    let operator = commutator(comparison.operator);
    let can_be = !comparison.any && operator != pg_sys::InvalidOid;
    can_be.then_some(Comparison {
        left: comparison.right,
        operator,
        right: comparison.left,
        ..comparison
    })
}

/// Whether an operator is the equality of an operator family.
fn is_equality(operator: pg_sys::Oid, family: pg_sys::Oid) -> bool {
    strategy(operator, family) == Some(pg_sys::BTEqualStrategyNumber)
}

/// What an operator does in the order of an operator family.
fn strategy(operator: pg_sys::Oid, family: pg_sys::Oid) -> Option<u32> {
    // SAFETY: a catalog look-up by oid; planning runs in a transaction.
    match unsafe { pg_sys::get_op_opfamily_strategy(operator, family) } {
        0 => None,
        strategy => Some(strategy as u32),
    }
}

/// Whether a comparison says that two texts are the same.
fn is_equality_of_texts(comparison: Comparison) -> bool {
    let value = match comparison.any {
        true => element_type(comparison.right.type_oid()),
        false => comparison.right.type_oid(),
    };
    matches!(value, pg_sys::TEXTOID | pg_sys::VARCHAROID)
        && is_equality(comparison.operator, pg_sys::TEXT_BTREE_FAM_OID)
        && tells_texts_apart(comparison.collation)
}
