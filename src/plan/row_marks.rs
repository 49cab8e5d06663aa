//! Row marks: what PostgreSQL keeps of a row for the case that another table's row has changed meanwhile.
//!
//! An `UPDATE … FROM`, a `DELETE … USING` or a `SELECT … FOR UPDATE OF` another table carries a copy of each row of ours:
//! where it has to wait for a lock, it checks the join again, with the changed row and that copy. The copy is made of a
//! whole row, which looks as if all columns were used. But nothing looks at more of it than the statement uses anyway.

use pgrx::pg_sys;

use super::planner::Planner;
use crate::pg::nodes::{Expr, Node};
use crate::pg::planning::{Rel, Root, Target};

type RowMark<'p> = Node<'p, pg_sys::PlanRowMark>;

impl<'p> Planner<'p> {
    /// The whole row's place among the table's targets, if it is there for such a copy only.
    pub(super) fn copied_row(self) -> Option<usize> {
        // A child of a table has the targets of its parent, in the same order.
        let parent = match self.baserel().top_parents().iter().next() {
            Some(parent) => self.root().rel(parent.try_into().ok()?)?,
            None => self.baserel(),
        };
        let mut marks = self.root().row_marks().iter();
        let mark = marks.find(|mark| mark.relation() == parent.number() && mark.copies())?;
        if !is_output_only(parent) || is_in_query(self.root(), mark) {
            return None;
        }
        let mut targets = parent.target().iter();
        targets.position(|expr| is_whole_row(expr, parent.number()))
    }
}

/// Whether no join looks at the whole row of a relation that is nobody's child. The output counts as relation 0.
fn is_output_only(rel: Rel) -> bool {
    rel.users_of(0)
        .is_some_and(|users| users.is_single() && users.contains(0))
}

/// Whether the query looks at the whole row for another reason than the mark.
fn is_in_query<'p>(root: Root<'p>, mark: RowMark<'p>) -> bool {
    let (query, relation) = (root.query(), mark.relation());
    let mut used = query.attributes_besides_targets(relation);
    let others = query.targets().iter();
    let others = others.filter(|&target| !is_of_mark(target, mark));
    used.extend(others.map(|target| target.expr().attributes(relation)));
    used.has_whole_row()
}

/// Whether a target is the one that PostgreSQL adds for a mark, by the name that it gives it.
fn is_of_mark<'p>(target: Target<'p>, mark: RowMark<'p>) -> bool {
    target.is_junk()
        && is_whole_row(target.expr(), mark.relation())
        && target.name() == format!("wholerow{}", mark.number())
}

fn is_whole_row(expr: Expr, relation: pg_sys::Index) -> bool {
    expr.var()
        .is_some_and(|var| var.relation == relation && var.attribute == 0)
}
