//! A small part of CQL, the language of searches.
//!
//! All of its grammar is read, so that what is wrong can be told from what is right and not modelled.

mod parse;
mod token;
mod words;

pub(crate) use parse::query;
pub(crate) use words::{Words, marked};

use crate::organisation::NodeKind;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Why a text is no query that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It does not follow the grammar.
    Syntax,
    /// It follows the grammar, and the live site refuses it.
    Refused(String),
    /// The live site would answer it.
    NotModelled(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub condition: Condition,
    pub order: Vec<(Order, Direction)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Test(Test),
}

/// What one clause asks of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Type(Vec<Kind>),
    Space(Vec<String>),
    Id(Vec<String>),
    Creator(Vec<String>),
    /// Accounts of the users themselves.
    Account(Vec<String>),
    Time(Time, Comparison, Minute),
    /// In lower case.
    TitleIs(String),
    TitleHas(Words),
    TextHas(Words),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    BlogPost,
    Node(NodeKind),
    Comment,
    Attachment,
    Space,
    User,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Created,
    LastModified,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Before,
    AtOrBefore,
    After,
    AtOrAfter,
}

impl Comparison {
    pub(crate) fn holds(self, left: Minute, right: Minute) -> bool {
        match self {
            Self::Before => left < right,
            Self::AtOrBefore => left <= right,
            Self::After => left > right,
            Self::AtOrAfter => left >= right,
        }
    }
}

/// Searches know no seconds. Times are read in the time zone of the account, which is UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Minute(i64);

impl Minute {
    pub(crate) fn of(milliseconds: i64) -> Self {
        Self(milliseconds.div_euclid(60_000))
    }

    /// A date, at its midnight, or a date and a time of day.
    fn parse(text: &str) -> Option<Self> {
        let text = text.replace('/', "-");
        let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d"];
        let [time, date] = formats.map(|format| jiff::fmt::strtime::parse(format, &text));
        let civil: DateTime = match (time, date) {
            (Ok(time), _) => time.to_datetime().ok()?,
            (_, Ok(date)) => date.to_date().ok()?.at(0, 0, 0, 0),
            _ => return None,
        };
        let time: Timestamp = Offset::UTC.to_timestamp(civil).ok()?;
        Some(Self::of(time.as_millisecond()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    By(Time),
    Title,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Query {
    /// Whether there can be rows of a kind, as far as that is told at once.
    pub(crate) fn can_find(&self, kind: Kind) -> bool {
        self.tests().all(|test| match test {
            Test::Type(kinds) => kinds.contains(&kind),
            _ => true,
        })
    }

    /// The ids of which every row has one, if it says so.
    pub(crate) fn ids(&self) -> Option<&[String]> {
        self.tests().find_map(|test| match test {
            Test::Id(ids) => Some(&ids[..]),
            _ => None,
        })
    }

    /// What is asked of every row.
    fn tests(&self) -> impl Iterator<Item = &Test> {
        let parts = match &self.condition {
            Condition::All(parts) => &parts[..],
            one => std::slice::from_ref(one),
        };
        parts.iter().filter_map(|part| match part {
            Condition::Test(test) => Some(test),
            _ => None,
        })
    }

    pub(crate) fn words(&self) -> Vec<&Words> {
        let mut words = Vec::new();
        self.condition.collect_words(&mut words);
        words
    }
}

impl Condition {
    /// Whether it says which kinds of rows it wants, and this one is among those that it names.
    pub(crate) fn names(&self, kind: Kind) -> Option<bool> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .filter_map(|part| part.names(kind))
                .reduce(|left, right| left || right),
            Self::Not(part) => part.names(kind),
            Self::Test(Test::Type(kinds)) => Some(kinds.contains(&kind)),
            Self::Test(_) => None,
        }
    }

    fn collect_words<'a>(&'a self, into: &mut Vec<&'a Words>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_words(into));
            }
            Self::Test(Test::TitleHas(words) | Test::TextHas(words)) => into.push(words),
            // What is not to be there is not looked for.
            Self::Not(_) | Self::Test(_) => {}
        }
    }

    /// Whether it holds for a row, of which `test` knows what a clause asks.
    pub(crate) fn holds(&self, test: &impl Fn(&Test) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(test)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(test)),
            Self::Not(part) => !part.holds(test),
            Self::Test(clause) => test(clause),
        }
    }
}
