//! Routes, scopes and rights.

use confluence_sim::{Credential, Fault, OauthClient, Options, Reply};

use super::{ADMIN_KEY, AUDIT, Checked, NO_KEY, NOT_FOUND, ROLE_MODE, report};
use crate::oauth::Consent;

#[test]
fn a_token_with_scopes_finds_the_gateway_and_names_what_it_lacks() {
    let mut checked = Checked::with("", "email 'svc@example.com', api_token 'scoped'");
    let scoped = |scopes: &[&str]| {
        Credential::basic(Options::EMAIL, "scoped").with_scopes(scopes.iter().copied())
    };
    checked.sim.grant(scoped(&["read:space:confluence"]));
    let report = checked.report();
    assert_eq!(report["credential"].0, "ok");
    let (status, found, remedy) = &report["route"];
    assert_eq!(status, "ok");
    assert!(found.starts_with("the gateway, "), "{found}");
    assert!(remedy.contains("route to gateway"), "{remedy}");
    assert_eq!(report["identity"].0, "warn");
    let (status, found, _) = &report["scope read:space:confluence"];
    assert_eq!(status, "ok");
    assert!(found.starts_with("there, for confluence_spaces"), "{found}");
    let (status, found, _) = &report["scope read:page:confluence"];
    assert_eq!(status, "fail");
    assert!(found.contains("without it confluence_pages"), "{found}");
    let (status, found, _) = &report["scope read:confluence-user"];
    assert_eq!(status, "fail");
    assert!(found.contains("confluence_group_members"), "{found}");
    assert!(!report.contains_key("scopes"));
    // Pages and spaces are asked for by an id that none has.
    let listings = ["/wiki/api/v2/pages", "/wiki/api/v2/spaces"];
    let asked: Vec<String> = checked
        .sim
        .log()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert!(
        asked.contains(&"/wiki/api/v2/pages/0".to_owned()),
        "{asked:?}"
    );
    assert!(
        asked.iter().all(|path| !listings.contains(&path.as_str())),
        "{asked:?}"
    );
}

#[test]
fn access_tokens_go_through_the_gateway_and_have_scopes_each() {
    let all = [
        "read:space:confluence",
        "read:page:confluence",
        "read:confluence-user",
    ];
    let mut checked = Checked::with("", "access_token 'given'");
    checked
        .sim
        .grant(Credential::bearer("given").with_scopes(all));
    let report = checked.report();
    for (step, found) in [
        ("credential", "access token"),
        ("route", "the gateway, "),
        ("scope read:space:confluence", "there"),
        ("scope read:page:confluence", "there"),
        (
            "scope read:confluence-user",
            "there, for confluence_group_members",
        ),
    ] {
        let (status, said, _) = &report[step];
        assert_eq!(status, "ok", "{step}: {said}");
        assert!(said.contains(found), "{step}: {said}");
    }
    checked.sim.grant_client(OauthClient::new("us", "hush"));
    checked.map("client_id 'us', client_secret 'hush'");
    let (status, found, _) = &checked.report()["credential"];
    assert_eq!(
        (status.as_str(), found.as_str()),
        ("ok", "client credentials of us")
    );
    // The gateway fails where it is asked for a scope.
    checked
        .sim
        .fault(Fault::on("/wiki/api/v2/pages/0"), Reply::status(503));
    let (status, found, _) = &checked.report()["scope read:page:confluence"];
    assert_eq!(status, "skip");
    assert!(
        found.starts_with("unknown: answered with status 503"),
        "{found}"
    );
}

#[test]
fn a_consent_is_checked_like_any_other_and_told_when_to_renew() {
    let mut consent = Consent::given();
    let (status, found, _) = &report(&mut consent.client)["credential"];
    assert_eq!(status, "ok");
    assert!(
        found.starts_with("access token of somebody's consent, for 60 min"),
        "{found}"
    );
    consent.sim.revoke_issued_tokens();
    let (status, _, remedy) = &report(&mut consent.client)["credential"];
    assert_eq!(status, "fail");
    assert!(
        remedy.contains("CALL confluence.oauth_refresh('site')"),
        "{remedy}"
    );
}

#[test]
fn what_the_account_gets_to_see() {
    for (path, status, body, step, expected, found, remedy) in [
        (
            ROLE_MODE,
            200,
            r#"{"mode":"ROLES"}"#,
            "roles",
            "warn",
            "ROLES: access",
            "role",
        ),
        (
            ROLE_MODE,
            200,
            r#"{"mode":"ROLES_TRANSITION"}"#,
            "roles",
            "warn",
            "ROLES_TRANSITION",
            "role",
        ),
        (
            ROLE_MODE,
            404,
            NOT_FOUND,
            "roles",
            "skip",
            "answered with status 404, by Confluence's API",
            "",
        ),
        (
            ROLE_MODE,
            501,
            "{}",
            "roles",
            "skip",
            "answered with status 501",
            "",
        ),
        (ROLE_MODE, 200, "{}", "roles", "skip", "names no mode", ""),
        (
            AUDIT,
            403,
            r#"{"statusCode":403,"message":"administrators only"}"#,
            "administrator",
            "warn",
            "no: ",
            "an account that sees",
        ),
        (AUDIT, 500, "{}", "administrator", "skip", "unknown", ""),
        (
            AUDIT,
            401,
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
            "administrator",
            "skip",
            "lacks the scope",
            "",
        ),
        (
            ADMIN_KEY,
            200,
            r#"{"accountId":"a","expirationTime":"2026-12-01T00:00:00Z"}"#,
            "admin key",
            "ok",
            "active until 2026-12-01T00:00:00Z. Queries do not use it",
            "",
        ),
        (
            ADMIN_KEY,
            403,
            r#"{"statusCode":403,"message":"administrators only"}"#,
            "admin key",
            "skip",
            "may not ask",
            "",
        ),
        (
            ADMIN_KEY,
            200,
            "[]",
            "admin key",
            "skip",
            "names no expiry",
            "",
        ),
    ] {
        let mut checked = Checked::new();
        checked.sim.clear_faults();
        checked.says(path, status, body);
        checked.says(ROLE_MODE, 200, r#"{"mode":"PRE_ROLES"}"#);
        checked.says(AUDIT, 200, "{}");
        checked.says(ADMIN_KEY, 404, NO_KEY);
        checked.finds(step, expected, found, remedy, &[]);
    }
}
