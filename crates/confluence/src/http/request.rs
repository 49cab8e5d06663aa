//! A request: its address, its body, and what it is for.

use crate::{Budget, Sanitized};

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The path below the base, with its query.
    pub target: String,
    /// What is POSTed, for operations that look things up in that way; the others are GETs.
    pub json: Option<String>,
    /// The scope that its operation needs.
    pub scope: &'static str,
    pub purpose: Purpose,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// Rows.
    Rows,
    /// Rows, and if the site fails on so many, the caller will ask for fewer.
    FewerRowsWillDo,
    /// A part of one row.
    OneRow,
    /// To find out something about the site or ourselves. Counted apart.
    Probe,
}

impl Purpose {
    /// What its answer may take.
    pub fn budget(self) -> Budget {
        match self {
            Purpose::Rows | Purpose::FewerRowsWillDo => Budget::Listing,
            Purpose::OneRow => Budget::Row,
            Purpose::Probe => Budget::Other,
        }
    }
}

impl Request {
    /// A question about the site or ourselves.
    pub fn probe(target: &str, scope: &'static str) -> Self {
        Self {
            target: target.to_owned(),
            json: None,
            scope,
            purpose: Purpose::Probe,
        }
    }

    /// The request as messages show it: without the cursor, which tells nobody anything. Behind the first page it is
    /// what the site wrote into a link.
    pub fn label(&self) -> Sanitized {
        let method = if self.json.is_some() { "POST" } else { "GET" };
        let parts = self.target.split('&').map(|part| {
            let cursor = part.find("cursor=").map(|at| &part[..at + "cursor=".len()]);
            match cursor {
                Some(before) => format!("{before}..."),
                None => part.to_owned(),
            }
        });
        let target: Vec<String> = parts.collect();
        format!("{method} {}", target.join("&")).into()
    }
}
