//! Table statistics: how large a table is on a site.

use crate::schema::{Column, ColumnId, Endpoint, Table};
use crate::tables::pages;

/// What has been found out about a table's size on a site. What nobody has looked at, the table's declaration says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableStats {
    /// How many rows it has.
    pub rows: Option<f64>,
    /// How many requests it takes to read all of it.
    pub requests: Option<f64>,
    /// How many rows share a value, by columns' places in the table.
    pub rows_per_value: Vec<(ColumnId, f64)>,
    /// How many rows tables have, by their names, of which its endpoints' sources list what they need.
    pub parents: Vec<(&'static str, f64)>,
}

impl TableStats {
    /// The tables whose sizes tell how large a table is: those that its rows hang on, and those that these do.
    pub fn tables_that_tell_of(table: &'static Table) -> Vec<&'static Table> {
        let endpoints = table.endpoints.iter().flat_map(Endpoint::hanging);
        let mut waiting: Vec<&'static Table> = endpoints.map(|source| source.table).collect();
        waiting.extend(hangs_on(table));
        let mut found: Vec<&'static Table> = Vec::new();
        while let Some(table) = waiting.pop() {
            if !found.iter().any(|known| std::ptr::eq(*known, table)) {
                found.push(table);
                waiting.extend(hangs_on(table));
            }
        }
        found
    }

    /// What is known of a table's size that lists what this one needs.
    pub(super) fn of_parents(&self, parent: &Table) -> Self {
        let mut parents = self.parents.iter();
        let known = parents.find(|(name, _)| *name == parent.name);
        Self {
            rows: known.map(|(_, rows)| *rows),
            parents: self.parents.clone(),
            ..Self::default()
        }
    }

    /// How many rows there are.
    pub fn rows(&self, table: &Table) -> f64 {
        self.rows
            .unwrap_or_else(|| table.rows * self.scale(table).unwrap_or(1.0))
    }

    /// How large what the table's rows hang on is, as a share of what is declared; None where nobody has counted it. Of a
    /// site that has a hundredth of the pages, a hundredth of the versions is expected.
    fn scale(&self, table: &Table) -> Option<f64> {
        let (mut known, mut declared, mut is_any_known) = (0.0, 0.0, false);
        for above in hangs_on(table) {
            let parent = self.of_parents(above);
            let scale = match parent.rows {
                Some(rows) => Some(rows / above.rows.max(1.0)),
                None => parent.scale(above),
            };
            is_any_known |= scale.is_some();
            declared += above.rows;
            known += above.rows * scale.unwrap_or(1.0);
        }
        (is_any_known && declared > 0.0).then(|| known / declared)
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

/// The tables that a table's rows hang on: those that list what its main endpoint needs, or pages, where its rows name one.
fn hangs_on(table: &Table) -> Vec<&'static Table> {
    let above: Vec<&'static Table> = table.main().hanging().map(|source| source.table).collect();
    match above.is_empty() && table.column("page_id").is_some() {
        true => vec![&pages::TABLE],
        false => above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{attachments, page_versions, pages, permissions, spaces};

    #[test]
    fn a_table_that_nobody_counted_is_as_large_as_what_it_hangs_on() {
        let declared = page_versions::TABLE.rows;
        let of = |parents: &[(&'static str, f64)]| TableStats {
            parents: parents.to_vec(),
            ..TableStats::default()
        };
        let a_hundredth = of(&[("confluence_pages", pages::TABLE.rows / 100.0)]);
        assert_eq!(a_hundredth.rows(&page_versions::TABLE), declared / 100.0);
        let attached = attachments::TABLE.rows;
        assert_eq!(a_hundredth.rows(&attachments::TABLE), attached / 100.0);
        // Permissions hang on spaces, whatever pages there are.
        assert_eq!(
            a_hundredth.rows(&permissions::TABLE),
            permissions::TABLE.rows
        );
        let few = of(&[("confluence_spaces", spaces::TABLE.rows / 50.0)]);
        assert_eq!(
            few.rows(&permissions::TABLE),
            permissions::TABLE.rows / 50.0
        );
        // Pages hang on nothing that has to be listed, and what somebody has counted is so.
        assert_eq!(few.rows(&pages::TABLE), pages::TABLE.rows);
        let counted = TableStats {
            rows: Some(7.0),
            ..few
        };
        assert_eq!(counted.rows(&permissions::TABLE), 7.0);
    }
}
