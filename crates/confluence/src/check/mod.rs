//! The check: whether the options of a site and of an account work, step by step, and what to do where they do not.
//!
//! A step that fails does not end the report: those that depend on it are skipped, and say so. What cannot be told is
//! skipped, too, rather than guessed.

mod account;
mod credential;
mod rights;
mod scope;
mod site;

use crate::Error;
use crate::http::{Counters, RequestRecorder};
use crate::options::{self, OptionSlice};
use crate::session::Session;

/// What is looked at, in this order. `scopes` becomes a line for each of them.
const STEPS: &[&str] = &[
    "address",
    "tls",
    "site",
    "clock",
    "credential",
    "route",
    "identity",
    "answers",
    "scopes",
    "roles",
    "administrator",
    "admin key",
];

/// How a step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing is to be done.
    Ok,
    /// It works, and there is something to know.
    Warn,
    /// It does not work.
    Fail,
    /// It was not looked at, or cannot be told.
    Skip,
}

impl Status {
    /// As it stands in the report.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "fail",
            Status::Skip => "skip",
        }
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What was looked at.
    pub step: String,
    /// How it ended.
    pub status: Status,
    /// What there was to see.
    pub finding: Finding,
}

/// What there was to see.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Said here.
    Text {
        /// What was found.
        found: String,
        /// What to do.
        remedy: Option<Remedy>,
    },
    /// There is no credential, and reading without one is not allowed.
    NoCredential,
    /// An error as a query would raise it, with the remedy that it has there.
    Error {
        /// The error.
        error: Error,
        /// What else is to be said.
        more: Option<&'static str>,
    },
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Remedy {
    /// Said here.
    Text(String),
    /// To set a good credential, or to have none, if reading as nobody is wanted.
    DropCredential,
    /// To renew what somebody's consent has given.
    RenewConsent,
    /// To set the next token, and when it expires.
    SetNextToken,
}

impl<T: Into<String>> From<T> for Remedy {
    fn from(said: T) -> Self {
        Self::Text(said.into())
    }
}

impl Line {
    fn new(step: &str, status: Status, found: impl Into<String>) -> Self {
        Self {
            step: step.to_owned(),
            status,
            finding: Finding::Text {
                found: found.into(),
                remedy: None,
            },
        }
    }

    fn ok(step: &str, found: impl Into<String>) -> Self {
        Self::new(step, Status::Ok, found)
    }

    fn warn(step: &str, found: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self::new(step, Status::Warn, found).remedy(remedy)
    }

    fn fail(step: &str, found: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self::new(step, Status::Fail, found).remedy(remedy)
    }

    fn skip(step: &str, found: impl Into<String>) -> Self {
        Self::new(step, Status::Skip, found)
    }

    fn error(step: &str, error: Error) -> Self {
        Self {
            step: step.to_owned(),
            status: Status::Fail,
            finding: Finding::Error { error, more: None },
        }
    }

    fn remedy(mut self, said: impl Into<Remedy>) -> Self {
        if let Finding::Text { remedy, .. } = &mut self.finding {
            *remedy = Some(said.into());
        }
        self
    }
}

/// Looks at everything. `written` is what is set for the caller's account, if anything is; where the caller may not see it,
/// `hidden` says whose it is. Requests go on the account of `recorder`.
pub async fn run(
    server: Vec<(String, String)>,
    written: Option<Vec<(String, String)>>,
    hidden: Option<&'static str>,
    recorder: RequestRecorder,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let counters = Counters::new(recorder);
    look(&server, written.as_deref(), hidden, &counters, &mut lines).await;
    complete(lines)
}

/// As far as each step lets the next one be looked at.
async fn look(
    server: &OptionSlice,
    written: Option<&OptionSlice>,
    hidden: Option<&'static str>,
    counters: &Counters,
    lines: &mut Vec<Line>,
) {
    let nobody = options::config(server, None).and_then(Session::new);
    let nobody = match nobody {
        Ok(nobody) => nobody,
        Err(error) => return lines.push(Line::error("address", error)),
    };
    lines.extend(site::look(&nobody, counters).await);
    if failed(lines) {
        return;
    }
    let (about, account) = account::look(server, written, hidden, counters).await;
    lines.extend(about);
    let Some(session) = account else { return };
    lines.extend(scope::look(&session, counters).await);
    lines.extend(rights::look(&session, counters).await);
}

fn failed(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.status == Status::Fail)
}

/// Puts the lines into their order, and a line for each step that was not come to.
fn complete(lines: Vec<Line>) -> Vec<Line> {
    let cause = lines
        .iter()
        .find(|line| line.status == Status::Fail)
        .map_or("an earlier step", |line| &line.step)
        .to_owned();
    let mut complete = Vec::new();
    for step in STEPS {
        let of_step = |line: &&Line| {
            line.step == *step || (*step == "scopes" && line.step.starts_with(scope::PREFIX))
        };
        let found: Vec<Line> = lines.iter().filter(of_step).cloned().collect();
        if found.is_empty() {
            complete.push(Line::skip(
                step,
                format!("not looked at, because of: {cause}"),
            ));
        }
        complete.extend(found);
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_line_whatever_happened() {
        let lines = complete(vec![
            Line::ok("tls", "there"),
            Line::error("site", Error::Anonymous),
            Line::ok("address", "there"),
        ]);
        let steps: Vec<&str> = lines.iter().map(|line| line.step.as_str()).collect();
        assert_eq!(steps, STEPS);
        let statuses: Vec<Status> = lines.iter().map(|line| line.status).collect();
        assert_eq!(statuses[..3], [Status::Ok, Status::Ok, Status::Fail]);
        for line in &lines[3..] {
            let expected = Line::skip(&line.step, "not looked at, because of: site");
            assert_eq!(*line, expected);
        }
    }
}
