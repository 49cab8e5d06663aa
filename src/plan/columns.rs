//! Used columns: those of a table that a query uses.

use pgrx::pg_sys;

use super::planner::Planner;
use super::scan_plan::Output;
use crate::catalog::generated;
use crate::catalog::relation::Relation;
use crate::pg::nodes::{Attributes, Expr};

/// The columns of a table that a query uses.
pub(super) struct Used(Attributes);

impl<'p> Planner<'p> {
    /// The columns that the query uses above its conditions, and in those that PostgreSQL checks. Those that the site
    /// answers are looked at only where a row that was locked is checked again, with a copy of ours.
    pub(super) fn used(
        self,
        checked: impl Iterator<Item = Expr<'p>>,
        answered: impl Iterator<Item = Expr<'p>>,
    ) -> Used {
        let relation = self.relation();
        let copy = self.copied_row();
        let targets = self.baserel().target().iter().enumerate();
        let targets = targets.filter(|(place, _)| Some(*place) != copy);
        let mut used = Attributes::default();
        used.extend(
            targets
                .map(|(_, expr)| expr)
                .chain(checked)
                .chain(answered.filter(|_| copy.is_some()))
                .map(|expr| expr.attributes(self.number())),
        );
        let mut used = Used(used);
        relation.refuse_nameless(|attribute| used.0.has(attribute));
        for attribute in used.computed(relation) {
            used.0.extend([generated::inputs(relation.oid, attribute)]);
        }
        // They may be computed from others.
        relation.refuse_nameless(|attribute| used.0.has(attribute));
        used
    }
}

impl Used {
    /// Those of the remote table.
    pub fn outputs(&self, relation: &Relation) -> Vec<Output> {
        let columns = relation.columns.iter().zip(1i16..);
        columns
            .filter(|(_, attribute)| self.0.has(*attribute))
            .filter_map(|(local, attribute)| {
                Some(Output {
                    attribute,
                    place: local.as_ref()?.place,
                })
            })
            .collect()
    }

    /// Those that are generated.
    pub fn computed(&self, relation: &Relation) -> Vec<pg_sys::AttrNumber> {
        let computed = relation.computed.iter().copied();
        computed
            .filter(|&attribute| self.0.has(attribute))
            .collect()
    }
}
