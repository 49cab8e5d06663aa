//! Reasons: why a request is sent.

use std::fmt;
use std::ops::AddAssign;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// What a request is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The first page of a chain.
    FirstPage,
    /// A further page of a chain.
    FurtherPage,
    /// A listing below a row of a chain: replies, or what a folder holds.
    BelowRow,
    /// What an answer about several objects did not show whole.
    Remainder,
    /// Objects that chains of another table are about.
    Parents,
    /// Objects by which a long listing is cut into partitions.
    PartitionKeys,
    /// A partition of a long listing, from its end, or in the order of a range.
    Partition,
    /// A partition that another chain reads from its end, from its beginning.
    PartitionBeginning,
    /// A listing that another chain reads from its beginning, from its end.
    FromTheEnd,
    /// What was created while partitions were read.
    NewRows,
    /// Whether partitions leave out rows of their listing.
    OutsidePartitions,
    /// A listing whose order was broken, from its beginning, as it comes.
    AsItComes,
    /// Columns that need the rows in a second format.
    SecondFormat,
    /// Columns that an operation of its own tells of each row.
    RowOperation,
    /// A look at a table.
    Sample,
    /// Who the site takes the account for.
    Identity,
    /// Whether the site shows something to nobody.
    Audience,
    /// The site's id on the gateway.
    CloudId,
    /// A token.
    Token,
    /// The sites that a consent is good for.
    ConsentedSites,
    /// A step of the check.
    Check,
    /// What the site says an account may do.
    Verdict,
}

/// Why the same is sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The fault may have passed. The number says how often that has been hoped.
    Retry(u32),
    /// The site failed on more rows.
    FewerRows,
    /// The request is too long: this is one for a part of its list.
    PartOfList,
    /// The token was not taken, and there is another one.
    OtherToken,
    /// The site did not take the token, and the gateway may.
    OtherRoute,
}

/// Why a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What for.
    pub why: Why,
    /// The table or operation that this is about, where the path does not tell.
    pub about: &'static str,
    /// The page of a listing, from 1; 0 where there are no pages.
    pub page: u32,
    /// Why once more, if it is.
    pub again: Option<Again>,
}

impl Why {
    /// All of them.
    const ALL: [Why; 22] = [
        Why::FirstPage,
        Why::FurtherPage,
        Why::BelowRow,
        Why::Remainder,
        Why::Parents,
        Why::PartitionKeys,
        Why::Partition,
        Why::PartitionBeginning,
        Why::FromTheEnd,
        Why::NewRows,
        Why::OutsidePartitions,
        Why::AsItComes,
        Why::SecondFormat,
        Why::RowOperation,
        Why::Sample,
        Why::Identity,
        Why::Audience,
        Why::CloudId,
        Why::Token,
        Why::ConsentedSites,
        Why::Check,
        Why::Verdict,
    ];

    /// Whether it is for rows of the very table that is read.
    pub(crate) fn is_of_rows(self) -> bool {
        matches!(
            self,
            Why::FirstPage
                | Why::FurtherPage
                | Why::BelowRow
                | Why::Remainder
                | Why::Partition
                | Why::PartitionBeginning
                | Why::FromTheEnd
                | Why::NewRows
                | Why::AsItComes
        )
    }

    /// As it is shown, and counted.
    pub fn name(self) -> &'static str {
        match self {
            Why::FirstPage => "first page",
            Why::FurtherPage => "further pages",
            Why::BelowRow => "below a row",
            Why::Remainder => "remainder",
            Why::Parents => "parents",
            Why::PartitionKeys => "partition keys",
            Why::Partition => "partition",
            Why::PartitionBeginning => "partition from its beginning",
            Why::FromTheEnd => "from the end",
            Why::NewRows => "new rows",
            Why::OutsidePartitions => "outside of partitions",
            Why::AsItComes => "as it comes",
            Why::SecondFormat => "second format",
            Why::RowOperation => "row operation",
            Why::Sample => "sample",
            Why::Identity => "identity",
            Why::Audience => "audience",
            Why::CloudId => "cloud id",
            Why::Token => "token",
            Why::ConsentedSites => "consented sites",
            Why::Check => "check",
            Why::Verdict => "verdict",
        }
    }
}

impl Again {
    /// One of each.
    const ALL: [Again; 5] = [
        Again::Retry(1),
        Again::FewerRows,
        Again::PartOfList,
        Again::OtherToken,
        Again::OtherRoute,
    ];

    /// As it is counted, and mostly shown.
    pub fn name(self) -> &'static str {
        match self {
            Again::Retry(_) => "retries",
            Again::FewerRows => "fewer rows",
            Again::PartOfList => "part of its list",
            Again::OtherToken => "other token",
            Again::OtherRoute => "other route",
        }
    }

    fn index(self) -> usize {
        match self {
            Again::Retry(_) => 0,
            Again::FewerRows => 1,
            Again::PartOfList => 2,
            Again::OtherToken => 3,
            Again::OtherRoute => 4,
        }
    }
}

impl Reason {
    /// A reason that stands for itself.
    pub const fn of(why: Why) -> Self {
        Self::about(why, "")
    }

    /// The same about a table or an operation.
    pub const fn about(why: Why, about: &'static str) -> Self {
        Self {
            why,
            about,
            page: 0,
            again: None,
        }
    }

    /// The same for a page of a listing, from 1.
    pub(crate) fn page(self, page: u32) -> Self {
        let why = match self.why {
            Why::FirstPage if page > 1 => Why::FurtherPage,
            why => why,
        };
        Self { why, page, ..self }
    }

    /// The same once more, if it is.
    pub(crate) fn again(self, again: Option<Again>) -> Self {
        Self {
            again: again.or(self.again),
            ..self
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why {
            Why::FurtherPage => write!(f, "page {}", self.page)?,
            why => {
                f.write_str(why.name())?;
                if !self.about.is_empty() {
                    write!(f, ": {}", self.about)?;
                }
                if self.page > 1 {
                    write!(f, ", page {}", self.page)?;
                }
            }
        }
        match self.again {
            None => Ok(()),
            Some(Again::Retry(number)) => write!(f, ", retry {number}"),
            Some(again) => write!(f, ", {}", again.name()),
        }
    }
}

/// How many requests were sent for each reason. What was sent once more counts for that, and for nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReasonTally {
    first: [u32; Why::ALL.len()],
    again: [u32; Again::ALL.len()],
}

impl ReasonTally {
    /// The reasons that there were.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let first = Why::ALL.map(Why::name).into_iter().zip(self.first);
        let again = Again::ALL.map(Again::name).into_iter().zip(self.again);
        first
            .chain(again)
            .filter(|(_, requests)| *requests > 0)
            .map(|(name, requests)| (name, u64::from(requests)))
    }
}

impl AddAssign for ReasonTally {
    fn add_assign(&mut self, other: Self) {
        for (sum, more) in self.first.iter_mut().zip(other.first) {
            *sum = sum.saturating_add(more);
        }
        for (sum, more) in self.again.iter_mut().zip(other.again) {
            *sum = sum.saturating_add(more);
        }
    }
}

/// A [`ReasonTally`] that goes on.
#[derive(Debug, Default)]
pub(super) struct ReasonCounts {
    first: [AtomicU32; Why::ALL.len()],
    again: [AtomicU32; Again::ALL.len()],
}

impl ReasonCounts {
    pub fn count(&self, reason: Reason) {
        let count = match reason.again {
            None => &self.first[reason.why as usize],
            Some(again) => &self.again[again.index()],
        };
        count.fetch_add(1, Relaxed);
    }

    pub fn tally(&self) -> ReasonTally {
        ReasonTally {
            first: std::array::from_fn(|place| self.first[place].load(Relaxed)),
            again: std::array::from_fn(|place| self.again[place].load(Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_shown_with_what_tells_them_apart() {
        let parents = Reason::about(Why::Parents, "confluence_spaces");
        for (reason, text) in [
            (Reason::of(Why::FirstPage).page(1), "first page"),
            (Reason::of(Why::FirstPage).page(3), "page 3"),
            (
                Reason::of(Why::FirstPage)
                    .page(3)
                    .again(Some(Again::Retry(2))),
                "page 3, retry 2",
            ),
            (parents.page(1), "parents: confluence_spaces"),
            (parents.page(2), "parents: confluence_spaces, page 2"),
            (
                Reason::of(Why::Identity).again(Some(Again::OtherToken)),
                "identity, other token",
            ),
            (
                parents.again(Some(Again::FewerRows)).again(None),
                "parents: confluence_spaces, fewer rows",
            ),
        ] {
            assert_eq!(reason.to_string(), text);
        }
    }

    #[test]
    fn the_docs_have_every_reason() {
        const DOCS: &str = include_str!("../../../../docs/requests.md");
        for why in Why::ALL.into_iter().filter(|why| *why != Why::FurtherPage) {
            let (name, with_more) = (format!("`{}`", why.name()), format!("`{}: ", why.name()));
            assert!(DOCS.contains(&name) || DOCS.contains(&with_more), "{name}");
        }
        for again in Again::ALL {
            let shown = Reason::of(Why::Check).again(Some(again)).to_string();
            let shown = shown.trim_start_matches("check, ");
            assert!(DOCS.contains(&format!("| `{shown}` |")), "{shown}");
        }
    }

    #[test]
    fn each_reason_is_counted_under_its_own_name() {
        let counts = ReasonCounts::default();
        for (place, why) in Why::ALL.into_iter().enumerate() {
            for _ in 0..=place {
                counts.count(Reason::of(why));
            }
        }
        for (place, again) in Again::ALL.into_iter().enumerate() {
            assert_eq!(again.index(), place);
            for _ in 0..100 + place {
                counts.count(Reason::of(Why::Token).again(Some(again)));
            }
        }
        let mut tally = counts.tally();
        tally += tally;
        let first = Why::ALL.map(Why::name).into_iter().zip((2..).step_by(2));
        let again = Again::ALL
            .map(Again::name)
            .into_iter()
            .zip((200..).step_by(2));
        assert!(tally.iter().eq(first.chain(again)));
        let names: std::collections::HashSet<_> = tally.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), Why::ALL.len() + Again::ALL.len());
        assert_eq!(ReasonTally::default().iter().count(), 0);
    }
}
