//! Consumption: whether all rows of a table are taken, whoever takes them. What is taken whole is read side by side.
//!
//! The question goes up from a table through the queries around it. In each of them stands, from the table upwards, what
//! takes all rows before it gives one (a sort, groups, a `UNION`), and then the `LIMIT`, which may stop what is below. The
//! first of these that is met is the answer; where none is, it is for whoever asked for the outermost query. A `LIMIT`
//! above what takes all stops nothing.
//!
//! What depends on the plan, such as the side of a join that is hashed, is seen when the plan is there (`exec::rescans`);
//! and what depends on who runs it, as a cursor does, while it runs (`confluence::scan`).

use pgrx::pg_sys;

use super::paths::{Brings, Order};
use super::planner::Planner;
use crate::pg::planning::{QueryTree, Root};

/// The share of a subquery's rows that PostgreSQL expects `IN`, `ANY` and `ALL` to take, where it does not know how they
/// are done.
const SHARE_OF_ANY: f64 = 0.5;

/// How many rows are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All.
    Whole,
    /// As many as whoever moves a cursor wants.
    AsWanted,
    /// Maybe not all: a `LIMIT`, or what looks for one row only, may stop them.
    Part,
}

impl<'p> Planner<'p> {
    /// Whether all rows of the table are taken, where they come in an order.
    pub fn all_is_read(self, order: Order<'p>) -> bool {
        self.is_taken(order) == Taken::Whole
    }

    /// How many rows of the table are taken, where they come in an order.
    pub(super) fn is_taken(self, order: Order<'p>) -> Taken {
        match takes_all(self.root(), order) {
            true => Taken::Whole,
            false => self.query_is_taken(order),
        }
    }

    /// How many rows are taken of the query that the table is in, where those of the table come in an order.
    pub(super) fn query_is_taken(self, order: Order<'p>) -> Taken {
        let root = self.root();
        if root.query().has_limit() {
            return Taken::Part;
        }
        // Rows in an order may spare queries around this one a sort.
        let is_sorted = order.is_relied_on();
        let mut fraction = root.tuple_fraction();
        let decided = root.find_around(|around| {
            let query = around.query();
            let takes_all = match (around.has_places(), around.cte_in_planning()) {
                (true, _) => {
                    gives_one_row(query) || !is_sorted && takes_all(around, Order::default())
                }
                (false, Some(name)) => {
                    !is_sorted && extent_of(query, &name, 0) == Some(Extent::Whole)
                }
                (false, None) => return Some(taken_by_expression(around, fraction)),
            };
            fraction = around.tuple_fraction();
            match takes_all {
                true => Some(Taken::Whole),
                false => query.has_limit().then_some(Taken::Part),
            }
        });
        decided.unwrap_or(match fraction > 0.0 {
            true => Taken::AsWanted,
            false => Taken::Whole,
        })
    }
}

/// How many rows are taken of a subquery in an expression of a query, where PostgreSQL expects that it is such a share. Of
/// an `EXISTS` one is. `IN` and its kin are hashed, unless they depend on the row outside.
fn taken_by_expression(around: Root, fraction: f64) -> Taken {
    match fraction <= 0.0 || fraction == SHARE_OF_ANY && !around.gives_params() {
        true => Taken::Whole,
        false => Taken::Part,
    }
}

/// Whether a query gives one row for all rows of its relations.
fn gives_one_row(query: QueryTree) -> bool {
    query.has_aggregates() && !has_groups(query)
}

fn has_groups(query: QueryTree) -> bool {
    !query.group_clause().is_empty() || query.has_grouping_sets()
}

/// Whether a query takes all rows of a relation, which come in an order, before it gives one of its own, or in any case. A
/// sort by what is the same in all rows is none. In a join, others may come in the order that is wanted; but then this one
/// is on the side that is read for each of their rows.
fn takes_all<'q>(root: Root<'q>, order: Order<'q>) -> bool {
    let query = root.query();
    // What is changed is changed for all rows.
    if !query.is_select() || gives_one_row(query) {
        return true;
    }
    if query.has_set_operations() {
        // PostgreSQL has them ask for all, one by one as they are planned.
        let takes_parts =
            !query.only_appends() && !root.is_recursive() && root.tuple_fraction() <= 0.0;
        return takes_parts || query.has_sort_clause();
    }
    let (groups, distinct) = (query.group_clause(), query.distinct_clause());
    let has_sets = query.has_grouping_sets();
    let grouped = has_groups(query)
        && match order.brings(root.group_pathkeys()) {
            Brings::Parts => false,
            // What comes in one part is one group, whose first row is enough where nothing is counted.
            Brings::OnePart => query.has_aggregates() || has_sets || !groups.are_sortable(),
            Brings::Disorder => true,
        };
    let is_disorder = |wanted| order.brings(wanted) == Brings::Disorder;
    grouped
        || is_disorder(root.window_pathkeys())
        || !distinct.is_empty()
            && (is_disorder(root.distinct_pathkeys()) || !distinct.are_sortable())
        || query.has_sort_clause() && is_disorder(root.sort_pathkeys())
}

/// How far a query reads a `WITH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// A `LIMIT` may stop it.
    Part,
    /// As far as the query itself is read.
    AsTheQuery,
    Whole,
}

/// How far a query, which is not planned yet, reads a `WITH` of its own, or of one that is so many further out: as far as
/// the one of its parts does that reads most of it. None where it does not read it.
fn extent_of(query: QueryTree, name: &str, level: pg_sys::Index) -> Option<Extent> {
    // SAFETY: raises an error where the stack ends.
    unsafe { pg_sys::check_stack_depth() };
    let in_entries = query.entries().iter().filter_map(|entry| {
        match entry.cte_name_of(level).is_some_and(|read| read == name) {
            true => Some(Extent::AsTheQuery),
            false => entry.in_subquery(|subquery| extent_of(subquery, name, level + 1)),
        }
    });
    let read = in_entries.max().map(|read| match read {
        Extent::AsTheQuery if takes_all_unsorted(query) => Extent::Whole,
        Extent::AsTheQuery if query.has_limit() => Extent::Part,
        read => read,
    });
    // How another `WITH` is read that reads it is not followed further.
    let by_others = query.in_ctes(|other| {
        let read = extent_of(other, name, level + 1);
        read.filter(|&read| read == Extent::Whole)
    });
    read.max(by_others)
}

/// Whether a query takes all rows of what it reads before it gives one, where they come in no order.
fn takes_all_unsorted(query: QueryTree) -> bool {
    !query.is_select()
        || query.has_aggregates()
        || has_groups(query)
        || query.has_set_operations() && !query.only_appends()
        || !query.distinct_clause().is_empty()
        || query.has_sort_clause()
        || query.has_sorted_windows()
}
