//! `confluence.can`: whether an account may view or edit a content, as the site itself decides it.

use confluence::verdict::{self, Access, Decision};
use pgrx::PgSqlErrorCode as Code;
use pgrx::prelude::*;

use super::server::{Named, null_argument};
use crate::errors::report;
use crate::exec::request_limit;
use crate::net::{sessions, wait};
use crate::observe::request_log;
use crate::pg::report::Report;

/// The longest account id, in characters.
const LONGEST_ACCOUNT: usize = 128;

/// Asks the site, as the caller: one request for one account, one content and one kind of access.
#[pg_extern]
fn can(
    server: Option<&str>,
    content: Option<i64>,
    account: Option<&str>,
    access: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(allowed, Option<bool>),
        name!(failed_layer, Option<&'static str>),
    ),
> {
    let named = Named::find(server);
    let content = content.unwrap_or_else(|| null_argument("content").raise());
    let account = account.unwrap_or_else(|| null_argument("account").raise());
    let access = access.unwrap_or_else(|| null_argument("access").raise());
    if !(1..=LONGEST_ACCOUNT).contains(&account.chars().count()) {
        invalid(format!(
            "account must be an account id, of {LONGEST_ACCOUNT} characters at most"
        ));
    }
    let Some(access) = Access::named(access) else {
        invalid("access must be \"view\" or \"edit\"".to_owned());
    };
    let (session, origin) = sessions::session_of(&named.server, named.user);
    let recorder = request_log::recorder(&origin.server, None);
    let statement = request_limit::of_utility();
    let asked = verdict::verdict(
        session,
        content,
        account.to_owned(),
        access,
        statement,
        recorder,
    );
    let outcome = wait::run(asked);
    request_log::tell();
    let decision = outcome
        .and_then(|decision| decision)
        .unwrap_or_else(|error| report(&error, &origin).raise());
    TableIterator::once(match decision {
        Decision::Allowed => (Some(true), None),
        Decision::Denied(layer) => (Some(false), Some(layer.name())),
        Decision::NoSuchContent => (None, None),
    })
}

fn invalid(message: String) -> ! {
    Report::new(Code::ERRCODE_INVALID_PARAMETER_VALUE, message).raise()
}
