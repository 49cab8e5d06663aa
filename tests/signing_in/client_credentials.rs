//! Client credentials: tokens that are fetched, renewed and given up.

use std::sync::Arc;
use std::time::Duration;

use confluence_fdw_tests::site::small;
use confluence_fdw_tests::{error, explain_with, lines};
use confluence_sim::{Entrance, Fault, OauthClient, Reply};

use super::{
    Acme, EVERYTHING, REJECTED, Sent, TOKEN, Way, host, html, json, reads_all_permissions,
};
use crate::scene::{ALL_PAGES, Elsewhere, SMALL_STEPS, small_site};

/// A client whose scans read 60 spaces' permissions, eight at a time.
fn busy(life: Duration) -> Acme {
    let acme = Acme::unknown(Way::Client, small(), ", page_size '5', max_concurrency '8'");
    acme.sim
        .grant_client(OauthClient::new("us", "client-secret").expires_in(life));
    acme
}

#[test]
fn tokens_are_renewed_before_they_end_in_the_middle_of_a_scan() {
    let mut acme = busy(Duration::from_secs(2));
    acme.sim.set_latency(Duration::from_millis(150));
    reads_all_permissions(&mut acme);
    let tokens = acme.sim.token_requests();
    assert!(tokens.len() >= 2, "{} tokens", tokens.len());
    for pair in tokens.windows(2) {
        let apart = pair[1].received - pair[0].received;
        assert!(apart >= Duration::from_millis(1_500), "after {apart:?}");
    }
    // None was used to its end: the site refused nothing.
    for request in acme.sim.data_requests() {
        assert_eq!(request.status, Some(200), "{}", request.path_and_query);
    }
    assert_eq!(acme.sent().ids, 1);
    assert_eq!(acme.sent().who, 1);
}

#[test]
fn a_token_that_is_revoked_under_eight_chains_is_renewed_once() {
    let mut acme = busy(Duration::from_secs(3_600));
    acme.sim.set_latency(Duration::from_millis(20));
    let sim = Arc::downgrade(&acme.sim);
    acme.sim.fault(
        Fault::under("/wiki/api/v2/spaces/").nth(40),
        Reply::mutate(move |_| {
            if let Some(sim) = sim.upgrade() {
                sim.revoke_issued_tokens();
            }
        }),
    );
    reads_all_permissions(&mut acme);
    assert_eq!(acme.sent().tokens, 2);
    let refused = acme.sim.data_requests();
    let refused = refused
        .iter()
        .filter(|request| request.status == Some(401))
        .count();
    assert!((1..=8).contains(&refused), "{refused}");
}

#[test]
fn a_token_that_is_never_taken_is_renewed_once_and_then_given_up() {
    for refusal in [
        json(401, r#"{"code":401,"message":"Unauthorized"}"#),
        html(401),
        Reply::BareNotFound,
    ] {
        let mut acme = Acme::new(Way::Client);
        acme.sim
            .fault(Fault::under("/wiki/").through(Entrance::Gateway), refusal);
        acme.fails("28000", REJECTED, "needs access to Confluence");
        let sent = acme.sent();
        assert_eq!(sent.tokens, 2);
        assert!(sent.data <= 2 && sent.who <= 2, "{sent:?}");
        acme.sim.clear_faults();
        acme.reads();
    }
}

#[test]
fn a_wrong_client_is_told_what_is_wrong_with_it() {
    for (client, detail, hint) in [
        (
            OauthClient::new("us", "another"),
            "the answer has status 401, \"access_denied\".",
            "A lost secret cannot be shown again",
        ),
        (
            OauthClient::new("them", "client-secret"),
            "the answer has status 403, \"unauthorized_client\".",
            "an app of the developer console is none",
        ),
    ] {
        let mut acme = Acme::unknown(Way::Client, small_site(), &format!(", {SMALL_STEPS}"));
        acme.sim.grant_client(client);
        let message = format!("\"{}\" issued no token to the client", host(&acme.sim));
        let raised = acme.fails("28000", &message, hint);
        let said = raised.detail().expect("a detail");
        assert!(said.ends_with(detail), "{said}");
        assert!(said.starts_with("User mapping of "), "{said}");
    }
}

#[test]
fn faults_of_the_token_endpoint_that_pass_are_waited_for() {
    for fault in [
        Reply::TooManyRequests {
            retry_after: Some("0".to_owned()),
        },
        Reply::retry_after(503, "0"),
        Reply::retry_after(500, "0.1"),
        Reply::DropMidBody,
    ] {
        let mut acme = Acme::new(Way::Client);
        acme.sim.fault(Fault::on(TOKEN).times(1), fault.clone());
        let answers = acme.answers();
        let expected = Sent {
            tokens: 2,
            ..Way::Client.first_query(answers)
        };
        assert_eq!(acme.reads(), expected, "{fault:?}");
    }
}

#[test]
fn faults_of_the_token_endpoint_that_stay_are_errors() {
    let elsewhere = Elsewhere::new();
    let redirect = Reply::Status {
        code: 307,
        headers: vec![(
            "location".to_owned(),
            format!("{}{TOKEN}", elsewhere.origin()),
        )],
        body: String::new(),
    };
    let not_a_token = |found: &str| format!("the answer of \"HOST\" is not a token: {found}");
    let slow = "no complete answer from \"HOST\" after 1 attempts: no end after 500ms".to_owned();
    for (reply, sqlstate, message) in [
        (
            Reply::TooManyRequests {
                retry_after: Some("3600".to_owned()),
            },
            "53400",
            "Confluence limits the rate of requests".to_owned(),
        ),
        (
            json(500, r#"{"message":"client-secret"}"#),
            "HV00M",
            "Confluence failed with status 500 after 1 attempts".to_owned(),
        ),
        (redirect, "HV000", not_a_token("a redirect")),
        (Reply::Html200, "HV000", not_a_token("no JSON")),
        (
            json(200, r#"{"token":"client-secret"}"#),
            "HV000",
            not_a_token("no object with an access_token"),
        ),
        (
            json(
                200,
                r#"{"access_token":"client-secret","token_type":"mac"}"#,
            ),
            "HV000",
            not_a_token("a token of another type than Bearer"),
        ),
        (
            json(200, r#"{"access_token":"client-secret","expires_in":0}"#),
            "HV000",
            not_a_token("a token that has expired"),
        ),
        (
            json(400, r#"{"error":"client-secret"}"#),
            "28000",
            "\"HOST\" issued no token to the client".to_owned(),
        ),
        (Reply::NeverAnswer, "08006", slow),
    ] {
        let mut acme = Acme::with(
            Way::Client,
            EVERYTHING,
            ", max_retries '0', request_timeout '500ms'",
        );
        acme.sim.fault(Fault::on(TOKEN), reply);
        let message = message.replace("HOST", &host(&acme.sim));
        acme.fails(sqlstate, &message, "");
        let tokens = acme.sent();
        assert_eq!((tokens.data, tokens.who), (0, 0), "{message}");
        // The question who one is and the first rows want a token at the same time, and both may have asked.
        assert!((1..=2).contains(&tokens.tokens), "{tokens:?}");
        acme.sim.clear_faults();
        acme.reads();
    }
    elsewhere.was_left_alone();
}

#[test]
fn a_request_for_a_token_can_be_interrupted() {
    let mut acme = Acme::new(Way::Client);
    acme.sim.fault(Fault::on(TOKEN), Reply::NeverAnswer);
    lines(&mut acme.client, "SET statement_timeout = '200ms'");
    let raised = error(&mut acme.client, ALL_PAGES);
    assert_eq!(raised.code().code(), "57014");
    lines(&mut acme.client, "RESET statement_timeout");
    acme.sim.clear_faults();
    acme.reads();
}

#[test]
fn requests_for_tokens_are_no_requests_for_rows() {
    let mut acme = Acme::new(Way::Client);
    let plan = explain_with(
        &mut acme.client,
        "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF",
        ALL_PAGES,
    );
    let counted = format!("Requests: {}", acme.answers());
    assert!(plan.contains(&counted), "{plan}");
}
