//! A request: its address, its body, what it is for, and why it is sent.

use super::why::{Reason, Why};
use crate::{Budget, Sanitized};

/// The most characters of a path and its query that the log of requests keeps.
const LONGEST_PATH: usize = 1_000;

/// Requests from this length on, in bytes, may be too long for what stands before the API: proxies cut at 2 to 8 kB. A
/// shorter one is refused for something else.
const LONG_REQUEST: usize = 1_000;

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The path below the base, with its query.
    pub target: String,
    /// What is POSTed, for operations that look things up in that way; the others are GETs.
    pub json: Option<String>,
    /// The lists of values that are asked for. A request that is too long is cut there.
    pub lists: Vec<ValueList>,
    /// The scope that its operation needs.
    pub scope: &'static str,
    pub purpose: Purpose,
    /// Why it is sent.
    pub reason: Reason,
}

/// Where an address has a list of values, with commas between them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValueList {
    /// The parameter.
    pub param: &'static str,
    /// What the parameter's value has before the list, and behind it.
    pub around: [String; 2],
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// Rows.
    Rows,
    /// Rows, and if the site fails on so many, the caller will ask for fewer.
    FewerRowsWillDo,
    /// Rows that are not the scan's own: of a table that tells what to ask about, or of a sample.
    OtherRows,
    /// A part of one row.
    OneRow,
    /// To find out something about the site or ourselves. Counted apart.
    Probe,
}

impl Purpose {
    /// What its answer may take.
    pub fn budget(self) -> Budget {
        match self {
            Purpose::Rows | Purpose::FewerRowsWillDo | Purpose::OtherRows => Budget::Listing,
            Purpose::OneRow => Budget::Row,
            Purpose::Probe => Budget::Other,
        }
    }
}

impl Request {
    /// A request that GETs one thing.
    pub fn get(why: Why, target: String, scope: &'static str, purpose: Purpose) -> Self {
        Self {
            target,
            json: None,
            lists: Vec::new(),
            scope,
            purpose,
            reason: Reason::of(why),
        }
    }

    /// A question about the site or ourselves.
    pub fn probe(why: Why, target: &str, scope: &'static str) -> Self {
        Self::get(why, target.to_owned(), scope, Purpose::Probe)
    }

    /// How many bytes of it vary.
    pub fn length(&self) -> usize {
        self.target.len() + self.json.as_ref().map_or(0, String::len)
    }

    /// Whether its length may be what it is refused for.
    pub fn is_long(&self) -> bool {
        self.length() >= LONG_REQUEST
    }

    /// The request with all that it asks for, as readers of a plan see it.
    pub fn shown(&self) -> String {
        let (method, target) = (self.method(), &self.target);
        match &self.json {
            Some(json) => format!("{method} {target} {json}"),
            None => format!("{method} {target}"),
        }
    }

    /// The method of HTTP.
    pub fn method(&self) -> &'static str {
        method(self.json.is_some())
    }

    /// The request as messages show it.
    pub fn label(&self) -> Sanitized {
        format!("{} {}", self.method(), self.uncursored()).into()
    }

    /// The path and the query, as the log of requests shows them: of a list of keys there is more than in messages.
    pub fn path(&self) -> Sanitized {
        Sanitized::within(&self.uncursored(), LONGEST_PATH)
    }

    /// The path and the query without the cursor, which tells nobody anything. Behind the first page it is what the site
    /// wrote into a link.
    fn uncursored(&self) -> String {
        let parts = self.target.split('&').map(|part| {
            let cursor = part.find("cursor=").map(|at| &part[..at + "cursor=".len()]);
            match cursor {
                Some(before) => format!("{before}..."),
                None => part.to_owned(),
            }
        });
        let target: Vec<String> = parts.collect();
        target.join("&")
    }
}

/// The method of a request which POSTs something, or not.
pub(super) fn method(is_posted: bool) -> &'static str {
    if is_posted { "POST" } else { "GET" }
}
