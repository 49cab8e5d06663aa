//! The vocabulary in which a remote table is declared: its columns, and the endpoints on which they are read.

mod column;
mod endpoint;
pub(crate) mod points;

pub use column::{Column, Filter, Kind, Part, Window};
pub use endpoint::{Deeper, Endpoint, Filters, Paging, RowsAt, Search, Source, Split, Unreadable};

/// A remote table: what one kind of listing of the API gives.
#[derive(Debug)]
pub struct Table {
    /// The table's name in SQL.
    pub name: &'static str,
    /// What users read about it.
    pub comment: &'static str,
    /// The columns that together tell rows apart. Empty where nothing does.
    pub key: &'static [&'static str],
    /// The columns, in the order in which an import declares them.
    pub columns: &'static [Column],
    /// The ways to read it. The first is the table's own; the others are shorter ways to some of its rows.
    pub endpoints: &'static [Endpoint],
    /// The column and its values by which the first endpoint chooses its rows where the query does not: other
    /// endpoints show more, of which only these rows are the table's.
    pub population: Option<(&'static str, &'static [&'static str])>,
    /// How many rows a site has, roughly, where nothing better is known.
    pub rows: f64,
}

impl Table {
    /// The column of that name, with its place.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        self.columns
            .iter()
            .enumerate()
            .find(|(_, column)| column.name == name)
    }

    /// Its own endpoint.
    pub fn main(&self) -> &'static Endpoint {
        &self.endpoints[0]
    }

    /// Whether values of this column can be asked for: by a parameter, or as a part of a endpoint's path.
    pub fn can_ask_for(&self, column: &Column) -> bool {
        self.endpoints
            .iter()
            .any(|endpoint| endpoint.takes(column) || endpoint.needs(column.name))
    }

    /// Whether every value that a column of another table has is an object that this one's rows can belong to, as this
    /// one's column names it: the site itself has then listed it.
    pub fn belongs_to(&self, column: &str, other: &'static Table, others: &'static str) -> bool {
        let mut objects = self.objects(column);
        objects.any(|object| {
            is_same(object, (other, others))
                || other.objects(others).any(|same| is_same(object, same))
        })
    }

    /// The tables that list all that a column can name, with their columns.
    fn objects(&self, column: &str) -> impl Iterator<Item = (&'static Table, &'static str)> {
        let of_endpoint = |endpoint: &Endpoint| {
            let split = endpoint.split.map(|split| split.source);
            let sources = [endpoint.sources, endpoint.hangs_on].into_iter().flatten();
            sources.copied().chain(split).collect::<Vec<_>>()
        };
        let sources = self.endpoints.iter().flat_map(of_endpoint);
        sources
            .filter(|source| source.only.is_none())
            .flat_map(|source| {
                source
                    .columns
                    .iter()
                    .map(move |(own, theirs)| (source.table, *own, *theirs))
            })
            .filter(move |(_, own, _)| *own == column)
            .map(|(table, _, theirs)| (table, theirs))
    }

    /// Whether what the API answers for values of this column needs no second look.
    pub fn answers_exactly(&self, column: &Column) -> bool {
        column.filter.is_none_or(|filter| filter.exact)
    }

    /// The columns by which rows of one chain of an endpoint are told apart: those of the key that are not the
    /// same in all of them. Without a key it is the id, where there is one.
    pub(crate) fn distinct_by(&self, endpoint: &Endpoint) -> Vec<usize> {
        let places = |wanted: &dyn Fn(&Column) -> bool| {
            self.key
                .iter()
                .filter_map(|key| self.column(key))
                .filter(|(_, column)| wanted(column))
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
        };
        if self.key.is_empty() {
            return self.column("id").into_iter().map(|(id, _)| id).collect();
        }
        let own = places(&|column| !endpoint.needs(column.name));
        if own.is_empty() {
            places(&|_| true)
        } else {
            own
        }
    }

    /// The column whose latest time a listing by offset is held at: what comes in later would push rows on to
    /// pages that have not been read, so that they come twice.
    pub(crate) fn held_at(&self) -> Option<(usize, Window)> {
        let by_offset = self.main().paging == Paging::Offset && self.main().windows;
        let window = |(place, column): (usize, &Column)| Some((place, column.window?));
        self.columns
            .iter()
            .enumerate()
            .find_map(window)
            .filter(|_| by_offset)
    }

    /// Columns with conditions on which the table can be read, where it cannot be read without.
    pub(crate) fn columns_that_open_it(&self) -> Vec<&'static str> {
        let mut columns: Vec<&str> = Vec::new();
        for endpoint in self.endpoints {
            // An endpoint that needs one of these and more opens nothing that was closed.
            if endpoint.needed().all(|column| !columns.contains(&column)) {
                columns.extend(endpoint.needed());
            }
        }
        columns
    }

    /// Columns by which an endpoint tells where rows below a row are.
    pub(crate) fn columns_that_lead_further(&self) -> impl Iterator<Item = &'static str> {
        self.endpoints
            .iter()
            .filter_map(|endpoint| endpoint.deeper)
            .flat_map(|deeper| {
                [
                    Some(deeper.id),
                    deeper.kind,
                    deeper.at_depth.map(|(column, _)| column),
                ]
            })
            .flatten()
    }
}

fn is_same(one: (&'static Table, &str), other: (&'static Table, &str)) -> bool {
    std::ptr::eq(one.0, other.0) && one.1 == other.1
}

#[cfg(test)]
mod tests {
    use crate::tables::{page_versions, pages, permissions, spaces};

    #[test]
    fn what_rows_belong_to() {
        let of_spaces = |other, column| permissions::TABLE.belongs_to("space_id", other, column);
        assert!(of_spaces(&spaces::TABLE, "id"));
        assert!(of_spaces(&pages::TABLE, "space_id"));
        assert!(of_spaces(&permissions::TABLE, "space_id"));
        assert!(!of_spaces(&pages::TABLE, "id"));
        assert!(!of_spaces(&spaces::TABLE, "homepage_id"));
        assert!(page_versions::TABLE.belongs_to("page_id", &pages::TABLE, "id"));
        assert!(!page_versions::TABLE.belongs_to("page_id", &pages::TABLE, "parent_id"));
        assert!(!spaces::TABLE.belongs_to("id", &pages::TABLE, "space_id"));
    }
}
