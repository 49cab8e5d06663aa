//! The chains of a scan request, and what their first requests look like.

use std::fmt;
use std::sync::Arc;

use super::access_path::{self, ValueCount, page_size};
use super::scan_request::{Key, PushedCondition, Range, ScanRequest, Sort, Values};
use super::{askable, value_lists};
use crate::Error;
use crate::batch::Value;
use crate::http::url::percent_encode;
use crate::schema::{ColumnId, Endpoint, Filter, Paging, Source, Split, Table, Window};

/// What to begin with.
#[derive(Debug)]
pub(crate) enum ChainSource<'w> {
    /// Nothing can match; nothing is sent.
    Nothing,
    /// These chains.
    Chains(Chains<'w>),
    /// A chain for each of the endpoint's objects that its sources list.
    Parents(&'static Endpoint),
    /// This chain, which can be cut into several if it is long.
    Partitions(Chain, &'static Split),
}

/// Chains, each made when it is taken: a list of a million keys is not to become a million chains at once.
pub(crate) struct Chains<'w> {
    count: u64,
    chains: Box<dyn Iterator<Item = Chain> + Send + 'w>,
}

/// One listing that is followed to its end.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub endpoint: &'static Endpoint,
    /// The path, where it is not the endpoint's own.
    path: Option<String>,
    /// Values that all its rows have: columns by their place in the table.
    pub keys: Vec<(ColumnId, Key)>,
    /// Parameters that say which rows.
    filters: Vec<(&'static str, Values)>,
    /// Whether the site itself has just listed what this chain is about.
    pub must_exist: bool,
    /// What is added to the depth of its rows.
    pub depth: i64,
}

/// What a row of a chain leads to. It has no more than what tells it from others below the same chain, since as many may
/// wait as the site has rows.
#[derive(Clone, Debug)]
pub(crate) struct Below {
    pub id: Key,
    /// Its path; `{}` stands for the id.
    pub path: &'static str,
    /// What is added to the depth of its rows.
    pub depth: i64,
}

/// The first request of a chain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RequestTarget {
    /// The path and the query.
    pub path: String,
    /// What is POSTed.
    pub json: Option<String>,
    /// The parameters that hold lists of values that are asked for.
    pub lists: Vec<&'static str>,
}

impl RequestTarget {
    /// How many bytes of it vary.
    pub fn length(&self) -> usize {
        self.path.len() + self.json.as_ref().map_or(0, String::len)
    }
}

impl Chain {
    fn new(endpoint: &'static Endpoint) -> Self {
        Self {
            endpoint,
            path: None,
            keys: Vec::new(),
            filters: Vec::new(),
            must_exist: false,
            depth: 0,
        }
    }

    /// The chain of an endpoint that needs nothing.
    pub fn whole(endpoint: &'static Endpoint) -> Self {
        Self::new(endpoint)
    }

    /// The chains about objects that the site has listed: for each, the values of the columns that the
    /// endpoint needs. An endpoint that takes several of them at once is given as many.
    pub fn of_listed(
        table: &'static Table,
        endpoint: &'static Endpoint,
        objects: &[Vec<Key>],
        filters: &[(&'static str, Values)],
    ) -> Vec<Self> {
        let needed = access_path::needed(table, endpoint);
        let chains = match batched(table, endpoint, &needed) {
            Some((filter, most)) => objects
                .chunks(most)
                .flat_map(|objects| {
                    let values = Values::of(objects.iter().flatten().cloned());
                    let chain = |piece| {
                        let mut chain = Self::new(endpoint);
                        chain.filters.push((filter.param, values.piece(piece)));
                        chain
                    };
                    let pieces =
                        value_lists::cut(endpoint, &values, most, value_lists::room(endpoint));
                    pieces.map(chain).collect::<Vec<_>>()
                })
                .collect(),
            None => objects
                .iter()
                .map(|object| {
                    let mut chain = Self::new(endpoint);
                    for (&place, key) in needed.iter().zip(object) {
                        chain.need(table, place, key.clone());
                    }
                    chain
                })
                .collect::<Vec<_>>(),
        };
        chains
            .into_iter()
            .map(|mut chain| {
                chain.must_exist = true;
                chain.filters.extend(filters.iter().cloned());
                chain
            })
            .collect()
    }

    /// The chain that leads on below a row of this one, or of another one below this.
    pub fn below(&self, below: &Below) -> Self {
        Self {
            path: Some(below.path.replace("{}", &encoded(&below.id))),
            must_exist: true,
            depth: below.depth,
            ..self.clone()
        }
    }

    /// This chain for rows that belong to some objects only.
    pub fn narrowed(&self, filter: Option<Filter>, objects: &[Key]) -> Self {
        let mut chain = self.clone();
        if let Some(filter) = filter {
            let values = Values::of(objects.iter().cloned());
            chain.filters.insert(0, (filter.param, values));
        }
        chain
    }

    /// Fixes a value that the endpoint needs.
    fn need(&mut self, table: &Table, place: ColumnId, key: Key) {
        if let Some(filter) = required_filter(table, self.endpoint, place) {
            self.filters.push((filter.param, Values::of([key.clone()])));
        }
        self.keys.push((place, key));
    }

    /// What is known of all its rows.
    pub fn given(&self) -> Vec<(ColumnId, Value<'_>)> {
        self.keys
            .iter()
            .map(|(place, key)| (*place, key.value()))
            .collect()
    }

    /// How messages name what the chain is about.
    pub fn about(&self, table: &Table) -> Option<(&'static str, String)> {
        let (place, key) = self.keys.first()?;
        Some((table.columns[*place].name, key.to_string()))
    }

    /// The chain's first request.
    pub fn target(&self, scan_request: &ScanRequest, sort: Option<Sort>) -> RequestTarget {
        self.target_for(scan_request, sort, &scan_request.columns)
    }

    /// The same for other columns.
    pub fn target_for(
        &self,
        scan_request: &ScanRequest,
        sort: Option<Sort>,
        columns: &[ColumnId],
    ) -> RequestTarget {
        let mut path = self
            .path
            .clone()
            .unwrap_or_else(|| self.endpoint.path.to_owned());
        for (place, key) in &self.keys {
            let name = scan_request.table.columns[*place].name;
            path = path.replace(&format!("{{{name}}}"), &encoded(key));
        }
        let enough_holds = sort.is_some() || scan_request.range.is_none();
        let enough = scan_request.enough.filter(|_| enough_holds);
        let (table, allowed) = (scan_request.table, scan_request.reading.page_size);
        let page = page_size(table, self.endpoint, columns, allowed);
        let limit = first_limit(self.endpoint, page, enough);
        let mut query = Query::new(path);
        let json = if self.endpoint.posts {
            Some(json(&self.filters))
        } else {
            for (name, values) in &self.filters {
                query.add(name, &encode(values));
            }
            None
        };
        for (column, span) in &scan_request.windows {
            query.window(table, self.endpoint, *column, span);
        }
        query.finish(table, self.endpoint, sort, columns, limit);
        RequestTarget {
            path: query.target,
            json,
            lists: self.lists().collect(),
        }
    }

    /// The request for rows of this chain by their keys, in an answer with other columns.
    pub fn by_keys(
        &self,
        scan_request: &ScanRequest,
        filter: Filter,
        keys: &Values,
        columns: &[ColumnId],
    ) -> RequestTarget {
        let mut query = Query::new(self.endpoint.path.to_owned());
        query.add(filter.param, &encode(keys));
        for (name, values) in &self.filters {
            if *name != filter.param {
                query.add(name, &encode(values));
            }
        }
        let limit = keys.len() as u32;
        query.finish(scan_request.table, self.endpoint, None, columns, limit);
        RequestTarget {
            path: query.target,
            json: None,
            lists: self.lists().chain([filter.param]).collect(),
        }
    }

    /// The parameters that say which rows.
    fn lists(&self) -> impl Iterator<Item = &'static str> {
        self.filters.iter().map(|(name, _)| *name)
    }
}

/// The filter that takes several values of the only column that an endpoint needs, and how many.
fn batched(table: &Table, endpoint: &Endpoint, needed: &[ColumnId]) -> Option<(Filter, usize)> {
    let &[place] = needed else { return None };
    let filter = required_filter(table, endpoint, place)?;
    (filter.max > 1).then_some((filter, filter.max))
}

fn required_filter(table: &Table, endpoint: &Endpoint, place: ColumnId) -> Option<Filter> {
    let column = &table.columns[place];
    column
        .filter
        .filter(|_| endpoint.requires.contains(&column.name))
}

/// How many rows the first request asks for, when so many make a page and so many will do.
fn first_limit(endpoint: &Endpoint, page: u32, enough: Option<u64>) -> u32 {
    match enough {
        // An answer that is whole is never asked for in part.
        Some(enough) if endpoint.paging != Paging::Whole => {
            page.min(u32::try_from(enough.max(1)).unwrap_or(u32::MAX))
        }
        _ => page,
    }
}

/// A request that is being put together.
struct Query {
    target: String,
    has_any: bool,
}

impl Query {
    fn new(target: String) -> Self {
        Self {
            has_any: target.contains('?'),
            target,
        }
    }

    /// Adds a parameter whose value is encoded.
    fn add(&mut self, name: &str, value: &str) {
        self.target.push(if self.has_any { '&' } else { '?' });
        self.has_any = true;
        self.target.push_str(name);
        self.target.push('=');
        self.target.push_str(value);
    }

    /// Adds the span of a column's times, each end to the next millisecond outwards: what is too much is
    /// sorted out from the rows. An end that the API does not know, before 1970 or without a year of four digits, is
    /// left open.
    fn window(&mut self, table: &Table, endpoint: &Endpoint, column: ColumnId, span: &Range) {
        let Some(window) = window_of(table, endpoint, column) else {
            return;
        };
        /// 9999-12-31 24:00 UTC, in milliseconds since 1970.
        const YEAR_10000: i64 = 253_402_300_800_000;
        let is_known = |time: &i64| (0..YEAR_10000).contains(time);
        let from = span.from.map(|from| from.div_euclid(1000));
        if let Some(from) = from.filter(is_known) {
            self.add(window.from, &from.to_string());
        }
        let to = span.to.map(|to| to.div_euclid(1000).saturating_add(1));
        if let Some(to) = to.filter(is_known) {
            self.add(window.to, &to.to_string());
        }
    }

    /// Adds what does not depend on conditions.
    fn finish(
        &mut self,
        table: &Table,
        endpoint: &Endpoint,
        sort: Option<Sort>,
        columns: &[ColumnId],
        limit: u32,
    ) {
        for (name, value) in endpoint.params {
            self.add(name, value);
        }
        if let Some(sort) = sort {
            let by = table.columns[sort.column].sort.unwrap_or_default();
            let turned = if sort.descending { "-" } else { "" };
            self.add("sort", &format!("{turned}{by}"));
        }
        for (name, value) in asked_with(table, columns) {
            self.add(name, value);
        }
        if endpoint.page > 0 {
            self.add("limit", &limit.to_string());
        }
    }
}

/// The window of a column, if the endpoint takes it.
fn window_of(table: &Table, endpoint: &Endpoint, column: ColumnId) -> Option<Window> {
    table.columns[column].window.filter(|_| endpoint.windows)
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

/// The chains of a wish.
///
/// # Errors
/// If a condition asks for what the API cannot list, or one is missing without which it lists nothing.
pub(crate) fn start(scan_request: &ScanRequest) -> Result<ChainSource<'_>, Error> {
    if scan_request.is_empty() {
        return Ok(ChainSource::Nothing);
    }
    let table = scan_request.table;
    let asked: Vec<ValueCount> = scan_request
        .conditions
        .iter()
        .map(|condition| ValueCount::known(condition.column, &condition.values))
        .collect();
    let way = access_path::access_path(
        table,
        &scan_request.sizes,
        &asked,
        scan_request.sort.is_some(),
        &scan_request.columns,
        scan_request.reading.page_size,
    );
    let Some(way) = way else {
        return Err(Error::ConditionMissing {
            table: table.name,
            columns: table.columns_that_open_it(),
        });
    };
    if way.enumerates_parents {
        return Ok(ChainSource::Parents(way.endpoint));
    }
    let asked = asked_for(scan_request, way.endpoint)?;
    let is_cut = asked.cut.is_some();
    let mut chains = Chains::of_needed(scan_request, way.endpoint).asking(asked);
    if let (Some(split), None, 1, false) = (
        &way.endpoint.split,
        &way.endpoint.deeper,
        chains.count,
        is_cut,
    ) && scan_request.can_be_split(split)
        && let Some(chain) = chains.next()
    {
        return Ok(ChainSource::Partitions(chain, split));
    }
    Ok(ChainSource::Chains(chains))
}

impl<'w> Chains<'w> {
    /// A chain for each combination of the values that the endpoint needs.
    fn of_needed(scan_request: &'w ScanRequest, endpoint: &'static Endpoint) -> Self {
        let table = scan_request.table;
        let needed = access_path::needed(table, endpoint);
        if let Some((filter, most)) = batched(table, endpoint, &needed)
            && let Some(values) = condition(scan_request, needed[0])
        {
            let pieces =
                move || value_lists::cut(endpoint, values, most, value_lists::room(endpoint));
            return Self {
                count: pieces().count() as u64,
                chains: Box::new(pieces().map(move |piece| {
                    let mut chain = Chain::new(endpoint);
                    chain.filters.push((filter.param, values.piece(piece)));
                    chain
                })),
            };
        }
        let first = Chain {
            must_exist: scan_request
                .must_exist
                .is_some_and(|listed| needed == [listed]),
            ..Chain::new(endpoint)
        };
        needed.into_iter().fold(Self::one(first), |chains, place| {
            let Some(values) = condition(scan_request, place) else {
                return Self::none();
            };
            Self {
                count: chains.count.saturating_mul(values.len() as u64),
                chains: Box::new(chains.flat_map(move |chain| {
                    values.iter().map(move |key| {
                        let mut chain = chain.clone();
                        chain.need(table, place, key);
                        chain
                    })
                })),
            }
        })
    }

    /// These chains with what the conditions ask for besides: one for each piece of a list that is cut.
    fn asking(self, asked: AskedFor<'w>) -> Self {
        let AskedFor { shared, cut } = asked;
        let shared: Arc<[(&str, Values)]> = shared.into();
        let pieces = move || {
            let Cut {
                endpoint,
                param,
                values,
                most,
                room,
            } = cut?;
            let pieces = value_lists::cut(endpoint, values, most, room);
            Some(pieces.map(move |piece| (param, values.piece(piece))))
        };
        Self {
            count: self.count.saturating_mul(cut.map_or(1, |cut| cut.count())),
            chains: Box::new(self.flat_map(move |chain| {
                let whole = pieces().is_none().then_some(None);
                let of_pieces = pieces().into_iter().flatten().map(Some);
                let shared = shared.clone();
                whole.into_iter().chain(of_pieces).map(move |piece| {
                    let mut chain = chain.clone();
                    chain.filters.extend(piece);
                    chain.filters.extend(shared.iter().cloned());
                    chain
                })
            })),
        }
    }

    fn one(chain: Chain) -> Self {
        Self {
            count: 1,
            chains: Box::new(std::iter::once(chain)),
        }
    }

    fn none() -> Self {
        Self {
            count: 0,
            chains: Box::new(std::iter::empty()),
        }
    }

    /// How many there are in all.
    pub fn count_of_all(&self) -> u64 {
        self.count
    }
}

impl Iterator for Chains<'_> {
    type Item = Chain;

    fn next(&mut self) -> Option<Chain> {
        self.chains.next()
    }
}

impl fmt::Debug for Chains<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} chains", self.count)
    }
}

/// The parameters that every chain of a wish has, besides what the endpoint needs.
pub(crate) fn shared_filters(
    scan_request: &ScanRequest,
    endpoint: &'static Endpoint,
) -> Result<Vec<(&'static str, Values)>, Error> {
    Ok(asked_for(scan_request, endpoint)?.shared)
}

/// What the conditions ask for besides what the endpoint needs.
#[derive(Default)]
struct AskedFor<'w> {
    /// Parameters of every chain.
    shared: Vec<(&'static str, Values)>,
    /// The one list that is cut into pieces, each for chains of its own: cutting two would ask for every pair of pieces.
    cut: Option<Cut<'w>>,
}

/// A list that is cut into pieces.
#[derive(Clone, Copy)]
struct Cut<'w> {
    endpoint: &'static Endpoint,
    param: &'static str,
    values: &'w Values,
    /// How many values a piece has at most, and how many bytes it may take.
    most: usize,
    room: usize,
}

impl Cut<'_> {
    /// How many pieces there are.
    fn count(&self) -> u64 {
        value_lists::cut(self.endpoint, self.values, self.most, self.room).count() as u64
    }
}

fn asked_for<'w>(
    scan_request: &'w ScanRequest,
    endpoint: &'static Endpoint,
) -> Result<AskedFor<'w>, Error> {
    let table = scan_request.table;
    let mut asked: Vec<ValueCount<'w>> = Vec::new();
    for PushedCondition { column, values } in &scan_request.conditions {
        let declared = &table.columns[*column];
        let Some(filter) = declared.filter.filter(|_| endpoint.takes(declared)) else {
            continue;
        };
        if !endpoint.needs(declared.name)
            && can_be_asked(table, *column, filter, values)?
            && askable::can_carry(endpoint, declared, values)
        {
            asked.push(ValueCount::known(*column, values));
        }
    }
    let lists = value_lists::lists(
        table,
        &scan_request.sizes,
        endpoint,
        &asked,
        scan_request.reading.page_size,
    );
    let parameter = |place: usize| {
        let ValueCount { column, values, .. } = asked[place];
        Some((table.columns[column].filter?.param, values?))
    };
    let shared = lists.shared.iter().filter_map(|&place| parameter(place));
    Ok(AskedFor {
        shared: shared
            .map(|(param, values)| (param, values.clone()))
            .collect(),
        // Rows of several pieces come in no order.
        cut: lists
            .cut
            .filter(|_| !scan_request.relies_on_order)
            .and_then(|(place, filter, _)| {
                let (param, values) = parameter(place)?;
                Some(Cut {
                    endpoint,
                    param,
                    values,
                    most: filter.max,
                    room: lists.room,
                })
            }),
    })
}

fn condition(scan_request: &ScanRequest, column: ColumnId) -> Option<&Values> {
    scan_request
        .conditions
        .iter()
        .find(|condition| condition.column == column)
        .map(|condition| &condition.values)
}

/// The conditions that a source of an endpoint can be given: those on columns that it gives the values of,
/// and what makes its rows the ones that are meant.
pub(crate) fn conditions_on_source(
    scan_request: &ScanRequest,
    source: &Source,
) -> Vec<PushedCondition> {
    let passed = source.columns.iter().filter_map(|(own, theirs)| {
        Some(PushedCondition {
            column: source.table.id(theirs),
            values: condition(scan_request, scan_request.table.id(own))?.clone(),
        })
    });
    let only = source.only.map(|(column, value)| PushedCondition {
        column: source.table.id(column),
        values: Values::texts(vec![value.to_owned()]),
    });
    passed.chain(only).collect()
}

/// Whether these values can stand in a request. What cannot is sorted out from the rows; but a listing
/// that lacks the rows in question would be falsely empty, and that is an error.
fn can_be_asked(
    table: &'static Table,
    column: ColumnId,
    filter: Filter,
    values: &Values,
) -> Result<bool, Error> {
    if filter.choices.is_empty() {
        return Ok(true);
    }
    let Values::Texts(texts) = values else {
        return Ok(false);
    };
    match texts
        .iter()
        .find(|text| !filter.choices.contains(&text.as_str()))
    {
        None => Ok(texts.len() <= filter.max),
        Some(_) if !filter.widens => Ok(false),
        Some(value) => Err(Error::CannotList {
            table: table.name,
            column: table.columns[column].name,
            value: value.clone(),
            choices: filter.choices,
        }),
    }
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

fn encode(values: &Values) -> String {
    let values: Vec<String> = values.iter().map(|key| encoded(&key)).collect();
    values.join(",")
}

/// Filters as a JSON document: each a list.
fn json(filters: &[(&'static str, Values)]) -> String {
    let lists = filters.iter().map(|(name, values)| {
        let values = values.iter().map(|key| match key {
            Key::Int(number) => serde_json::Value::from(number),
            Key::Text(text) => serde_json::Value::from(text),
        });
        ((*name).to_owned(), values.collect::<serde_json::Value>())
    });
    serde_json::Value::Object(lists.collect()).to_string()
}

/// Whether rows of one chain may be rows of another, too: where an answer holds more than was asked for, where
/// a row can move from one piece of a list to another, and where listings lead further down.
pub(crate) fn may_overlap(scan_request: &ScanRequest) -> bool {
    let table = scan_request.table;
    let leads_down = table.endpoints.iter().any(|e| e.deeper.is_some());
    let conditions = scan_request.conditions.iter();
    let lists: usize = conditions
        .map(|condition| value_lists::whole_length(table.main(), &condition.values))
        .sum();
    let is_cut_and_moves = |condition: &PushedCondition| {
        let column = &table.columns[condition.column];
        column.filter.is_some_and(|filter| {
            let is_fixed = filter.exact && table.key.contains(&column.name);
            !is_fixed
                && (condition.values.len() > filter.max || lists > value_lists::room(table.main()))
        })
    };
    leads_down || scan_request.conditions.iter().any(is_cut_and_moves)
}

/// What is known of a wish before its values are, as readers of a plan see it.
#[derive(Clone, Copy, Debug)]
pub struct Template<'t> {
    /// The table.
    pub table: &'static Table,
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// The columns, by their places in the table.
    pub columns: &'t [ColumnId],
    /// The columns of the conditions.
    pub conditions: &'t [ColumnId],
    /// Among them, by their places, those that bound a span of times: from below, and from above.
    pub windows: &'t [(usize, bool, bool)],
    /// The order.
    pub sort: Option<Sort>,
    /// The page size that the user allows.
    pub allowed: u32,
    /// How many rows will do.
    pub enough: Option<u64>,
}

impl Template<'_> {
    /// The first request: the values of the n-th condition stand as `{n}`.
    pub fn request(&self) -> String {
        let (table, endpoint) = (self.table, self.endpoint);
        let place_of = |column: ColumnId| {
            self.conditions
                .iter()
                .position(|&known| known == column)
                .map(|place| format!("{{{}}}", place + 1))
        };
        let mut path = endpoint.path.to_owned();
        let mut filters: Vec<(&str, String)> = Vec::new();
        for &column in self.conditions {
            let (declared, Some(place)) = (&table.columns[column], place_of(column)) else {
                continue;
            };
            path = path.replace(&format!("{{{}}}", declared.name), &place);
            if let Some(filter) = declared.filter.filter(|_| endpoint.takes(declared))
                && !filters.iter().any(|(known, _)| *known == filter.param)
            {
                filters.push((filter.param, place));
            }
        }
        for &(place, from, to) in self.windows {
            let window = window_of(table, endpoint, self.conditions[place]);
            let ends = window.map(|window| [(from, window.from), (to, window.to)]);
            for (_, param) in ends.into_iter().flatten().filter(|(is_bound, _)| *is_bound) {
                if !filters.iter().any(|(known, _)| *known == param) {
                    filters.push((param, format!("{{{}}}", place + 1)));
                }
            }
        }
        for column in endpoint.requires {
            let filter = table.column(column).and_then(|(_, column)| column.filter);
            if let Some(filter) = filter
                && !filters.iter().any(|(known, _)| *known == filter.param)
            {
                filters.push((filter.param, format!("{{{column}}}")));
            }
        }
        let mut query = Query::new(path);
        let mut posted = String::new();
        for (name, place) in &filters {
            if endpoint.posts {
                posted = format!(" {{\"{name}\": {place}}}");
            } else {
                query.add(name, place);
            }
        }
        let page = page_size(table, endpoint, self.columns, self.allowed);
        let limit = first_limit(endpoint, page, self.enough);
        query.finish(table, endpoint, self.sort, self.columns, limit);
        format!("{} {}{posted}", endpoint.method(), query.target)
    }
}

#[cfg(test)]
mod tests {
    use super::super::TableStats;
    use super::*;
    use crate::options::Reading;
    use crate::tables::pages;
    use crate::tables::permissions;
    use crate::tables::spaces;

    fn wanted(table: &'static Table, conditions: &[(&str, Values)]) -> ScanRequest {
        ScanRequest {
            table,
            columns: vec![ColumnId::FIRST],
            conditions: conditions
                .iter()
                .map(|(name, values)| PushedCondition {
                    column: table.column(name).expect("a column").0,
                    values: values.clone(),
                })
                .collect(),
            must_exist: None,
            sort: None,
            relies_on_order: false,
            range: None,
            windows: Vec::new(),
            enough: None,
            expected_rows: None,
            sizes: TableStats::default(),
            eager: true,
            reading: Reading {
                page_size: 250,
                max_concurrency: 8,
                max_requests: 0,
            },
            spent: 0,
        }
    }

    fn targets(scan_request: &ScanRequest) -> Vec<String> {
        match start(scan_request).expect("can be listed") {
            ChainSource::Chains(chains) => {
                let count = chains.count_of_all();
                let targets: Vec<String> = chains
                    .map(|chain| chain.target(scan_request, scan_request.sort).path)
                    .collect();
                assert_eq!(count, targets.len() as u64);
                targets
            }
            ChainSource::Partitions(chain, _) => vec![chain.target(scan_request, None).path],
            other => panic!("{other:?}"),
        }
    }

    fn texts(values: &[&str]) -> Values {
        Values::texts(values.iter().map(|&value| value.to_owned()).collect())
    }

    #[test]
    fn a_plain_listing() {
        assert_eq!(
            targets(&wanted(&pages::TABLE, &[])),
            ["/wiki/api/v2/pages?limit=250"]
        );
    }

    #[test]
    fn lists_are_cut() {
        let many = wanted(&pages::TABLE, &[("id", Values::ints((0..501).collect()))]);
        let targets = targets(&many);
        assert_eq!(targets.len(), 3);
        assert!(targets[0].starts_with("/wiki/api/v2/pages?id=0,1,2,"));
        assert_eq!(targets[2], "/wiki/api/v2/pages?id=500&limit=250");
    }

    #[test]
    fn only_the_list_with_fewer_pieces_is_cut() {
        let both = wanted(
            &pages::TABLE,
            &[
                ("space_id", Values::ints((0..150).collect())),
                ("id", Values::ints((0..251).collect())),
                ("subtype", texts(&["live"])),
            ],
        );
        let targets = targets(&both);
        assert_eq!(targets.len(), 2);
        assert!(targets[0].starts_with("/wiki/api/v2/pages?space-id=0,"));
        assert!(targets[0].ends_with(",99&subtype=live&limit=250"));
    }

    #[test]
    fn a_list_that_takes_more_requests_than_the_listing_is_not_sent() {
        let titles: Vec<String> = (0..401).map(|n| n.to_string()).collect();
        assert_eq!(
            targets(&wanted(&pages::TABLE, &[("title", Values::texts(titles))])),
            ["/wiki/api/v2/pages?limit=250"]
        );
    }

    #[test]
    fn titles_are_asked_one_by_one_and_encoded() {
        assert_eq!(
            targets(&wanted(
                &pages::TABLE,
                &[("title", texts(&["b & c", "a,b"]))]
            )),
            [
                "/wiki/api/v2/pages?title=a%2Cb&limit=250",
                "/wiki/api/v2/pages?title=b%20%26%20c&limit=250"
            ]
        );
    }

    #[test]
    fn rows_that_can_move_between_pieces_are_told_apart_over_all() {
        let of = |name, count| wanted(&pages::TABLE, &[(name, Values::ints((0..count).collect()))]);
        assert!(may_overlap(&of("space_id", 101)));
        assert!(!may_overlap(&of("space_id", 100)));
        // A page keeps its id.
        assert!(!may_overlap(&of("id", 1_000)));
        assert!(!may_overlap(&wanted(&pages::TABLE, &[])));
    }

    #[test]
    fn choices_that_the_site_may_not_know_are_not_sent() {
        for values in [&["mars"][..], &["global", "personal"]] {
            assert_eq!(
                targets(&wanted(&spaces::TABLE, &[("type", texts(values))])),
                ["/wiki/api/v2/spaces?limit=250"]
            );
        }
        assert_eq!(
            targets(&wanted(&spaces::TABLE, &[("type", texts(&["global"]))])),
            ["/wiki/api/v2/spaces?type=global&limit=250"]
        );
    }

    #[test]
    fn a_status_that_cannot_be_listed_is_an_error() {
        assert_eq!(
            targets(&wanted(
                &pages::TABLE,
                &[("status", texts(&["trashed", "current"]))]
            )),
            ["/wiki/api/v2/pages?status=current,trashed&limit=250"]
        );
        assert!(matches!(
            start(&wanted(&pages::TABLE, &[("status", texts(&["draft"]))])),
            Err(Error::CannotList {
                column: "status",
                ..
            })
        ));
    }

    #[test]
    fn nothing_is_sent_for_what_cannot_match() {
        let mut none = wanted(&pages::TABLE, &[("id", Values::ints(vec![]))]);
        assert!(matches!(start(&none), Ok(ChainSource::Nothing)));
        none.conditions.clear();
        none.range = Some(Range {
            from: Some(2),
            to: Some(1),
        });
        assert!(matches!(start(&none), Ok(ChainSource::Nothing)));
    }

    #[test]
    fn parents_come_from_the_condition_or_from_the_site() {
        let given = wanted(
            &permissions::TABLE,
            &[("space_id", Values::ints(vec![7, 5]))],
        );
        assert_eq!(
            targets(&given),
            [
                "/wiki/api/v2/spaces/5/permissions?limit=250",
                "/wiki/api/v2/spaces/7/permissions?limit=250"
            ]
        );
        assert!(matches!(
            start(&wanted(&permissions::TABLE, &[])),
            Ok(ChainSource::Parents(_))
        ));
    }

    #[test]
    fn a_template_shows_where_values_go() {
        let column = |name| pages::TABLE.column(name).expect("a column").0;
        let sort = Sort {
            column: column("modified_at"),
            descending: true,
        };
        let template = |table, columns: &[ColumnId], conditions: &[ColumnId], sort, enough| {
            let table: &'static Table = table;
            Template {
                table,
                endpoint: table.main(),
                columns,
                conditions,
                windows: &[],
                sort,
                allowed: 250,
                enough,
            }
            .request()
        };
        assert_eq!(
            template(
                &pages::TABLE,
                &[column("body_storage")],
                &[column("space_id"), column("modified_at")],
                Some(sort),
                Some(20)
            ),
            "GET /wiki/api/v2/pages?space-id={1}&sort=-modified-date&body-format=storage&limit=20"
        );
        assert_eq!(
            template(
                &permissions::TABLE,
                &[permissions::TABLE.id("id")],
                &[permissions::TABLE.id("space_id")],
                None,
                None
            ),
            "GET /wiki/api/v2/spaces/{1}/permissions?limit=250"
        );
        assert_eq!(
            template(
                &permissions::TABLE,
                &[permissions::TABLE.id("id")],
                &[],
                None,
                None
            ),
            "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250"
        );
    }
}
