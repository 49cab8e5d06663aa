//! Keys that must exist, by where a join's keys come from. An object that the site itself has listed in the same query,
//! and then cannot show, is not one that does not exist: its rows are unknown, and that is an error.

use confluence::schema::ColumnId;
use pgrx::pg_sys;

use super::planner::Planner;
use crate::catalog::relation::Relation;
use crate::pg::compat;
use crate::pg::nodes::Expr;
use crate::pg::planning::{QueryTree, Root};

/// A column of a table, and the user as whom that is read.
struct KeySource {
    table: pg_sys::Oid,
    attribute: pg_sys::AttrNumber,
    user: pg_sys::Oid,
}

impl<'p> Planner<'p> {
    /// Whether the values of an expression, for a column of the remote table, are objects that the site has listed: those
    /// of a column that names what the rows of this table belong to, in another table of the same server that is read
    /// as the same user.
    pub fn must_exist(self, place: ColumnId, value: Expr<'p>) -> bool {
        let value = value.plain();
        match value.executor_param() {
            None => self.is_listed(place, self.root(), value),
            // While a subquery is planned, the queries around it keep what its parameters stand for.
            Some(number) => self
                .root()
                .find_around(|around| {
                    let value = around.parameter(number)?.plain();
                    Some(self.is_listed(place, around, value))
                })
                .unwrap_or(false),
        }
    }

    /// The same for an expression of a query that is being planned: this one, or one around it.
    fn is_listed<'o>(self, place: ColumnId, root: Root<'o>, value: Expr<'o>) -> bool {
        let Some(source) = source_in(root.query(), value) else {
            return false;
        };
        // SAFETY: catalog look-ups by oid, in a transaction as all planning is; a foreign table has a server.
        let is_of_same_server = unsafe {
            pg_sys::get_rel_relkind(source.table) as u8 == pg_sys::RELKIND_FOREIGN_TABLE
                && (*pg_sys::GetForeignTable(source.table)).serverid == self.baserel().server()
        };
        if !is_of_same_server || source.user != compat::or_current(self.baserel().user()) {
            return false;
        }
        let own = self.relation().table.columns[place].name;
        let names_objects = |other: &Relation| {
            other.column(source.attribute).is_some_and(|(_, column)| {
                let table = self.relation().table;
                table.belongs_to(own, other.table, column.name)
            })
        };
        // A query has places for its tables when its paths are made; one around it, whose expressions are still being
        // prepared, has none yet.
        let other = value.var().and_then(|var| root.rel(var.relation));
        match other.and_then(|other| Planner::find(root, other)) {
            Some(other) => names_objects(other.relation()) && !other.is_widened(),
            None => self.look_elsewhere(source.table, names_objects),
        }
    }

    /// Whether the query asks for more of the table than it has by itself, such as pages that are deleted. Of those,
    /// nothing may be left to read.
    fn is_widened(self) -> bool {
        let mut asked = self.quals().iter().filter_map(|qual| qual.pushdown);
        asked.any(|pushdown| !self.can_drive(&pushdown))
    }
}

/// The column behind an expression of a query, if the expression hands it on and does nothing else.
fn source_in<'o>(query: QueryTree<'o>, expr: Expr<'o>) -> Option<KeySource> {
    let var = expr.var()?;
    if var.level != 0 || var.attribute <= 0 {
        return None;
    }
    let entry = query.entry(var.relation)?;
    if entry.kind() == pg_sys::RTEKind::RTE_RELATION {
        return Some(KeySource {
            table: entry.table(),
            attribute: var.attribute,
            user: query.checked_role(entry),
        });
    }
    if let Some(name) = entry.cte_name() {
        return query.in_cte(&name, |cte| source_of_target(cte, var.attribute));
    }
    if let Some(column) = entry.join_column(var.attribute) {
        return source_in(query, column.plain());
    }
    entry.in_subquery(|subquery| source_of_target(subquery, var.attribute))
}

/// The column behind one that a query gives. What puts others together gives what comes from several columns.
fn source_of_target(query: QueryTree, attribute: pg_sys::AttrNumber) -> Option<KeySource> {
    if !query.is_select() || query.has_set_operations() {
        return None;
    }
    let mut targets = query.targets().iter();
    let target = targets.find(|target| target.number() == attribute)?;
    source_in(query, target.expr().plain())
}
