//! The asker: whose request it was, as a response's headers tell it.

use reqwest::header::HeaderMap;

/// The longest account id.
const LONGEST_ID: usize = 128;

/// What an answer's headers tell of who asked.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asker {
    /// The account.
    pub account: Option<String>,
    /// That nobody could be logged in, so that it is an answer to nobody.
    pub login_failed: bool,
}

impl Asker {
    pub fn by(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let account = text("x-aaccountid")
            .filter(|id| !id.is_empty() && id.len() <= 3 * LONGEST_ID)
            .map(super::url::percent_decode);
        let reasons = text("x-seraph-loginreason").unwrap_or_default();
        let login_failed = reasons.split(',').any(|reason| {
            matches!(
                reason.trim(),
                "AUTHENTICATED_FAILED" | "AUTHENTICATION_DENIED"
            )
        });
        Self {
            account,
            login_failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_who_asked() {
        for (name, value, account, login_failed) in [
            ("x-aaccountid", "712020:a-b", Some("712020:a-b"), false),
            ("x-aaccountid", "712020%3Aa-b", Some("712020:a-b"), false),
            ("x-aaccountid", "", None, false),
            ("x-seraph-loginreason", "AUTHENTICATED_FAILED", None, true),
            ("x-seraph-loginreason", "AUTHENTICATION_DENIED", None, true),
            (
                "x-seraph-loginreason",
                "OK, AUTHENTICATED_FAILED",
                None,
                true,
            ),
            ("x-seraph-loginreason", "OK", None, false),
            ("x-other", "712020:a-b", None, false),
        ] {
            let name = reqwest::header::HeaderName::from_static(name);
            let headers = [(name, value.parse().expect("a value"))];
            let expected = Asker {
                account: account.map(str::to_owned),
                login_failed,
            };
            assert_eq!(
                Asker::by(&headers.into_iter().collect()),
                expected,
                "{value}"
            );
        }
        let long = "x".repeat(1_000).parse().expect("a value");
        let name = reqwest::header::HeaderName::from_static("x-aaccountid");
        assert_eq!(
            Asker::by(&[(name, long)].into_iter().collect()).account,
            None
        );
    }
}
