//! The planned request: a scan request of which some values are not known yet, as `EXPLAIN` shows it.

use super::access_path::{self, Manner, ValueCount};
use super::builder::{Argument, RequestBuilder, SpanEnd};
use super::chains::{first_limit, order_before_cut};
use super::grouping::Grouping;
use super::scan_request::{Range, Sort, Values};
use super::table_stats::TableStats;
use super::value_lists::{self, Lists};
use crate::http::Request;
use crate::options::Reading;
use crate::schema::{ColumnId, Endpoint, Split, Table};

/// What is known of a scan request before the scan begins.
#[derive(Clone, Debug)]
pub struct PlannedRequest {
    /// The table.
    pub table: &'static Table,
    /// The endpoint that planning has chosen.
    pub endpoint: &'static Endpoint,
    /// The columns, by their places in the table.
    pub columns: Vec<ColumnId>,
    /// Conditions, which all have to hold.
    pub conditions: Vec<PlannedCondition>,
    /// The order.
    pub sort: Option<Sort>,
    /// Whether whoever reads relies on the order, and not only on the range's end.
    pub relies_on_order: bool,
    /// A range of the sort's column, outside of which reading stops.
    pub range: Option<PlannedSpan>,
    /// Spans of times that rows have to lie in, by columns' places in the table, each column once.
    pub windows: Vec<(ColumnId, PlannedSpan)>,
    /// How many rows will do, if that is known.
    pub enough: Option<u64>,
    /// How many rows the site is going to send, where somebody has counted.
    pub expected_rows: Option<u64>,
    /// What is known of the table's size.
    pub sizes: TableStats,
    /// Whether all rows will be read.
    pub eager: bool,
    /// How to read.
    pub reading: Reading,
}

/// A column has one of some values.
#[derive(Clone, Debug)]
pub struct PlannedCondition {
    /// The column, by its place in the table.
    pub column: ColumnId,
    /// How many values there are expected to be.
    pub count: f64,
    /// The values, where they are known.
    pub values: Option<Values>,
}

/// A span of times, some of whose ends only the scan will know.
#[derive(Clone, Copy, Debug)]
pub struct PlannedSpan {
    /// What is known of it.
    pub known: Range,
    /// Whether its beginning is not known.
    pub from_is_unknown: bool,
    /// Whether its end is not known.
    pub to_is_unknown: bool,
}

impl PlannedSpan {
    /// All times.
    pub const ALL: Self = Self {
        known: Range::ALL,
        from_is_unknown: false,
        to_is_unknown: false,
    };

    fn ends(&self) -> [SpanEnd; 2] {
        let [from, to] = SpanEnd::both_of(&self.known);
        [
            if self.from_is_unknown {
                SpanEnd::Unknown
            } else {
                from
            },
            if self.to_is_unknown {
                SpanEnd::Unknown
            } else {
                to
            },
        ]
    }
}

/// What a long listing is cut into.
#[derive(Clone, Copy, Debug)]
pub enum Groups {
    /// Groups of what its rows belong to.
    Of(Grouping, &'static Split),
    /// What is read from its beginning and from its end, in the order of a column.
    BothEnds(&'static str),
}

impl PlannedRequest {
    /// The first request for rows of the table, with columns' names in the places of values; None where it is known that
    /// nothing will be sent.
    pub fn shown(&self) -> Option<String> {
        Some(self.request()?.shown())
    }

    /// What is cut into groups, and how, if it turns out to be long.
    pub fn groups(&self) -> Option<Groups> {
        let conditions = self.merged();
        let asked = counts(&conditions);
        let lists = self.lists(&asked);
        let manner = Manner {
            sorted: self.sort.is_some(),
            relies_on_order: self.relies_on_order,
            eager: self.eager,
        };
        let (table, endpoint) = (self.table, self.endpoint);
        let grouping = Grouping::of(table, endpoint, &asked, &lists, manner, &self.reading);
        let is_cut = self.eager && grouping != Grouping::None;
        let is_short = self.expected_rows.is_some() && !self.is_known_to_be_long(grouping);
        if !is_cut || is_short {
            return None;
        }
        match (grouping, endpoint.split.as_ref(), endpoint.ends) {
            (Grouping::BothEnds, _, Some(order)) => Some(Groups::BothEnds(order)),
            (_, Some(split), _) => Some(Groups::Of(grouping, split)),
            _ => None,
        }
    }

    /// What becomes of the lists of what is asked for, as far as requests can carry it.
    fn lists(&self, asked: &[ValueCount]) -> Lists {
        let carried = asked.iter().copied();
        let carried: Vec<ValueCount> = carried
            .filter(|asked| asked.can_be_carried(self.table, self.endpoint))
            .collect();
        let page_size = self.reading.page_size;
        value_lists::lists(self.table, &self.sizes, self.endpoint, &carried, page_size)
    }

    fn page_size(&self) -> u32 {
        access_path::page_size(
            self.table,
            self.endpoint,
            &self.columns,
            self.reading.page_size,
        )
    }

    fn is_known_to_be_long(&self, grouping: Grouping) -> bool {
        self.expected_rows
            .is_some_and(|rows| grouping.is_long(rows as f64, self.page_size()))
    }

    /// The conditions, one for each column, without values that no row has. What some say of a column is not known as long
    /// as one of them is not.
    fn merged(&self) -> Vec<PlannedCondition> {
        let mut merged: Vec<PlannedCondition> = Vec::new();
        for condition in &self.conditions {
            let mut condition = condition.clone();
            let column = &self.table.columns[condition.column];
            if let Some(values) = &mut condition.values {
                *values = values.without_what_no_row_has(self.table, column);
                condition.count = values.len() as f64;
            }
            match merged.iter_mut().find(|c| c.column == condition.column) {
                Some(known) => {
                    known.values = match (known.values.take(), condition.values) {
                        (Some(one), Some(other)) => Some(one.and(other)),
                        _ => None,
                    };
                    known.count = known.count.min(condition.count);
                }
                None => merged.push(condition),
            }
        }
        merged
    }

    pub(super) fn request(&self) -> Option<Request> {
        let (table, endpoint) = (self.table, self.endpoint);
        let conditions = self.merged();
        let is_empty =
            |condition: &PlannedCondition| condition.values.as_ref().is_some_and(Values::is_empty);
        let mut spans = self.windows.iter().map(|(_, span)| span).chain(&self.range);
        if conditions.iter().any(is_empty) || spans.any(|span| span.known.is_empty()) {
            return None;
        }
        let asked = counts(&conditions);
        let needed = access_path::needed(table, endpoint);
        let is_given = |place: &ColumnId| {
            let mut asked = asked.iter();
            asked.any(|asked| asked.column == *place && asked.can_be_carried(table, endpoint))
        };
        let enumerates_parents = !needed.iter().all(is_given);
        let lists = self.lists(&asked);
        let cut = lists
            .cut
            .filter(|_| !enumerates_parents && !self.relies_on_order);
        let mut builder = RequestBuilder::new(table, endpoint, None);
        for &place in &needed {
            let name = table.columns[place].name;
            builder = builder.key(name, Argument::Placeholder(name));
        }
        let required = needed
            .into_iter()
            .filter(|&place| endpoint.requires.contains(&table.columns[place].name));
        let columns = required
            .chain(cut.map(|list| list.column))
            .chain(lists.shared);
        for column in columns.map(|place| &table.columns[place]) {
            if let Some(filter) = column.filter {
                builder = builder.list(filter, Argument::Placeholder(column.name));
            }
        }
        for (column, span) in &self.windows {
            builder = builder.window(*column, span.ends());
        }
        let before_cut = match self.groups() {
            Some(Groups::Of(Grouping::Listing, split)) => order_before_cut(
                table.id(split.order),
                self.is_known_to_be_long(Grouping::Listing),
            ),
            Some(Groups::BothEnds(order)) => order_before_cut(table.id(order), true),
            _ => None,
        };
        let has_range = self.range.is_some();
        let limit = first_limit(
            endpoint,
            self.page_size(),
            self.enough,
            self.sort,
            has_range,
        );
        Some(builder.rows(self.sort.or(before_cut), &self.columns, limit))
    }
}

/// How many values conditions have, and which, as far as they are known.
fn counts(conditions: &[PlannedCondition]) -> Vec<ValueCount<'_>> {
    let counts = conditions.iter().map(|condition| ValueCount {
        column: condition.column,
        count: condition.count,
        values: condition.values.as_ref(),
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select, subsequence};

    use super::super::builder::encoded;
    use super::super::chains::{self, ChainSource};
    use super::super::scan_request::Key;
    use super::super::{PushedCondition, ScanRequest, access_path};
    use super::*;
    use crate::schema::{Column, Kind};
    use crate::tables;
    use crate::tables::{audit_log, pages, permissions, spaces, users};

    fn planned(table: &'static Table, conditions: &[(&str, Option<Values>)]) -> PlannedRequest {
        PlannedRequest {
            table,
            endpoint: table.main(),
            columns: vec![ColumnId::FIRST],
            conditions: conditions
                .iter()
                .map(|(name, values)| PlannedCondition {
                    column: table.column(name).expect("a column").0,
                    count: values.as_ref().map_or(1.0, |values| values.len() as f64),
                    values: values.clone(),
                })
                .collect(),
            sort: None,
            relies_on_order: false,
            range: None,
            windows: Vec::new(),
            enough: None,
            expected_rows: None,
            sizes: TableStats::default(),
            eager: true,
            reading: Reading::USUAL,
        }
    }

    fn shown(table: &'static Table, conditions: &[(&str, Option<Values>)]) -> String {
        let shown = planned(table, conditions).shown();
        shown.unwrap_or_else(|| "none".to_owned())
    }

    fn texts(values: &[&str]) -> Option<Values> {
        Some(Values::texts(
            values.iter().map(|&v| v.to_owned()).collect(),
        ))
    }

    #[test]
    fn columns_names_stand_where_values_go() {
        let column = |name| pages::TABLE.column(name).expect("a column").0;
        let in_order = PlannedRequest {
            columns: vec![column("body_storage")],
            sort: Some(Sort {
                column: column("modified_at"),
                descending: true,
            }),
            enough: Some(20),
            ..planned(&pages::TABLE, &[("space_id", None)])
        };
        assert_eq!(
            in_order.shown().as_deref(),
            Some(
                "GET /wiki/api/v2/pages?space-id={space_id}&sort=-modified-date&body-format=storage&limit=20"
            )
        );
        assert_eq!(
            shown(&permissions::TABLE, &[("space_id", None)]),
            "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250"
        );
        assert_eq!(
            shown(&permissions::TABLE, &[]),
            "GET /wiki/api/v2/spaces/{space_id}/permissions?limit=250"
        );
        assert_eq!(
            shown(&users::TABLE, &[("account_id", None)]),
            "POST /wiki/api/v2/users-bulk {\"accountIds\":{account_id}}"
        );
        let (created_at, _) = audit_log::TABLE.column("created_at").expect("a column");
        let span = PlannedSpan {
            from_is_unknown: true,
            ..PlannedSpan::ALL
        };
        let since = PlannedRequest {
            windows: vec![(created_at, span)],
            ..planned(&audit_log::TABLE, &[])
        };
        let since = since.shown().expect("a request");
        assert!(since.contains("?startDate={created_at}&limit="), "{since}");
    }

    #[test]
    fn what_is_not_sent_is_not_shown() {
        let all = "GET /wiki/api/v2/spaces?limit=250";
        let of_type = "GET /wiki/api/v2/spaces?type={type}&limit=250";
        assert_eq!(shown(&spaces::TABLE, &[("type", texts(&["mars"]))]), all);
        let both = texts(&["global", "personal"]);
        assert_eq!(shown(&spaces::TABLE, &[("type", both)]), all);
        for values in [texts(&["global"]), None] {
            assert_eq!(shown(&spaces::TABLE, &[("type", values)]), of_type);
        }
        let titles: Vec<String> = (0..401).map(|n| n.to_string()).collect();
        assert_eq!(
            shown(&pages::TABLE, &[("title", Some(Values::texts(titles)))]),
            "GET /wiki/api/v2/pages?limit=250"
        );
        for nothing in [Values::ints(vec![]), Values::ints(vec![0])] {
            assert_eq!(shown(&pages::TABLE, &[("id", Some(nothing))]), "none");
        }
    }

    #[test]
    fn a_listing_that_is_sure_to_be_cut_is_shown_in_its_order() {
        let of = |expected_rows| PlannedRequest {
            expected_rows,
            ..planned(&pages::TABLE, &[])
        };
        let order = |rows| of(rows).shown().expect("a request");
        assert_eq!(
            order(Some(5_000)),
            "GET /wiki/api/v2/pages?sort=id&limit=250"
        );
        for rows in [Some(4_999), None] {
            assert_eq!(order(rows), "GET /wiki/api/v2/pages?limit=250");
        }
        assert!(of(None).groups().is_some() && of(Some(5_000)).groups().is_some());
        assert!(of(Some(4_999)).groups().is_none());
    }

    /// A condition, and whether planning knows its values.
    type Known = (ColumnId, Values, bool);

    fn values_of(column: &'static Column) -> BoxedStrategy<Values> {
        let choices = column.filter.map_or(&[][..], |filter| filter.choices);
        if column.kind != Kind::Text {
            return proptest::collection::vec(0_i64..5_000_000_000, 0..300)
                .prop_map(Values::ints)
                .boxed();
        }
        let text = if choices.is_empty() {
            "[A-Za-z~][A-Za-z0-9 .,&/é-]{0,30}|att[1-9][0-9]{0,8}|".boxed()
        } else {
            prop_oneof![9 => select(choices).prop_map(str::to_owned), 1 => Just("mars".to_owned())]
                .boxed()
        };
        proptest::collection::vec(text, 0..120)
            .prop_map(Values::texts)
            .boxed()
    }

    /// Few values mostly, sometimes many.
    fn few_of(values: Values, few: bool) -> Values {
        match few {
            true => values.piece(0..values.len().min(2)),
            false => values,
        }
    }

    fn span() -> impl Strategy<Value = (Range, PlannedSpan)> {
        let end = || proptest::option::of(-10_i64..300_000_000_000_000_000);
        (end(), end(), any::<[bool; 2]>()).prop_map(|(from, to, [hides_from, hides_to])| {
            let (from_is_unknown, to_is_unknown) =
                (hides_from && from.is_some(), hides_to && to.is_some());
            let known = Range {
                from: from.filter(|_| !from_is_unknown),
                to: to.filter(|_| !to_is_unknown),
            };
            let planned = PlannedSpan {
                known,
                from_is_unknown,
                to_is_unknown,
            };
            (Range { from, to }, planned)
        })
    }

    /// A scan, and what planning knows of it.
    #[derive(Debug)]
    struct Case {
        scan: ScanRequest,
        plan: PlannedRequest,
        /// Whether planning knows all values.
        is_known: bool,
    }

    fn case() -> impl Strategy<Value = Case> {
        (0..tables::ALL.len()).prop_flat_map(|at| {
            let table = tables::ALL[at];
            let columns: Vec<(ColumnId, &'static Column)> = table.columns_by_id().collect();
            let asked: Vec<(ColumnId, &'static Column)> = columns
                .iter()
                .filter(|(_, column)| table.can_ask_for(column))
                .copied()
                .collect();
            let windows: Vec<ColumnId> = columns
                .iter()
                .filter(|(_, column)| column.window.is_some())
                .map(|(place, _)| *place)
                .collect();
            let sorts: Vec<ColumnId> = columns
                .iter()
                .filter(|(_, column)| column.sort.is_some())
                .map(|(place, _)| *place)
                .collect();
            let most = asked.len();
            let conditions = subsequence(asked, 0..=most)
                .prop_shuffle()
                .prop_flat_map(|chosen| {
                    chosen
                        .into_iter()
                        .map(|(place, column)| {
                            (Just(place), values_of(column), 0..4_u8, any::<bool>()).prop_map(
                                |(place, values, size, known)| {
                                    (place, few_of(values, size > 0), known || size == 0)
                                },
                            )
                        })
                        .collect::<Vec<_>>()
                });
            let most = windows.len();
            let windows = subsequence(windows, 0..=most).prop_flat_map(|chosen| {
                chosen
                    .into_iter()
                    .map(|place| (Just(place), span()))
                    .collect::<Vec<_>>()
            });
            (
                Just(table),
                conditions,
                windows,
                (
                    proptest::option::of((any::<Index>(), any::<bool>(), any::<bool>())),
                    proptest::option::of(span()),
                )
                    .prop_map(move |(sort, range)| {
                        let sort = sort.filter(|_| !sorts.is_empty());
                        let relies_on_order = sort.is_some_and(|(.., relies)| relies);
                        let sort = sort.map(|(at, descending, _)| Sort {
                            column: sorts[at.index(sorts.len())],
                            descending,
                        });
                        (sort, relies_on_order, range.filter(|_| sort.is_some()))
                    }),
                subsequence(
                    columns.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
                    1..=1,
                ),
                proptest::option::of(1_u64..400),
                proptest::option::of(1_u64..20_000),
                any::<bool>(),
                select(&[1_u32, 10, 250][..]),
            )
                .prop_map(
                    |(
                        table,
                        conditions,
                        windows,
                        (sort, relies_on_order, range),
                        columns,
                        enough,
                        rows,
                        eager,
                        page,
                    )| {
                        case_of(
                            table,
                            conditions,
                            windows,
                            sort,
                            relies_on_order,
                            range,
                            columns,
                            enough,
                            rows,
                            eager,
                            page,
                        )
                    },
                )
        })
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "what a case is drawn from, each drawn by itself"
    )]
    fn case_of(
        table: &'static Table,
        conditions: Vec<Known>,
        windows: Vec<(ColumnId, (Range, PlannedSpan))>,
        sort: Option<Sort>,
        relies_on_order: bool,
        range: Option<(Range, PlannedSpan)>,
        columns: Vec<ColumnId>,
        enough: Option<u64>,
        expected_rows: Option<u64>,
        eager: bool,
        page_size: u32,
    ) -> Case {
        let is_certain = |span: &PlannedSpan| !span.from_is_unknown && !span.to_is_unknown;
        let spans = windows.iter().map(|(_, (_, span))| span);
        let is_known = conditions.iter().all(|(.., known)| *known)
            && spans
                .chain(range.iter().map(|(_, span)| span))
                .all(is_certain);
        let reading = Reading {
            page_size,
            ..Reading::USUAL
        };
        let mut plan = PlannedRequest {
            endpoint: table.main(),
            columns: columns.clone(),
            conditions: conditions
                .iter()
                .map(|(column, values, known)| PlannedCondition {
                    column: *column,
                    count: values.len() as f64,
                    values: known.then(|| values.clone()),
                })
                .collect(),
            range: range.as_ref().map(|(_, span)| *span),
            windows: windows
                .iter()
                .map(|(place, (_, span))| (*place, *span))
                .collect(),
            sizes: TableStats {
                rows: expected_rows.map(|rows| rows as f64),
                ..TableStats::default()
            },
            sort,
            relies_on_order,
            enough,
            expected_rows,
            eager,
            reading,
            table,
        };
        let asked = plan.merged();
        let asked: Vec<ValueCount> = asked
            .iter()
            .map(|condition| ValueCount {
                column: condition.column,
                count: condition.count,
                values: condition.values.as_ref(),
            })
            .collect();
        let manner = Manner {
            sorted: sort.is_some(),
            relies_on_order,
            eager,
        };
        let way = access_path(table, &plan.sizes, &asked, manner, &columns, &reading);
        if let Some(way) = way {
            plan.endpoint = way.endpoint;
        }
        let mut scan = ScanRequest {
            planned: Some(plan.endpoint),
            conditions: conditions
                .into_iter()
                .map(|(column, values, _)| PushedCondition { column, values })
                .collect(),
            must_exist: None,
            range: range.map(|(range, _)| range),
            windows: windows
                .into_iter()
                .map(|(place, (span, _))| (place, span))
                .collect(),
            sizes: plan.sizes.clone(),
            spent: 0,
            table,
            columns,
            sort,
            relies_on_order,
            enough,
            expected_rows,
            eager,
            open_ended: false,
            reading,
        };
        scan.merge_conditions();
        Case {
            scan,
            plan,
            is_known,
        }
    }

    /// The first request for rows that a scan sends, as the reader makes it; None where it sends none, or an error.
    fn first_of(scan: &ScanRequest) -> Option<(&'static Endpoint, Request)> {
        let source = chains::start(scan).ok()?;
        let endpoint = source.endpoint()?;
        let request = match source {
            ChainSource::Nothing => return None,
            ChainSource::Chains(_, mut chains) | ChainSource::ValueLists { mut chains, .. } => {
                chains.next()?.request(scan, scan.sort)
            }
            ChainSource::Range { chain, .. } => chain.request(scan, scan.sort),
            ChainSource::Partitions {
                chain,
                split,
                is_long,
            } => {
                let order = scan.table.id(split.order);
                chain.request(scan, order_before_cut(order, is_long && scan.eager))
            }
            ChainSource::BothEnds { chain, order, .. } => chain.request(scan, Some(order)),
            ChainSource::Parents(like) => {
                let key = |place: ColumnId| match scan.table.columns[place].kind {
                    Kind::Text => Key::Text("LISTED".to_owned()),
                    _ => Key::Int(7),
                };
                let needed = access_path::needed(scan.table, endpoint).into_iter();
                let objects = [needed.map(key).collect()];
                let chains = like.of_listed(scan.table, &objects);
                chains.first()?.request(scan, scan.sort)
            }
        };
        Some((endpoint, request))
    }

    /// Whether what was sent in the place of a column's name is what the scan asks for there.
    fn fills(scan: &ScanRequest, name: &str, sent: &str) -> bool {
        let Some((place, column)) = scan.table.column(name) else {
            return false;
        };
        if column.window.is_some() && sent.parse::<i64>().is_ok() {
            return true;
        }
        let condition = scan.conditions.iter().find(|c| c.column == place);
        let mut values = sent.split(',');
        values.all(|sent| {
            matches!(sent, "LISTED" | "7")
                || condition.is_none() && scan.table.kinds(name).contains(&sent)
                || condition.is_some_and(|c| c.values.iter().any(|key| encoded(&key) == sent))
        })
    }

    /// The parts of a request in which values stand: of its path, of its query, and of what it POSTs.
    fn parts(request: &Request) -> Vec<String> {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let posted = request.json.iter().map(|json| {
            let (name, list) = json.split_once(':').expect("a list");
            let list = list.strip_suffix('}').expect("the end of a document");
            match serde_json::from_str::<Vec<String>>(list) {
                Ok(texts) => {
                    let texts: Vec<String> = texts
                        .into_iter()
                        .map(|text| encoded(&Key::Text(text)))
                        .collect();
                    format!("{name}={}", texts.join(","))
                }
                Err(_) => format!("{name}={list}"),
            }
        });
        let segments = path.split('/').map(|segment| format!("={segment}"));
        let params = query
            .split('&')
            .filter(|param| !param.is_empty())
            .map(str::to_owned);
        segments.chain(params).chain(posted).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_a_plan_shows_is_what_a_scan_sends_first(case in case()) {
            let Case { scan, plan, is_known } = &case;
            let shown = plan.request();
            let Some((endpoint, sent)) = first_of(scan) else {
                // Nothing is shown where it is known that nothing is sent.
                prop_assert!(!scan.is_empty() || !is_known || shown.is_none());
                return Ok(());
            };
            let Some(shown) = shown else {
                prop_assert!(false, "sent is {sent:?}");
                return Ok(());
            };
            if !std::ptr::eq(endpoint, plan.endpoint) {
                prop_assert!(!is_known, "{} was planned", plan.endpoint.operation);
                return Ok(());
            }
            if *is_known {
                let (shown_parts, sent_parts) = (parts(&shown), parts(&sent));
                prop_assert_eq!(shown_parts.len(), sent_parts.len(), "{:?} {:?}", shown, sent);
                for (shown, sent) in shown_parts.iter().zip(&sent_parts) {
                    let (name, place) = shown.split_once('=').expect("a part");
                    let (sent_name, value) = sent.split_once('=').expect("a part");
                    prop_assert_eq!(name, sent_name);
                    match place.split_once('{') {
                        Some((before, rest)) => {
                            let (column, after) = rest.split_once('}').expect("a column's name");
                            let value = value.strip_prefix(before).and_then(|v| v.strip_suffix(after));
                            prop_assert!(
                                value.is_some_and(|value| fills(scan, column, value)),
                                "{} {}", shown, sent
                            );
                        }
                        None => prop_assert_eq!(place, value),
                    }
                }
            }
            // Whatever is known later, the rest stays.
            let plain = |request: &Request| -> Vec<String> {
                let names = ["sort=", "limit=", "body-format="];
                let parts = parts(request).into_iter();
                parts.filter(|part| names.iter().any(|name| part.starts_with(name)))
                    .collect()
            };
            prop_assert_eq!(plain(&shown), plain(&sent));
        }
    }
}
