//! The chains of a scan request: which requests begin them. How those are written is the builder's business.

use std::fmt;
use std::sync::Arc;

use super::access_path::{self, page_size};
use super::builder::{Argument, RequestBuilder, SpanEnd, encoded};
use super::grouping::Grouping;
use super::scan_request::{Key, PushedCondition, ScanRequest, Sort, Values};
use super::value_lists::{self, CutList};
use super::{AccessPath, askable};
use crate::Error;
use crate::batch::Value;
use crate::http::{Request, Why};
use crate::schema::{ColumnId, Endpoint, Filter, Paging, Source, Split, Table};

/// What to begin with.
#[derive(Debug)]
pub(crate) enum ChainSource<'w> {
    /// Nothing can match; nothing is sent.
    Nothing,
    /// These chains of an endpoint.
    Chains(&'static Endpoint, Chains<'w>),
    /// A chain like this one for each of the endpoint's objects that its sources list.
    Parents(Chain),
    /// This chain, which can be cut into several. It is cut at once where it is known to be long.
    Partitions {
        chain: Chain,
        split: &'static Split,
        is_long: bool,
    },
    /// This chain, which is asked for in an order, and can be read from both of its ends.
    BothEnds {
        chain: Chain,
        order: Sort,
        is_long: bool,
    },
    /// This chain of a range, which can be cut into several.
    Range {
        chain: Chain,
        split: &'static Split,
        length: Length,
    },
    /// Chains of lists of what rows belong to, each of which can be cut into shorter ones.
    ValueLists {
        endpoint: &'static Endpoint,
        chains: Chains<'w>,
        split: &'static Split,
        length: Length,
    },
}

/// How long a chain is taken to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    /// In pages.
    pub pages: f64,
    /// How many chains like it there are.
    pub chains: u64,
    /// Whether somebody has counted.
    pub is_known: bool,
    /// Whether it is worth being cut.
    pub is_long: bool,
}

impl ChainSource<'_> {
    /// The endpoint whose rows are read.
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        match self {
            ChainSource::Nothing => None,
            ChainSource::Chains(endpoint, _) | ChainSource::ValueLists { endpoint, .. } => {
                Some(endpoint)
            }
            ChainSource::Parents(chain)
            | ChainSource::Partitions { chain, .. }
            | ChainSource::BothEnds { chain, .. }
            | ChainSource::Range { chain, .. } => Some(chain.endpoint),
        }
    }
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
    filters: Vec<(Filter, Values)>,
    /// Parameters beside those that the endpoint always has.
    beside: &'static [(&'static str, &'static str)],
    /// Why it is begun.
    pub why: Why,
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

impl Chain {
    fn new(endpoint: &'static Endpoint) -> Self {
        Self {
            endpoint,
            path: None,
            keys: Vec::new(),
            filters: Vec::new(),
            beside: &[],
            why: Why::FirstPage,
            must_exist: false,
            depth: 0,
        }
    }

    /// The chain of an endpoint that needs nothing.
    pub fn whole(endpoint: &'static Endpoint) -> Self {
        Self::new(endpoint)
    }

    /// Chains like this one about objects that the site has listed: for each, the values of the columns that the
    /// endpoint needs. An endpoint that takes several of them at once is given as many.
    pub fn of_listed(&self, table: &'static Table, objects: &[Vec<Key>]) -> Vec<Self> {
        let endpoint = self.endpoint;
        let needed = access_path::needed(table, endpoint);
        let Some((filter, most)) = batched(table, endpoint, &needed) else {
            let of_object = |object: &Vec<Key>| {
                let mut chain = Self::new(endpoint);
                for (&place, key) in needed.iter().zip(object) {
                    chain.need(table, place, key.clone());
                }
                chain.like(self)
            };
            return objects.iter().map(of_object).collect();
        };
        let room = value_lists::room(endpoint);
        let of_several = |objects: &[Vec<Key>]| {
            let values = Values::of(objects.iter().flatten().cloned());
            let pieces = value_lists::cut(endpoint, &values, most, room);
            let chain = |piece| {
                let mut chain = Self::new(endpoint);
                chain.filters.push((filter, values.piece(piece)));
                chain.like(self)
            };
            pieces.map(chain).collect::<Vec<_>>()
        };
        objects.chunks(most).flat_map(of_several).collect()
    }

    /// The objects that this chain asks about, where each of them has to come back.
    pub fn objects(&self, table: &'static Table) -> Vec<Key> {
        let filter = self.object_filter(table);
        filter.map_or_else(Vec::new, |filter| self.asked_by(filter))
    }

    fn object_filter(&self, table: &'static Table) -> Option<Filter> {
        let object = table.id(self.endpoint.proof?.object);
        table.columns[object].filter
    }

    /// This chain, about no object yet.
    pub fn about_none(&self, table: &'static Table) -> Self {
        let mut chain = self.clone();
        if let Some(filter) = self.object_filter(table) {
            chain
                .filters
                .retain(|(own, _)| !own.is_at_place_of(&filter));
        }
        chain
    }

    /// Chains like this one, which is about no object yet, that ask about some once more.
    pub fn once_more(&self, table: &'static Table, objects: &[Key]) -> Vec<Self> {
        let proof = self.endpoint.proof.as_ref();
        let again = proof.map(|proof| proof.again.as_slice());
        let objects: Vec<Vec<Key>> = objects.iter().map(|object| vec![object.clone()]).collect();
        let mut chains = self.of_listed(table, &objects);
        for chain in &mut chains {
            chain.beside = again.unwrap_or_default();
            chain.why = Why::Remainder;
        }
        chains
    }

    /// The chain of the table's own endpoint about one of the objects that this one could be about.
    pub fn of_one(&self, table: &'static Table, object: Key) -> Self {
        let mut chain = Self::new(table.main());
        if let Some(proof) = &self.endpoint.proof {
            chain.need(table, table.id(proof.object), object);
        }
        chain.why = Why::Remainder;
        chain.must_exist = self.must_exist;
        chain
    }

    /// This chain with all else that another one asks for.
    fn like(mut self, other: &Self) -> Self {
        self.must_exist = other.must_exist;
        self.filters.extend(other.filters.iter().cloned());
        self
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
            chain
                .filters
                .retain(|(own, _)| !own.is_at_place_of(&filter));
            chain.filters.insert(0, (filter, values));
        }
        chain
    }

    /// The values that it asks for by a filter.
    pub fn asked_by(&self, filter: Filter) -> Vec<Key> {
        let filters = self.filters.iter();
        let mut values = filters.filter(|(own, _)| own.is_at_place_of(&filter));
        values
            .next()
            .map_or_else(Vec::new, |(_, values)| values.iter().collect())
    }

    /// Fixes a value that the endpoint needs.
    fn need(&mut self, table: &Table, place: ColumnId, key: Key) {
        if let Some(filter) = required_filter(table, self.endpoint, place) {
            self.filters.push((filter, Values::of([key.clone()])));
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
    pub fn request(&self, scan_request: &ScanRequest, sort: Option<Sort>) -> Request {
        self.request_for(scan_request, sort, &scan_request.columns)
    }

    /// The same for other columns.
    pub fn request_for(
        &self,
        scan_request: &ScanRequest,
        sort: Option<Sort>,
        columns: &[ColumnId],
    ) -> Request {
        let table = scan_request.table;
        let page = page_size(
            table,
            self.endpoint,
            columns,
            scan_request.reading.page_size,
        );
        let has_range = scan_request.range.is_some();
        let limit = first_limit(self.endpoint, page, scan_request.enough, sort, has_range);
        let path = self.path.as_deref();
        let mut builder = RequestBuilder::new(table, self.endpoint, path).beside(self.beside);
        for (place, key) in &self.keys {
            builder = builder.key(table.columns[*place].name, Argument::Key(key));
        }
        for (filter, values) in &self.filters {
            builder = builder.list(*filter, Argument::Values(values));
        }
        for (column, span) in &scan_request.windows {
            builder = builder.window(*column, SpanEnd::both_of(span));
        }
        builder.rows(sort, columns, limit)
    }

    /// The request for rows of this chain by their keys, in an answer with other columns.
    pub fn by_keys(
        &self,
        scan_request: &ScanRequest,
        filter: Filter,
        keys: &Values,
        columns: &[ColumnId],
    ) -> Request {
        let mut builder = RequestBuilder::new(scan_request.table, self.endpoint, None)
            .list(filter, Argument::Values(keys));
        for (own, values) in &self.filters {
            if !own.is_at_place_of(&filter) {
                builder = builder.list(*own, Argument::Values(values));
            }
        }
        builder.rows(None, columns, keys.len() as u32)
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
pub(super) fn first_limit(
    endpoint: &Endpoint,
    page: u32,
    enough: Option<u64>,
    sort: Option<Sort>,
    has_range: bool,
) -> u32 {
    // In no order, rows within the range may stand anywhere.
    let enough_holds = sort.is_some() || !has_range;
    match enough.filter(|_| enough_holds) {
        // An answer that is whole is never asked for in part, and how many rows an object has is not known.
        Some(enough) if endpoint.paging != Paging::Whole && !endpoint.has_lists() => {
            page.min(u32::try_from(enough.max(1)).unwrap_or(u32::MAX))
        }
        _ => page,
    }
}

/// The order in which a listing that may be cut is begun: that in which it is cut, where it is sure to be.
pub(crate) fn order_before_cut(order: ColumnId, is_long: bool) -> Option<Sort> {
    is_long.then_some(Sort {
        column: order,
        descending: false,
    })
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
    let Some(way) = scan_request.access_path() else {
        return Err(Error::ConditionMissing {
            table: table.name,
            columns: table.columns_that_open_it(),
        });
    };
    can_be_listed(scan_request, way.endpoint)?;
    if way.enumerates_parents {
        return Ok(ChainSource::Parents(Chain {
            filters: parameters(scan_request, &way.lists.shared),
            must_exist: true,
            ..Chain::new(way.endpoint)
        }));
    }
    let endpoint = way.endpoint;
    let mut chains = Chains::of_needed(scan_request, endpoint).asking(scan_request, &way);
    if let (Grouping::BothEnds, Some(order)) = (way.grouping, endpoint.ends) {
        let is_long = scan_request.is_known_to_be_long(endpoint, way.grouping);
        let may_be_long = is_long || scan_request.expected_rows.is_none();
        // Ends meet only in an order that was asked for: in another one, rows may be left between them.
        let order = order_before_cut(table.id(order), may_be_long && scan_request.eager);
        if let Some(order) = order {
            return Ok(match chains.next() {
                None => ChainSource::Nothing,
                Some(chain) => ChainSource::BothEnds {
                    chain,
                    order,
                    is_long,
                },
            });
        }
    }
    let Some(split) = endpoint.split.as_ref() else {
        return Ok(ChainSource::Chains(endpoint, chains));
    };
    let length = scan_request.length(&way, chains.count);
    Ok(match way.grouping {
        Grouping::None | Grouping::BothEnds => ChainSource::Chains(endpoint, chains),
        Grouping::List => ChainSource::ValueLists {
            endpoint,
            chains,
            split,
            length,
        },
        Grouping::Listing | Grouping::Range => match chains.next() {
            None => ChainSource::Nothing,
            Some(chain) if way.grouping == Grouping::Range => ChainSource::Range {
                chain,
                split,
                length,
            },
            Some(chain) => ChainSource::Partitions {
                chain,
                split,
                is_long: scan_request.is_known_to_be_long(endpoint, way.grouping),
            },
        },
    })
}

impl ScanRequest {
    /// Whether what an endpoint needs has been listed by the site itself.
    fn names_listed(&self, needed: &[ColumnId]) -> bool {
        self.must_exist.is_some_and(|listed| *needed == [listed])
    }

    /// How long each of so many chains of a way is taken to be.
    fn length(&self, way: &AccessPath, chains: u64) -> Length {
        let counted = match self.sort {
            // Planning knows how far a range goes.
            Some(_) => self.expected_rows.map(|rows| way.rows.min(rows as f64)),
            None => self.sizes.rows.map(|_| way.rows),
        };
        let pages = counted.unwrap_or(way.rows) / f64::from(self.page_size(way.endpoint).max(1));
        let of_each = pages / chains.max(1) as f64;
        Length {
            pages: of_each,
            chains,
            is_known: counted.is_some(),
            is_long: way.grouping.are_many(of_each),
        }
    }
}

/// The list that is cut into pieces. Rows of several pieces come in no order, so none is cut where one is relied on.
fn cut_list<'w>(
    scan_request: &'w ScanRequest,
    way: &AccessPath,
) -> Option<(Filter, &'w Values, CutList)> {
    let list = way.lists.cut.filter(|_| !scan_request.relies_on_order)?;
    let (filter, values) = parameter(scan_request, list.column)?;
    Some((filter, values, list))
}

/// The parameters of the conditions on some columns.
fn parameters(scan_request: &ScanRequest, columns: &[ColumnId]) -> Vec<(Filter, Values)> {
    columns
        .iter()
        .filter_map(|&column| parameter(scan_request, column))
        .map(|(filter, values)| (filter, values.clone()))
        .collect()
}

fn parameter(scan_request: &ScanRequest, column: ColumnId) -> Option<(Filter, &Values)> {
    let filter = scan_request.table.columns[column].filter?;
    Some((filter, condition(scan_request, column)?))
}

/// What cannot be asked for is sorted out from the rows; but a listing that lacks the rows in question would be falsely
/// empty, and that is an error.
fn can_be_listed(scan_request: &ScanRequest, endpoint: &Endpoint) -> Result<(), Error> {
    let table = scan_request.table;
    for PushedCondition { column, values } in &scan_request.conditions {
        let column = &table.columns[*column];
        let filter = column.filter.filter(|filter| {
            filter.widens && endpoint.takes(column) && !endpoint.needs(column.name)
        });
        if let Some(filter) = filter
            && let Some(value) = askable::not_a_choice(filter, values)
        {
            return Err(Error::CannotList {
                table: table.name,
                column: column.name,
                value: value.to_owned(),
                choices: filter.choices,
            });
        }
    }
    Ok(())
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
            let first = Chain {
                must_exist: endpoint.proof.is_some() && scan_request.names_listed(&needed),
                ..Chain::new(endpoint)
            };
            return Self {
                count: pieces().count() as u64,
                chains: Box::new(pieces().map(move |piece| {
                    let mut chain = first.clone();
                    chain.filters.push((filter, values.piece(piece)));
                    chain
                })),
            };
        }
        let first = Chain {
            must_exist: scan_request.names_listed(&needed),
            ..Chain::new(endpoint)
        };
        needed.into_iter().fold(Self::one(first), |chains, place| {
            let asked = condition(scan_request, place);
            // Without a condition, all kinds of which there are but a few.
            let kinds = match asked {
                Some(_) => &[],
                None => table.kinds(table.columns[place].name),
            };
            let count = asked.map_or(kinds.len(), Values::len);
            Self {
                count: chains.count.saturating_mul(count as u64),
                chains: Box::new(chains.flat_map(move |chain| {
                    let kinds = kinds.iter().map(|kind| Key::Text((*kind).into()));
                    let asked = asked.into_iter().flat_map(Values::iter);
                    asked.chain(kinds).map(move |key| {
                        let mut chain = chain.clone();
                        chain.need(table, place, key);
                        chain
                    })
                })),
            }
        })
    }

    /// These chains with what the conditions ask for besides: one for each piece of a list that is cut.
    fn asking(self, scan_request: &'w ScanRequest, way: &AccessPath) -> Self {
        let endpoint = way.endpoint;
        let shared: Arc<[(Filter, Values)]> = parameters(scan_request, &way.lists.shared).into();
        let list = cut_list(scan_request, way);
        let pieces = move || {
            let (filter, values, list) = list?;
            let pieces = value_lists::cut(endpoint, values, list.most, list.room);
            Some(pieces.map(move |piece| (filter, values.piece(piece))))
        };
        Self {
            count: self
                .count
                .saturating_mul(pieces().map_or(1, |pieces| pieces.count() as u64)),
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

#[cfg(test)]
mod tests {
    use super::super::Range;
    use super::*;
    use crate::options::Reading;
    use crate::tables::pages;
    use crate::tables::permissions;
    use crate::tables::spaces;

    fn wanted(table: &'static Table, conditions: &[(&str, Values)]) -> ScanRequest {
        let reading = Reading::USUAL;
        let pushed = conditions.iter().map(|(name, values)| PushedCondition {
            column: table.column(name).expect("a column").0,
            values: values.clone(),
        });
        ScanRequest {
            conditions: pushed.collect(),
            eager: true,
            ..ScanRequest::whole(table, vec![ColumnId::FIRST], reading)
        }
    }

    fn targets(scan_request: &ScanRequest) -> Vec<String> {
        match start(scan_request).expect("can be listed") {
            ChainSource::Chains(_, chains) => {
                let count = chains.count_of_all();
                let targets: Vec<String> = chains
                    .map(|chain| chain.request(scan_request, scan_request.sort).target)
                    .collect();
                assert_eq!(count, targets.len() as u64);
                targets
            }
            ChainSource::Partitions { chain, .. } => vec![chain.request(scan_request, None).target],
            ChainSource::ValueLists { chains, .. } => chains
                .map(|chain| chain.request(scan_request, scan_request.sort).target)
                .collect(),
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
            Ok(ChainSource::Parents(..))
        ));
    }
}
