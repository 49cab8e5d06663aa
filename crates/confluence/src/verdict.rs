//! The verdict: whether an account may view or edit a content, as the site itself decides it.
//!
//! One content, one account and one question at a time: there is no operation for several. It is asked by POST, and
//! changes nothing, so that it is sent again like any other request where a fault may pass.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::http::{Counters, Failure, Purpose, Reason, Request, RequestRecorder, Why};
use crate::scan::StatementBudget;
use crate::session::Session;
use crate::{Error, Sanitized};

/// The scope that the operation needs.
const SCOPE: &str = "read:confluence-content.permission";

/// What is wanted of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To look at it.
    View,
    /// To change it.
    Edit,
}

impl Access {
    /// By its name, if it is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "view" => Some(Access::View),
            "edit" => Some(Access::Edit),
            _ => None,
        }
    }

    /// As the API calls it.
    fn operation(self) -> &'static str {
        match self {
            Access::View => "read",
            Access::Edit => "update",
        }
    }
}

/// What keeps an account from a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The account may not use Confluence.
    Product,
    /// The account has no such permission in the space.
    Space,
    /// The content, or something above it, is restricted to others.
    Content,
    /// The site does not say it in words that are known.
    Unknown,
}

impl Layer {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Product => "product",
            Layer::Space => "space",
            Layer::Content => "content",
            Layer::Unknown => "unknown",
        }
    }

    /// What the site's words stand for. The API's documents have them; they say nothing of other words.
    fn of(said: &str) -> Option<Self> {
        let is_about = |end: &str| said.trim_end_matches('.').ends_with(end);
        if is_about("not allowed to use Confluence") {
            Some(Layer::Product)
        } else if is_about("does not have permission to the space") {
            Some(Layer::Space)
        } else if is_about("does not have permission to the content") {
            Some(Layer::Content)
        } else {
            None
        }
    }
}

/// What the site has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The account may.
    Allowed,
    /// It may not.
    Denied(Layer),
    /// There is no such content, as far as the account that asks can see: nothing was decided.
    NoSuchContent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    has_permission: bool,
    #[serde(default)]
    errors: Option<Vec<Message>>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    translation: Option<Sanitized>,
}

/// Asks the site for its verdict. It has to run on the engine's thread. The request goes on the account of `recorder`, and
/// counts for the statement.
///
/// # Errors
/// If the site gives none, or the account that asks may not ask.
pub async fn verdict(
    session: Arc<Session>,
    content: i64,
    account: String,
    access: Access,
    statement: Option<Arc<StatementBudget>>,
    recorder: RequestRecorder,
) -> Result<Decision, Error> {
    let counters = Counters::new(recorder);
    let question = json!({
        "subject": {"type": "user", "identifier": account},
        "operation": access.operation(),
    });
    let request = Request {
        target: format!("/wiki/rest/api/content/{content}/permission/check"),
        json: Some(question.to_string()),
        lists: Vec::new(),
        scope: SCOPE,
        purpose: Purpose::OneRow,
        reason: Reason::of(Why::Verdict),
    };
    if let Some(statement) = &statement {
        statement.allow(None)?;
    }
    // As with the first request for rows: where the account is known, both leave together.
    let is_known = session.is_identified();
    let reply = session.get(&request, &counters);
    let who = session.identify(&counters);
    let reply = match is_known {
        true => tokio::try_join!(reply, who).map(|(reply, ())| reply),
        false => tokio::try_join!(who, reply).map(|((), reply)| reply),
    }?;
    session.prove(&counters).await?;
    match reply {
        Ok(document) => {
            counters.recorder().note_rows(document.request, 1);
            decided(&document.body).map_err(|found| Error::Malformed {
                request: request.label(),
                page: 1,
                found,
            })
        }
        Err((_, Failure::NotFound(_))) => Ok(Decision::NoSuchContent),
        Err((_, Failure::Forbidden(said))) => Err(Error::NoVerdict {
            request: request.label(),
            said,
        }),
        Err((status, failure)) => Err(session.error(&request, status, failure)),
    }
}

/// What an answer says.
fn decided(body: &[u8]) -> Result<Decision, Sanitized> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| Sanitized::of_json(&error))?;
    if answer.has_permission {
        return Ok(Decision::Allowed);
    }
    let errors = answer.errors.unwrap_or_default();
    let mut said = errors.iter().filter_map(|error| error.translation.as_ref());
    let layer = said.find_map(|said| Layer::of(said));
    Ok(Decision::Denied(layer.unwrap_or(Layer::Unknown)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_verdict_or_nothing() {
        let denied = |layer| Ok(Decision::Denied(layer));
        let another_shape = |found: &str| Err(Sanitized::from(found));
        for (body, expected) in [
            (
                r#"{"hasPermission":true,"errors":[]}"#,
                Ok(Decision::Allowed),
            ),
            (r#"{"hasPermission":true}"#, Ok(Decision::Allowed)),
            (
                r#"{"hasPermission":false,"errors":[{"translation":"User is not allowed to use Confluence","args":[]}]}"#,
                denied(Layer::Product),
            ),
            (
                r#"{"hasPermission":false,"errors":[{"translation":"User does not have permission to the space"}]}"#,
                denied(Layer::Space),
            ),
            (
                r#"{"hasPermission":false,"errors":[{"args":[]},{"translation":"User does not have permission to the content."}]}"#,
                denied(Layer::Content),
            ),
            // Words that nobody has written down, or none at all, are no reason to doubt what was decided.
            (
                r#"{"hasPermission":false,"errors":[{"translation":"Computer says no"}]}"#,
                denied(Layer::Unknown),
            ),
            (
                r#"{"hasPermission":false,"errors":null}"#,
                denied(Layer::Unknown),
            ),
            (r#"{"hasPermission":false}"#, denied(Layer::Unknown)),
            (
                r#"{"errors":[]}"#,
                another_shape("JSON of another shape (line 1, column 13)"),
            ),
            (
                r#"{"hasPermission":null}"#,
                another_shape("JSON of another shape (line 1, column 21)"),
            ),
            (
                "[",
                another_shape("JSON that is cut off (line 1, column 1)"),
            ),
        ] {
            assert_eq!(decided(body.as_bytes()), expected, "{body}");
        }
    }
}
