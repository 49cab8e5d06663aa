//! Requests and answers against the published documents of the API.
//!
//! `cargo test -p confluence-sim --features contract`. Where the documents are absent, each test is reported as ignored.

#[path = "contract/administration.rs"]
mod administration;
#[path = "contract/belongings.rs"]
mod belongings;
#[path = "contract/content.rs"]
mod content;
mod patterns;
#[path = "contract/tree.rs"]
mod tree;
#[path = "contract/v1.rs"]
mod v1;
#[path = "contract/walk.rs"]
mod walk;

use confluence_sim::contract::Contract;
use confluence_sim::{Organisation, served};
use libtest_mimic::{Arguments, Trial};
use patterns::each;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use walk::{Walk, joined};

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
    assert_eq!(
        walk.walked,
        served().map(|served| served.operation).collect()
    );
}

fn requests_and_answers_of_the_standard_organisation_keep_to_the_documents(contract: &Contract) {
    walk_everything(Walk::new(contract, Organisation::standard()));
}

fn walk_everything(mut walk: Walk) -> Walk {
    let organisation = walk.sim.organisation();
    walk.walk("/_edge/tenant_info");
    walk.walk("/wiki/rest/api/[user/current|settings/systemInfo]");
    content::walk(&mut walk, &organisation);
    tree::walk(&mut walk, &organisation);
    administration::walk(&mut walk, &organisation);
    belongings::walk(&mut walk, &organisation);
    v1::walk(&mut walk, &organisation);
    walk
}

fn what_is_not_there_is_refused_as_the_documents_say(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    tree::walk_what_is_not_there(&mut walk);
    administration::walk_what_is_not_there(&mut walk);
    belongings::walk_what_is_not_there(&mut walk);
}

/// Every 400 of the stand-in is for a request that the documents do not allow either.
fn what_the_stand_in_refuses_the_documents_forbid(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    let many = joined(1..=251);
    for pattern in [
        "spaces?[unknown=1|limit=0|limit=251|sort=created-date|type=blog|status=trashed|ids=x|limit=1&limit=2]",
        "pages?[status=draft|subtype=blog|body-format=view|id=1,x]",
        "spaces/65538/permissions?sort=id",
        "folders/[x|3000000001/properties?sort=id|3000000001/operations?limit=5]",
        "folders/3000000001/[descendants?depth=0|descendants?depth=11|ancestors?cursor=x]",
        "pages/1/[descendants?depth=two|classification-level?status=trashed]",
        "classification-levels?limit=5",
        "space-roles?principal-id=x&principal-type=ROLE",
        "space-permissions?limit=251",
        "data-policies/spaces?sort=created-date",
        "blogposts?[status=archived|sort=title|subtype=live]",
        "pages/1/versions[?sort=number|?body-format=view|/1?body-format=storage|/x]",
        "labels?[label-id=x|name=x]",
        "pages/1/labels?prefix=other",
        "spaces/65538/[labels|content/labels]?prefix=global",
        "labels/1/[pages?status=current|blogposts?sort=title|attachments?filename=x]",
        "[pages/1/properties?sort=id|spaces/65538/properties?sort=key|comments/1/properties?sort=id]",
        "pages/1/[likes/users?limit=251|likes/count?limit=1|operations?limit=1]",
        "attachments[?limit=251|?status=deleted|?sort=id|/x]",
        "footer-comments[?status=current|/x]",
        "pages/1/[footer-comments?resolution-status=open|inline-comments?resolution-status=closed]",
        "blogposts/1/footer-comments?status=archived",
        "inline-comments/1/likes/users?limit=251",
        "custom-content[|?type=a&body-format=view|?type=a&status=current]",
        "tasks?[status=done|created-at-from=yesterday]",
        &format!("[blogposts|pages]?[id|space-id]={many}"),
        &format!("[labels/1/pages?space-id|spaces?ids|tasks?task-id|tasks?assigned-to]={many}"),
        &format!("custom-content?type=a&[id|space-id]={many}"),
    ] {
        for path in each(pattern) {
            let (request, status, body) = walk.ask(&path);
            assert_eq!(status, 400, "{path}");
            assert!(
                contract.check_request(&request).is_err(),
                "{path} is allowed"
            );
            // A bad id is found out before the answer is looked at.
            if contract.describe("GET", &request.path).is_some() && !path.ends_with("/x") {
                contract
                    .check_response(&request, status, &body)
                    .unwrap_or_else(|why| panic!("{path}: {why}"));
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
