//! Patterns without wildcards, and comparisons that take no account of case.

use confluence::schema::Kind;
use pgrx::{IntoDatum, pg_sys};

use super::patterns::{exact, spellings};
use super::{Derived, is_equality_of_texts};
use crate::pg::datum::TypedDatum;
use crate::pg::nodes::{Comparison, Expr};
use crate::plan::planner::Planner;
use crate::plan::pushdown::{Op, tells_texts_apart};

/// The equality of texts. PostgreSQL gives it no symbol.
const TEXT_EQUALITY: pg_sys::Oid = pg_sys::Oid::from_u32(98);

impl<'p> Planner<'p> {
    /// What a comparison with a pattern, or of a text in lower case, says of a column.
    pub(super) fn text_of(self, comparison: Comparison<'p>) -> Option<Derived<'p>> {
        let left = comparison.left.plain();
        let text = || {
            let text = comparison.right.constant().filter(|text| text.is_text());
            text.map(TypedDatum::text)
        };
        let lowered = left.function().and_then(|(function, args)| {
            (function == pg_sys::F_LOWER_TEXT).then_some(*args.first()?)
        });
        let (tested, spelling) = match (comparison.operator.to_u32(), lowered) {
            _ if comparison.any => return None,
            (pg_sys::OID_TEXT_LIKE_OP, None) => (left, Spelling::Same(exact(&text()?)?)),
            (pg_sys::OID_TEXT_ICLIKE_OP, None) => {
                let spellings = spellings(&exact(&text()?)?, self.most_spellings(left)?)?;
                (left, Spelling::One(spellings))
            }
            (_, Some(tested)) if is_equality_of_texts(comparison) => {
                let spellings = spellings(&text()?, self.most_spellings(tested)?)?;
                (tested, Spelling::One(spellings))
            }
            _ => return None,
        };
        let (local, column) = self.own_column(tested)?;
        let is_asked = column.kind == Kind::Text
            && self.relation().table.can_ask_for(column)
            && tells_texts_apart(comparison.collation);
        if !is_asked {
            return None;
        }
        match spelling {
            Spelling::Same(text) => {
                let value = constant(&text)?;
                let equality = Comparison {
                    operator: TEXT_EQUALITY,
                    ..comparison
                };
                let derived = Derived::equality(local.place, Op::Equal, value);
                Some(derived.estimated_by(equality.of(tested, value)?))
            }
            Spelling::One(texts) => {
                let texts: Option<Vec<Expr>> = texts.iter().map(|text| constant(text)).collect();
                let list = Expr::array(texts?, pg_sys::TEXTOID)?;
                let list = self.root().folded(list);
                Some(Derived::equality(local.place, Op::AnyOf, list).narrowing())
            }
        }
    }

    /// How many texts one request takes for a column.
    fn most_spellings(self, tested: Expr<'p>) -> Option<usize> {
        let (_, column) = self.own_column(tested)?;
        column.filter.map(|filter| filter.max)
    }
}

/// The texts that a condition is met by.
enum Spelling {
    Same(String),
    One(Vec<String>),
}

/// A text as an expression.
fn constant<'p>(text: &str) -> Option<Expr<'p>> {
    let datum = text.into_datum()?;
    // SAFETY: a text, in the current memory context.
    let value = unsafe { TypedDatum::new(datum, false, pg_sys::TEXTOID) };
    value.map(Expr::of_value)
}
