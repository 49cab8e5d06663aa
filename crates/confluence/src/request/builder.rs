//! The request builder: how the first request of a chain is written. What a reader of a plan sees and what is sent are
//! written by the same functions; only what stands in the places of values differs.

use super::scan_request::{Key, Range, Sort, Values};
use crate::http::url::percent_encode;
use crate::http::{Purpose, Request, ValueList, Why};
use crate::schema::{ColumnId, Endpoint, Filter, Table};

/// What stands in a request where the values of a column go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument<'v> {
    /// The column's name, for readers of a plan.
    Placeholder(&'static str),
    /// One value.
    Key(&'v Key),
    /// Some values.
    Values(&'v Values),
}

impl Argument<'_> {
    /// As it stands in a path or a query.
    fn in_address(self) -> String {
        match self {
            Argument::Placeholder(column) => format!("{{{column}}}"),
            Argument::Key(key) => encoded(key),
            Argument::Values(values) => {
                let values: Vec<String> = values.iter().map(|key| encoded(&key)).collect();
                values.join(",")
            }
        }
    }

    /// As a list of a JSON document.
    fn in_document(self) -> String {
        match self {
            Argument::Placeholder(column) => format!("{{{column}}}"),
            Argument::Key(key) => format!("[{}]", json(key)),
            Argument::Values(values) => {
                let values: Vec<String> = values.iter().map(|key| json(&key)).collect();
                format!("[{}]", values.join(","))
            }
        }
    }
}

/// One end of a span of times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SpanEnd {
    Open,
    /// At a time that only the scan will know.
    Unknown,
    /// At a time, in microseconds since 1970-01-01 UTC.
    At(i64),
}

impl SpanEnd {
    /// Both ends of a span that is known.
    pub fn both_of(span: &Range) -> [Self; 2] {
        [span.from, span.to].map(|end| end.map_or(SpanEnd::Open, SpanEnd::At))
    }
}

/// A request that is being put together.
pub(super) struct RequestBuilder {
    table: &'static Table,
    endpoint: &'static Endpoint,
    target: String,
    has_query: bool,
    /// The lists that are POSTed, by their names.
    document: Vec<String>,
    lists: Vec<ValueList>,
    /// The conditions in Confluence's query language, in the order in which they are written.
    conditions: Vec<QueryCondition>,
    /// Parameters beside those that the endpoint always has.
    beside: &'static [(&'static str, &'static str)],
}

/// A condition in Confluence's query language, encoded.
struct QueryCondition {
    before: String,
    /// The parameter in which it stands, and its values, if there are any.
    values: Option<(&'static str, String)>,
    after: String,
}

impl RequestBuilder {
    /// A request of an endpoint, to the endpoint's path or to another one.
    pub fn new(table: &'static Table, endpoint: &'static Endpoint, path: Option<&str>) -> Self {
        let target = path.unwrap_or(endpoint.path).to_owned();
        let always = endpoint.query.map(|query| QueryCondition {
            before: in_query(query),
            values: None,
            after: String::new(),
        });
        Self {
            table,
            endpoint,
            has_query: target.contains('?'),
            target,
            document: Vec::new(),
            lists: Vec::new(),
            conditions: always.into_iter().collect(),
            beside: &[],
        }
    }

    /// Sends these parameters beside those that the endpoint always has.
    pub fn beside(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.beside = params;
        self
    }

    /// Puts the value of a column into the path, if it stands there.
    pub fn key(mut self, column: &str, argument: Argument) -> Self {
        let place = format!("{{{column}}}");
        if self.target.contains(&place) {
            self.target = self.target.replace(&place, &argument.in_address());
        }
        self
    }

    /// Asks for rows that have one of some values.
    pub fn list(mut self, filter: Filter, argument: Argument) -> Self {
        let param = filter.param;
        if let Some(field) = filter.field {
            self.conditions.push(QueryCondition {
                before: in_query(&format!("{field} in (")),
                values: Some((param, argument.in_address())),
                after: in_query(")"),
            });
            return self;
        }
        self.lists.push(ValueList {
            param,
            around: Default::default(),
        });
        if self.endpoint.posts {
            self.document
                .push(format!("\"{param}\":{}", argument.in_document()));
        } else {
            self.param(param, &argument.in_address());
        }
        self
    }

    /// Writes the conditions in Confluence's query language, all of which have to hold.
    fn write_conditions(&mut self) {
        /// The parameter of searches.
        const QUERY: &str = "cql";
        let and = in_query(" and ");
        let mut query = String::new();
        let conditions = std::mem::take(&mut self.conditions);
        let written = |condition: &QueryCondition| {
            let values = condition.values.as_ref();
            let values = values.map_or("", |(_, values)| values);
            format!("{}{values}{}", condition.before, condition.after)
        };
        let all: Vec<String> = conditions.iter().map(written).collect();
        for (place, condition) in conditions.iter().enumerate() {
            if !query.is_empty() {
                query.push_str(&and);
            }
            if let Some((param, _)) = condition.values {
                let behind: String = all[place + 1..]
                    .iter()
                    .map(|other| format!("{and}{other}"))
                    .collect();
                self.lists.push(ValueList {
                    param,
                    around: [
                        format!("{query}{}", condition.before),
                        format!("{}{behind}", condition.after),
                    ],
                });
            }
            query.push_str(&all[place]);
        }
        if !query.is_empty() {
            self.param(QUERY, &query);
        }
    }

    /// Asks for rows within a span of a column's times, if the endpoint takes one: each end to the next millisecond
    /// outwards, as what is too much is sorted out from the rows. An end that the API does not know, before 1970 or without
    /// a year of four digits, is left open.
    pub fn window(mut self, column: ColumnId, [from, to]: [SpanEnd; 2]) -> Self {
        /// 9999-12-31 24:00 UTC, in milliseconds since 1970.
        const YEAR_10000: i64 = 253_402_300_800_000;
        /// From microseconds to milliseconds.
        type Rounding = fn(i64) -> i64;
        let column = &self.table.columns[column];
        let Some(window) = column.window.filter(|_| self.endpoint.windows) else {
            return self;
        };
        let ends: [(_, _, Rounding); 2] = [
            (window.from, from, |from| from.div_euclid(1000)),
            (window.to, to, |to| to.div_euclid(1000).saturating_add(1)),
        ];
        for (param, end, rounded) in ends {
            match end {
                SpanEnd::Open => {}
                SpanEnd::Unknown => {
                    self.param(param, &Argument::Placeholder(column.name).in_address());
                }
                SpanEnd::At(time) => {
                    let time = rounded(time);
                    if (0..YEAR_10000).contains(&time) {
                        self.param(param, &time.to_string());
                    }
                }
            }
        }
        self
    }

    /// The request for rows with these columns, in an order, so many at one time.
    pub fn rows(mut self, sort: Option<Sort>, columns: &[ColumnId], limit: u32) -> Request {
        self.write_conditions();
        for (name, value) in self.endpoint.params.iter().chain(self.beside) {
            self.param(name, value);
        }
        if let Some(sort) = sort {
            let by = self.table.columns[sort.column].sort.unwrap_or_default();
            let turned = if sort.descending { "-" } else { "" };
            self.param("sort", &format!("{turned}{by}"));
        }
        for (name, value) in asked_with(self.table, columns) {
            self.param(name, value);
        }
        if self.endpoint.page > 0 {
            self.param("limit", &limit.to_string());
        }
        let posted = || format!("{{{}}}", self.document.join(","));
        Request {
            json: self.endpoint.posts.then(posted),
            lists: self.lists,
            ..Request::get(
                Why::FirstPage,
                self.target,
                self.endpoint.scope,
                Purpose::Rows,
            )
        }
    }

    /// Adds a parameter whose value is encoded.
    fn param(&mut self, name: &str, value: &str) {
        self.target.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.target.push_str(name);
        self.target.push('=');
        self.target.push_str(value);
    }
}

/// The parameters that the columns need, each once.
fn asked_with(table: &Table, columns: &[ColumnId]) -> Vec<(&'static str, &'static str)> {
    let mut params: Vec<(&str, &str)> = Vec::new();
    for &column in columns {
        if let Some((name, value)) = table.columns[column].asked_with
            && !params.iter().any(|(known, _)| *known == name)
        {
            params.push((name, value));
        }
    }
    params
}

/// A piece of a search as it stands in an address.
fn in_query(text: &str) -> String {
    let mut out = String::new();
    percent_encode(text, &mut out);
    out
}

/// A value as it stands in a path or a query.
pub(crate) fn encoded(key: &Key) -> String {
    match key {
        Key::Int(number) => number.to_string(),
        Key::Text(text) => {
            let mut out = String::new();
            percent_encode(text, &mut out);
            out
        }
    }
}

fn json(key: &Key) -> String {
    match key {
        Key::Int(number) => number.to_string(),
        Key::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
    }
}
