//! The gateway, and the tokens that are issued for it.

use crate::client::{CURRENT_USER, Client, PAGES, SPACES, at_gateway, start, start_for};
use confluence_sim::{Credential, Entrance, Fault, OauthClient, Options, Organisation, Reply, Sim};
use serde_json::{Value, json};
use std::time::Duration;

const TOKEN: &str = "/oauth/token";

/// A stand-in with one client and no other credential.
fn with_client(client: OauthClient) -> Sim {
    let (sim, _) = start_for([]);
    sim.grant_client(client);
    sim
}

fn question() -> Value {
    json!({"grant_type": "client_credentials", "client_id": "us", "client_secret": "hush"})
}

fn nobody(sim: &Sim) -> Client {
    Client::with(sim, None)
}

/// A client that shows a token which it asked for.
fn issued(sim: &Sim) -> Client {
    let answer = nobody(sim).post(TOKEN, &question()).json();
    let token = answer["access_token"].as_str().expect("a token");
    Client::with(sim, Some(&Credential::bearer(token)))
}

#[test]
fn a_token_without_scopes_is_taken_at_both_entrances() {
    let (sim, client) = start(&Organisation::demo());
    for path in [PAGES, SPACES, CURRENT_USER] {
        let (here, there) = (client.get(path), client.get(&at_gateway(&sim, path)));
        assert_eq!((here.status, there.status), (200, 200));
        assert_eq!(here.text, there.text, "{path}");
    }
    let entrances: Vec<_> = sim.log().iter().map(|request| request.entrance).collect();
    assert_eq!(entrances, [Entrance::Site, Entrance::Gateway].repeat(3));
    // The log names paths as the site does.
    let log = sim.log();
    assert!(log.iter().all(|request| request.path.starts_with("/wiki/")));
}

#[test]
fn tokens_with_scopes_and_access_tokens_are_taken_at_the_gateway_only() {
    let all = ["read:page:confluence", "read:confluence-user"];
    let scoped = Credential::basic("s@example.com", "t").with_scopes(all);
    let bearer = Credential::bearer("b");
    let (sim, _) = start_for([scoped.clone(), bearer.clone()]);
    sim.set_anonymous(true);
    for credential in [scoped, bearer] {
        let client = Client::with(&sim, Some(&credential));
        for path in [PAGES, CURRENT_USER] {
            let answer = client.get(path);
            assert_eq!(answer.status, 401);
            let kind = answer.header("content-type").expect("a type");
            assert!(kind.starts_with("text/html"), "{kind}");
            assert!(answer.text.starts_with("<!doctype html>"));
            client.answers(&at_gateway(&sim, path), 200);
        }
    }
}

#[test]
fn next_links_at_the_gateway_are_the_sites() {
    let (sim, client) = start(&Organisation::demo());
    let first = client.get(&at_gateway(&sim, "/wiki/api/v2/pages?limit=5"));
    let next = first.next().expect("more than five pages");
    assert!(next.starts_with("/wiki/api/v2/pages?"), "{next}");
    let base = &first.json()["_links"]["base"];
    assert_eq!(base, &json!(format!("{}/wiki", sim.url())));
    client.shows(&at_gateway(&sim, &next), client.get(&next).ids());
}

#[test]
fn the_gateway_knows_its_site_and_nothing_but_the_api() {
    let (sim, client) = start(&Organisation::demo());
    let other = "/ex/confluence/11111111-2222-3333-4444-555555555555";
    for path in [format!("{other}{PAGES}"), format!("{other}{CURRENT_USER}")] {
        let answer = client.get(&path);
        assert_eq!(answer.status, 404);
        assert_eq!(answer.json(), json!({"code": 404, "message": "Not Found"}));
    }
    for path in ["/_edge/tenant_info", "/nothing"] {
        client.answers(&at_gateway(&sim, path), 404);
    }
}

#[test]
fn wrong_credentials_at_the_gateway() {
    let (sim, _) = start(&Organisation::demo());
    let basic = Client::with(&sim, Some(&Credential::basic(Options::EMAIL, "wrong")));
    let refusal = basic.get(&at_gateway(&sim, PAGES)).refusal();
    assert_eq!(refusal, (404, "Not Found".to_owned()));
    basic.answers(&at_gateway(&sim, CURRENT_USER), 403);
    let bearer = Client::with(&sim, Some(&Credential::bearer("wrong")));
    for path in [PAGES, CURRENT_USER] {
        let answer = bearer.get(&at_gateway(&sim, path));
        assert_eq!(answer.status, 401);
        let body = json!({"code": 401, "message": "Unauthorized"});
        assert_eq!(answer.json(), body);
    }
}

#[test]
fn a_client_gets_tokens_for_its_secret() {
    let scopes = ["read:page:confluence"];
    let sim = with_client(OauthClient::new("us", "hush").with_scopes(scopes));
    let answer = nobody(&sim).post(TOKEN, &question());
    assert_eq!(answer.status, 200);
    let known = json!({
        "access_token": sim.issued_tokens()[0],
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "read:page:confluence",
    });
    assert_eq!(answer.json(), known);
    let client = issued(&sim);
    client.answers(&at_gateway(&sim, PAGES), 200);
    client.answers(&at_gateway(&sim, SPACES), 401);
    client.answers(PAGES, 401);
    assert_eq!(sim.issued_tokens().len(), 2);
    assert_eq!(sim.token_requests().len(), 2);
    assert_eq!(sim.data_requests().len(), 3);
    assert_eq!(sim.probes().len(), 0);
}

#[test]
fn whoever_is_no_client_gets_none() {
    let sim = with_client(OauthClient::new("us", "hush"));
    for (name, value, status, error) in [
        ("client_secret", json!("wrong"), 401, "access_denied"),
        ("client_id", json!("them"), 403, "unauthorized_client"),
        (
            "grant_type",
            json!("password"),
            400,
            "unsupported_grant_type",
        ),
        ("client_id", Value::Null, 400, "invalid_request"),
    ] {
        let mut question = question();
        question[name] = value;
        let answer = nobody(&sim).post(TOKEN, &question);
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &json!(error))
        );
        assert!(!answer.text.contains("hush"));
    }
    assert_eq!(nobody(&sim).post(TOKEN, &json!("hush")).status, 400);
    assert_eq!(nobody(&sim).get(TOKEN).status, 405);
    assert_eq!(sim.issued_tokens().len(), 0);
    sim.revoke_client("us");
    assert_eq!(nobody(&sim).post(TOKEN, &question()).status, 403);
    sim.grant_client(OauthClient::new("us", "hush"));
    assert_eq!(nobody(&sim).post(TOKEN, &question()).status, 200);
}

#[test]
fn issued_tokens_end_or_are_revoked() {
    let sim = with_client(OauthClient::new("us", "hush").expires_in(Duration::from_secs(1)));
    let client = issued(&sim);
    let path = at_gateway(&sim, PAGES);
    client.answers(&path, 200);
    std::thread::sleep(Duration::from_millis(1_050));
    client.answers(&path, 401);
    let client = issued(&sim);
    client.answers(&path, 200);
    sim.revoke_issued_tokens();
    client.answers(&path, 401);
    assert_eq!(issued(&sim).get(&path).status, 200);
}

#[test]
fn things_go_wrong_at_one_entrance() {
    let sim = with_client(OauthClient::new("us", "hush"));
    sim.grant(Credential::basic(Options::EMAIL, Options::TOKEN));
    let client = Client::of(&sim);
    let at_the_gateway = Fault::on(PAGES).through(Entrance::Gateway);
    sim.fault(at_the_gateway, Reply::status(503));
    client.answers(PAGES, 200);
    client.answers(&at_gateway(&sim, PAGES), 503);
    sim.fault(Fault::on(TOKEN).times(1), Reply::status(502));
    assert_eq!(nobody(&sim).post(TOKEN, &question()).status, 502);
    assert_eq!(nobody(&sim).post(TOKEN, &question()).status, 200);
}
