//! What is asked.

use crate::Budget;

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

    /// The request as messages show it: without the cursor, which tells nobody anything.
    pub fn label(&self) -> String {
        let method = if self.json.is_some() { "POST" } else { "GET" };
        let mut label = format!("{method} ");
        for (place, part) in self.target.split('&').enumerate() {
            if place > 0 {
                label.push('&');
            }
            match part.find("cursor=") {
                Some(at) => {
                    label.push_str(&part[..at]);
                    label.push_str("cursor=…");
                }
                None => label.push_str(part),
            }
        }
        if let Some((at, _)) = label.char_indices().nth(300) {
            label.truncate(at);
            label.push('…');
        }
        label
    }
}
