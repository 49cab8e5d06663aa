//! Schema: the vocabulary in which a remote table is declared, its columns, and the endpoints on which they are read.

mod column;
mod consistency;
mod endpoint;
pub(crate) mod quota;

pub use column::{Column, ColumnId, Filter, Kept, Kind, Part, Window};
pub(crate) use consistency::equal;
pub use endpoint::{
    Deeper, Endpoint, Filters, Paging, Proof, RowsAt, Search, Source, Split, Unreadable, Withheld,
};

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
    pub fn column(&self, name: &str) -> Option<(ColumnId, &'static Column)> {
        self.columns_by_id().find(|(_, column)| column.name == name)
    }

    /// The columns, with their places.
    pub fn columns_by_id(&self) -> impl Iterator<Item = (ColumnId, &'static Column)> + use<> {
        let columns = self.columns.iter().enumerate();
        columns.map(|(place, column)| (ColumnId::new(place), column))
    }

    /// Its own endpoint.
    pub fn main(&self) -> &'static Endpoint {
        &self.endpoints[0]
    }

    /// Where the objects come from that an endpoint is asked about: from the table's shortcut, if it has one.
    pub fn sources(
        &'static self,
        endpoint: &'static Endpoint,
        no_shortcuts: bool,
    ) -> &'static [Source] {
        let mut endpoints = self.endpoints.iter();
        let shortcut = endpoints.find_map(|endpoint| endpoint.shortcut.as_ref());
        match shortcut {
            Some(itself) if !no_shortcuts && std::ptr::eq(endpoint, self.main()) => {
                std::slice::from_ref(itself)
            }
            _ => endpoint.sources,
        }
    }

    /// Whether values of this column can be asked for: by a parameter, or as a part of a endpoint's path.
    pub fn can_ask_for(&self, column: &Column) -> bool {
        self.endpoints
            .iter()
            .any(|endpoint| endpoint.takes(column) || endpoint.needs(column.name))
    }

    /// Whether a column's numbers name objects, by which the site can be asked: these are above zero.
    pub fn names_objects(&self, column: &Column) -> bool {
        column.kind == Kind::Bigint && self.can_ask_for(column)
    }

    /// Whether every value that a column of another table has is an object that this one's rows can belong to, as this
    /// one's column names it: the site itself has then listed it. An object that is one of several kinds, of which this
    /// table knows only some, need not be one of these; and a row that stands for something that cannot be read shows
    /// nothing to be there.
    pub fn belongs_to(&self, column: &str, other: &'static Table, others: &'static str) -> bool {
        let stands_for_what_is_not_there =
            |endpoint: &Endpoint| matches!(endpoint.unreadable, Unreadable::Row { .. });
        if other.endpoints.iter().any(stands_for_what_is_not_there) {
            return false;
        }
        let own = self.objects(column);
        let named = other.objects(others);
        own.contains(&ListedObjects::of(other, others))
            || (!named.is_empty() && named.iter().all(|objects| own.contains(objects)))
    }

    /// The listings that together give all that a column can name.
    fn objects(&self, column: &str) -> Vec<ListedObjects> {
        let of_endpoint = |endpoint: &'static Endpoint| {
            let split = endpoint.split.as_ref().map(|split| &split.source);
            let sources = [endpoint.sources, endpoint.hangs_on].into_iter().flatten();
            sources.chain(split)
        };
        let of_source = |source: &'static Source| {
            let columns = source.columns.iter().filter(|(own, _)| *own == column);
            columns.map(|(_, theirs)| ListedObjects {
                only: source.only,
                ..ListedObjects::of(source.table, theirs)
            })
        };
        let sources = self.endpoints.iter().flat_map(of_endpoint);
        sources.flat_map(of_source).collect()
    }

    /// Whether what the API answers for values of this column needs no second look.
    pub fn answers_exactly(&self, column: &Column) -> bool {
        column.filter.is_none_or(|filter| filter.exact)
    }

    /// The columns by which rows of one chain of an endpoint are told apart: those of the key that are not the
    /// same in all of them. Without a key it is the id, where there is one.
    pub(crate) fn distinct_by(&self, endpoint: &Endpoint) -> Vec<ColumnId> {
        let places = |wanted: &dyn Fn(&Column) -> bool| {
            let key = self.key.iter().map(|key| self.id(key));
            key.filter(|&place| wanted(&self.columns[place]))
                .collect::<Vec<_>>()
        };
        if self.key.is_empty() {
            return self.column("id").into_iter().map(|(id, _)| id).collect();
        }
        let own = places(&|column| !endpoint.fixes(column));
        if own.is_empty() {
            places(&|_| true)
        } else {
            own
        }
    }

    /// The column whose latest time a listing by offset is held at: what comes in later would push rows on to
    /// pages that have not been read, so that they come twice.
    pub(crate) fn held_at(&self) -> Option<(ColumnId, Window)> {
        let by_offset = self.main().paging == Paging::Offset && self.main().windows;
        let window = |(place, column): (ColumnId, &Column)| Some((place, column.window?));
        self.columns_by_id().find_map(window).filter(|_| by_offset)
    }

    /// Whether it cannot be read without a condition.
    pub fn needs_a_condition(&self) -> bool {
        let main = self.main();
        main.sources.is_empty() && main.needed().any(|name| self.kinds(name).is_empty())
    }

    /// All values of a column that an endpoint needs, where the site knows but a few: together they are the whole table.
    pub(crate) fn kinds(&self, name: &str) -> &'static [&'static str] {
        let filter = self.column(name).and_then(|(_, column)| column.filter);
        filter.map_or(&[], |filter| filter.choices)
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

/// What a listing gives in one of its columns.
#[derive(Clone, Copy)]
struct ListedObjects {
    table: &'static Table,
    column: &'static str,
    /// A column and the value that its rows have there, if not all of its rows are meant.
    only: Option<(&'static str, &'static str)>,
}

impl ListedObjects {
    /// What all rows of a table have in a column.
    fn of(table: &'static Table, column: &'static str) -> Self {
        Self {
            table,
            column,
            only: None,
        }
    }
}

impl PartialEq for ListedObjects {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.table, other.table)
            && self.column == other.column
            && self.only == other.only
    }
}

#[cfg(test)]
mod tests {
    use crate::tables::blogposts;
    use crate::tables::comment_properties;
    use crate::tables::content_restrictions;
    use crate::tables::content_views;
    use crate::tables::folder_children;
    use crate::tables::folder_properties;
    use crate::tables::footer_comment_likes;
    use crate::tables::footer_comments;
    use crate::tables::page_labels;
    use crate::tables::page_versions;
    use crate::tables::pages;
    use crate::tables::permissions;
    use crate::tables::spaces;
    use crate::tables::user_groups;
    use crate::tables::users;

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
    #[test]
    fn what_is_one_of_several_kinds_need_not_be_of_this_one() {
        let pages_of = |other, column| page_labels::TABLE.belongs_to("page_id", other, column);
        assert!(pages_of(&page_versions::TABLE, "page_id"));
        assert!(!pages_of(&content_views::TABLE, "content_id"));
        let contents = |other, column| content_views::TABLE.belongs_to("content_id", other, column);
        assert!(contents(&page_labels::TABLE, "page_id"));
        assert!(contents(&blogposts::TABLE, "id"));
        assert!(!contents(&footer_comments::TABLE, "id"));
        let comments =
            |other, column| footer_comment_likes::TABLE.belongs_to("comment_id", other, column);
        assert!(comments(&footer_comments::TABLE, "id"));
        assert!(!comments(&comment_properties::TABLE, "comment_id"));
        assert!(comment_properties::TABLE.belongs_to(
            "comment_id",
            &footer_comment_likes::TABLE,
            "comment_id"
        ));
        // Whoever has a permission need not be in a group.
        assert!(!user_groups::TABLE.belongs_to("account_id", &users::TABLE, "account_id"));
        // Both are of the same folders.
        assert!(folder_children::TABLE.belongs_to(
            "folder_id",
            &folder_properties::TABLE,
            "folder_id"
        ));
    }

    #[test]
    fn a_row_about_what_cannot_be_read_shows_nothing_to_be_there() {
        assert!(!content_views::TABLE.belongs_to(
            "content_id",
            &content_restrictions::TABLE,
            "content_id"
        ));
    }
}
