//! What each way to sign in comes to: the one place where that is said. The tests beside it play every case, and
//! `docs/signing-in.md` shows it.

use std::fmt::Write as _;
use std::path::Path;

use super::{REJECTED, WAYS, Way};

/// How a credential can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Case {
    Right,
    /// The site, or who issues tokens, has never known it.
    Wrong,
    /// It was good in an earlier query of the session.
    Expired,
    /// It lacks the scope of the table that is read.
    ScopeMissing,
    /// It is revoked while a query reads.
    RevokedInMidScan,
}

const CASES: [Case; 5] = [
    Case::Right,
    Case::Wrong,
    Case::Expired,
    Case::ScopeMissing,
    Case::RevokedInMidScan,
];

/// What comes of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// All rows.
    Reads,
    /// All rows, with a token that was got meanwhile.
    ReadsWithAnother,
    /// An error with this SQLSTATE and message; the hint says this, among other things.
    Fails(&'static str, &'static str, &'static str),
    /// There is no such case.
    None,
}

use Outcome::{Fails, None, Reads, ReadsWithAnother};

/// HOST is where tokens are issued.
pub const NO_TOKEN: &str = "\"HOST\" issued no token to the client";
const NO_SCOPE: Outcome = Fails(
    "42501",
    "the token lacks the scope \"read:page:confluence\"",
    "Create a token that has this scope",
);
const API_TOKEN: Outcome = Fails("28000", REJECTED, "must be an API token");
const ACCESS_TOKEN: Outcome = Fails("28000", REJECTED, "nothing renews this one");
const CONSENT: Outcome = Fails(
    "28000",
    REJECTED,
    "CALL confluence.oauth_refresh('site') gets the next one",
);
const CLIENT: Outcome = Fails("28000", NO_TOKEN, "service account");

/// In the order of [`CASES`].
#[rustfmt::skip]
const MATRIX: &[(Way, [Outcome; 5])] = &[
    (Way::ApiToken,          [Reads, API_TOKEN,    API_TOKEN,        None,     API_TOKEN]),
    (Way::ApiTokenFile,      [Reads, API_TOKEN,    API_TOKEN,        None,     API_TOKEN]),
    (Way::ApiTokenAtGateway, [Reads, API_TOKEN,    API_TOKEN,        None,     API_TOKEN]),
    (Way::ScopedApiToken,    [Reads, API_TOKEN,    API_TOKEN,        NO_SCOPE, API_TOKEN]),
    (Way::AccessToken,       [Reads, ACCESS_TOKEN, ACCESS_TOKEN,     NO_SCOPE, ACCESS_TOKEN]),
    (Way::Client,            [Reads, CLIENT,       ReadsWithAnother, NO_SCOPE, CLIENT]),
    (Way::Consent,           [Reads, CONSENT,      CONSENT,          NO_SCOPE, CONSENT]),
];

impl Way {
    /// What a query comes to.
    pub fn comes_to(self, case: Case) -> Outcome {
        let (_, outcomes) = MATRIX
            .iter()
            .find(|(way, _)| *way == self)
            .expect("every way is in the matrix");
        outcomes[CASES
            .iter()
            .position(|known| *known == case)
            .expect("a case")]
    }

    /// As readers know it.
    fn name(self) -> &'static str {
        match self {
            Way::ApiToken => "API token",
            Way::ApiTokenFile => "API token in a file",
            Way::ApiTokenAtGateway => "API token, `route 'gateway'`",
            Way::ScopedApiToken => "API token with scopes",
            Way::AccessToken => "access token",
            Way::Client => "client credentials",
            Way::Consent => "somebody's consent",
        }
    }
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Case::Right => "right",
            Case::Wrong => "wrong",
            Case::Expired => "expired",
            Case::ScopeMissing => "without the scope",
            Case::RevokedInMidScan => "revoked while it reads",
        }
    }
}

fn in_markdown() -> String {
    let cases: Vec<&str> = CASES.iter().map(|case| case.name()).collect();
    let mut out = format!(
        "\n| | {} |\n|---|{}\n",
        cases.join(" | "),
        "---|".repeat(cases.len())
    );
    for way in WAYS {
        let _ = write!(out, "| {} |", way.name());
        for case in CASES {
            let cell = match way.comes_to(case) {
                Reads => "reads".to_owned(),
                ReadsWithAnother => "gets another token, and reads".to_owned(),
                Fails(sqlstate, message, _) => format!(
                    "`{sqlstate}` {}",
                    message.replace("HOST", "auth.atlassian.com")
                ),
                None => "–".to_owned(),
            };
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    }
    out.push('\n');
    out
}

#[test]
fn every_way_is_in_the_matrix_and_the_documentation_shows_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signing-in.md");
    let text = std::fs::read_to_string(&path).expect("the page");
    let begin = "<!-- matrix -->\n";
    let start = text.find(begin).expect("the matrix's beginning") + begin.len();
    let stop = start + text[start..].find("<!-- /matrix -->").expect("its end");
    let expected = in_markdown();
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        let changed = format!("{}{expected}{}", &text[..start], &text[stop..]);
        std::fs::write(&path, changed).expect("written");
        return;
    }
    assert_eq!(
        &text[start..stop],
        expected,
        "the matrix is out of date: run this test with UPDATE_GOLDEN=1"
    );
}
