//! Who the site takes us for.

use serde::Deserialize;

use super::Session;
use super::answer::Failure;
use super::counters::Counters;
use super::request::Request;
use crate::{Error, scopes};

/// Version 1's `getCurrentUser`. It says who is asking where version 2 has nothing that does.
pub(crate) const WHO_AM_I: &str = "/wiki/rest/api/user/current";

/// The same, as the API's documents call it.
const WHO_AM_I_OPERATION: &str = "getUserCurrentV1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    account_id: Option<String>,
}

/// Asks the site who is asking. A site that shows something to everybody answers a rejected credential
/// with just that, and nothing in a listing tells the difference.
///
/// A token that may not ask this is known to the site all the same: it named the missing scope.
pub(crate) async fn probe(session: &Session, counters: &Counters) -> Result<(), Error> {
    let request = Request::probe(WHO_AM_I, scopes::IDENTITY);
    match session.get(&request, counters).await? {
        Ok(user) => match serde_json::from_slice::<User>(&user.body) {
            Ok(User {
                account_id: Some(id),
            }) if !id.is_empty() => {
                counters.count_objects(WHO_AM_I_OPERATION, 1);
                Ok(())
            }
            Ok(_) => Err(Error::Anonymous),
            Err(error) => Err(Error::Malformed {
                request: request.label(),
                page: 1,
                found: error.to_string(),
            }),
        },
        Err((_, Failure::Scope)) => Ok(()),
        Err((status, failure)) => Err(session.error(&request, status, failure)),
    }
}
