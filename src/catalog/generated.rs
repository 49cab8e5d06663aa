//! Generated columns of foreign tables. PostgreSQL computes them where rows are written, and leaves it to whoever reads
//! rows to have them: they are computed here, from the other columns of each row.

use pgrx::{PgRelation, PgSqlErrorCode as Code, pg_sys};

use crate::pg::nodes::Attributes;
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
pub(crate) fn inputs(table: pg_sys::Oid, attribute: pg_sys::AttrNumber) -> Attributes {
    // SAFETY: the table is locked, as is any that is planned; a table that is not there raises an error.
    let relation = unsafe { PgRelation::with_lock(table, pg_sys::NoLock as _) };
    let mut used = Attributes::default();
    // SAFETY: it is an expression, in which the table's number in the range table is 1.
    unsafe { used.add_those_in(expression(&relation, attribute), 1) };
    used
}

/// The expression of a generated column.
fn expression(relation: &PgRelation, attribute: pg_sys::AttrNumber) -> *mut pg_sys::Node {
    let has_it = usize::try_from(attribute)
        .is_ok_and(|number| (1..=relation.tuple_desc().len()).contains(&number));
    let expression = match has_it {
        // SAFETY: the relation is open, and has the attribute.
        true => unsafe { pg_sys::build_column_default(relation.as_ptr(), attribute.into()) },
        false => std::ptr::null_mut(),
    };
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
    /// `relation` is open, and `estate` is the state of the execution that reads it, whose memory outlives what is given.
    pub unsafe fn of(
        relation: pg_sys::Relation,
        attributes: &[pg_sys::AttrNumber],
        estate: *mut pg_sys::EState,
    ) -> Vec<Self> {
        // SAFETY: the caller has it open.
        let relation = unsafe { PgRelation::from_pg(relation) };
        let ready = |&attribute: &pg_sys::AttrNumber| Self {
            place: attribute as usize - 1,
            // SAFETY: the expression is one of the table that is read in `estate`.
            expression: unsafe {
                pg_sys::ExecPrepareExpr(expression(&relation, attribute).cast(), estate)
            },
        };
        attributes.iter().map(ready).collect()
    }

    /// Computes the column of a row. What it points to lies in the context's memory of a row.
    ///
    /// # Safety
    /// `slot` is a virtual one of the table's row type, and holds a row with the columns that the expression looks at;
    /// `context` is that of the scan which the column was made ready for.
    pub unsafe fn write(
        &self,
        slot: *mut pg_sys::TupleTableSlot,
        context: *mut pg_sys::ExprContext,
    ) {
        // SAFETY: the expression was prepared for the execution that the context is of; it looks at the slot, whose arrays
        // have an entry for each attribute of the table.
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
