//! Endpoints: the operations of the API that a table's rows come from.

use super::consistency::equal;
use super::{Column, ColumnId, Table};

/// One way to read a table: an operation of the API.
#[derive(Debug)]
pub struct Endpoint {
    /// The operation's operationId.
    pub operation: &'static str,
    /// The operation's path, with `/wiki`. `{column}` stands for a value of that column.
    pub path: &'static str,
    /// The OAuth scope that the operation needs: granular in version 2, classic in version 1.
    pub scope: &'static str,
    /// Columns without values of which the operation does not answer, besides those in the path.
    pub requires: &'static [&'static str],
    /// Where the values that the operation needs come from, where the query does not give them. With
    /// several, the union of what they give. Empty: the query has to give them.
    pub sources: &'static [Source],
    /// The columns whose filters the operation takes.
    pub filters: Filters,
    /// Whether the operation lists in the orders of the columns.
    pub sorts: bool,
    /// Whether the operation takes the windows of the columns.
    pub windows: bool,
    /// Columns that its answers leave out. It is not asked by a query that uses one of them.
    pub lacks: &'static [&'static str],
    /// Parameters that are always sent.
    pub params: &'static [(&'static str, &'static str)],
    /// Where rows sit in an answer.
    pub rows_at: &'static [RowsAt],
    /// How a listing goes on.
    pub paging: Paging,
    /// The most rows that one request gives; 0 where it takes no limit.
    pub page: u32,
    /// Whether filters are sent in a JSON document, by POST. Such an operation only looks things up.
    pub posts: bool,
    /// What becomes of an object that the site does not show.
    pub unreadable: Unreadable,
    /// Whether the operation is there only on a site with space roles.
    pub needs_roles: bool,
    /// What becomes of rows that an answer counts and does not give.
    pub withheld: Option<Withheld>,
    /// The condition that all of its rows meet, in Confluence's query language, beside those on columns.
    pub query: Option<&'static str>,
    /// Where its answers have columns that others have elsewhere: columns, and places as [`Column::at`] has them.
    pub places: &'static [(&'static str, &'static str)],
    /// How it is seen that it has answered about everything that it was asked about.
    pub proof: Option<Proof>,
    /// The table's own objects, as this endpoint lists them more completely than the sources of the table's own endpoint do.
    /// These are read where the site does not answer this one to the account.
    pub shortcut: Option<Source>,
    /// Rows from which another listing leads further down.
    pub deeper: Option<Deeper>,
    /// How a long listing is cut into several that are read side by side.
    pub split: Option<Split>,
    /// The column of times by which its rows can be listed from either end, where they cannot be asked for by what they
    /// belong to.
    pub ends: Option<&'static str>,
    /// The search that finds its rows.
    pub search: Option<Search>,
    /// What its rows hang on: asked for the rows of a few of these, it tells how many there are in all. Its
    /// filters of their columns take lists.
    pub hangs_on: &'static [Source],
}

/// A search that finds the rows of a listing, and tells roughly how many there are, which the listing does not.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// The condition, in Confluence's query language.
    pub cql: &'static str,
    /// The rows that it does not find: a filter, and the value that these have.
    pub misses: Option<(&'static str, &'static str)>,
}

/// How a long listing is cut into several that are read side by side.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// The column that holds what its rows belong to. Its filter takes a list.
    pub column: &'static str,
    /// The column by which the listing is ordered, so that it can be read from both ends. What is new comes
    /// last in it.
    pub order: &'static str,
    /// Lists what rows belong to.
    pub source: Source,
    /// The source's column of the names by which a search knows what rows belong to.
    pub name: &'static str,
    /// The field of a search that has those names.
    pub searched_by: &'static str,
}

/// Which columns' filters an operation takes.
#[derive(Clone, Copy, Debug)]
pub enum Filters {
    /// All that the table has.
    All,
    /// Those of these columns.
    Only(&'static [&'static str]),
}

/// A table whose rows give the values that a endpoint needs.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The table.
    pub table: &'static Table,
    /// The endpoint's columns, each with the source's column that gives its values.
    pub columns: &'static [(&'static str, &'static str)],
    /// A column of the source and the value that its rows must have there, if not all rows are meant.
    pub only: Option<(&'static str, &'static str)>,
    /// Whether a site that has no space roles has no such rows, rather than unknown ones.
    pub absent_without_roles: bool,
    /// The source's column that tells how many rows there are for each of its own.
    pub counted: Option<&'static str>,
}

/// Where rows sit in an answer.
#[derive(Clone, Copy, Debug)]
pub struct RowsAt {
    /// Field names with dots between; `[]` behind a name goes through the elements of an array. Empty: the
    /// answer itself is the row, or, if it is an array, the rows.
    pub path: &'static str,
    /// Columns whose value is told by the place, with that value.
    pub sets: &'static [(&'static str, &'static str)],
}

/// How a listing goes on behind a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By the next link of each page, until there is none. What it has lost of the first request's parameters is sent again.
    Links,
    /// By `start` and `limit`, until a page is not full and has no next link.
    Offset,
    /// Everything is in one answer. One that is full to the limit may be cut off, which is an error.
    Whole,
}

/// What becomes of an object that the site does not show.
#[derive(Clone, Copy, Debug)]
pub enum Unreadable {
    /// No row, if the query named it; an error, if the site itself has listed it just before.
    Absent,
    /// No row in either case: this is how the site says that there is nothing.
    Nothing,
    /// A row of its own, with these columns set, and what the site said in the last one.
    Row {
        /// Columns and their values.
        sets: &'static [(&'static str, &'static str)],
        /// The column that tells what the site said.
        said: &'static str,
    },
}

/// What becomes of rows that an answer counts and does not give: there is a row of its own for each such list, with what
/// the answer says of all rows of the list.
#[derive(Clone, Copy, Debug)]
pub struct Withheld {
    /// Columns and their values.
    pub sets: &'static [(&'static str, &'static str)],
    /// The column that tells of how many names nobody knows.
    pub said: &'static str,
}

/// How it is seen that an endpoint has answered about each of several objects. A search asks an index, which may not have
/// all of them, and of long lists its answers have the beginning. So each object has to come back, with all of its lists; what
/// does not is read by the table's own endpoint, one by one, and so is everything where the endpoint may not be asked at
/// all.
#[derive(Clone, Copy, Debug)]
pub struct Proof {
    /// The column of the objects.
    pub object: &'static str,
    /// The field of an object that tells its kind, and the kind that the table is about, where it is not about all: any other
    /// one has no rows, as the table's own endpoint would say, too.
    pub kind: Option<(&'static str, &'static str)>,
    /// A parameter beside the others, and its value, with which objects that have not come are asked for once more, if they are
    /// some.
    pub again: Option<(&'static str, &'static str)>,
}

/// How a listing goes on below some of its rows.
#[derive(Clone, Copy, Debug)]
pub struct Deeper {
    /// The column that holds the row's id.
    pub id: &'static str,
    /// Only rows that have this number in this column lead further, which is then added to the column's
    /// values below them.
    pub at_depth: Option<(&'static str, i64)>,
    /// The column that tells the kind of a row, where the path depends on it.
    pub kind: Option<&'static str>,
    /// Kinds, operations and paths; `{}` stands for the row's id.
    pub paths: &'static [(&'static str, &'static str, &'static str)],
}

const RESULTS: &[RowsAt] = &[RowsAt::new("results")];
const ITSELF: &[RowsAt] = &[RowsAt::new("")];

impl Endpoint {
    const fn new(
        operation: &'static str,
        path: &'static str,
        scope: &'static str,
        rows_at: &'static [RowsAt],
        paging: Paging,
        page: u32,
    ) -> Self {
        Self {
            operation,
            path,
            scope,
            requires: &[],
            sources: &[],
            filters: Filters::Only(&[]),
            sorts: false,
            windows: false,
            lacks: &[],
            params: &[],
            rows_at,
            paging,
            page,
            posts: false,
            unreadable: Unreadable::Absent,
            needs_roles: false,
            withheld: None,
            query: None,
            places: &[],
            proof: None,
            shortcut: None,
            deeper: None,
            split: None,
            ends: None,
            search: None,
            hangs_on: &[],
        }
    }

    /// The listing of all rows of a kind: it takes every filter and order that columns declare.
    pub const fn list(operation: &'static str, path: &'static str, scope: &'static str) -> Self {
        let mut endpoint = Self::new(operation, path, scope, RESULTS, Paging::Links, 250);
        endpoint.filters = Filters::All;
        endpoint.sorts = true;
        endpoint.windows = true;
        endpoint
    }

    /// A listing of rows below the object that the path names.
    pub const fn by(operation: &'static str, path: &'static str, scope: &'static str) -> Self {
        Self::new(operation, path, scope, RESULTS, Paging::Links, 250)
    }

    /// One object.
    pub const fn one(operation: &'static str, path: &'static str, scope: &'static str) -> Self {
        Self::new(operation, path, scope, ITSELF, Paging::Whole, 0)
    }

    /// A listing of version 1, by `start` and `limit`.
    pub const fn offset(
        operation: &'static str,
        path: &'static str,
        scope: &'static str,
        page: u32,
    ) -> Self {
        Self::new(operation, path, scope, RESULTS, Paging::Offset, page)
    }

    /// It does not answer without values of these columns.
    pub const fn requiring(mut self, columns: &'static [&'static str]) -> Self {
        self.requires = columns;
        self
    }

    /// Where values that it needs come from.
    pub const fn from(mut self, sources: &'static [Source]) -> Self {
        self.sources = sources;
        self
    }

    /// The columns whose filters it takes.
    pub const fn taking(mut self, columns: &'static [&'static str]) -> Self {
        self.filters = Filters::Only(columns);
        self
    }

    /// It takes the windows of the columns.
    pub const fn windowed(mut self) -> Self {
        self.windows = true;
        self
    }

    /// Its answers leave these columns out.
    pub const fn lacking(mut self, columns: &'static [&'static str]) -> Self {
        self.lacks = columns;
        self
    }

    /// Parameters that are always sent.
    pub const fn with(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    /// Rows sit elsewhere than in `results`.
    pub const fn rows_at(mut self, places: &'static [RowsAt]) -> Self {
        self.rows_at = places;
        self
    }

    /// It goes on in another way than by links.
    pub const fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// One request gives at most so many rows; 0 where it takes no limit.
    pub const fn page(mut self, rows: u32) -> Self {
        self.page = rows;
        self
    }

    /// Its filters are sent in a JSON document.
    pub const fn posting(mut self) -> Self {
        self.posts = true;
        self
    }

    /// What becomes of an object that the site does not show.
    pub const fn unreadable(mut self, unreadable: Unreadable) -> Self {
        self.unreadable = unreadable;
        self
    }

    /// Rows that an answer counts and does not give become one for each list.
    pub const fn withholding(mut self, withheld: Withheld) -> Self {
        self.withheld = Some(withheld);
        self
    }

    /// All of its rows meet this condition, in Confluence's query language.
    pub const fn searching(mut self, query: &'static str) -> Self {
        self.query = Some(query);
        self
    }

    /// Its answers have columns in other places.
    pub const fn having(mut self, places: &'static [(&'static str, &'static str)]) -> Self {
        self.places = places;
        self
    }

    /// Each object that it is asked about has to come back.
    pub const fn proved(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// It lists the table's objects without a condition on their ids. Where the site does not answer it to the account, the
    /// table's own endpoint is read with its sources; where it lacks a column, with what this one lists.
    pub const fn shortcut(mut self, of: &'static Table) -> Self {
        self.shortcut = Some(Source::of(of, &[("id", "id")]));
        self
    }

    /// Whether it can be done without.
    pub const fn is_dispensable(&self) -> bool {
        self.shortcut.is_some() || self.proof.is_some()
    }

    /// It is there only on a site with space roles.
    pub const fn needing_roles(mut self) -> Self {
        self.needs_roles = true;
        self
    }

    /// Some of its rows lead further down.
    pub const fn deeper(mut self, deeper: Deeper) -> Self {
        self.deeper = Some(deeper);
        self
    }

    /// A long listing of it is cut into several.
    pub const fn split(mut self, split: Split) -> Self {
        self.split = Some(split);
        self
    }

    /// A long listing of it is read from both of its ends, in the order of a column of times.
    pub const fn from_both_ends(mut self, column: &'static str) -> Self {
        self.ends = Some(column);
        self
    }

    /// A search that finds all of its rows.
    pub const fn found_by(mut self, cql: &'static str) -> Self {
        self.search = Some(Search { cql, misses: None });
        self
    }

    /// A search that finds all of its rows but those for which a filter asks with this value.
    pub const fn found_by_but(
        mut self,
        cql: &'static str,
        column: &'static str,
        value: &'static str,
    ) -> Self {
        self.search = Some(Search {
            cql,
            misses: Some((column, value)),
        });
        self
    }

    /// What its rows hang on.
    pub const fn hanging_on(mut self, sources: &'static [Source]) -> Self {
        self.hangs_on = sources;
        self
    }

    /// What its rows are found by, or hang on.
    pub fn hanging(&self) -> impl Iterator<Item = &'static Source> + use<> {
        self.sources.iter().chain(self.hangs_on)
    }

    /// The columns without values of which it cannot be asked: those in the path, and those it requires.
    pub fn needed(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.in_path().chain(self.requires.iter().copied())
    }

    /// Those in the path.
    pub(super) const fn in_path(&self) -> PathColumns {
        PathColumns::of(self.path)
    }

    /// Whether it needs values of this column.
    pub const fn needs(&self, column: &str) -> bool {
        self.in_path().has(column) || names(self.requires, column)
    }

    /// Whether all rows of one of its listings have the same value in this column, as it is asked with one.
    pub(super) fn fixes(&self, column: &Column) -> bool {
        let takes_list = column.filter.is_some_and(|filter| filter.max > 1);
        self.in_path().has(column.name) || names(self.requires, column.name) && !takes_list
    }

    /// Whether it takes this column's filter.
    pub const fn takes(&self, column: &Column) -> bool {
        column.filter.is_some()
            && match self.filters {
                Filters::All => true,
                Filters::Only(columns) => names(columns, column.name),
            }
    }

    /// Where its answers have a column.
    pub const fn place_of(&self, column: &Column) -> &'static str {
        let mut number = 0;
        while number < self.places.len() {
            if equal(self.places[number].0, column.name) {
                return self.places[number].1;
            }
            number += 1;
        }
        column.at
    }

    /// Whether its answers about an object have lists of rows.
    pub(crate) fn has_lists(&self) -> bool {
        self.rows_at.iter().any(|rows| rows.path.contains("[]"))
    }

    /// Whether it tells a column's value by where a row sits, or by there being none.
    pub(super) const fn tells(&self, column: &str) -> bool {
        let mut number = 0;
        while number < self.rows_at.len() && sets(self.rows_at[number].sets, column) {
            number += 1;
        }
        let by_place = number == self.rows_at.len();
        let by_absence = match self.unreadable {
            Unreadable::Row { said, .. } => equal(said, column),
            Unreadable::Absent | Unreadable::Nothing => false,
        };
        let by_number = match self.withheld {
            Some(withheld) => equal(withheld.said, column),
            None => false,
        };
        by_place || by_absence || by_number
    }

    /// The method of its requests.
    pub fn method(&self) -> &'static str {
        if self.posts { "POST" } else { "GET" }
    }
}

impl Split {
    /// Whether conditions on some columns, by their places in the table, leave so little of a listing that it is not cut.
    pub fn is_narrowed(
        &self,
        table: &Table,
        mut conditions: impl Iterator<Item = ColumnId>,
    ) -> bool {
        conditions.any(|place| {
            let column = &table.columns[place];
            column.name == self.column
                || column
                    .filter
                    .is_some_and(|filter| filter.choices.is_empty())
        })
    }
}

impl Source {
    /// A table of which one column gives one of the endpoint's.
    pub const fn of(
        table: &'static Table,
        columns: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            table,
            columns,
            only: None,
            absent_without_roles: false,
            counted: None,
        }
    }

    /// Only rows with this value.
    pub const fn only(mut self, column: &'static str, value: &'static str) -> Self {
        self.only = Some((column, value));
        self
    }

    /// This column tells how many rows there are for each of its own.
    pub const fn counted_by(mut self, column: &'static str) -> Self {
        self.counted = Some(column);
        self
    }

    /// On a site without space roles there are none.
    pub const fn absent_without_roles(mut self) -> Self {
        self.absent_without_roles = true;
        self
    }
}

impl RowsAt {
    /// A place that tells nothing by itself.
    pub const fn new(path: &'static str) -> Self {
        Self { path, sets: &[] }
    }

    /// The place tells a column's value.
    pub const fn setting(mut self, sets: &'static [(&'static str, &'static str)]) -> Self {
        self.sets = sets;
        self
    }
}

/// The columns whose values stand in a path, as `{column}`.
#[derive(Clone, Copy, Debug)]
pub struct PathColumns {
    rest: &'static str,
}

impl PathColumns {
    pub(super) const fn of(path: &'static str) -> Self {
        Self { rest: path }
    }

    /// The first one, and those behind it.
    pub(super) const fn split_first(self) -> Option<(&'static str, Self)> {
        let (mut begin, mut at) = (None, 0);
        while at < self.rest.len() {
            match (self.rest.as_bytes()[at], begin) {
                (b'{', _) => begin = Some(at + 1),
                (b'}', Some(begin)) => {
                    let (before, rest) = self.rest.split_at(at);
                    return Some((before.split_at(begin).1, Self { rest }));
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    const fn has(mut self, column: &str) -> bool {
        while let Some((name, further)) = self.split_first() {
            if equal(name, column) {
                return true;
            }
            self = further;
        }
        false
    }
}

impl Iterator for PathColumns {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        let (name, further) = self.split_first()?;
        *self = further;
        Some(name)
    }
}

/// Whether a text is among some.
pub(super) const fn names(texts: &[&str], text: &str) -> bool {
    let mut at = 0;
    while at < texts.len() {
        if equal(texts[at], text) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether a column is the first of some pair.
pub(super) const fn sets(pairs: &[(&str, &str)], column: &str) -> bool {
    let mut at = 0;
    while at < pairs.len() {
        if equal(pairs[at].0, column) {
            return true;
        }
        at += 1;
    }
    false
}
