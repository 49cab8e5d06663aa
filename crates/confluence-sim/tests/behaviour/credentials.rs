//! Who is let in, and what the others see.

use crate::client::{CURRENT_USER, Client, PAGES, SPACES, at_gateway, start};
use confluence_sim::{Credential, Options, Organisation, Sim, SpaceStatus, SpaceType};

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
    let sim = Sim::start(Options::default());
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
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (404, BARE),
                "{authorization:?} {path}"
            );
        }
        for path in [CURRENT_USER, "/wiki/rest/api/settings/systemInfo"] {
            let answer = client.get(path);
            assert_eq!(answer.status, 403, "{authorization:?} {path}");
            let wanted = serde_json::json!({"statusCode": 403, "message": "caller cannot access Confluence"});
            assert_eq!(answer.json(), wanted);
        }
    }
}

#[test]
fn basic_and_bearer_are_recognised() {
    let bearer = Credential::bearer("a.b-c");
    let credentials = vec![
        Credential::basic("a@b.example", "with:colon"),
        bearer.clone(),
    ];
    let sim = Sim::start(Options {
        credentials: credentials.clone(),
        ..Options::default()
    });
    for credential in &credentials {
        assert_eq!(
            Client::with(&sim, Some(credential))
                .get(&at_gateway(&sim, CURRENT_USER))
                .json()["type"],
            "known"
        );
    }
    let lower = bearer.header().replacen("Bearer", "bearer", 1);
    assert_eq!(
        Client::authorized(&sim, Some(lower))
            .get(&at_gateway(&sim, PAGES))
            .status,
        200
    );
}

#[test]
fn the_current_user_is_the_accounts_own() {
    let sim = Sim::start(Options::default());
    let user = Client::of(&sim).get(CURRENT_USER).json();
    let organisation = sim.organisation();
    let account = &organisation.users()[0];
    assert_eq!(user["accountId"], account.account_id.as_str());
    assert_eq!(user["email"], Options::EMAIL);
}

#[test]
fn without_an_account_a_site_that_allows_it_shows_its_global_spaces_only() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options {
        anonymous_access: true,
        ..Options::of(organisation.clone())
    });
    let open: Vec<u64> = organisation
        .spaces()
        .filter(|space| space.kind == SpaceType::Global && space.status == SpaceStatus::Current)
        .map(|space| space.id)
        .collect();
    let closed = organisation
        .spaces()
        .find(|space| !open.contains(&space.id))
        .expect("a closed space")
        .id;
    for authorization in wrong_ones() {
        let client = Client::authorized(&sim, authorization);
        client.lists("/wiki/api/v2/spaces?limit=250", &open);
        let user = client.get(CURRENT_USER);
        assert_eq!(user.status, 200);
        assert_eq!(user.json()["type"], "anonymous");
        assert!(user.json().get("accountId").is_none());
    }
    let client = Client::with(&sim, None);
    client.answers(&format!("/wiki/api/v2/spaces/{closed}/permissions"), 404);
    let of_open = organisation
        .listed_pages()
        .filter(|page| open.contains(&page.space_id()));
    client.lists(
        "/wiki/api/v2/pages?limit=250",
        of_open.map(|page| page.id()).collect::<Vec<u64>>(),
    );
    let hidden = organisation
        .pages()
        .find(|page| page.space_id() == closed)
        .expect("a page in a closed space");
    client.refuses(&format!("/wiki/api/v2/pages/{}", hidden.id()), 404);
    // With an account nothing is missing.
    assert_eq!(
        Client::of(&sim)
            .all_ids("/wiki/api/v2/spaces?limit=250")
            .len(),
        organisation.spaces().count()
    );
    sim.set_anonymous(false);
    assert_eq!(client.get(PAGES).text, BARE);
}

#[test]
fn a_missing_scope_is_told_before_anything_else() {
    let credential = Credential::basic("s@example.com", "t").with_scopes(["read:space:confluence"]);
    let sim = Sim::start(Options {
        credentials: vec![credential.clone()],
        ..Options::default()
    });
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
        assert_eq!(
            answer.json(),
            serde_json::json!({"code": 401, "message": "Unauthorized; scope does not match"})
        );
        assert_eq!(
            answer.header("x-failure-category"),
            Some("FAILURE_CLIENT_SCOPE_CHECK")
        );
    }
}

#[test]
fn a_credential_can_be_revoked_in_the_middle_of_a_listing() {
    let (sim, client) = start(&Organisation::demo());
    let next = client
        .get("/wiki/api/v2/pages?limit=5")
        .next()
        .expect("more than five pages");
    let credential = Credential::basic(Options::EMAIL, Options::TOKEN);
    sim.revoke(&credential);
    assert_eq!(client.get(&next).text, BARE);
    client.answers(CURRENT_USER, 403);
    sim.grant(credential);
    client.answers(&next, 200);
}

#[test]
fn the_tenant_info_needs_no_credential() {
    let sim = Sim::start(Options::default());
    let answer = Client::with(&sim, None).get("/_edge/tenant_info");
    assert_eq!(
        answer.json(),
        serde_json::json!({"cloudId": sim.organisation().cloud_id()})
    );
}
