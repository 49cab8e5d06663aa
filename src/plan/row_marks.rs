//! Row marks: what PostgreSQL keeps of a row for the case that another table's row has changed meanwhile.
//!
//! An `UPDATE … FROM`, a `DELETE … USING` or a `SELECT … FOR UPDATE OF` another table carries a copy of each row of ours:
//! where it has to wait for a lock, it checks the join again, with the changed row and that copy. The copy is made of a
//! whole row, which looks as if all columns were used. But nothing looks at more of it than the statement uses anyway.

use pgrx::pg_sys;

use crate::pg::list;

/// The whole row's place among a relation's targets, if it is there for such a copy only.
///
/// # Safety
/// `root` and `baserel` are valid, with their targets set up.
pub(super) unsafe fn copy(
    root: *mut pg_sys::PlannerInfo,
    baserel: *mut pg_sys::RelOptInfo,
) -> Option<usize> {
    // SAFETY: by the caller's promise. A child of a table has the targets of its parent, in the same order, and a parent
    // has its place in the arrays.
    unsafe {
        let parent = match pg_sys::bms_next_member((*baserel).top_parent_relids, -1) {
            parent if parent > 0 => *(*root).simple_rel_array.add(parent as usize),
            _ => baserel,
        };
        let rel = (*parent).relid;
        let mut marks = list::iter::<pg_sys::PlanRowMark>((*root).rowMarks);
        let mark = marks.find(|mark| {
            (**mark).rti == rel
                && (**mark).allMarkTypes & (1 << pg_sys::RowMarkType::ROW_MARK_COPY) != 0
        })?;
        if !is_output_only(parent) || is_in_query((*root).parse, mark) {
            return None;
        }
        list::iter::<pg_sys::Node>((*(*parent).reltarget).exprs)
            .position(|expr| is_whole_row(expr, rel))
    }
}

/// Whether no join looks at the whole row.
///
/// # Safety
/// `rel` is a valid relation that is nobody's child.
unsafe fn is_output_only(rel: *mut pg_sys::RelOptInfo) -> bool {
    // SAFETY: by the caller's promise, it has an entry for each attribute number from its least on. The output counts as
    // relation 0.
    unsafe {
        let whole_row = (0 - (*rel).min_attr) as usize;
        let needed = *(*rel).attr_needed.add(whole_row);
        pg_sys::bms_membership(needed) == pg_sys::BMS_Membership::BMS_SINGLETON
            && pg_sys::bms_is_member(0, needed)
    }
}

/// Whether the query looks at the whole row for another reason than the mark.
///
/// # Safety
/// `query` is valid and is being planned, and the mark is one of its.
unsafe fn is_in_query(query: *mut pg_sys::Query, mark: *mut pg_sys::PlanRowMark) -> bool {
    // SAFETY: by the caller's promise; the set is our own.
    unsafe {
        let rel = (*mark).rti;
        let mut used: *mut pg_sys::Bitmapset = std::ptr::null_mut();
        for target in list::iter::<pg_sys::TargetEntry>((*query).targetList) {
            if !is_of_mark(target, mark) {
                pg_sys::pull_varattnos((*target).expr.cast(), rel, &mut used);
            }
        }
        for part in [
            (*query).returningList.cast(),
            (*query).mergeActionList.cast(),
            (*query).jointree.cast(),
            (*query).havingQual,
        ] {
            pg_sys::pull_varattnos(part, rel, &mut used);
        }
        pg_sys::bms_is_member(0 - pg_sys::FirstLowInvalidHeapAttributeNumber, used)
    }
}

/// Whether a target is the one that PostgreSQL adds for a mark, by the name that it gives it.
///
/// # Safety
/// Both are valid.
unsafe fn is_of_mark(target: *mut pg_sys::TargetEntry, mark: *mut pg_sys::PlanRowMark) -> bool {
    // SAFETY: by the caller's promise; a name may be NULL.
    unsafe {
        (*target).resjunk
            && is_whole_row((*target).expr.cast(), (*mark).rti)
            && list::text((*target).resname) == format!("wholerow{}", (*mark).rowmarkId)
    }
}

/// # Safety
/// `expr` is a valid expression.
unsafe fn is_whole_row(expr: *mut pg_sys::Node, rel: pg_sys::Index) -> bool {
    // SAFETY: by the caller's promise; the tag names the struct.
    unsafe {
        (*expr).type_ == pg_sys::NodeTag::T_Var && {
            let var = expr.cast::<pg_sys::Var>();
            (*var).varno as pg_sys::Index == rel && (*var).varattno == 0
        }
    }
}
