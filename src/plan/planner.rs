//! The planner's state: what planning has found out about one of our tables, once for each query, and everything that
//! it takes to find out more.

use std::cell::{OnceCell, RefCell};

use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::pushdown::Qual;
use crate::catalog::relation::Relation;
use crate::catalog::server;
use crate::pg::memory;
use crate::pg::nodes::Node;
use crate::pg::planning::{Rel, Root};
use crate::pg::report::Report;

/// One of our tables in the query `'p`, which is being planned.
#[derive(Clone, Copy)]
pub(crate) struct Planner<'p> {
    root: Root<'p>,
    baserel: Rel<'p>,
    known: &'p Known<'p>,
}

/// What is found out once. It is kept in the relation's `fdw_private`, and dropped with the memory of the planner's
/// information about the query.
struct Known<'p> {
    /// The table, as the catalogs have it.
    relation: Relation,
    /// The clauses that are about the table alone. They are settled when the table's size is wanted, which is later than
    /// statistics may be.
    quals: OnceCell<Vec<Qual<'p>>>,
    /// Tables of subqueries, whose planning is over.
    elsewhere: RefCell<Vec<Relation>>,
}

impl<'p> Planner<'p> {
    /// The state of a table of ours, from what PostgreSQL passes to callbacks and hooks.
    ///
    /// This is where planning becomes safe. PostgreSQL calls them with a query's information and a relation of it, both
    /// of which it keeps until the query is planned, as all that it has found out about the query; in none of them does
    /// it reset the memory context that it has called them in, and there is no other thread. So everything that is
    /// reached from here is there until the callback returns, and may be handed back to PostgreSQL within it.
    ///
    /// # Safety
    /// `root` and `baserel` are what PostgreSQL has passed to a callback of planning, or a base relation of the same
    /// query, and `'p` ends before the callback does. All nodes of `'p` are of this query.
    pub unsafe fn of(root: *mut pg_sys::PlannerInfo, baserel: *mut pg_sys::RelOptInfo) -> Self {
        // SAFETY: as the caller says.
        let nodes = unsafe { Node::new(root).zip(Node::new(baserel)) };
        nodes
            .and_then(|(root, baserel)| Self::find(root, baserel))
            .unwrap_or_else(|| {
                Report::new(
                    Code::ERRCODE_INTERNAL_ERROR,
                    "a table of another wrapper was to be planned",
                )
                .raise()
            })
    }

    /// The state of a relation, if it is one of our tables, by itself or as a part of another. Whoever asks first has the
    /// catalogs asked.
    pub fn find(root: Root<'p>, baserel: Rel<'p>) -> Option<Self> {
        let is_ours = baserel
            .get_foreign_rel_size()
            .is_some_and(server::is_own_callback);
        if !is_ours {
            return None;
        }
        let entry = root.entry(baserel.number())?;
        let place = baserel.as_ptr();
        // SAFETY: the node is valid. PostgreSQL leaves the field to the wrapper that the relation is of, which is this one;
        // it is NULL at first, and nobody but this function sets it. What is kept is dropped with the planner's
        // information about the query, after `'p`, and is only ever behind shared references. That it was kept under
        // another lifetime changes nothing: both stand for this query.
        let known: &'p Known<'p> = unsafe {
            if (*place).fdw_private.is_null() {
                let known = Known {
                    relation: Relation::of(entry.table()),
                    quals: OnceCell::new(),
                    elsewhere: RefCell::default(),
                };
                (*place).fdw_private = memory::keep(root.context(), known).cast();
            }
            &*(*place).fdw_private.cast::<Known<'p>>()
        };
        Some(Self {
            root,
            baserel,
            known,
        })
    }

    /// The query that the table is planned in.
    pub fn root(self) -> Root<'p> {
        self.root
    }

    /// The table, as the query's planner has it.
    pub fn baserel(self) -> Rel<'p> {
        self.baserel
    }

    /// The table's number in the query.
    pub fn number(self) -> pg_sys::Index {
        self.baserel.number()
    }

    /// The table, as the catalogs have it.
    pub fn relation(self) -> &'p Relation {
        &self.known.relation
    }

    /// The clauses that are about the table alone, and what they mean to the site. Not to be asked for before the
    /// table's size is wanted.
    pub fn quals(self) -> &'p [Qual<'p>] {
        self.known
            .quals
            .get_or_init(|| self.quals_of(self.baserel.restrictions()))
    }

    /// Our tables that come before this one in the same query, if they stand for themselves.
    pub fn earlier(self) -> impl Iterator<Item = Planner<'p>> {
        (1..self.number())
            .filter_map(move |number| self.root.rel(number))
            .filter(|rel| rel.is_base())
            .filter_map(move |rel| Planner::find(self.root, rel))
    }

    /// Looks at a foreign table of ours that is not one of the query itself, but of a subquery.
    pub fn look_elsewhere<T>(self, table: pg_sys::Oid, look: impl FnOnce(&Relation) -> T) -> T {
        let is_known = |known: &Relation| known.oid == table;
        if !self.known.elsewhere.borrow().iter().any(is_known) {
            let relation = Relation::of(table);
            self.known.elsewhere.borrow_mut().push(relation);
        }
        let known = self.known.elsewhere.borrow();
        match known.iter().find(|known| is_known(known)) {
            Some(relation) => look(relation),
            None => unreachable!("it was put there"),
        }
    }
}
