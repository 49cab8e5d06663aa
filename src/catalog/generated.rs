//! Generated columns of foreign tables. PostgreSQL computes them where rows are written, and leaves it to whoever reads
//! rows to have them: they are computed here, from the other columns of each row.

use pgrx::{PgRelation, PgSqlErrorCode as Code, pg_sys};

use crate::pg::report::Report;

/// A generated column, ready to be computed.
pub(crate) struct Computed {
    /// The place in the tuple.
    place: usize,
    expression: *mut pg_sys::ExprState,
}

/// Whether a column is one whose values are kept. Of others, PostgreSQL puts the expression into the query.
pub(super) fn is_generated(attribute: &pg_sys::FormData_pg_attribute) -> bool {
    attribute.attgenerated as u8 == pg_sys::ATTRIBUTE_GENERATED_STORED
}

/// The columns that a generated one is computed from.
pub(crate) fn inputs(table: pg_sys::Oid, attribute: pg_sys::AttrNumber) -> *mut pg_sys::Bitmapset {
    // SAFETY: the table is locked, as is any that is planned. In the expression its number in the range table is 1.
    unsafe {
        let relation = PgRelation::with_lock(table, pg_sys::NoLock as _);
        let mut used: *mut pg_sys::Bitmapset = std::ptr::null_mut();
        pg_sys::pull_varattnos(expression(relation.as_ptr(), attribute), 1, &mut used);
        used
    }
}

/// # Safety
/// `relation` is open, and has that generated column.
unsafe fn expression(
    relation: pg_sys::Relation,
    attribute: pg_sys::AttrNumber,
) -> *mut pg_sys::Node {
    // SAFETY: by the caller's promise.
    let expression = unsafe { pg_sys::build_column_default(relation, attribute.into()) };
    if expression.is_null() {
        Report::new(
            Code::ERRCODE_INTERNAL_ERROR,
            "a generated column has no expression",
        )
        .raise();
    }
    expression
}

impl Computed {
    /// Some generated columns of a table.
    ///
    /// # Safety
    /// `relation` is open, has these generated columns, and is read in `estate`.
    pub unsafe fn of(
        relation: pg_sys::Relation,
        attributes: &[pg_sys::AttrNumber],
        estate: *mut pg_sys::EState,
    ) -> Vec<Self> {
        let ready = |&attribute: &pg_sys::AttrNumber| Self {
            place: attribute as usize - 1,
            // SAFETY: by the caller's promise.
            expression: unsafe {
                pg_sys::ExecPrepareExpr(expression(relation, attribute).cast(), estate)
            },
        };
        attributes.iter().map(ready).collect()
    }

    /// Computes the column of a row. What it points to lies in the context's memory of a row.
    ///
    /// # Safety
    /// `slot` is a virtual one that holds a row of the table with the columns that the expression looks at, and
    /// `context` is the scan's.
    pub unsafe fn write(
        &self,
        slot: *mut pg_sys::TupleTableSlot,
        context: *mut pg_sys::ExprContext,
    ) {
        // SAFETY: by the caller's promise; the slot's arrays have an entry for each attribute.
        unsafe {
            (*context).ecxt_scantuple = slot;
            let value = pg_sys::ExecEvalExprSwitchContext(
                self.expression,
                context,
                (*slot).tts_isnull.add(self.place),
            );
            *(*slot).tts_values.add(self.place) = value;
        }
    }
}
