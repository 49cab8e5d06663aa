//! The scan request: which rows of a table are wanted.

use std::fmt;
use std::ops::Range as Places;

use serde::{Deserialize, Serialize};

use super::access_path::Manner;
use super::grouping::{self, Grouping};
use super::table_stats::TableStats;
use super::{access_path, askable};
use crate::batch::Value;
use crate::options::Reading;
use crate::schema::{Column, ColumnId, Endpoint, Part, Split, Table};

/// A wish for rows, with every value known.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// The table.
    pub table: &'static Table,
    /// The columns, by their place in the table. A batch's slots are in this order.
    pub columns: Vec<ColumnId>,
    /// The endpoint that planning has chosen, if there is a plan. Another one is read only where it is cheaper.
    pub planned: Option<&'static Endpoint>,
    /// Conditions, which all have to hold.
    pub conditions: Vec<PushedCondition>,
    /// A column of the conditions, by its place in the table, whose values the site itself has listed: an object among
    /// them that cannot be read is an error, and not one that does not exist.
    pub must_exist: Option<ColumnId>,
    /// The order in which the site lists.
    pub sort: Option<Sort>,
    /// Whether whoever reads relies on the order, and not only on the range's end.
    pub relies_on_order: bool,
    /// A range of the sort's column, outside of which reading stops.
    pub range: Option<Range>,
    /// Spans of times that rows have to lie in, by columns' places in the table, each column once.
    pub windows: Vec<(ColumnId, Range)>,
    /// How many rows will do, if that is known. It sizes the first request; more can be read.
    pub enough: Option<u64>,
    /// How many rows the site is going to send, where somebody has counted.
    pub expected_rows: Option<u64>,
    /// What is known of the table's size.
    pub sizes: TableStats,
    /// Whether all rows will be read, so that reading ahead is worth it from the start. Elsewhere it is as soon as whoever
    /// reads has come back for more often enough.
    pub eager: bool,
    /// Whether no limit is in sight: who then comes back for more is going to take all.
    pub open_ended: bool,
    /// How to read.
    pub reading: Reading,
    /// Requests that have been sent for the same purpose before, which count against the limit.
    pub spent: u64,
}

/// A column has one of some values.
#[derive(Clone, Debug, PartialEq)]
pub struct PushedCondition {
    /// The column, by its place in the table.
    pub column: ColumnId,
    /// The values.
    pub values: Values,
}

/// Some values of one kind, each once, in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers.
    Ints(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
}

/// One value of a column that names things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
}

impl Key {
    pub(crate) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Key::Int(number)),
            Value::Text(text) => Some(Key::Text(text.to_owned())),
            _ => None,
        }
    }

    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Key::Int(number) => Value::Int(*number),
            Key::Text(text) => Value::Text(text),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Key::Int(number) => number.fmt(f),
            Key::Text(text) => text.fmt(f),
        }
    }
}

impl Values {
    /// Keys of one kind.
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Self {
        let (mut ints, mut texts) = (Vec::new(), Vec::new());
        for key in keys {
            match key {
                Key::Int(number) => ints.push(number),
                Key::Text(text) => texts.push(text),
            }
        }
        if texts.is_empty() {
            Self::ints(ints)
        } else {
            Self::texts(texts)
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Key> + '_ {
        let (ints, texts) = match self {
            Values::Ints(ints) => (&ints[..], &[][..]),
            Values::Texts(texts) => (&[][..], &texts[..]),
        };
        let ints = ints.iter().map(|&number| Key::Int(number));
        ints.chain(texts.iter().map(|text| Key::Text(text.clone())))
    }

    /// The values at some places.
    pub(super) fn piece(&self, places: Places<usize>) -> Self {
        match self {
            Values::Ints(ints) => Values::Ints(ints[places].to_vec()),
            Values::Texts(texts) => Values::Texts(texts[places].to_vec()),
        }
    }

    /// The only one, where there are no others.
    pub fn only(&self) -> Option<Key> {
        match self {
            Values::Ints(ints) => match ints[..] {
                [number] => Some(Key::Int(number)),
                _ => None,
            },
            Values::Texts(texts) => match &texts[..] {
                [text] => Some(Key::Text(text.clone())),
                _ => None,
            },
        }
    }

    /// Numbers, in any order.
    pub fn ints(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self::Ints(values)
    }

    /// Texts, in any order.
    pub fn texts(mut values: Vec<String>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self::Texts(values)
    }

    /// Leaves out what no row of the table has in the column.
    fn leave_out_what_no_row_has(&mut self, table: &Table, column: &Column) {
        let has_one = |value: Value| !askable::has_no_row(table, column, value);
        match self {
            Values::Ints(ints) => ints.retain(|&number| has_one(Value::Int(number))),
            Values::Texts(texts) => texts.retain(|text| has_one(Value::Text(text))),
        }
    }

    /// The values that rows of the table can have in the column.
    pub(super) fn without_what_no_row_has(&self, table: &Table, column: &Column) -> Self {
        let mut values = self.clone();
        values.leave_out_what_no_row_has(table, column);
        values
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Ints(values) => values.len(),
            Values::Texts(values) => values.len(),
        }
    }

    /// Whether there is none, so that no row can be equal to one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values that are in both. Values of different kinds are never equal.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Values::Ints(mut values), Values::Ints(others)) => {
                values.retain(|value| others.binary_search(value).is_ok());
                Values::Ints(values)
            }
            (Values::Texts(mut values), Values::Texts(others)) => {
                values.retain(|value| others.binary_search(value).is_ok());
                Values::Texts(values)
            }
            _ => Values::Ints(Vec::new()),
        }
    }

    pub(crate) fn has(&self, value: Value) -> bool {
        match (self, value) {
            (Values::Ints(values), Value::Int(value)) => values.binary_search(&value).is_ok(),
            (Values::Texts(values), Value::Text(value)) => values
                .binary_search_by(|known| known.as_str().cmp(value))
                .is_ok(),
            _ => false,
        }
    }
}

/// An order of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column, by its place in the table.
    pub column: ColumnId,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A range of values, both ends within. Times are in microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least value, if there is one.
    pub from: Option<i64>,
    /// The greatest value, if there is one.
    pub to: Option<i64>,
}

impl Range {
    /// All values.
    pub const ALL: Self = Self {
        from: None,
        to: None,
    };

    /// The values that are in both.
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: match (self.to, other.to) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
        }
    }

    /// Whether no value can be within. The ends of what can be written stand for infinity, where nothing is.
    pub fn is_empty(&self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from > to)
            || self.from == Some(i64::MAX)
            || self.to == Some(i64::MIN)
    }

    pub(crate) fn has(&self, value: i64) -> bool {
        self.from.is_none_or(|from| from <= value) && self.to.is_none_or(|to| value <= to)
    }

    /// Whether, in this order, nothing behind this value can be within.
    pub(crate) fn ends_before(&self, value: i64, descending: bool) -> bool {
        if descending {
            self.from.is_some_and(|from| value < from)
        } else {
            self.to.is_some_and(|to| value > to)
        }
    }
}

impl ScanRequest {
    /// All rows of a table, in whatever order, of which nobody knows how many there are. Read as they are taken.
    pub fn whole(table: &'static Table, columns: Vec<ColumnId>, reading: Reading) -> Self {
        Self {
            table,
            columns,
            planned: None,
            conditions: Vec::new(),
            must_exist: None,
            sort: None,
            relies_on_order: false,
            range: None,
            windows: Vec::new(),
            enough: None,
            expected_rows: None,
            sizes: TableStats::default(),
            eager: false,
            open_ended: false,
            reading,
            spent: 0,
        }
    }

    /// Joins conditions on one column into one. Called before the wish is used.
    pub(crate) fn merge_conditions(&mut self) {
        let mut merged: Vec<PushedCondition> = Vec::new();
        for mut condition in self.conditions.drain(..) {
            let column = &self.table.columns[condition.column];
            condition
                .values
                .leave_out_what_no_row_has(self.table, column);
            match merged.iter_mut().find(|c| c.column == condition.column) {
                Some(known) => {
                    let values = std::mem::replace(&mut known.values, Values::Ints(Vec::new()));
                    known.values = values.and(condition.values);
                }
                None => merged.push(condition),
            }
        }
        self.conditions = merged;
    }

    /// Whether no row can be wanted.
    pub fn is_empty(&self) -> bool {
        self.conditions.iter().any(|c| c.values.is_empty())
            || self.range.as_ref().is_some_and(Range::is_empty)
            || self.windows.iter().any(|(_, span)| span.is_empty())
    }

    /// How its rows are wanted.
    pub(super) fn manner(&self) -> Manner {
        Manner {
            sorted: self.sort.is_some(),
            relies_on_order: self.relies_on_order,
            eager: self.eager,
        }
    }

    /// Whether a listing may be read in groups of what its rows belong to.
    fn may_be_split(&self, split: &Split) -> bool {
        (self.eager || self.sort.is_none())
            && grouping::may_be_cut(self.manner(), &self.reading)
            && !split.is_narrowed(self.table, self.conditions.iter().map(|c| c.column))
    }

    /// The columns of conditions for which the site may answer with more rows than were asked for. A row that two requests
    /// bring is the same only if it has the same value there.
    pub(crate) fn columns_asked_roughly(&self) -> impl Iterator<Item = ColumnId> + '_ {
        let table = self.table;
        // Where nothing tells rows apart, this does not either.
        let is_told_apart = !table.distinct_by(table.main()).is_empty();
        let columns = self.conditions.iter().map(|condition| condition.column);
        columns
            .filter(move |&column| is_told_apart && !table.answers_exactly(&table.columns[column]))
    }

    /// The columns to decode: the wanted ones first, then what the reader itself looks at.
    pub(crate) fn decoded_columns(&self) -> Vec<ColumnId> {
        let mut columns = self.columns.clone();
        let named = |name: &'static str| self.table.id(name);
        let looked_at = self
            .table
            .distinct_by(self.table.main())
            .into_iter()
            .chain(self.table.key.iter().map(|name| named(name)))
            .chain(self.sort.map(|sort| sort.column))
            .chain(self.conditions.iter().map(|condition| condition.column))
            .chain(self.windows.iter().map(|(column, _)| *column))
            .chain(self.table.held_at().map(|(column, _)| column))
            .chain(
                (self.table.endpoints.iter())
                    .filter_map(|endpoint| endpoint.split.as_ref())
                    .filter(|split| self.may_be_split(split))
                    .map(|split| named(split.column)),
            )
            .chain(
                (self.table.endpoints.iter())
                    .filter_map(|endpoint| endpoint.ends)
                    .filter(|_| {
                        self.sort.is_none() && grouping::may_be_cut(self.manner(), &self.reading)
                    })
                    .map(named),
            )
            .chain(self.table.population.map(|(name, _)| named(name)))
            .chain(self.table.columns_that_lead_further().map(named))
            .chain(self.parts().flat_map(|part| part.needed()).map(named));
        for column in looked_at {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        if columns.is_empty() {
            // A row without columns cannot be told from no row.
            columns.push(ColumnId::FIRST);
        }
        columns
    }

    /// The operations that give wanted columns for one row at a time, each once.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &'static Part> {
        let mut parts: Vec<&'static Part> = Vec::new();
        for &column in &self.columns {
            if let Some(part) = self.table.columns[column].part
                && !parts.contains(&part)
            {
                parts.push(part);
            }
        }
        parts.into_iter()
    }

    /// Whether there are known to be so many rows that it is worth it to cut their listing like that.
    pub(super) fn is_known_to_be_long(&self, endpoint: &Endpoint, grouping: Grouping) -> bool {
        let page = self.page_size(endpoint);
        self.expected_rows
            .is_some_and(|rows| grouping.is_long(rows as f64, page))
    }

    /// How many rows a request asks for when more are wanted.
    pub(crate) fn page_size(&self, endpoint: &Endpoint) -> u32 {
        access_path::page_size(self.table, endpoint, &self.columns, self.reading.page_size)
    }

    /// Whether a wanted column is a body.
    pub(crate) fn has_bodies(&self) -> bool {
        self.columns
            .iter()
            .any(|&column| self.table.columns[column].is_body())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn texts(numbers: &[i64]) -> Vec<String> {
        numbers.iter().map(i64::to_string).collect()
    }

    fn some() -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(-8..8_i64, 0..12)
    }

    proptest! {
        #[test]
        fn what_two_lists_share_is_what_both_have_each_once_and_in_order(one in some(), other in some()) {
            let sets = [&one, &other].map(|numbers| numbers.iter().copied().collect::<BTreeSet<i64>>());
            let shared: Vec<i64> = sets[0].intersection(&sets[1]).copied().collect();
            let both = Values::ints(one.clone()).and(Values::ints(other.clone()));
            prop_assert_eq!(&both, &Values::Ints(shared.clone()));
            for number in -8..8 {
                prop_assert_eq!(both.has(Value::Int(number)), shared.contains(&number));
            }
            prop_assert_eq!(&both, &Values::ints(other.clone()).and(Values::ints(one.clone())));

            let both = Values::texts(texts(&one)).and(Values::texts(texts(&other)));
            prop_assert_eq!(both, Values::texts(texts(&shared)));
            prop_assert!(Values::ints(one).and(Values::texts(texts(&other))).is_empty());
        }

        #[test]
        fn pieces_of_values_are_all_of_them(numbers in some(), cut in any::<proptest::sample::Index>()) {
            let values = Values::ints(numbers);
            let cut = cut.index(values.len() + 1);
            let pieces = [values.piece(0..cut), values.piece(cut..values.len())];
            prop_assert_eq!(Values::of(pieces.iter().flat_map(Values::iter)), values);
        }

        #[test]
        fn nothing_within_a_range_comes_behind_its_end(
            mut listed in some(),
            from in proptest::option::of(-8..8_i64),
            to in proptest::option::of(-8..8_i64),
            descending in any::<bool>(),
        ) {
            let range = Range { from, to };
            listed.sort_unstable();
            if descending {
                listed.reverse();
            }
            let end = listed.iter().position(|&value| range.ends_before(value, descending));
            let behind = &listed[end.unwrap_or(listed.len())..];
            prop_assert!(!behind.iter().any(|&value| range.has(value)), "{:?}", behind);
            if range.is_empty() {
                prop_assert!(!listed.iter().any(|&value| range.has(value)));
            }
        }
    }

    #[test]
    fn what_two_lists_share() {
        assert_eq!(
            Values::ints(vec![3, 1, 2, 3]).and(Values::ints(vec![3, 4, 1])),
            Values::Ints(vec![1, 3])
        );
        assert!(
            Values::ints(vec![1])
                .and(Values::texts(vec!["1".into()]))
                .is_empty()
        );
    }

    #[test]
    fn a_range_ends_on_the_side_that_the_order_comes_to() {
        let range = Range {
            from: Some(10),
            to: Some(20),
        };
        assert!(range.ends_before(9, true) && !range.ends_before(9, false));
        assert!(range.ends_before(21, false) && !range.ends_before(21, true));
        assert!(range.has(10) && range.has(20) && !range.has(9) && !range.has(21));
        assert!(
            Range {
                from: Some(2),
                to: Some(1)
            }
            .is_empty()
        );
    }
}
