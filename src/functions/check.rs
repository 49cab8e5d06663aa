//! `confluence.check`: whether a server works for the caller, step by step.
//!
//! What is looked at lies in the crate `confluence`; here it becomes rows. What is set in PostgreSQL gets its words, and
//! errors the detail and the hint that a query would raise them with.

use confluence::check::{self, Finding, Line, Remedy};
use pgrx::prelude::*;

use super::server::Named;
use crate::errors::{ErrorOrigin, report};
use crate::net::sessions::Mapping;
use crate::net::wait;
use crate::observe::request_log;
use crate::pg::report::readable;

/// Connects as the caller, and reports what works, and what to do about the rest.
#[pg_extern]
fn check(
    server: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(step, String),
        name!(status, &'static str),
        name!(found, String),
        name!(remedy, Option<String>),
    ),
> {
    let named = Named::find(server);
    let mapping = Mapping::of(named.server.oid, named.user);
    let settings = named.server.settings(mapping.as_ref());
    let is_hidden = |mapping: &Mapping| !mapping.is_shown_to(named.user, &named.server);
    let hidden = (mapping.as_ref().is_some_and(is_hidden)).then_some("PUBLIC's user mapping");
    let origin = named.origin();
    let recorder = request_log::recorder(&origin.server, None);
    let options = mapping.map(|mapping| mapping.options);
    let outcome = wait::run(check::run(settings, options, hidden, recorder));
    request_log::tell();
    let lines = outcome.unwrap_or_else(|error| report(&error, &origin).raise());
    TableIterator::new(lines.into_iter().map(move |line| row(line, &origin)))
}

fn row(line: Line, origin: &ErrorOrigin) -> (String, &'static str, String, Option<String>) {
    let (found, remedy) = match line.finding {
        Finding::Text { found, remedy } => (found, remedy.map(said)),
        Finding::NoCredential => (
            "there is no user mapping for you, nor for PUBLIC".to_owned(),
            Some("CREATE USER MAPPING FOR CURRENT_USER SERVER ... OPTIONS (email '...', api_token '...')".to_owned()),
        ),
        Finding::Error { error, more } => {
            let report = report(&error, origin);
            let parts = [Some(report.message), report.detail, more.map(str::to_owned)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (parts.join(": "), report.hint)
        }
    };
    (
        line.step,
        line.status.name(),
        readable(found),
        remedy.map(readable),
    )
}

/// What to do, in words.
fn said(remedy: Remedy) -> String {
    let said = match remedy {
        Remedy::Text(said) => return said,
        Remedy::DropCredential => {
            "Set a credential that is good, or drop the user mapping if reading as nobody is what you want."
        }
        Remedy::RenewConsent => {
            "CALL confluence.oauth_refresh, and let a schedule do that every half hour."
        }
        Remedy::SetNextToken => {
            "Set the next token, and its token_expires_at, with ALTER USER MAPPING."
        }
    };
    said.to_owned()
}
