//! What people consent to in a browser, and the tokens that stand for it.

use crate::client::{CURRENT_USER, Client, PAGES, SPACES, at_gateway, start, start_for};
use confluence_sim::{Credential, OauthClient, Organisation, Route, Sim};
use serde_json::{Value, json};

const TOKEN: &str = "/oauth/token";
const RESOURCES: &str = "/oauth/token/accessible-resources";
const CALLBACK: &str = "https://us.example/callback";

fn with_app() -> Sim {
    let (sim, _) = start_for([]);
    sim.grant_client(OauthClient::app("us", "hush", CALLBACK));
    sim
}

fn question(changes: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("audience", "api.atlassian.com"),
        ("client_id", "us"),
        ("scope", "read:page:confluence%20offline_access"),
        ("redirect_uri", "https%3A%2F%2Fus.example%2Fcallback"),
        ("state", "a%2Fb"),
        ("response_type", "code"),
        ("prompt", "consent"),
    ];
    for (name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        parameters.push((name, value));
    }
    parameters.retain(|(_, value)| !value.is_empty());
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    format!("/authorize?{}", Vec::from_iter(pairs).join("&"))
}

/// The code with which a browser is sent back.
fn code(sim: &Sim, changes: &[(&str, &str)]) -> String {
    let answer = Client::with(sim, None).get(&question(changes));
    assert_eq!(answer.status, 302);
    let location = answer.header("location").expect("a place to go to");
    let code = location.strip_prefix("https://us.example/callback?code=");
    let code = code.expect("the callback").strip_suffix("&state=a%2Fb");
    code.expect("the state").to_owned()
}

fn redeem(sim: &Sim, code: &str) -> (u16, Value) {
    let grant = "authorization_code";
    ask(
        sim,
        json!({"grant_type": grant, "code": code, "redirect_uri": CALLBACK}),
    )
}

fn refresh(sim: &Sim, token: &str) -> (u16, Value) {
    let grant = "refresh_token";
    ask(sim, json!({"grant_type": grant, "refresh_token": token}))
}

fn ask(sim: &Sim, mut question: Value) -> (u16, Value) {
    for (name, value) in [("client_id", "us"), ("client_secret", "hush")] {
        if question.get(name).is_none() {
            question[name] = value.into();
        }
    }
    let answer = Client::with(sim, None).post(TOKEN, &question);
    (answer.status, answer.json())
}

fn text<'v>(answer: &'v Value, name: &str) -> &'v str {
    answer[name].as_str().expect(name)
}

#[test]
fn a_consent_becomes_a_code_and_the_code_a_token() {
    let sim = with_app();
    let (status, answer) = redeem(&sim, &code(&sim, &[]));
    assert_eq!(status, 200);
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["scope"], "read:page:confluence offline_access");
    assert_eq!(text(&answer, "refresh_token"), sim.refresh_tokens()[0]);
    let bearer = Credential::bearer(text(&answer, "access_token"));
    let client = Client::with(&sim, Some(&bearer));
    client.answers(&at_gateway(&sim, PAGES), 200);
    client.answers(&at_gateway(&sim, SPACES), 401);
    client.answers(PAGES, 401);
    let resources = client.get(RESOURCES).json();
    assert_eq!(resources[0]["id"], sim.organisation().cloud_id());
    assert_eq!(resources[0]["url"], sim.url());
    assert_eq!(resources[0]["scopes"], json!(["read:page:confluence"]));
    let routes: Vec<Route> = sim.log().iter().map(|request| request.route).collect();
    assert_eq!(routes[..2], [Route::Consent, Route::Token]);
    assert_eq!(routes[5..], [Route::Probe]);
}

#[test]
fn a_code_is_taken_once_from_the_right_app_with_the_right_address() {
    let sim = with_app();
    let why = "Invalid authorization code";
    let refused = (
        403,
        json!({"error": "invalid_grant", "error_description": why}),
    );
    let used = code(&sim, &[]);
    assert_eq!(redeem(&sim, &used).0, 200);
    assert_eq!(redeem(&sim, &used), refused);
    assert_eq!(redeem(&sim, "sim-code-99"), refused);
    sim.grant_client(OauthClient::app("them", "hush", CALLBACK));
    for (name, value) in [
        ("redirect_uri", json!("https://us.example/other")),
        ("redirect_uri", Value::Null),
        ("client_id", json!("them")),
    ] {
        let code = code(&sim, &[]);
        let grant = "authorization_code";
        let mut question = json!({"grant_type": grant, "code": code, "redirect_uri": CALLBACK});
        question[name] = value;
        assert_eq!(ask(&sim, question.clone()), refused, "{question}");
    }
}

#[test]
fn a_refresh_token_is_taken_once_and_replaced() {
    let sim = with_app();
    let (_, first) = redeem(&sim, &code(&sim, &[]));
    let (status, second) = refresh(&sim, text(&first, "refresh_token"));
    assert_eq!(status, 200);
    assert_eq!(sim.refresh_tokens(), [text(&second, "refresh_token")]);
    assert_ne!(first["access_token"], second["access_token"]);
    let why = "refresh_token is invalid";
    let dead = (
        403,
        json!({"error": "unauthorized_client", "error_description": why}),
    );
    assert_eq!(refresh(&sim, text(&first, "refresh_token")), dead);
    let wrong = json!({"grant_type": "refresh_token", "refresh_token": text(&second, "refresh_token"), "client_secret": "wrong"});
    let (status, answer) = ask(&sim, wrong);
    assert_eq!((status, text(&answer, "error")), (401, "access_denied"));
    // It is as good as before: nobody who does not know the secret can use it up.
    assert_eq!(refresh(&sim, text(&second, "refresh_token")).0, 200);
    sim.withdraw_consents();
    assert_eq!(sim.refresh_tokens(), [""; 0]);
    assert_eq!(refresh(&sim, text(&second, "refresh_token")), dead);
}

#[test]
fn who_does_not_ask_to_come_back_gets_no_refresh_token() {
    let sim = with_app();
    let (status, answer) = redeem(&sim, &code(&sim, &[("scope", "read:page:confluence")]));
    assert_eq!((status, answer.get("refresh_token")), (200, None));
}

#[test]
fn questions_that_make_no_sense_get_no_code() {
    let sim = with_app();
    sim.grant_client(OauthClient::new("service", "hush"));
    let few = OauthClient::app("few", "hush", CALLBACK);
    sim.grant_client(few.with_scopes(["read:space:confluence"]));
    for changes in [
        ("client_id", "nobody"),
        ("client_id", "service"),
        ("client_id", "few"),
        ("redirect_uri", "https%3A%2F%2Fevil.example"),
        ("redirect_uri", ""),
        ("scope", ""),
        ("state", ""),
        ("audience", "evil.example"),
        ("response_type", "token"),
        ("prompt", ""),
    ] {
        let answer = Client::with(&sim, None).get(&question(&[changes]));
        assert_eq!(answer.status, 400, "{changes:?}");
        assert_eq!(answer.header("location"), None, "{changes:?}");
    }
}

#[test]
fn an_app_has_no_tokens_of_its_own_and_a_service_account_no_codes() {
    let sim = with_app();
    sim.grant_client(OauthClient::new("service", "hush"));
    for question in [
        json!({"grant_type": "client_credentials"}),
        json!({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "service"}),
    ] {
        let (status, answer) = ask(&sim, question);
        let found = (status, text(&answer, "error"));
        assert_eq!(found, (403, "unauthorized_client"));
    }
}

#[test]
fn only_a_bearer_learns_for_which_sites_it_is_good() {
    let given = Credential::bearer("given").with_scopes(["read:page:confluence"]);
    let (sim, known) = start(&Organisation::demo());
    sim.grant(given.clone());
    assert_eq!(Client::with(&sim, Some(&given)).get(RESOURCES).status, 200);
    for client in [
        Client::of(&sim),
        Client::with(&sim, None),
        Client::with(&sim, Some(&Credential::bearer("wrong"))),
    ] {
        let answer = client.get(RESOURCES);
        assert_eq!(answer.status, 401);
        let body = json!({"code": 401, "message": "Unauthorized"});
        assert_eq!(answer.json(), body);
    }
    known.answers(CURRENT_USER, 200);
}
