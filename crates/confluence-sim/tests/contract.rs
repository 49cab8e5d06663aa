//! Requests and answers against the published documents of the API.
//!
//! `cargo test -p confluence-sim --features contract`. Where the documents are absent, each test is reported as ignored.

mod patterns;
#[path = "contract/sets.rs"]
mod sets;
#[path = "contract/walk.rs"]
mod walk;

use confluence_sim::contract::Contract;
use confluence_sim::{Organisation, RoleMode, served};
use libtest_mimic::{Arguments, Trial};
use patterns::each;
use serde_json::{Value, json};
use sets::{Sets, joined};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use walk::Walk;

type Check = fn(&Contract);

macro_rules! tests {
    ($($name:ident,)*) => { &[$((stringify!($name), $name),)*] };
}

const TESTS: &[(&str, Check)] = tests! {
    every_operation_is_a_documented_one,
    requests_and_answers_of_the_demo_keep_to_the_documents,
    requests_and_answers_of_the_standard_organisation_keep_to_the_documents,
    what_the_stand_in_refuses_the_documents_forbid,
    what_is_not_there_is_refused_as_the_documents_say,
    a_wrong_answer_is_found,
    a_wrong_request_is_found,
};

/// Not the standard harness: only at run time is it known whether there is something to test with.
fn main() -> ExitCode {
    let contract = Contract::load().map(Arc::new);
    if contract.is_none() {
        println!(
            "skipped: there are no API documents in {}",
            Contract::directory().display()
        );
    }
    let trials = TESTS.iter().map(|&(name, check)| {
        let contract = contract.clone();
        let ignored = contract.is_none();
        let run = move || {
            check(contract.as_deref().ok_or("there are no API documents")?);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn every_operation_is_a_documented_one(contract: &Contract) {
    // But for the one path that no document has.
    for served in served().filter(|served| served.operation != "tenantInfo") {
        let (operation, scopes) = contract
            .describe(served.method, &with_ones(served.path))
            .expect(served.path);
        assert_eq!(served.operation, operation);
        let known: Vec<Vec<&str>> = served.scopes.iter().map(|set| set.to_vec()).collect();
        for set in &scopes {
            assert!(
                known.iter().any(|known| known == set),
                "{operation}: {set:?} is not in {known:?}"
            );
        }
    }
}

/// A path with a number where it has a segment in braces.
fn with_ones(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        variable if variable.starts_with('{') => "1",
        fixed => fixed,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn requests_and_answers_of_the_demo_keep_to_the_documents(contract: &Contract) {
    let walk = walk_everything(Walk::new(contract, Organisation::demo()));
    let all = served().map(|served| served.operation);
    assert_eq!(walk.walked, all.collect());
}

fn requests_and_answers_of_the_standard_organisation_keep_to_the_documents(contract: &Contract) {
    walk_everything(Walk::new(contract, Organisation::standard()));
}

/// The requests of the list that are about things of one name: each with its status.
fn listed(about: &str, things: &Sets) -> Vec<(u16, String)> {
    let lines = include_str!("contract/requests.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
    let requests = lines.filter_map(|line| {
        let (of, rest) = line.split_once(' ').expect("what it is about");
        let (status, request) = rest.split_once(' ').expect("a status");
        (of == about).then(|| (status.parse().expect("a number"), request))
    });
    let requests = requests.flat_map(|(status, request)| {
        let things = things.get(about).into_iter().flatten();
        things.map(move |thing| {
            let said = thing
                .iter()
                .fold(request.to_owned(), |request, (name, value)| {
                    request.replace(&format!("{{{name}}}"), value)
                });
            (status, said)
        })
    });
    requests.collect()
}

fn walk_everything(mut walk: Walk) -> Walk {
    let organisation = walk.sim.organisation();
    let in_an_hour = organisation.now() + Duration::from_secs(3_600);
    walk.sim
        .edit(|organisation| organisation.enable_admin_key(in_an_hour));
    let sets = sets::of(&organisation);
    for about in sets.keys() {
        for (status, request) in listed(about, &sets) {
            match status {
                200 => walk.walk(&request),
                status => walk.walk_refused(&request, status),
            }
        }
    }
    let users = organisation.users().iter();
    let users: Vec<&str> = users.map(|user| user.account_id.as_str()).collect();
    for ids in users.chunks(250).chain([&["nobody"][..]]) {
        walk.walk_with("users-bulk", &json!({"accountIds": ids}));
    }
    let groups = organisation.groups().iter().take(5);
    let groups = groups.map(|group| ("group", group.id.as_str()));
    let subjects = users.iter().take(20).map(|id| ("user", *id)).chain(groups);
    for page in organisation.listed_pages().take(5) {
        let path = format!("/wiki/rest/api/content/{}/permission/check", page.id());
        for (kind, identifier) in subjects.clone() {
            for operation in ["read", "update"] {
                let subject = json!({"type": kind, "identifier": identifier});
                walk.walk_with(&path, &json!({"subject": subject, "operation": operation}));
            }
        }
    }
    walk
}

fn what_is_not_there_is_refused_as_the_documents_say(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    for (status, request) in listed("absent", &Sets::from([("absent", vec![Vec::new()])])) {
        walk.walk_refused(&request, status);
    }
    for status in [400, 403, 404, 405, 500, 501] {
        walk.sim
            .edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, status));
        walk.walk_refused("[space-roles|space-permissions]", status);
    }
}

/// Every 400 of the stand-in is for a request that the documents do not allow either.
fn what_the_stand_in_refuses_the_documents_forbid(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    let many = vec![("many", joined(1..=251))];
    let things = Sets::from([("forbidden", vec![many])]);
    for (wanted, pattern) in listed("forbidden", &things) {
        for path in each(&pattern) {
            let (request, status, body) = walk.ask(&path);
            assert_eq!(status, wanted, "{path}");
            let allowed = contract.check_request(&request);
            assert!(allowed.is_err(), "{path} is allowed");
            // A bad id is found out before the answer is looked at.
            if contract.describe("GET", &request.path).is_some() && !path.ends_with("/x") {
                let checked = contract.check_response(&request, status, &body);
                checked.unwrap_or_else(|why| panic!("{path}: {why}"));
            }
        }
    }
}

/// The checks themselves can fail.
fn a_wrong_answer_is_found(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    let (request, _, body) = walk.ask("pages?limit=5");
    let right: Value = serde_json::from_slice(&body).expect("JSON");
    for (place, value) in [
        ("/results/1/id", json!(5)),
        ("/results/1/id", Value::Null),
        ("/results/1/title", Value::Null),
        ("/results/1/status", json!("new")),
        ("/results/1/parentType", json!("blog")),
        ("/results/1/createdAt", json!("yesterday")),
        ("/results/1/version", json!({"number": "1"})),
        ("/results/1/version", json!({"count": 1})),
        ("/results/1/version/number", json!(5_000_000_000_u64)),
        ("/results/1", json!({"name": "x"})),
        ("/results/1/_links", json!({"webui": null})),
        ("/results", json!({})),
        ("/_links/next", Value::Null),
    ] {
        let mut answer = right.clone();
        *answer.pointer_mut(place).expect("a place in the answer") = value.clone();
        let verdict = contract.check_response(&request, 200, answer.to_string().as_bytes());
        assert!(verdict.is_err(), "{value} at {place} is not found");
    }
    assert!(contract.check_response(&request, 200, b"<html>").is_err());
    assert!(contract.check_response(&request, 418, b"{}").is_err());
    contract
        .check_response(&request, 200, right.to_string().as_bytes())
        .expect("the right answer");
}

fn a_wrong_request_is_found(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    for path in
        each("/[wiki/api/v2/nothing|wiki/wiki/api/v2/pages|api/v2/pages|_edge/tenant_info?x=1]")
    {
        let (request, ..) = walk.ask(&path);
        assert!(contract.check_request(&request).is_err(), "{path}");
    }
    for question in [
        json!({"accountIds": vec!["x"; 251]}),
        json!({"accountIds": []}),
        json!({"accounts": ["x"]}),
    ] {
        let (request, status, _) = walk.ask_with("users-bulk", Some(&question));
        assert_eq!(status, 400, "{question}");
        assert!(contract.check_request(&request).is_err(), "{question}");
    }
}
