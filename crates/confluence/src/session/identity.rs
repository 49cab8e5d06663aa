//! Identity: who the site takes us for, and whether rows are that account's own.
//!
//! A site that shows something to nobody answers a credential that it does not take with just that, and nothing in a
//! listing tells the difference. So on such a site an answer counts only when it is known whose it was: by a header of its
//! own, or because the site still knew the account when it was asked after that answer had come. A credential that is not
//! taken any more is not taken again, so one question covers all that came before it. The first answer of a scan counts
//! also if the question was on its way together with it.

use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use serde::Deserialize;
use tokio::time::Instant;

use super::Session;
use crate::auth::credential::Credential;
use crate::auth::scopes;
use crate::http::{Asker, Counters, Failure, Purpose, Request, Unproven, Why};
use crate::{Error, Sanitized};

/// Version 1's `getCurrentUser`. It says who is asking where version 2 has nothing that does.
pub(crate) const WHO_AM_I: &str = "/wiki/rest/api/user/current";

/// The same, as the API's documents call it.
const WHO_AM_I_OPERATION: &str = "getUserCurrentV1";

/// How long an identity holds before the site is asked again, where a credential that is not taken is an error by itself.
const HOLDS: Duration = Duration::from_secs(300);

/// What is known of who is asking.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// Held by the one who asks. Whoever wants to know meanwhile waits for that answer.
    asking: tokio::sync::Mutex<()>,
    known: Mutex<KnownIdentity>,
}

#[derive(Debug, Default)]
struct KnownIdentity {
    /// The account, once the site has told it.
    account: Option<String>,
    /// When the site was asked last of those times that it knew who that was.
    confirmed: Option<Confirmed>,
    /// Whether the answers to requests for rows name the account.
    answers_tell: bool,
}

#[derive(Clone, Copy, Debug)]
struct Confirmed {
    /// Not later than when the question left.
    sent: Instant,
    /// Not earlier than when it was answered.
    answered: Instant,
}

impl Confirmed {
    fn covers(&self, unproven: &Unproven) -> bool {
        self.sent >= unproven.came || (unproven.is_first && self.answered >= unproven.sent)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CurrentUser {
    account_id: Option<String>,
}

impl Session {
    /// Whether rows have to be somebody's. A user who wants to read as nobody asks for no identity.
    pub(super) fn is_watched(&self) -> bool {
        !self.config().allow_anonymous && !matches!(self.config().credential, Credential::Anonymous)
    }

    /// Whether the site has known who is asking.
    pub(crate) fn is_identified(&self) -> bool {
        self.known().confirmed.is_some()
    }

    /// Makes sure that the site knows who is asking, or that nobody needs to be known; to be called beside the first
    /// request of a scan, and beside further ones. Whether the site shows anything to nobody is asked at the same time.
    pub(crate) async fn identify(&self, counters: &Counters) -> Result<(), Error> {
        if !self.is_watched() {
            return Ok(());
        }
        // Who is not known is told so at once, whatever else is under way.
        let ((), is_public) = tokio::try_join!(
            self.ask_unless(|confirmed| confirmed.sent.elapsed() < HOLDS, counters),
            async { Ok(self.is_public(counters).await) }
        )?;
        // Where answers tell themselves, those that do not are asked about when they have come.
        if is_public && !self.known().answers_tell {
            let began = counters.began();
            self.ask_unless(|confirmed| confirmed.sent >= began, counters)
                .await?;
        }
        Ok(())
    }

    /// Whether some of what a scan has been answered may be somebody else's view, as far as is known.
    pub(crate) fn is_unproven(&self, counters: &Counters) -> bool {
        self.is_watched()
            && self.is_known_to_be_public()
            && counters
                .exposure
                .latest()
                .is_some_and(|unproven| !self.covers(&unproven))
    }

    /// Makes sure that all that a scan has been answered is the account's own.
    pub(crate) async fn prove(&self, counters: &Counters) -> Result<(), Error> {
        if !self.is_unproven(counters) {
            return Ok(());
        }
        let Some(unproven) = counters.exposure.latest() else {
            return Ok(());
        };
        self.ask_unless(|confirmed| confirmed.covers(&unproven), counters)
            .await
    }

    /// Makes sure that the site knows the account now.
    pub(crate) async fn confirm(&self, counters: &Counters) -> Result<(), Error> {
        if !self.is_watched() {
            return Ok(());
        }
        let now = Instant::now();
        self.ask_unless(|confirmed| confirmed.sent >= now, counters)
            .await
    }

    fn covers(&self, unproven: &Unproven) -> bool {
        let confirmed = self.known().confirmed;
        confirmed.is_some_and(|confirmed| confirmed.covers(unproven))
    }

    /// Asks the site who is asking, unless it has been asked so that it will do.
    ///
    /// A token that may not ask this is known to the site all the same: it named the missing scope.
    async fn ask_unless(
        &self,
        will_do: impl Fn(&Confirmed) -> bool,
        counters: &Counters,
    ) -> Result<(), Error> {
        let _asking = self.identity().asking.lock().await;
        if self.known().confirmed.is_some_and(|known| will_do(&known)) {
            return Ok(());
        }
        let request = Request::probe(Why::Identity, WHO_AM_I, scopes::IDENTITY);
        let sent = Instant::now();
        // Boxed, since a token that has been replaced makes a request ask this.
        let account = match Box::pin(self.get(&request, counters)).await? {
            Ok(user) => match serde_json::from_slice::<CurrentUser>(&user.body) {
                Ok(CurrentUser {
                    account_id: Some(id),
                }) if !id.is_empty() => Some(id),
                Ok(_) => return Err(Error::Anonymous),
                Err(error) => {
                    return Err(Error::Malformed {
                        request: request.label(),
                        page: 1,
                        found: Sanitized::of_json(&error),
                    });
                }
            },
            Err((_, Failure::Scope)) => None,
            Err((status, failure)) => return Err(self.error(&request, status, failure)),
        };
        if let Some(account) = account {
            counters.count_objects(WHO_AM_I_OPERATION, 1);
            self.recognise(&account, &request)?;
        }
        self.note_confirmation(sent);
        Ok(())
    }

    /// Heeds what an answer's headers tell of who asked: whether they name the account, so that it needs no other proof.
    ///
    /// # Errors
    /// If they name another account than before.
    pub(super) fn heed(
        &self,
        told: &Asker,
        sent: Instant,
        request: &Request,
    ) -> Result<bool, Error> {
        match &told.account {
            Some(account) if self.is_watched() => {
                self.recognise(account, request)?;
                self.note_confirmation(sent);
                self.known().answers_tell |= request.purpose != Purpose::Probe;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A session is one account's: what another one sees is not to be mixed with that.
    fn recognise(&self, account: &str, request: &Request) -> Result<(), Error> {
        let mut known = self.known();
        match &known.account {
            Some(before) if before != account => Err(Error::OtherAccount {
                request: request.label(),
            }),
            Some(_) => Ok(()),
            None => {
                known.account = Some(account.to_owned());
                Ok(())
            }
        }
    }

    fn note_confirmation(&self, sent: Instant) {
        let answered = Instant::now();
        let mut known = self.known();
        if known.confirmed.is_none_or(|before| before.sent <= sent) {
            known.confirmed = Some(Confirmed { sent, answered });
        }
    }

    fn known(&self) -> MutexGuard<'_, KnownIdentity> {
        self.identity().known.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_covers_what_came_before_it_and_what_left_with_it() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let confirmed = Confirmed {
            sent: at(10),
            answered: at(12),
        };
        for (is_first, sent, came, is_covered) in [
            (false, 5, 9, true),
            (false, 5, 10, true),
            (false, 9, 11, false),
            (true, 9, 11, true),
            (true, 12, 20, true),
            (true, 13, 20, false),
        ] {
            let unproven = Unproven {
                is_first,
                sent: at(sent),
                came: at(came),
            };
            assert_eq!(confirmed.covers(&unproven), is_covered, "{unproven:?}");
        }
    }
}
