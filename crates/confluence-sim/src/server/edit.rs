//! The one edit that is made over HTTP, for whoever runs the stand-in as a program: somebody is taken out of a group, as
//! an administrator's own tools do it. It is for people, and none of the operations that readers ask.

use super::answer::{Answer, Refusal};
use super::credentials::Identity;
use crate::lock::SharedLock;
use crate::organisation::Organisation;
use hyper::{Method, StatusCode};
use std::sync::{Arc, RwLock};

/// Takes `DELETE`, with the query `groupId=…&accountId=…`.
pub(super) const PATH: &str = "/wiki/rest/api/group/userByGroupId";
const SCOPES: &[&[&str]] = &[&["write:confluence-groups"], &["write:group:confluence"]];

pub(super) fn leave_group(
    organisation: &RwLock<Arc<Organisation>>,
    identity: &Identity,
    method: &Method,
    pairs: &[(String, String)],
) -> Result<Answer, Refusal> {
    match identity {
        Identity::Account(by) if by.administrator && by.covers(SCOPES) => {}
        _ => return Err(Refusal::NotAllowed("You may not change groups".to_owned())),
    }
    if *method != Method::DELETE {
        return Err(Refusal::WrongMethod(Method::DELETE));
    }
    let given = |wanted| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value)
    };
    // The lock is held no longer than the edit takes: nobody reads the half of it.
    Arc::make_mut(&mut organisation.change())
        .remove_member(given("groupId"), given("accountId"))
        .map_err(|why| Refusal::NoSuchObject(why.to_string()))?;
    let mut done = Answer::json(StatusCode::NO_CONTENT, Vec::new());
    done.headers.clear();
    Ok(done)
}
