//! Used columns: those of a table that a query uses.

use pgrx::pg_sys;

use super::row_marks;
use super::scan_plan::Output;
use crate::catalog::generated;
use crate::catalog::relation::Relation;
use crate::pg::list;

/// The columns of a table that a query uses, as PostgreSQL's sets of attribute numbers have them.
pub(super) struct Used(*mut pg_sys::Bitmapset);

impl Used {
    /// The columns that the query uses above its conditions, and in those that PostgreSQL checks. Those that the site
    /// answers are looked at only where a row that was locked is checked again, with a copy of ours.
    ///
    /// # Safety
    /// `root`, `baserel` and the clauses are valid.
    pub unsafe fn of(
        root: *mut pg_sys::PlannerInfo,
        baserel: *mut pg_sys::RelOptInfo,
        relation: &Relation,
        checked: impl Iterator<Item = *mut pg_sys::Expr>,
        answered: impl Iterator<Item = *mut pg_sys::Expr>,
    ) -> Self {
        // SAFETY: expression trees are valid, and the bitmap set is our own.
        unsafe {
            let rel = (*baserel).relid;
            let mut used = Self(std::ptr::null_mut());
            let copy = row_marks::copy(root, baserel);
            for (place, expr) in
                list::iter::<pg_sys::Node>((*(*baserel).reltarget).exprs).enumerate()
            {
                if Some(place) != copy {
                    pg_sys::pull_varattnos(expr, rel, &mut used.0);
                }
            }
            for clause in checked.chain(answered.filter(|_| copy.is_some())) {
                pg_sys::pull_varattnos(clause.cast(), rel, &mut used.0);
            }
            relation.refuse_nameless(|attribute| used.has(attribute));
            for attribute in used.computed(relation) {
                used.0 =
                    pg_sys::bms_add_members(used.0, generated::inputs(relation.oid, attribute));
            }
            // They may be computed from others.
            relation.refuse_nameless(|attribute| used.has(attribute));
            used
        }
    }

    fn has(&self, attribute: pg_sys::AttrNumber) -> bool {
        // SAFETY: the set is our own. Attribute number 0 stands for the whole row.
        let is_member = |attribute: pg_sys::AttrNumber| unsafe {
            let member = i32::from(attribute) - pg_sys::FirstLowInvalidHeapAttributeNumber;
            pg_sys::bms_is_member(member, self.0)
        };
        is_member(0) || is_member(attribute)
    }

    /// Those of the remote table.
    pub fn outputs(&self, relation: &Relation) -> Vec<Output> {
        let columns = relation.columns.iter().zip(1i16..);
        columns
            .filter(|(_, attribute)| self.has(*attribute))
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
        computed.filter(|&attribute| self.has(attribute)).collect()
    }
}
