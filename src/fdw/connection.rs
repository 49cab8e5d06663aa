//! One session for each server and user mapping, kept for the life of the backend.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use confluence::Error;
use confluence::client::Session;
use confluence::options;
use pgrx::prelude::*;
use pgrx::{PgSqlErrorCode as Code, pg_sys};

use super::error::{Origin, report};
use super::list;
use super::options::written;
use crate::report::Report;

thread_local! {
    /// Sessions by server and user mapping. A changed option makes another session, in the same place.
    static SESSIONS: RefCell<HashMap<(pg_sys::Oid, pg_sys::Oid), Arc<Session>>> = RefCell::default();
}

/// The session for a server, as a user's mapping has it; and how to name the two.
pub(super) fn session(server: pg_sys::Oid, user: pg_sys::Oid) -> (Arc<Session>, Origin) {
    // SAFETY: a foreign table's server exists, and its options are a list of DefElem.
    let (server_name, server_options) = unsafe {
        let server = pg_sys::GetForeignServer(server);
        (list::text((*server).servername), written((*server).options))
    };
    let origin = Origin {
        server: server_name,
        user: user_name(user),
    };
    let mapping = mapping(server, user);
    if mapping.is_none() && !options::allows_anonymous(&server_options) {
        Report::new(
            Code::ERRCODE_UNDEFINED_OBJECT,
            format!("user mapping not found for \"{}\"", origin.user),
        )
        .detail(format!("Server \"{}\".", origin.server))
        .hint(format!(
            "CREATE USER MAPPING FOR {} SERVER {} OPTIONS (email '…', api_token '…')",
            spi::quote_identifier(&origin.user),
            spi::quote_identifier(&origin.server)
        ))
        .raise();
    }
    let (mapping_oid, mapping_options) = mapping.unzip();
    let session = options::config(&server_options, mapping_options.as_deref())
        .and_then(|config| {
            let place = (server, mapping_oid.unwrap_or(pg_sys::InvalidOid));
            SESSIONS.with_borrow_mut(|sessions| match sessions.get(&place) {
                Some(session) if *session.config() == config => Ok(session.clone()),
                _ => {
                    let session = Arc::new(Session::new(config)?);
                    sessions.insert(place, session.clone());
                    Ok::<_, Error>(session)
                }
            })
        })
        .unwrap_or_else(|error| report(&error, &origin).raise());
    (session, origin)
}

/// A user's mapping, or PUBLIC's: its oid and options.
fn mapping(
    server: pg_sys::Oid,
    user: pg_sys::Oid,
) -> Option<(pg_sys::Oid, super::options::Written)> {
    // SAFETY: catalog look-ups; GetUserMapping is only called where it will find something.
    unsafe {
        let exists = [user, pg_sys::InvalidOid].into_iter().any(|user| {
            pg_sys::SearchSysCacheExists(
                pg_sys::SysCacheIdentifier::USERMAPPINGUSERSERVER as i32,
                pg_sys::Datum::from(user),
                pg_sys::Datum::from(server),
                pg_sys::Datum::null(),
                pg_sys::Datum::null(),
            )
        });
        exists.then(|| {
            let mapping = pg_sys::GetUserMapping(user, server);
            ((*mapping).umid, written((*mapping).options))
        })
    }
}

fn user_name(user: pg_sys::Oid) -> String {
    // SAFETY: gives NULL, which reads as empty, for a role that is gone.
    unsafe { list::text(pg_sys::GetUserNameFromId(user, true)) }
}
