//! Who is let in, and what the others see.

use crate::client::{
    CURRENT_USER, Client, PAGES, SPACES, at_gateway, start, start_for, start_with,
};
use confluence_sim::{Credential, Options, Organisation, SpaceStatus, SpaceType};
use serde_json::json;

const BARE: &str =
    r#"{"errors":[{"code":"NOT_FOUND","detail":null,"status":404,"title":"Not Found"}]}"#;

fn wrong_ones() -> Vec<Option<String>> {
    vec![
        None,
        Some(Credential::basic(Options::EMAIL, "wrong").header()),
        Some(Credential::basic("other@example.com", Options::TOKEN).header()),
        Some(Credential::bearer(Options::TOKEN).header()),
        Some("Basic".to_owned()),
        Some("Basic !!!not-base64!!!".to_owned()),
        Some(format!("Basic {}:{}", Options::EMAIL, Options::TOKEN)),
    ]
}

#[test]
fn a_wrong_or_absent_credential_is_a_bare_404_in_v2_and_a_403_in_v1() {
    let (sim, _) = start(&Organisation::demo());
    let of_v1 = json!({"statusCode": 403, "message": "caller cannot access Confluence"});
    for authorization in wrong_ones() {
        let client = Client::authorized(&sim, authorization.clone());
        for path in [
            PAGES,
            SPACES,
            "/wiki/api/v2/pages/1",
            "/wiki/api/v2/nothing-here",
            "/wiki/api/v2/pages?limit=0",
        ] {
            let answer = client.get(path);
            let found = (answer.status, &*answer.text);
            assert_eq!(found, (404, BARE), "{authorization:?} {path}");
        }
        for path in [CURRENT_USER, "/wiki/rest/api/settings/systemInfo"] {
            let answer = client.get(path);
            assert_eq!(answer.status, 403, "{authorization:?} {path}");
            assert_eq!(answer.json(), of_v1);
        }
    }
    // Everybody learns which site it is.
    let tenant = Client::with(&sim, None).get("/_edge/tenant_info").json();
    assert_eq!(tenant, json!({"cloudId": sim.organisation().cloud_id()}));
}

#[test]
fn basic_and_bearer_are_recognised() {
    let bearer = Credential::bearer("a.b-c");
    let colon = Credential::basic("a@b.example", "with:colon");
    let (sim, _) = start_for([colon.clone(), bearer.clone()]);
    let path = at_gateway(&sim, CURRENT_USER);
    let lower = bearer.header().replacen("Bearer", "bearer", 1);
    for header in [colon.header(), bearer.header(), lower] {
        let user = Client::authorized(&sim, Some(header)).get(&path).json();
        assert_eq!(user["type"], "known");
    }
}

#[test]
fn the_current_user_is_the_accounts_own() {
    let (sim, client) = start(&Organisation::demo());
    let user = client.get(CURRENT_USER).json();
    assert_eq!(user["accountId"], sim.organisation().users()[0].account_id);
    assert_eq!(user["email"], Options::EMAIL);
}

#[test]
fn without_an_account_a_site_that_allows_it_shows_its_global_spaces_only() {
    let organisation = Organisation::standard();
    let (sim, known) = start_with(Options {
        anonymous_access: true,
        ..Options::of(organisation.clone())
    });
    let (open, closed): (Vec<_>, Vec<_>) = organisation
        .spaces()
        .partition(|space| space.kind == SpaceType::Global && space.status == SpaceStatus::Current);
    let open: Vec<u64> = open.iter().map(|space| space.id).collect();
    let closed = closed[0].id;
    let spaces = format!("{SPACES}?limit=250");
    for authorization in wrong_ones() {
        let client = Client::authorized(&sim, authorization);
        client.lists(&spaces, &open);
        let user = client.get(CURRENT_USER);
        assert_eq!(user.status, 200);
        assert_eq!(user.json()["type"], "anonymous");
        assert!(user.json().get("accountId").is_none());
    }
    let client = Client::with(&sim, None);
    client.refuses(&format!("{SPACES}/{closed}/permissions"), 404);
    let of_open = organisation
        .listed_pages()
        .filter(|page| open.contains(&page.space_id()));
    let of_open: Vec<u64> = of_open.map(|page| page.id()).collect();
    client.lists(&format!("{PAGES}?limit=250"), of_open);
    let mut pages = organisation.pages();
    let hidden = pages.find(|page| page.space_id() == closed);
    let hidden = hidden.expect("a page in a closed space").id();
    client.refuses(&format!("{PAGES}/{hidden}"), 404);
    // With an account nothing is missing.
    assert_eq!(known.all_ids(&spaces).len(), organisation.spaces().count());
    sim.set_anonymous(false);
    assert_eq!(client.get(PAGES).text, BARE);
}

#[test]
fn a_missing_scope_is_told_before_anything_else() {
    let credential = Credential::basic("s@example.com", "t").with_scopes(["read:space:confluence"]);
    let (sim, _) = start_for([credential.clone()]);
    let client = Client::with(&sim, Some(&credential));
    client.answers(&at_gateway(&sim, SPACES), 200);
    for path in [
        PAGES,
        CURRENT_USER,
        "/wiki/api/v2/pages/999",
        "/wiki/api/v2/pages?limit=0",
        "/wiki/api/v2/users/me",
    ] {
        let answer = client.get(&at_gateway(&sim, path));
        assert_eq!(answer.status, 401, "{path}");
        let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
        assert_eq!(answer.json(), body);
        let category = answer.header("x-failure-category");
        assert_eq!(category, Some("FAILURE_CLIENT_SCOPE_CHECK"));
    }
}

#[test]
fn a_credential_can_be_revoked_in_the_middle_of_a_listing() {
    let (sim, client) = start(&Organisation::demo());
    let next = client.get(&format!("{PAGES}?limit=5")).next();
    let next = next.expect("more than five pages");
    let credential = Credential::basic(Options::EMAIL, Options::TOKEN);
    sim.revoke(&credential);
    assert_eq!(client.get(&next).text, BARE);
    client.answers(CURRENT_USER, 403);
    sim.grant(credential);
    client.answers(&next, 200);
}
