//! The account: refused, expiring, unknown, a guest.

use confluence_fdw_tests::one;
use confluence_sim::{Fault, Reply};
use postgres::Client;

use super::{BASIC, Checked, STEPS, WHO_AM_I, after, answer, json};

#[test]
fn a_credential_that_is_refused() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'my password'");
    checked.finds(
        "credential",
        "fail",
        "Confluence rejected the credential: User mapping of",
        "the password must be an API token",
        after("credential"),
    );
    let found = &checked.report()["credential"].1;
    assert!(found.contains("does not begin with ATATT"), "{found}");
    assert!(!found.contains("my password"), "{found}");
    checked.map("email 'svc@example.com', api_token 'ATATTwrong'");
    let found = &checked.report()["credential"].1;
    assert!(!found.contains("ATATT"), "{found}");
}

#[test]
fn credentials_that_cannot_even_be_sent() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token_file '/nonexistent'");
    checked.finds(
        "credential",
        "fail",
        "could not read the file of option \"api_token_file\": No such file",
        "operating system user",
        after("credential"),
    );
    checked.map("client_id 'us', client_secret 'hush'");
    checked.finds(
        "credential",
        "fail",
        "issued no token to the client",
        "service account",
        after("credential"),
    );
    checked.map("client_id 'us', client_secret 'hush', refresh_token 'x'");
    checked.finds(
        "credential",
        "fail",
        "the user mapping has no access token yet",
        "CALL confluence.oauth_refresh('site')",
        after("credential"),
    );
    checked
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    checked.finds(
        "credential",
        "fail",
        "there is no user mapping",
        "CREATE USER MAPPING",
        after("credential"),
    );
}

#[test]
fn a_credential_that_ends_soon() {
    let mut checked = Checked::new();
    let expires = |client: &mut Client, after: &str| {
        let sql =
            format!("SELECT to_char(now() + interval '{after}', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
        one(client, &sql)
    };
    for (after, status, found) in [
        ("100 days", "ok", "for 99 days more"),
        ("5 days 1 min", "warn", "expires in 5 days"),
        ("-1 min", "warn", "still taken, though"),
    ] {
        let at = expires(&mut checked.client, after);
        checked.map(&format!("{BASIC}, token_expires_at '{at}'"));
        checked.finds("credential", status, found, "", &[]);
    }
}

#[test]
fn a_credential_that_the_site_takes_for_nobodys() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'wrong'");
    checked.sim.set_anonymous(true);
    checked.finds(
        "credential",
        "fail",
        "does not know who is asking",
        "allow_anonymous",
        after("credential"),
    );
    checked.set("ADD allow_anonymous 'true'");
    let report = checked.report();
    assert_eq!(report["credential"].0, "warn");
    assert_eq!(report["identity"].0, "warn");
    checked
        .database
        .execute("DROP USER MAPPING FOR PUBLIC SERVER site");
    checked.finds(
        "identity",
        "warn",
        "nobody in particular",
        "allow_anonymous",
        &[],
    );
}

#[test]
fn a_guest() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        Reply::mutate(|user| user["isGuest"] = true.into()),
    );
    checked.finds("identity", "warn", "a guest", "one space only", &[]);
}

#[test]
fn an_account_without_confluence() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        json(403, r#"{"statusCode":403,"message":"no licence"}"#),
    );
    let skipped = STEPS.iter().copied().filter(|step| {
        after("credential").contains(step) && *step != "identity" || *step == "credential"
    });
    let skipped: Vec<&str> = skipped.collect();
    checked.finds(
        "identity",
        "fail",
        "Confluence does not allow this request",
        "permission to use Confluence",
        &skipped,
    );
}

#[test]
fn answers_that_something_in_between_has_changed() {
    let mut checked = Checked::new();
    checked.sim.fault(
        Fault::on(WHO_AM_I),
        Reply::mutate(|user| user["_links"]["base"] = "https://proxy.example/wiki".into()),
    );
    checked.finds(
        "answers",
        "warn",
        "it is from proxy.example",
        "A proxy",
        &[],
    );
    for reply in [
        Reply::Html200,
        answer(200, &[("content-type", "text/plain")], "{}"),
        answer(302, &[("location", "https://login.example/")], ""),
    ] {
        let mut checked = Checked::new();
        checked.sim.fault(Fault::on(WHO_AM_I), reply);
        let skipped: Vec<&str> = after("clock")
            .iter()
            .copied()
            .filter(|step| *step != "answers")
            .collect();
        checked.finds(
            "answers",
            "fail",
            "is not from Confluence Cloud's API",
            "",
            &skipped,
        );
    }
}
