//! Columns: what they hold, where it sits in an answer, and how it is asked for.

use std::ops::Index;

use serde::{Deserialize, Serialize};

use super::endpoint::PathColumns;

/// What a column holds. The database's type follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A 64-bit number; the API writes ids as JSON strings.
    Bigint,
    /// A 32-bit number.
    Integer,
    /// Text, as the API gives it. U+0000, which no database text can hold, becomes U+FFFD.
    Text,
    /// True or false.
    Boolean,
    /// A point in time, in microseconds since 1970-01-01 UTC.
    Timestamp,
    /// A JSON document that the API encodes once more, as a JSON string.
    JsonInString,
    /// Any JSON value, as the API gives it.
    Json,
    /// A path that the API gives relative to the site, shown as a whole URL.
    Link,
}

impl Kind {
    /// Whether its values are compared as texts.
    pub fn is_text(self) -> bool {
        self == Kind::Text
    }
}

/// What a column is to a copy of its table that keeps what rows have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Another value makes another state of the row, and the earlier one is kept.
    Fact,
    /// A name or an address of what the row is about: the latest one is kept, whatever it was.
    Description,
    /// Not kept: large, or a request for each row.
    Not,
}

/// How a column's values are asked for in a request.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The query parameter.
    pub param: &'static str,
    /// How many values one request takes.
    pub max: usize,
    /// Whether the API's answer holds just the rows that are equal. If not, it holds these and more.
    pub exact: bool,
    /// The values that the parameter takes, where it does not take any.
    pub choices: &'static [&'static str],
    /// Whether a value asks for rows that the listing leaves out by default.
    pub widens: bool,
    /// The field of Confluence's query language that has the values, where the parameter is a condition in it.
    pub field: Option<&'static str>,
}

impl Filter {
    /// A parameter that takes a list of up to `max` values and answers just these.
    pub const fn list(param: &'static str, max: usize) -> Self {
        Self {
            param,
            max,
            exact: true,
            choices: &[],
            widens: false,
            field: None,
        }
    }

    /// A parameter that takes one of a few values. Others are not asked for, and sorted out locally.
    pub const fn choice(param: &'static str, choices: &'static [&'static str]) -> Self {
        Self {
            param,
            max: 1,
            exact: true,
            choices,
            widens: false,
            field: None,
        }
    }

    /// A parameter that takes a list of a few values. Others are not asked for, and sorted out locally.
    pub const fn choices(param: &'static str, choices: &'static [&'static str]) -> Self {
        Self {
            max: choices.len(),
            ..Self::choice(param, choices)
        }
    }

    /// A parameter that takes a list of states, some of which the listing leaves out by default.
    pub const fn widening(param: &'static str, choices: &'static [&'static str]) -> Self {
        Self {
            param,
            max: choices.len(),
            exact: true,
            choices,
            widens: true,
            field: None,
        }
    }

    /// The values stand in a condition on a field of Confluence's query language, beside those that the endpoint has.
    pub const fn in_query(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Whether another one is written at the same place of a request.
    pub fn is_at_place_of(&self, other: &Self) -> bool {
        self.param == other.param && self.field == other.field
    }

    /// The answer can hold more than what is equal (another case, say).
    pub const fn narrowing(mut self) -> Self {
        self.exact = false;
        self
    }
}

/// How a span of a column's times is asked for: two parameters, in milliseconds since 1970, both ends within.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The parameter for the earliest time.
    pub from: &'static str,
    /// The parameter for the latest time.
    pub to: &'static str,
}

/// An operation that gives more about one row.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The operation's operationId.
    pub operation: &'static str,
    /// The operation's path, with `/wiki`. `{column}` stands for the row's value in that column.
    pub path: &'static str,
    /// The OAuth scope that the operation needs.
    pub scope: &'static str,
    /// Whether an answer that there is no such thing means that the columns are NULL. If not, it is an error.
    pub may_be_absent: bool,
}

impl Part {
    /// The columns whose values stand in its path.
    pub const fn needed(&self) -> PathColumns {
        PathColumns::of(self.path)
    }
}

/// Which of a remote table's columns one is: its place in the table's declaration. The table gives it, for a name; so it
/// is not mixed up with a place in a batch, or with the number of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnId(usize);

impl ColumnId {
    /// A table's first column. Each table has one.
    pub const FIRST: Self = Self(0);

    /// The column at a place of a table's declaration.
    pub(super) const fn new(place: usize) -> Self {
        Self(place)
    }

    /// How many columns the table has before it.
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

impl Index<ColumnId> for [Column] {
    type Output = Column;

    fn index(&self, column: ColumnId) -> &Column {
        &self[column.0]
    }
}

/// A column of a remote table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The column's name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Where it sits in a row's JSON: field names with dots between, and `|` between places of which one is
    /// there; with `^` before it, in the object around the list of rows. Empty: the value that was asked for.
    pub at: &'static str,
    /// What users read about it.
    pub comment: &'static str,
    /// Whether a row without it is an error.
    pub required: bool,
    /// Whether the API writes an empty text where it does not tell.
    pub empty_is_null: bool,
    /// What its values begin with, where digits follow and nothing else.
    pub numbered: Option<&'static str>,
    /// How its values are asked for.
    pub filter: Option<Filter>,
    /// How a span of its times is asked for.
    pub window: Option<Window>,
    /// The value of `sort` that orders a listing by it, where the API's order is that of the values.
    pub sort: Option<&'static str>,
    /// Whether a row's value changes, so that the row moves in a listing that is ordered by it.
    pub changes: bool,
    /// The query parameter and its value without which the API leaves the column out.
    pub asked_with: Option<(&'static str, &'static str)>,
    /// Whether every row has it, be it empty, where it was asked for: a row without it is not what was asked for.
    pub owed: bool,
    /// The request of its own that gives the column, for each row.
    pub part: Option<&'static Part>,
    /// How many rows share a value, roughly; 0 where nothing is known.
    pub rows_per_value: f64,
    /// Which share of the rows has none, roughly; below 0 where nothing is known.
    pub nulls: f64,
    /// Whether it is left out of an import unless it is asked for.
    pub optional: bool,
    /// Whether one of its values that cannot be read is left out: the row has NULL there, and the scan counts it. It is a
    /// time on which nothing else relies.
    pub informative: bool,
    /// Whether it describes what the row is about, such as a person's name, and is no state of the row.
    pub describes: bool,
    /// The usual size of a value in bytes, for the planner.
    pub width: i32,
}

impl Column {
    const fn new(
        kind: Kind,
        width: i32,
        name: &'static str,
        at: &'static str,
        comment: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            at,
            comment,
            required: false,
            empty_is_null: false,
            numbered: None,
            filter: None,
            window: None,
            sort: None,
            changes: false,
            asked_with: None,
            owed: false,
            part: None,
            rows_per_value: 0.0,
            nulls: -1.0,
            optional: false,
            informative: matches!(kind, Kind::Timestamp),
            describes: matches!(kind, Kind::Link),
            width,
        }
    }

    /// A column of [`Kind::Bigint`].
    pub const fn bigint(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Bigint, 8, name, at, comment)
    }

    /// A column of [`Kind::Integer`].
    pub const fn integer(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Integer, 4, name, at, comment)
    }

    /// A column of [`Kind::Text`].
    pub const fn text(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Text, 24, name, at, comment)
    }

    /// Its values are this and a number.
    pub const fn numbered(mut self, prefix: &'static str) -> Self {
        self.numbered = Some(prefix);
        self
    }

    /// Whether no row has an empty text there: one that has is an error, or has NULL.
    pub fn is_never_empty(&self) -> bool {
        self.empty_is_null || self.required && !self.at.is_empty()
    }

    /// Whether a text is written as the values of a column are that are numbered: the prefix, and a number without
    /// zeros before it. Other columns have values of any form.
    pub fn is_well_formed(&self, text: &str) -> bool {
        let Some(prefix) = self.numbered else {
            return true;
        };
        text.strip_prefix(prefix).is_some_and(|number| {
            !number.starts_with('0')
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// A column of [`Kind::Boolean`].
    pub const fn boolean(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Boolean, 1, name, at, comment)
    }

    /// A column of [`Kind::Timestamp`].
    pub const fn timestamp(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Timestamp, 8, name, at, comment)
    }

    /// A column of [`Kind::JsonInString`].
    pub const fn json_in_string(
        name: &'static str,
        at: &'static str,
        comment: &'static str,
    ) -> Self {
        Self::new(Kind::JsonInString, 4000, name, at, comment)
    }

    /// A column of [`Kind::Json`].
    pub const fn json(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Json, 200, name, at, comment)
    }

    /// A column of [`Kind::Link`].
    pub const fn link(name: &'static str, at: &'static str, comment: &'static str) -> Self {
        Self::new(Kind::Link, 70, name, at, comment)
    }

    /// A row without this column is an error.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self.informative = false;
        self
    }

    /// An empty text means that the API does not tell.
    pub const fn empty_is_null(mut self) -> Self {
        self.empty_is_null = true;
        self
    }

    /// Its values can be asked for.
    pub const fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self.informative = false;
        self
    }

    /// A span of its times can be asked for.
    pub const fn window(mut self, from: &'static str, to: &'static str) -> Self {
        self.window = Some(Window { from, to });
        self
    }

    /// A listing can be ordered by it; `-` before `sort` turns the order around.
    pub const fn sort(mut self, sort: &'static str) -> Self {
        self.sort = Some(sort);
        self.informative = false;
        self
    }

    /// A row's value changes, and with it the row's place in an order.
    pub const fn changes(mut self) -> Self {
        self.changes = true;
        self
    }

    /// The API gives it only to a request that has this parameter.
    pub const fn asked_with(mut self, param: &'static str, value: &'static str) -> Self {
        self.asked_with = Some((param, value));
        self
    }

    /// Every row has it where it was asked for.
    pub const fn owed(mut self) -> Self {
        self.owed = true;
        self
    }

    /// A request of its own gives it, for each row. That is dear, so it is left out of an import unless it is
    /// asked for.
    pub const fn part(self, part: &'static Part) -> Self {
        self.told_by(part).optional()
    }

    /// A request of its own gives it, for each row, and it is worth it: there are few rows.
    pub const fn told_by(mut self, part: &'static Part) -> Self {
        self.part = Some(part);
        self
    }

    /// So many rows share a value, roughly.
    pub const fn rows_per_value(mut self, rows: f64) -> Self {
        self.rows_per_value = rows;
        self
    }

    /// So large a share of the rows has none, roughly.
    pub const fn nulls(mut self, share: f64) -> Self {
        self.nulls = share;
        self
    }

    /// Which share of the rows has none, as far as a declaration can tell: of what a row has to have, none; of what it may
    /// lack, some.
    pub fn share_of_nulls(&self) -> f64 {
        const SOME: f64 = 0.1;
        match self.nulls {
            _ if self.required || self.sort.is_some() => 0.0,
            share if share >= 0.0 => share,
            _ => SOME,
        }
    }

    /// Left out of an import unless it is asked for.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// It describes what the row is about.
    pub const fn describing(mut self) -> Self {
        self.describes = true;
        self
    }

    /// What it is to a copy of its table that keeps what rows have been.
    pub fn kept(&self) -> Kept {
        if self.is_body() || self.part.is_some() || self.optional {
            Kept::Not
        } else if self.describes {
            Kept::Description
        } else {
            Kept::Fact
        }
    }

    /// What users read about it, with what becomes of a value that cannot be read.
    pub fn full_comment(&self) -> String {
        let unread = if self.informative {
            " NULL where it cannot be read."
        } else {
            ""
        };
        format!("{}{unread}", self.comment)
    }

    /// The usual size of a value in bytes.
    pub const fn width(mut self, bytes: i32) -> Self {
        self.width = bytes;
        self
    }

    /// Whether the column is a part of the row's content that is large and costs the site work.
    pub fn is_body(&self) -> bool {
        matches!(self.asked_with, Some(("body-format", _)))
    }
}
