//! The first tokens: from the address for the browser to the first rows.

use confluence_fdw_tests::{lines, one};
use confluence_sim::{Fault, Reply};
use postgres::Client;

use super::{CALLBACK, Consent, TOKEN, exchange};

const RESOURCES: &str = "/oauth/token/accessible-resources";

#[test]
fn from_the_address_for_the_browser_to_the_first_rows() {
    let mut consent = Consent::asked();
    let code = consent.code();
    let granted = one(&mut consent.client, &exchange(&code));
    let organisation = consent.sim.organisation();
    let site = format!("{}|{}|", consent.sim.url(), organisation.cloud_id());
    assert!(granted.starts_with(&site), "{granted}");
    assert!(granted.contains("read:page:confluence"), "{granted}");
    assert!(!granted.contains("offline_access"), "{granted}");
    consent.holds_the_newest();
    assert_eq!(
        consent.option("access_token").as_slice(),
        consent.sim.issued_tokens()
    );
    let expires_at = consent.option("token_expires_at").expect("an expiry");
    let left = format!(
        "SELECT timestamptz '{expires_at}' - now() BETWEEN interval '59 min' AND interval '60 min'"
    );
    assert_eq!(one(&mut consent.client, &left), "t");
    consent.reads();
}

#[test]
fn the_address_asks_for_what_is_wanted() {
    let mut consent = Consent::asked();
    let url = |client: &mut Client, more: &str| {
        one(
            client,
            &format!("SELECT confluence.oauth_authorize_url('site', '{CALLBACK}'{more})"),
        )
    };
    let one_of_all = url(&mut consent.client, "");
    let another = url(&mut consent.client, "");
    assert_ne!(one_of_all, another, "the state cannot be foreseen");
    for scope in ["read%3Aspace%3Aconfluence", "offline_access"] {
        assert!(one_of_all.contains(scope), "{one_of_all}");
    }
    let few = url(
        &mut consent.client,
        ", scopes => 'read:page:confluence', state => 'mine'",
    );
    assert!(
        few.contains("&scope=read%3Apage%3Aconfluence%20offline_access&"),
        "{few}"
    );
    assert!(few.contains("&state=mine&"), "{few}");
    assert_eq!(consent.sim.log().len(), 0, "nothing is sent");
    for (arguments, sqlstate, message) in [
        ("'site', NULL", "22004", "redirect_uri must not be null"),
        (
            "'site', 'us.example'",
            "22023",
            "redirect_uri is not an address that a browser can be sent to",
        ),
        (
            "'site', 'https://us.example', state => ''",
            "22004",
            "state must not be null",
        ),
        (
            "'nowhere', 'https://us.example'",
            "42704",
            "server \"nowhere\" does not exist",
        ),
        (
            "NULL, 'https://us.example'",
            "22004",
            "server must not be null",
        ),
    ] {
        let sql = format!("SELECT confluence.oauth_authorize_url({arguments})");
        consent.fails(&sql, sqlstate, message, "");
    }
    consent
        .database
        .execute("ALTER USER MAPPING FOR CURRENT_USER SERVER site OPTIONS (DROP client_id, DROP client_secret, ADD access_token 'x')");
    let sql = format!("SELECT confluence.oauth_authorize_url('site', '{CALLBACK}')");
    let message = "option \"client_id\" cannot be used: the user mapping has none, and an app has both client_id and client_secret";
    consent.fails(&sql, "HV024", message, "");
}

#[test]
fn a_code_that_is_used_up_gets_nothing_and_changes_nothing() {
    let mut consent = Consent::given();
    let message = format!("\"{}\" issued no token to the client", consent.host());
    let used = consent.code();
    lines(&mut consent.client, &exchange(&used));
    let before = consent.option("access_token");
    for code in [used.as_str(), "never-issued"] {
        let raised = consent.fails(&exchange(code), "28000", &message, "A code is good once");
        assert!(!format!("{raised:?}").contains(code), "{raised:?}");
    }
    assert_eq!(consent.option("access_token"), before);
    consent.holds_nothing_dead();
    consent.reads();
}

impl Consent {
    /// The refresh token that the mapping holds is a good one.
    #[track_caller]
    fn holds_nothing_dead(&mut self) {
        let held = self.option("refresh_token").expect("a refresh token");
        assert!(self.sim.refresh_tokens().contains(&held));
    }
}

#[test]
fn a_consent_for_another_site_is_refused_and_names_those_it_is_for() {
    let mut consent = Consent::asked();
    consent.sim.fault(
        Fault::on(RESOURCES),
        Reply::mutate(|sites| sites[0]["url"] = "https://other.atlassian.net".into()),
    );
    let code = consent.code();
    let message = format!("the consent is not for \"{}\"", consent.host());
    let raised = consent.fails(
        &exchange(&code),
        "28000",
        &message,
        "choose the server's site",
    );
    let detail = raised.detail().expect("a detail");
    assert!(
        detail.ends_with("it is for other.atlassian.net."),
        "{detail}"
    );
    assert_eq!(consent.option("access_token"), None);
    // Where the server knows its id, that counts.
    let id = consent.sim.organisation().cloud_id().to_owned();
    consent
        .database
        .execute(&format!("ALTER SERVER site OPTIONS (ADD cloud_id '{id}')"));
    let code = consent.code();
    lines(&mut consent.client, &exchange(&code));
    consent.reads();
}

#[test]
fn without_a_refresh_token_nothing_is_stored() {
    let mut consent = Consent::asked();
    consent.sim.fault(
        Fault::on(TOKEN),
        Reply::mutate(|answer| {
            answer
                .as_object_mut()
                .expect("an object")
                .remove("refresh_token");
        }),
    );
    let code = consent.code();
    let message = format!(
        "the answer of \"{}\" is not a token: no refresh_token came with it, for which the scope offline_access asks",
        consent.host()
    );
    consent.fails(&exchange(&code), "HV000", &message, "");
    assert_eq!(consent.option("access_token"), None);
}
