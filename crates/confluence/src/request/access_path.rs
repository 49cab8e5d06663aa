//! The access path: which of a table's endpoints answers a scan request with the least effort, which lists of values its
//! requests carry, and by what a long chain of it may be cut. Planning and reading decide it by the same function.

use super::effort::Effort;
use super::grouping::Grouping;
use super::scan_request::{ScanRequest, Values};
use super::table_stats::TableStats;
use super::value_lists::Lists;
use super::{askable, value_lists};
use crate::options::Reading;
use crate::schema::{ColumnId, Endpoint, Paging, Table};

/// Requests for what answers about several objects do not show whole: mostly few, and none in the best case.
const REMAINDER: f64 = 1.0;

/// Rows asked for at first when bodies come with them: the site fails on more.
const PAGE_SIZE_WITH_BODIES: u32 = 50;

/// What a condition asks for.
#[derive(Clone, Copy, Debug)]
pub struct ValueCount<'v> {
    /// The column, by its place in the table.
    pub column: ColumnId,
    /// How many values it has.
    pub count: f64,
    /// The values, where they are known.
    pub values: Option<&'v Values>,
}

impl<'v> ValueCount<'v> {
    /// Values that nobody knows yet.
    pub fn expected(column: ColumnId, count: f64) -> Self {
        Self {
            column,
            count,
            values: None,
        }
    }

    /// These values.
    pub fn known(column: ColumnId, values: &'v Values) -> Self {
        Self {
            column,
            count: values.len() as f64,
            values: Some(values),
        }
    }

    /// Whether a request of an endpoint can carry them; what nobody knows yet is taken to be such.
    pub(super) fn can_be_carried(&self, table: &Table, endpoint: &Endpoint) -> bool {
        let column = &table.columns[self.column];
        self.values
            .is_none_or(|values| askable::can_carry(endpoint, column, values))
    }
}

/// How rows are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Whether an order of the listing is wanted.
    pub sorted: bool,
    /// Whether whoever reads relies on that order, and not only on the end of a range in it.
    pub relies_on_order: bool,
    /// Whether all rows will be read, so that several requests may be under way.
    pub eager: bool,
}

/// The best way to read, as far as it can be told before.
#[derive(Clone, Debug)]
pub struct AccessPath {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// How many chains there will be.
    pub chains: f64,
    /// Whether what they are about has to be listed first.
    pub enumerates_parents: bool,
    /// How many rows all chains bring, from what the table's declaration says.
    pub rows: f64,
    /// How many requests it takes besides those of the chains, such as for listing what they are about.
    besides: f64,
    /// By what its chain may be cut, if it is long.
    pub(super) grouping: Grouping,
    /// Whether rows may lead to requests of their own that are not among those.
    leads_down: bool,
    /// The lists that its requests carry.
    pub(super) lists: Lists,
}

impl AccessPath {
    /// What it takes to read so many rows, in pages of so many, with so many requests for each row besides, where so many
    /// may be under way at one time.
    pub fn effort(&self, rows: f64, page: u32, of_each: f64, abreast: usize) -> Effort {
        let most = abreast as f64;
        let is_cut = abreast > 1 && self.grouping.is_long(rows, page);
        let pages = rows / f64::from(page.max(1));
        let (chains, besides) = match self.grouping.groups(pages, abreast) {
            Some(groups) if is_cut => {
                let besides = self.grouping.besides();
                (self.chains.max(groups as f64), besides)
            }
            _ if is_cut => (self.chains, self.grouping.besides()),
            _ => (self.chains, 0.0),
        };
        let full = rows / chains / f64::from(page.max(1));
        let pages = match full {
            // As many objects as a page has.
            _ if self.endpoint.proof.is_some() => 1.0,
            ..=1.0 => 1.0,
            _ if chains <= 1.0 => full.ceil(),
            // The last page of each chain is partly filled: half of it, on average.
            _ => full + 0.5,
        };
        // Each row of a listing that leads further down may be worth a request.
        let below = if self.leads_down { rows } else { 0.0 };
        let remainder = match self.endpoint.proof {
            Some(_) => REMAINDER,
            None => 0.0,
        };
        let requests = self.besides + besides + chains * pages + below + rows * of_each + remainder;
        // Groups of a whole listing are many, and who has none left helps another.
        let is_whole = is_cut && self.grouping == Grouping::Listing;
        let has_ends = is_cut && self.grouping == Grouping::BothEnds;
        let in_flight = if self.enumerates_parents || is_whole || of_each > 0.0 {
            most
        } else if has_ends {
            most.min(2.0)
        } else {
            chains.min(most)
        };
        let waits = self.enumerates_parents || is_cut && self.grouping.lists_owners();
        let longest = match has_ends {
            true => (pages / 2.0).ceil(),
            false if is_whole => 1.0,
            false => pages,
        };
        // What remains is known when all else has come.
        let lead = f64::from(u8::from(waits)) + remainder;
        Effort::of(requests, in_flight, lead, longest)
    }

    /// The same where somebody has counted the requests that reading everything takes.
    fn counted(
        self,
        table: &Table,
        sizes: &TableStats,
        asked: &[ValueCount],
        manner: Manner,
        reading: &Reading,
    ) -> Self {
        let (Some(rows), Some(requests)) = (sizes.rows, sizes.requests) else {
            return self;
        };
        let is_own = std::ptr::eq(self.endpoint, table.main());
        let names_some = asked
            .iter()
            .any(|asked| self.endpoint.needs(table.columns[asked.column].name));
        if is_own && self.enumerates_parents && !names_some {
            let besides = self.besides.min(requests - 1.0).max(0.0);
            return Self {
                chains: (requests - besides).max(1.0),
                besides,
                leads_down: false,
                ..self
            };
        }
        // A listing that is read in groups takes some more requests than pages.
        if is_own && self.endpoint.split.is_some() && asked.is_empty() && !manner.sorted {
            let page = page_size(table, self.endpoint, &[], reading.page_size);
            let pages = (rows / f64::from(page.max(1))).ceil().max(1.0);
            return Self {
                besides: (requests - pages).max(0.0),
                ..self
            };
        }
        self
    }
}

/// The way with the least effort; None where the table cannot be read without further conditions. `columns` are those
/// that the query uses, by their places in the table.
pub fn access_path(
    table: &'static Table,
    sizes: &TableStats,
    asked: &[ValueCount],
    manner: Manner,
    columns: &[ColumnId],
    reading: &Reading,
) -> Option<AccessPath> {
    cheapest(table, sizes, asked, manner, columns, reading, None)
}

impl ScanRequest {
    /// The way with the least effort: the plan's, unless with the values that are known now another one is cheaper.
    pub(super) fn access_path(&self) -> Option<AccessPath> {
        let asked: Vec<ValueCount> = self
            .conditions
            .iter()
            .map(|condition| ValueCount::known(condition.column, &condition.values))
            .collect();
        cheapest(
            self.table,
            &self.sizes,
            &asked,
            self.manner(),
            &self.columns,
            &self.reading,
            self.planned,
        )
    }
}

fn cheapest(
    table: &'static Table,
    sizes: &TableStats,
    asked: &[ValueCount],
    manner: Manner,
    columns: &[ColumnId],
    reading: &Reading,
    planned: Option<&'static Endpoint>,
) -> Option<AccessPath> {
    // A search need not have what a condition names. Without one it has more than the sources of the table's own endpoint.
    let names_some = asked
        .iter()
        .any(|asked| table.main().needs(table.columns[asked.column].name));
    let may_cut = !reading.no_shortcuts && !names_some;
    let cuts = may_cut
        && table.endpoints.iter().any(|endpoint| {
            endpoint.shortcut.is_some() && has_columns(table, endpoint, asked, columns)
        });
    let ways = table
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.shortcut.is_some() == cuts)
        .filter(|endpoint| !manner.sorted || endpoint.sorts)
        .filter(|endpoint| shows_what_is_asked(table, endpoint, asked))
        .filter(|endpoint| has_columns(table, endpoint, asked, columns))
        .filter_map(|endpoint| by(table, sizes, endpoint, asked, manner, reading))
        .map(|access_path| access_path.counted(table, sizes, asked, manner, reading));
    let costs = |access_path: &AccessPath| {
        let page = page_size(table, access_path.endpoint, columns, reading.page_size);
        let abreast = reading.abreast(manner.eager);
        let effort = access_path.effort(access_path.rows, page, 0.0, abreast);
        [effort.cost(reading.prefer), effort.requests]
    };
    let is_planned = |access_path: &AccessPath| {
        planned.is_some_and(|planned| std::ptr::eq(planned, access_path.endpoint))
    };
    // Among those that cost as much, the one that brings least, and then the one with fewer requests; and then the one that
    // was planned.
    ways.min_by(|one, other| {
        let ([cost, requests], [others_cost, others_requests]) = (costs(one), costs(other));
        cost.total_cmp(&others_cost)
            .then(one.rows.total_cmp(&other.rows))
            .then(requests.total_cmp(&others_requests))
            .then(is_planned(other).cmp(&is_planned(one)))
    })
}

/// Whether rows that only a filter brings are brought.
fn shows_what_is_asked(table: &Table, endpoint: &Endpoint, asked: &[ValueCount]) -> bool {
    asked.iter().all(|asked| {
        let column = &table.columns[asked.column];
        column.filter.is_none_or(|filter| !filter.widens) || endpoint.takes(column)
    })
}

/// Whether an endpoint's answers have the columns that the query uses. The values that it is asked with are
/// known anyway.
fn has_columns(
    table: &Table,
    endpoint: &Endpoint,
    asked: &[ValueCount],
    columns: &[ColumnId],
) -> bool {
    let asked = asked.iter().map(|asked| asked.column);
    endpoint.lacks.is_empty()
        || columns.iter().copied().chain(asked).all(|place| {
            let name = table.columns[place].name;
            endpoint.needs(name) || !endpoint.lacks.contains(&name)
        })
}

fn by(
    table: &'static Table,
    sizes: &TableStats,
    endpoint: &'static Endpoint,
    asked: &[ValueCount],
    manner: Manner,
    reading: &Reading,
) -> Option<AccessPath> {
    let all_asked = asked;
    let allowed = reading.page_size;
    let carried: Vec<ValueCount> = asked
        .iter()
        .filter(|asked| asked.can_be_carried(table, endpoint))
        .copied()
        .collect();
    let asked = &carried[..];
    let needed: Vec<ColumnId> = needed(table, endpoint);
    // What it is not asked for, of which the site knows but a few kinds, is asked for kind by kind.
    let kinds: Vec<ValueCount> = needed
        .iter()
        .filter(|&&place| all_asked.iter().all(|asked| asked.column != place))
        .map(|&place| {
            ValueCount::expected(place, table.kinds(table.columns[place].name).len() as f64)
        })
        .filter(|kinds| kinds.count > 0.0)
        .collect();
    let asked_of = |place: ColumnId| {
        let mut known = asked.iter().chain(&kinds);
        known.find(|asked| asked.column == place)
    };
    let values_of = |place: ColumnId| Some(asked_of(place)?.count.max(1.0));
    let share: f64 = asked
        .iter()
        .filter(|asked| {
            let column = &table.columns[asked.column];
            endpoint.takes(column) || endpoint.needs(column.name)
        })
        .map(|asked| sizes.share_of(table, asked.column, asked.count))
        .product();
    let rows = sizes.rows(table) * share;
    let leads_down = endpoint
        .deeper
        .is_some_and(|deeper| deeper.at_depth.is_none());
    let lists = value_lists::lists(table, sizes, endpoint, asked, allowed);
    if needed.iter().all(|&place| values_of(place).is_some()) {
        let of_needed: f64 = needed
            .iter()
            .filter_map(|&place| Some(chains_of(table, endpoint, asked_of(place)?)))
            .product();
        let chains = of_needed * lists.cut.map_or(1.0, |cut| cut.pieces);
        let grouping = Grouping::of(table, endpoint, all_asked, &lists, manner, reading);
        return Some(AccessPath {
            endpoint,
            chains,
            enumerates_parents: false,
            rows,
            besides: 0.0,
            grouping,
            leads_down,
            lists,
        });
    }
    let sources = table.sources(endpoint, reading.no_shortcuts);
    if sources.is_empty() {
        return None;
    }
    let given: f64 = needed
        .iter()
        .filter_map(|&place| Some(sizes.share_of(table, place, values_of(place)?)))
        .product();
    let (mut listed, mut listing) = (0.0, 0.0);
    for source in sources {
        let passed: Vec<ValueCount> = source
            .columns
            .iter()
            .filter_map(|(own, theirs)| {
                let asked = asked_of(table.id(own))?;
                Some(ValueCount {
                    column: source.table.id(theirs),
                    ..*asked
                })
            })
            .collect();
        let of_source = sizes.of_parents(source.table);
        let share_of_only = source.only.map_or(1.0, |(column, _)| {
            of_source.share_of(source.table, source.table.id(column), 1.0)
        });
        let used: Vec<ColumnId> = source
            .columns
            .iter()
            .map(|(_, theirs)| source.table.id(theirs))
            .collect();
        let plainly = Manner {
            eager: manner.eager,
            ..Manner::default()
        };
        let access_path = access_path(source.table, &of_source, &passed, plainly, &used, reading)?;
        listed += access_path.rows * share_of_only;
        let page = page_size(source.table, access_path.endpoint, &used, allowed);
        let abreast = reading.abreast(manner.eager);
        listing += (access_path.effort(access_path.rows, page, 0.0, abreast)).requests;
    }
    let batch: f64 = needed
        .iter()
        .map(|&place| at_once(table, endpoint, place))
        .product();
    let chains = (listed * given / batch).ceil().max(1.0);
    Some(AccessPath {
        endpoint,
        chains,
        enumerates_parents: true,
        rows,
        besides: listing,
        grouping: Grouping::None,
        leads_down,
        lists,
    })
}

/// The columns that an endpoint needs values of, by their places in the table.
pub(crate) fn needed(table: &Table, endpoint: &Endpoint) -> Vec<ColumnId> {
    endpoint.needed().map(|column| table.id(column)).collect()
}

/// How many chains the values of a needed column make.
fn chains_of(table: &Table, endpoint: &'static Endpoint, asked: &ValueCount) -> f64 {
    let column = &table.columns[asked.column];
    match at_once(table, endpoint, asked.column) {
        ..=1.0 => asked.count.max(1.0),
        most => {
            let room = value_lists::room(endpoint);
            value_lists::count(endpoint, column, asked, most as usize, room).max(1.0)
        }
    }
}

/// How many values of a needed column go into one request at most.
pub(crate) fn at_once(table: &Table, endpoint: &Endpoint, place: ColumnId) -> f64 {
    let column = &table.columns[place];
    match column.filter {
        Some(filter) if endpoint.requires.contains(&column.name) => filter.max as f64,
        _ => 1.0,
    }
}

/// How many values of a column go into one request at most, of an endpoint that is asked for rows that have them; None
/// where it cannot be asked like that.
pub fn keys_at_once(table: &Table, endpoint: &Endpoint, place: ColumnId) -> Option<usize> {
    let column = &table.columns[place];
    match column.filter {
        Some(filter) if endpoint.takes(column) || endpoint.requires.contains(&column.name) => {
            (filter.choices.is_empty() && !filter.widens).then_some(filter.max)
        }
        _ => endpoint.needs(column.name).then_some(1),
    }
}

/// How many requests a table's own listing takes for the values of a condition, if each gives one page.
pub fn requests_of(table: &'static Table, asked: &ValueCount) -> f64 {
    let (endpoint, column) = (table.main(), &table.columns[asked.column]);
    match column.filter {
        // Of choices, one is sent, or none; and what cannot be carried is not sent.
        Some(filter) if !filter.choices.is_empty() => 1.0,
        _ if !asked.can_be_carried(table, endpoint) => 1.0,
        Some(filter) => {
            let room = value_lists::room(endpoint);
            value_lists::count(endpoint, column, asked, filter.max, room).max(1.0)
        }
        None => asked.count.max(1.0),
    }
}

/// Into how many lists the values of a column are cut, where an endpoint is asked for rows that have one of them.
pub fn lists_of(
    table: &'static Table,
    endpoint: &'static Endpoint,
    place: ColumnId,
    values: &Values,
) -> usize {
    let (column, room) = (&table.columns[place], value_lists::room(endpoint));
    let asked = values.without_what_no_row_has(table, column);
    match keys_at_once(table, endpoint, place) {
        Some(most) => value_lists::cut(endpoint, &asked, most, room).count(),
        None => 0,
    }
}

/// How many rows a request of an endpoint asks for when more are wanted, given the columns that the query
/// uses and what the user allows.
pub fn page_size(table: &Table, endpoint: &Endpoint, columns: &[ColumnId], allowed: u32) -> u32 {
    let most = match (endpoint.paging, endpoint.page) {
        // What comes in one answer does not come in parts.
        (Paging::Whole, page) => return if page == 0 { 250 } else { page },
        (_, 0) => allowed,
        // 250 is what users can ask for at most, and means: as many as there are to be had.
        (_, page) if allowed >= 250 => page,
        (_, page) => page.min(allowed),
    };
    if columns.iter().any(|&place| table.columns[place].is_body()) {
        most.min(PAGE_SIZE_WITH_BODIES)
    } else {
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables;
    use crate::tables::{footer_comments, pages};

    const ALL: Manner = Manner {
        sorted: false,
        relies_on_order: false,
        eager: true,
    };

    #[test]
    fn the_planned_endpoint_is_read_unless_another_one_is_cheaper() {
        let sizes = TableStats::default();
        let mut kept = 0;
        for table in tables::ALL {
            for endpoint in table.endpoints {
                let needed = needed(table, endpoint).into_iter();
                let asked: Vec<ValueCount> = needed
                    .map(|column| ValueCount::expected(column, 1.0))
                    .collect();
                let read = cheapest(
                    table,
                    &sizes,
                    &asked,
                    ALL,
                    &[],
                    &Reading::USUAL,
                    Some(endpoint),
                );
                let Some(own) = by(table, &sizes, endpoint, &asked, ALL, &Reading::USUAL) else {
                    continue;
                };
                let read = read.expect("a way");
                if std::ptr::eq(read.endpoint, endpoint) {
                    kept += 1;
                    continue;
                }
                let cost = |path: &AccessPath| {
                    let page = page_size(table, path.endpoint, &[], 250);
                    path.effort(path.rows, page, 0.0, 8)
                        .cost(Reading::USUAL.prefer)
                };
                let is_cheaper =
                    cost(&read) < cost(&own) || cost(&read) == cost(&own) && read.rows < own.rows;
                assert!(is_cheaper, "{}: {}", table.name, endpoint.operation);
            }
        }
        assert!(kept >= tables::ALL.len(), "{kept}");
    }

    #[test]
    fn of_two_that_cost_the_same_the_planned_one_is_read() {
        let table = &footer_comments::TABLE;
        let (page, blogpost) = (table.column("page_id"), table.column("blogpost_id"));
        let asked = [page, blogpost].map(|column| {
            let (column, _) = column.expect("a column");
            ValueCount::expected(column, 1.0)
        });
        let of = |operation: &str| {
            let mut endpoints = table.endpoints.iter();
            endpoints.find(|endpoint| endpoint.operation == operation)
        };
        let read = |planned| {
            let sizes = TableStats::default();
            let read = cheapest(table, &sizes, &asked, ALL, &[], &Reading::USUAL, planned);
            read.expect("a way").endpoint.operation
        };
        for operation in ["getPageFooterComments", "getBlogPostFooterComments"] {
            assert_eq!(read(of(operation)), operation);
        }
        assert_eq!(read(None), "getPageFooterComments");
        assert_eq!(read(of("getFooterComments")), "getPageFooterComments");
    }

    #[test]
    fn a_listing_with_bodies_is_long_from_fewer_rows_on() {
        let (body, _) = pages::TABLE.column("body_storage").expect("a column");
        let page = page_size(&pages::TABLE, pages::TABLE.main(), &[body], 250);
        let listing = Grouping::Listing;
        assert!(listing.is_long(1_000.0, page) && !listing.is_long(999.0, page));
    }
}
