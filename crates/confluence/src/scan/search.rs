//! Searches: requests to the site's search, in Confluence's query language.

use serde::Deserialize;

use crate::Error;
use crate::http::url::percent_encode;
use crate::http::{Body, Purpose, Request, Why};

/// The scope that a search needs.
pub(super) const SCOPE: &str = "search:confluence";

/// What a search answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    pub results: Vec<Hit>,
    /// How many there are in all, roughly.
    pub total_size: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hit {
    content: Option<Content>,
    result_global_container: Option<Container>,
}

#[derive(Deserialize)]
struct Content {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    display_url: Option<String>,
}

impl Hit {
    /// The id of the content that was found.
    pub fn id(self) -> Option<String> {
        Some(self.content?.id)
    }

    /// The key of the space that it is in, where the search says so.
    pub fn space_key(&self) -> Option<&str> {
        let container = self.result_global_container.as_ref()?;
        container.display_url.as_deref()?.strip_prefix("/spaces/")
    }
}

impl Found {
    /// Reads the answer to a search.
    pub fn of(request: &Request, document: &Body) -> Result<Self, Error> {
        serde_json::from_slice(&document.body).map_err(|_| Error::Malformed {
            request: request.label(),
            page: 1,
            found: "no results of a search".into(),
        })
    }
}

/// The request for the first results of a search, of which archived spaces are a part.
pub(crate) fn request(why: Why, cql: &str, limit: u32) -> Request {
    let mut target = "/wiki/rest/api/search?cql=".to_owned();
    percent_encode(cql, &mut target);
    target.push_str(&format!(
        "&includeArchivedSpaces=true&excerpt=none&limit={limit}"
    ));
    Request::get(why, target, SCOPE, Purpose::Rows)
}

/// A text as a value of the query language.
pub(super) fn quoted(text: &str) -> String {
    // A word of letters and digits needs no quotes, and an address that is full of them is long. Some words mean
    // something else; none of them has a digit.
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit());
    if is_word {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_could_mean_something_else() {
        for (text, expected) in [
            ("ENG2", "ENG2"),
            ("OR", "\"OR\""),
            ("2ENG", "\"2ENG\""),
            ("~712020abc", "\"~712020abc\""),
            ("a\"b\\", "\"a\\\"b\\\\\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
