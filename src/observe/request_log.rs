//! The session's log of requests, as `confluence.requests` shows it, and a line about each of them at `DEBUG1`.
//!
//! The network thread writes into the log. What is told of it, the backend tells, between two batches: the network thread
//! never touches PostgreSQL.

use std::sync::Arc;

use confluence::http::{LoggedRequest, RequestLog, RequestOrigin, RequestRecorder};
use pgrx::{PgLogLevel, PgSqlErrorCode as Code, pg_sys};

use crate::pg::report::Report;

thread_local! {
    static LOG: Arc<RequestLog> = Arc::default();
}

/// What writes requests down that are sent for the current user, to this server, and for this scan if they are for one.
pub(crate) fn recorder(server: &str, scan: Option<u64>) -> RequestRecorder {
    LOG.with(|log| {
        log.follow(is_told());
        let origin = RequestOrigin {
            server: server.to_owned(),
            scan,
            // SAFETY: tells the current user.
            reader: unsafe { pg_sys::GetUserId() }.to_u32(),
        };
        RequestRecorder::new(log.clone(), origin)
    })
}

/// How many requests the session has sent.
pub(crate) fn sent() -> u64 {
    LOG.with(|log| log.sent())
}

/// The requests of roles whose rights `user` has.
pub(crate) fn seen_by(user: pg_sys::Oid) -> Vec<LoggedRequest> {
    let latest = LOG.with(|log| log.latest());
    let seen = latest.into_iter();
    seen.filter(|request| is_shown_to(user, request)).collect()
}

/// Tells of the requests that have ended since it was called last, if the session wants to hear of them. Those that a
/// function sends as somebody else are not for its caller.
pub(crate) fn tell() {
    let ended = LOG.with(|log| log.untold());
    if ended.is_empty() || !is_told() {
        return;
    }
    // SAFETY: tells who has signed in, or whom that one has become for all that follows.
    let session_user = unsafe { pg_sys::GetSessionUserId() };
    for request in ended {
        if is_shown_to(session_user, &request) {
            Report::new(Code::ERRCODE_SUCCESSFUL_COMPLETION, line(&request))
                .say(PgLogLevel::DEBUG1);
        }
    }
}

/// Whether anybody reads what is told at `DEBUG1`.
fn is_told() -> bool {
    // SAFETY: looks at settings of the session.
    unsafe { pg_sys::message_level_is_interesting(pg_sys::DEBUG1 as i32) }
}

fn is_shown_to(user: pg_sys::Oid, request: &LoggedRequest) -> bool {
    // SAFETY: looks at catalogs; a role that is gone has no members.
    unsafe { pg_sys::has_privs_of_role(user, pg_sys::Oid::from(request.origin.reader)) }
}

fn line(request: &LoggedRequest) -> String {
    let LoggedRequest { origin, .. } = request;
    let mut line = format!("request to server \"{}\"", origin.server);
    if let Some(scan) = origin.scan {
        line.push_str(&format!(", scan {scan}"));
    }
    line.push_str(&format!(
        ": {} {} ({}): {}",
        request.method,
        request.path,
        request.reason,
        request.outcome.name()
    ));
    if let Some(status) = request.status {
        line.push_str(&format!(
            " by the {}, status {status}",
            request.served_by.name()
        ));
    }
    if let Some(bytes) = request.bytes {
        line.push_str(&format!(", {bytes} bytes"));
    }
    if let Some(took) = request.took {
        line.push_str(&format!(", {:.3} ms", took.as_secs_f64() * 1e3));
    }
    line
}
