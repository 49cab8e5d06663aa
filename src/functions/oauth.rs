//! `confluence.oauth_authorize_url`, `confluence.oauth_exchange` and `confluence.oauth_refresh`: access to a site that
//! somebody consents to in a browser.
//!
//! What Atlassian issues is kept in the caller's user mapping. It gets there without a statement of its own, so that no
//! log and no view of running statements shows it.
//!
//! A refresh token is good for one use: once it has been shown, only its successor is, and that is in the answer alone.
//! PostgreSQL has no transaction that outlives the caller's, so `oauth_refresh` is a procedure, which can commit: it
//! refuses to run where it could not, before it sends anything, and from the answer to the end of the commit nothing
//! interrupts it. What is left is a crash of the server within that moment.

use std::time::Duration;

use confluence::consent::{self, App, ConsentTokens};
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_guard, pg_sys};

use super::server::{Named, alter, claim, null_argument};
use super::{procedure, writing};
use crate::errors::report;
use crate::net::sessions::Mapping;
use crate::net::wait::{self, InterruptHold};
use crate::observe::request_log;
use crate::pg::report::Report;
use crate::pg::times::EPOCH_OFFSET;
use crate::pg::transaction::commit;

/// How long a cancel waits for the answer to a request that uses a refresh token up.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tokens that live longer than this need no others yet.
const STILL_GOOD: Duration = Duration::from_secs(60);

/// The address that asks somebody for consent, in a browser.
#[pg_extern]
fn oauth_authorize_url(
    server: Option<&str>,
    redirect_uri: Option<&str>,
    scopes: Option<&str>,
    state: Option<&str>,
) -> String {
    let named = Named::find(server);
    let callback = callback(redirect_uri);
    let state = state
        .filter(|state| !state.is_empty())
        .unwrap_or_else(|| null_argument("state").raise());
    let mapping = named.mapping();
    if !mapping.is_shown_to(named.user, &named.server) {
        Report::new(
            Code::ERRCODE_INSUFFICIENT_PRIVILEGE,
            "permission denied for user mapping of \"public\"",
        )
        .detail("The address has its client_id, which only the owner of the server may see.")
        .hint("Create a user mapping of your own, or ask the owner of the server for the address.")
        .raise();
    }
    consent::authorize_url(
        &named.server.settings(Some(&mapping)),
        &mapping.options,
        callback,
        scopes,
        state,
    )
    .unwrap_or_else(|error| report(&error, &named.origin()).raise())
}

/// Gets the first tokens for the code that the browser came back with, and stores them in the caller's user mapping.
#[pg_extern]
fn oauth_exchange(
    server: Option<&str>,
    code: Option<&str>,
    redirect_uri: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(site, String),
        name!(cloud_id, String),
        name!(scopes, String),
        name!(token_expires_at, Option<TimestampWithTimeZone>),
    ),
> {
    writing::must_be_possible(c"confluence.oauth_exchange()");
    let named = Named::find(server);
    let code = code
        .filter(|code| !code.is_empty())
        .unwrap_or_else(|| null_argument("code").raise())
        .to_owned();
    let callback = callback(redirect_uri).to_owned();
    let mapping = claim(&named);
    let app = app(&named, &mapping);
    let outcome = wait::run(async move { app.exchange(&code, &callback).await });
    request_log::tell();
    let (tokens, site) = outcome
        .and_then(|outcome| outcome)
        .unwrap_or_else(|error| report(&error, &named.origin()).raise());
    store(&named, &mapping, &tokens);
    let expires_at = tokens.expires_at.and_then(|time| {
        TimestampWithTimeZone::try_from(time.as_microsecond() - EPOCH_OFFSET).ok()
    });
    let scopes: Vec<&str> = site.scopes.iter().map(|scope| scope.as_str()).collect();
    TableIterator::once((
        site.url.to_string(),
        site.id.to_string(),
        scopes.join(" "),
        expires_at,
    ))
}

/// Gets the next tokens, stores them in the caller's user mapping, and commits.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn confluence_oauth_refresh(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: PostgreSQL calls the procedure as it is declared: with one argument, a text. It is copied: what the caller
    // has passed may not outlive the transaction.
    let (argument, can_commit) = unsafe {
        let argument = (*fcinfo).args.as_slice(1)[0];
        let name = String::from_datum(argument.value, argument.isnull);
        (name, procedure::can_commit(fcinfo))
    };
    if !can_commit {
        Report::new(
            Code::ERRCODE_ACTIVE_SQL_TRANSACTION,
            "confluence.oauth_refresh cannot run inside a transaction block, a function or an exception handler",
        )
        .detail("The new refresh token replaces the old one for good, so it has to be stored whatever becomes of the caller's transaction. Nothing was sent.")
        .hint("CALL it by itself.")
        .raise();
    }
    procedure::run(|| {
        // What the caller has done so far is not to decide whether the tokens can be stored.
        commit();
        refresh(argument.as_deref());
    });
    check_for_interrupts!();
    pg_sys::Datum::null()
}

/// What PostgreSQL asks of a function before it calls it.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_confluence_oauth_refresh() -> &'static pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

fn refresh(server: Option<&str>) {
    writing::must_be_possible(c"CALL confluence.oauth_refresh()");
    let named = Named::find(server);
    let before = named.mapping();
    let mapping = claim(&named);
    if value(&before, "refresh_token") != value(&mapping, "refresh_token") && still_good(&mapping) {
        notice!(
            "another session has just renewed the token of server \"{}\"",
            named.server.name
        );
        commit();
        return;
    }
    let app = app(&named, &mapping);
    let tokens = match wait::run_patiently(async move { app.refresh().await }, PATIENCE) {
        Ok(Some(Ok(tokens))) => tokens,
        Ok(Some(Err(error))) | Err(error) => {
            request_log::tell();
            report(&error, &named.origin()).raise()
        }
        Ok(None) => interrupted(&named),
    };
    // From here on the old refresh token is dead, and the new one is nowhere but here.
    let held = InterruptHold::interrupts();
    store(&named, &mapping, &tokens);
    // SAFETY: has this transaction's commit reach the disk before it is done, whatever synchronous_commit says.
    unsafe { pg_sys::ForceSyncCommit() };
    commit();
    drop(held);
    request_log::tell();
}

/// Gives up waiting for the answer, and says what that may mean.
fn interrupted(named: &Named) -> ! {
    warning!(
        "the answer to the renewal for server \"{}\" was not waited for: the refresh token may be used up. Run it again soon: Atlassian takes the old one for some minutes more",
        named.server.name
    );
    check_for_interrupts!();
    Report::new(Code::ERRCODE_QUERY_CANCELED, "the renewal was interrupted").raise()
}

fn callback(redirect_uri: Option<&str>) -> &str {
    let callback = redirect_uri.unwrap_or_else(|| null_argument("redirect_uri").raise());
    if !consent::is_callback(callback) {
        Report::new(
            Code::ERRCODE_INVALID_PARAMETER_VALUE,
            "redirect_uri is not an address that a browser can be sent to",
        )
        .hint("It is the app's callback URL, as developer.atlassian.com has it under Authorization, such as https://example.com/callback.")
        .raise();
    }
    callback
}

fn app(named: &Named, mapping: &Mapping) -> App {
    let settings = named.server.settings(Some(mapping));
    let recorder = request_log::recorder(&named.server.name, None);
    App::new(&settings, &mapping.options, recorder)
        .unwrap_or_else(|error| report(&error, &named.origin()).raise())
}

fn store(named: &Named, mapping: &Mapping, tokens: &ConsentTokens) {
    let options = tokens.options();
    let changes: Vec<(&str, Option<&str>)> = options
        .iter()
        .map(|(name, value)| (*name, value.as_deref()))
        .collect();
    alter(named, mapping, &changes);
}

fn value<'m>(mapping: &'m Mapping, name: &str) -> Option<&'m str> {
    let mut options = mapping.options.iter();
    let (_, value) = options.find(|(known, _)| known == name)?;
    Some(value)
}

fn still_good(mapping: &Mapping) -> bool {
    confluence::options::expires_in(&mapping.options).is_some_and(|left| left > STILL_GOOD)
}
