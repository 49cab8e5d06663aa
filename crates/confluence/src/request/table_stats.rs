//! Table statistics: how large a table is on a site.

use crate::schema::{Column, ColumnId, Endpoint, Table};

/// What has been found out about a table's size on a site. What nobody has looked at, the table's declaration says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableStats {
    /// How many rows it has.
    pub rows: Option<f64>,
    /// How many requests it takes to read all of it.
    pub requests: Option<f64>,
    /// How many rows share a value, by columns' places in the table.
    pub rows_per_value: Vec<(ColumnId, f64)>,
}

impl TableStats {
    /// How many rows there are.
    pub fn rows(&self, table: &Table) -> f64 {
        self.rows.unwrap_or(table.rows)
    }

    /// How many rows have one of some values in a column; all, where nothing is known of it.
    pub fn rows_with(&self, table: &Table, place: ColumnId, values: f64) -> f64 {
        let rows = self.rows(table);
        match self.rows_per_value(table, place) {
            Some(each) => (values * each).min(rows),
            None => rows,
        }
    }

    /// Which share of the rows that is.
    pub(super) fn share_of(&self, table: &Table, place: ColumnId, values: f64) -> f64 {
        self.rows_with(table, place, values) / self.rows(table).max(1.0)
    }

    /// Whether it is known how common the values of a column are.
    pub fn knows(&self, place: ColumnId) -> bool {
        self.rows_per_value.iter().any(|(known, _)| *known == place)
    }

    /// How many rows share a value of a column, if that is known or declared.
    pub fn rows_per_value(&self, table: &Table, place: ColumnId) -> Option<f64> {
        let known = self
            .rows_per_value
            .iter()
            .find(|(known, _)| *known == place);
        known
            .map(|(_, rows)| *rows)
            .or_else(|| self.declared(table, &table.columns[place]))
    }

    /// What is declared holds for a site of the declared size. On a larger one, names of things are no more
    /// common, and kinds of things are.
    fn declared(&self, table: &Table, column: &Column) -> Option<f64> {
        let each = column.rows_per_value;
        let is_name = each <= 1.0;
        match self.rows {
            _ if each <= 0.0 => None,
            Some(rows) if !is_name => Some(each * rows / table.rows),
            _ => Some(each),
        }
    }

    /// How many requests one listing of an endpoint is expected to take without further conditions.
    pub(super) fn pages_of_a_chain(&self, table: &Table, endpoint: &Endpoint, allowed: u32) -> f64 {
        let of_needed = super::access_path::needed(table, endpoint)
            .into_iter()
            .filter_map(|place| self.rows_per_value(table, place));
        let rows = of_needed.fold(self.rows(table), f64::min);
        rows / f64::from(allowed.max(1))
    }
}
