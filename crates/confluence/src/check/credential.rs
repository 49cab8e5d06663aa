//! Credential: what an account signs in with, and for how long.

use std::time::Duration;

use super::{Line, Remedy};
use crate::auth::Credential;
use crate::options::{self, OptionSlice};

const DAY: Duration = Duration::from_secs(86_400);

/// How long before the end of an API token its owner wants to know.
const NOTICE: Duration = Duration::from_secs(14 * 86_400);

/// How long before the end of a token that lives for an hour somebody should have renewed it.
const OVERDUE: Duration = Duration::from_secs(10 * 60);

/// A credential that the site has taken. Whose it is, is not said where it is `hidden` from the caller, but what is said
/// instead.
pub(super) fn taken(
    credential: &Credential,
    account: Option<&OptionSlice>,
    hidden: Option<&'static str>,
) -> Line {
    const STEP: &str = "credential";
    let kind = kind(credential, hidden);
    let left = account.and_then(options::expires_in);
    let Some(left) = left else {
        return Line::ok(STEP, kind);
    };
    let renewable = matches!(credential, Credential::Consent { .. });
    let remedy = if renewable {
        Remedy::RenewConsent
    } else {
        Remedy::SetNextToken
    };
    let notice = if renewable { OVERDUE } else { NOTICE };
    if left.is_zero() {
        let found = format!("{kind}, still taken, though its token_expires_at has passed");
        Line::warn(STEP, found, remedy)
    } else if left < notice && !is_short_lived(credential) {
        Line::warn(
            STEP,
            format!("{kind}, which expires in {}", rounded(left)),
            remedy,
        )
    } else {
        Line::ok(STEP, format!("{kind}, for {} more", rounded(left)))
    }
}

/// Whether its end is always near, and nobody's fault.
fn is_short_lived(credential: &Credential) -> bool {
    matches!(credential, Credential::Bearer { .. })
}

/// As readers know it.
fn kind(credential: &Credential, hidden: Option<&'static str>) -> String {
    match credential {
        Credential::Basic { .. } | Credential::BasicFile { .. } if let Some(owner) = hidden => {
            format!("API token of {owner}")
        }
        Credential::Client { .. } if let Some(owner) = hidden => {
            format!("client credentials of {owner}")
        }
        Credential::Anonymous => "none, and none is needed: allow_anonymous is set".to_owned(),
        Credential::Basic { email, .. } => format!("API token of {email}"),
        Credential::BasicFile { email, path, .. } => format!("API token of {email}, in {path}"),
        Credential::Bearer { .. } => "access token".to_owned(),
        Credential::Consent { .. } => "access token of somebody's consent".to_owned(),
        Credential::Client { id, .. } => format!("client credentials of {id}"),
    }
}

/// What can be said of a credential that was refused, by its looks.
pub(super) fn looks(credential: &Credential) -> Option<&'static str> {
    match credential {
        Credential::Basic { token, .. } | Credential::BasicFile { token, .. }
            if !token.starts_with("ATATT") =>
        {
            Some("It does not begin with ATATT, as API tokens do: it may be a password.")
        }
        _ => None,
    }
}

fn rounded(time: Duration) -> String {
    let (number, unit) = match time.as_secs() {
        seconds if seconds >= 2 * DAY.as_secs() => (seconds / DAY.as_secs(), "days"),
        seconds if seconds >= 7_200 => (seconds / 3_600, "hours"),
        seconds => (seconds.div_ceil(60), "min"),
    };
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    fn expiring_in(seconds: i64) -> Vec<(String, String)> {
        let at = Timestamp::now() + SignedDuration::from_secs(seconds);
        vec![("token_expires_at".to_owned(), at.to_string())]
    }

    #[test]
    fn who_has_to_renew_a_token_is_told_in_time() {
        let basic = Credential::Basic {
            email: "a@b.c".to_owned(),
            token: "hush".to_owned(),
        };
        let consent = Credential::Consent {
            token: "hush".to_owned(),
        };
        let bearer = Credential::Bearer {
            token: "hush".to_owned(),
        };
        const DAY: i64 = 86_400;
        for (credential, seconds, status) in [
            (&basic, 100 * DAY, Status::Ok),
            (&basic, 13 * DAY, Status::Warn),
            (&basic, -1, Status::Warn),
            (&consent, 3_000, Status::Ok),
            (&consent, 300, Status::Warn),
            (&bearer, 300, Status::Ok),
        ] {
            let line = taken(credential, Some(&expiring_in(seconds)), None);
            assert_eq!(line.status, status, "{line:?}");
            assert!(!format!("{line:?}").contains("hush"));
        }
        assert_eq!(taken(&basic, Some(&[]), None).status, Status::Ok);
    }

    #[test]
    fn times_are_told_in_units_that_fit() {
        for (seconds, text) in [
            (59, "1 min"),
            (3_600, "60 min"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(rounded(Duration::from_secs(seconds)), text);
        }
    }
}
