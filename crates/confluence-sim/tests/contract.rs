//! Requests and answers against the published documents of the API.
//!
//! `cargo test -p confluence-sim --features contract`. Where the documents are absent, each test is reported as ignored.

#[path = "contract/administration.rs"]
mod administration;
#[path = "contract/belongings.rs"]
mod belongings;
#[path = "contract/content.rs"]
mod content;
#[path = "contract/tree.rs"]
mod tree;

use confluence_sim::contract::Contract;
use confluence_sim::{Credential, Options, Organisation, PageStatus, Sim, served};
use libtest_mimic::{Arguments, Trial};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

#[path = "contract/v1.rs"]
mod v1;

type Check = fn(&Contract);

/// Not the standard harness: only at run time is it known whether there is something to test with.
fn main() -> ExitCode {
    let tests: [(&str, Check); 7] = [
        (
            "every_operation_is_a_documented_one",
            every_operation_is_a_documented_one,
        ),
        (
            "requests_and_answers_of_the_demo_keep_to_the_documents",
            demo,
        ),
        (
            "requests_and_answers_of_the_standard_organisation_keep_to_the_documents",
            standard,
        ),
        ("what_the_stand_in_refuses_the_documents_forbid", refusals),
        (
            "what_is_not_there_is_refused_as_the_documents_say",
            what_is_not_there,
        ),
        ("a_wrong_answer_is_found", a_wrong_answer_is_found),
        ("a_wrong_request_is_found", a_wrong_request_is_found),
    ];
    let contract = Contract::load().map(Arc::new);
    if contract.is_none() {
        println!(
            "skipped: there are no API documents in {}",
            Contract::directory().display()
        );
    }
    let trials = tests.map(|(name, check)| {
        let contract = contract.clone();
        let ignored = contract.is_none();
        let run = move || {
            check(contract.as_deref().ok_or("there are no API documents")?);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn every_operation_is_a_documented_one(contract: &Contract) {
    for served in served() {
        // The one path that no document has.
        if served.operation == "tenantInfo" {
            continue;
        }
        let (operation, scopes) = contract
            .describe(served.method, &with_ones(served.path))
            .expect(served.path);
        assert_eq!(served.operation, operation);
        for set in &scopes {
            let served: Vec<Vec<&str>> = served.scopes.iter().map(|set| set.to_vec()).collect();
            assert!(
                served.iter().any(|known| known == set),
                "{operation}: {set:?} is not in {served:?}"
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

struct Walk<'a> {
    contract: &'a Contract,
    sim: Sim,
    agent: ureq::Agent,
    walked: BTreeSet<&'static str>,
}

impl<'a> Walk<'a> {
    fn new(contract: &'a Contract, organisation: Arc<Organisation>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            contract,
            sim: Sim::start(Options::of(organisation)),
            agent,
            walked: BTreeSet::new(),
        }
    }

    fn get(&mut self, path: &str) -> (u16, Vec<u8>) {
        let header = Credential::basic(Options::EMAIL, Options::TOKEN).header();
        let request = self
            .agent
            .get(format!("{}{path}", self.sim.url()))
            .header("authorization", header);
        let mut response = request.call().expect("an answer");
        (
            response.status().as_u16(),
            response.body_mut().read_to_vec().expect("a whole answer"),
        )
    }

    /// Asks for something that is refused, and holds the refusal against the documents.
    fn walk_refused(&mut self, path: &str, with: u16) {
        self.sim.clear_log();
        let (status, body) = self.get(path);
        let request = self.sim.log().remove(0);
        assert_eq!(status, with, "{path}: {}", String::from_utf8_lossy(&body));
        self.contract
            .check_request(&request)
            .unwrap_or_else(|why| panic!("{path}: {why}"));
        self.contract
            .check_response(&request, status, &body)
            .unwrap_or_else(|why| panic!("{path}: {why}"));
    }

    /// Asks, follows up to two next links, and holds all of it against the documents.
    fn walk(&mut self, path: &str) {
        let mut next = Some(path.to_owned());
        for _ in 0..3 {
            let Some(path) = next else { return };
            self.sim.clear_log();
            let (status, body) = self.get(&path);
            let request = self.sim.log().remove(0);
            self.walked.extend(request.operation);
            assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
            self.contract
                .check_request(&request)
                .unwrap_or_else(|why| panic!("{path}: {why}"));
            self.contract
                .check_response(&request, status, &body)
                .unwrap_or_else(|why| panic!("{path}: {why}"));
            let json: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            next = json["_links"]["next"].as_str().map(|next| match next {
                // v1 writes its links without the context.
                next if next.starts_with("/rest/") => format!("/wiki{next}"),
                next => next.to_owned(),
            });
        }
    }

    fn post(&mut self, path: &str, question: &serde_json::Value) -> (u16, Vec<u8>) {
        let header = Credential::basic(Options::EMAIL, Options::TOKEN).header();
        let request = self
            .agent
            .post(format!("{}{path}", self.sim.url()))
            .header("content-type", "application/json")
            .header("authorization", header);
        let mut response = request.send(question.to_string()).expect("an answer");
        (
            response.status().as_u16(),
            response.body_mut().read_to_vec().expect("a whole answer"),
        )
    }

    /// Asks with a body, and holds all of it against the documents.
    fn walk_with(&mut self, path: &str, question: &serde_json::Value) {
        self.sim.clear_log();
        let (status, body) = self.post(path, question);
        let request = self.sim.log().remove(0);
        self.walked.extend(request.operation);
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        let checked = self.contract.check_request(&request);
        checked.unwrap_or_else(|why| panic!("{path}: {why}"));
        let checked = self.contract.check_response(&request, status, &body);
        checked.unwrap_or_else(|why| panic!("{path}: {why}"));
    }
}

fn demo(contract: &Contract) {
    let walk = walk_everything(Walk::new(contract, Organisation::demo()));
    assert_eq!(
        walk.walked,
        served().map(|served| served.operation).collect()
    );
}

fn standard(contract: &Contract) {
    walk_everything(Walk::new(contract, Organisation::standard()));
}

fn walk_everything(mut walk: Walk) -> Walk {
    let organisation = walk.sim.organisation();
    for path in [
        "/_edge/tenant_info",
        "/wiki/rest/api/user/current",
        "/wiki/rest/api/settings/systemInfo",
    ] {
        walk.walk(path);
    }
    let spaces: Vec<_> = organisation.spaces().collect();
    let some_ids = spaces
        .iter()
        .take(5)
        .map(|space| space.id.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let some_keys = spaces
        .iter()
        .take(5)
        .map(|space| space.key.clone())
        .collect::<Vec<_>>()
        .join(",");
    let filters = [
        String::new(),
        format!("&ids={some_ids}"),
        format!("&keys={some_keys}"),
        "&type=personal".to_owned(),
        "&type=global&status=current".to_owned(),
        "&status=archived".to_owned(),
        "&description-format=plain".to_owned(),
        "&description-format=view".to_owned(),
    ];
    for filter in &filters {
        for sort in [
            "",
            "&sort=id",
            "&sort=-id",
            "&sort=key",
            "&sort=-key",
            "&sort=name",
            "&sort=-name",
        ] {
            walk.walk(&format!("/wiki/api/v2/spaces?limit=3{filter}{sort}"));
            walk.walk(&format!("/wiki/api/v2/spaces?limit=250{filter}{sort}"));
        }
    }
    for space in spaces.iter().take(40) {
        walk.walk(&format!("/wiki/api/v2/spaces/{}", space.id));
        walk.walk(&format!("/wiki/api/v2/spaces/{}/permissions", space.id));
        walk.walk(&format!(
            "/wiki/api/v2/spaces/{}/permissions?limit=250",
            space.id
        ));
        for query in [
            "",
            "?depth=root",
            "?depth=all&sort=-title&body-format=storage",
            "?status=trashed&title=x",
        ] {
            walk.walk(&format!("/wiki/api/v2/spaces/{}/pages{query}", space.id));
        }
    }
    let pages: Vec<_> = organisation.pages().collect();
    let ids = pages
        .iter()
        .step_by(7)
        .take(250)
        .map(|page| page.id().to_string())
        .collect::<Vec<_>>()
        .join(",");
    let filters = [
        String::new(),
        format!("&space-id={some_ids}"),
        format!("&id={ids}"),
        "&title=runbook".to_owned(),
        "&status=current&status=archived".to_owned(),
        "&status=trashed,deleted".to_owned(),
        "&subtype=live".to_owned(),
        "&subtype=page&body-format=storage".to_owned(),
        "&body-format=atlas_doc_format".to_owned(),
    ];
    for filter in &filters {
        for sort in ["id", "created-date", "modified-date", "title"] {
            walk.walk(&format!("/wiki/api/v2/pages?limit=100{filter}&sort={sort}"));
            walk.walk(&format!("/wiki/api/v2/pages?sort=-{sort}{filter}"));
        }
    }
    let single = pages
        .iter()
        .filter(|page| page.status() != PageStatus::Deleted);
    for page in single.step_by(pages.len() / 40) {
        walk.walk(&format!("/wiki/api/v2/pages/{}", page.id()));
    }
    content::walk(&mut walk);
    tree::walk(&mut walk);
    administration::walk(&mut walk);
    belongings::walk(&mut walk);
    v1::walk(&mut walk, &organisation);
    walk
}

fn what_is_not_there(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    tree::walk_what_is_not_there(&mut walk);
    administration::walk_what_is_not_there(&mut walk);
    belongings::walk_what_is_not_there(&mut walk);
}

/// Every 400 of the stand-in is for a request that the documents do not allow either.
fn refusals(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    let many = (1..=251)
        .map(|id| id.to_string())
        .collect::<Vec<_>>()
        .join(",");
    for path in [
        "/spaces?unknown=1",
        "/spaces?limit=0",
        "/spaces?limit=251",
        "/spaces?sort=created-date",
        "/spaces?type=blog",
        "/spaces?status=trashed",
        "/spaces?ids=x",
        "/spaces?limit=1&limit=2",
        "/pages?status=draft",
        "/pages?subtype=blog",
        "/pages?body-format=view",
        "/pages?id=1,x",
        "/spaces/65538/permissions?sort=id",
        "/folders/x",
        "/folders/3000000001/properties?sort=id",
        "/folders/3000000001/operations?limit=5",
        "/folders/3000000001/descendants?depth=0",
        "/folders/3000000001/descendants?depth=11",
        "/folders/3000000001/ancestors?cursor=x",
        "/pages/1/descendants?depth=two",
        "/pages/1/classification-level?status=trashed",
        "/classification-levels?limit=5",
        "/space-roles?principal-id=x&principal-type=ROLE",
        "/space-permissions?limit=251",
        "/data-policies/spaces?sort=created-date",
        "/blogposts?status=archived",
        "/blogposts?sort=title",
        "/blogposts?subtype=live",
        "/pages/1/versions?sort=number",
        "/pages/1/versions?body-format=view",
        "/pages/1/versions/1?body-format=storage",
        "/pages/1/versions/x",
        "/labels?label-id=x",
        "/labels?name=x",
        "/pages/1/labels?prefix=other",
        "/spaces/65538/labels?prefix=global",
        "/spaces/65538/content/labels?prefix=global",
        "/labels/1/pages?status=current",
        "/labels/1/blogposts?sort=title",
        "/pages/1/properties?sort=id",
        "/spaces/65538/properties?sort=key",
        "/pages/1/likes/users?limit=251",
        "/pages/1/likes/count?limit=1",
        "/pages/1/operations?limit=1",
        &format!("/blogposts?id={many}"),
        &format!("/blogposts?space-id={many}"),
        &format!("/labels/1/pages?space-id={many}"),
        "/attachments?limit=251",
        "/attachments?status=deleted",
        "/attachments?sort=id",
        "/attachments/x",
        "/labels/1/attachments?filename=x",
        "/footer-comments?status=current",
        "/pages/1/footer-comments?resolution-status=open",
        "/pages/1/inline-comments?resolution-status=closed",
        "/blogposts/1/footer-comments?status=archived",
        "/footer-comments/x",
        "/inline-comments/1/likes/users?limit=251",
        "/comments/1/properties?sort=id",
        "/custom-content",
        "/custom-content?type=a&body-format=view",
        "/custom-content?type=a&status=current",
        "/tasks?status=done",
        "/tasks?created-at-from=yesterday",
        &format!("/tasks?task-id={many}"),
        &format!("/tasks?assigned-to={many}"),
        &format!("/custom-content?type=a&id={many}"),
        &format!("/custom-content?type=a&space-id={many}"),
        &format!("/spaces?ids={many}"),
        &format!("/pages?id={many}"),
        &format!("/pages?space-id={many}"),
    ] {
        let path = format!("/wiki/api/v2{path}");
        walk.sim.clear_log();
        let (status, body) = walk.get(&path);
        assert_eq!(status, 400, "{path}");
        let request = walk.sim.log().remove(0);
        assert!(
            contract.check_request(&request).is_err(),
            "{path} is allowed"
        );
        // A bad id is found out before the answer is looked at.
        if contract.describe("GET", &request.path).is_some()
            && !path.contains("/ENG")
            && !path.ends_with("/x")
        {
            contract
                .check_response(&request, status, &body)
                .unwrap_or_else(|why| panic!("{path}: {why}"));
        }
    }
}

/// The checks themselves can fail.
fn a_wrong_answer_is_found(contract: &Contract) {
    let mut walk = Walk::new(contract, Organisation::demo());
    let path = "/wiki/api/v2/pages?limit=5";
    let (_, body) = walk.get(path);
    let request = walk.sim.log().remove(0);
    let right: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let wrong: &[(&str, serde_json::Value)] = &[
        ("/results/1/id", 5.into()),
        ("/results/1/id", serde_json::Value::Null),
        ("/results/1/title", serde_json::Value::Null),
        ("/results/1/status", "new".into()),
        ("/results/1/parentType", "blog".into()),
        ("/results/1/createdAt", "yesterday".into()),
        ("/results/1/version", serde_json::json!({"number": "1"})),
        ("/results/1/version", serde_json::json!({"count": 1})),
        ("/results/1/version/number", 5_000_000_000_u64.into()),
        ("/results/1", serde_json::json!({"name": "x"})),
        ("/results/1/_links", serde_json::json!({"webui": null})),
        ("/results", serde_json::json!({})),
        ("/_links/next", serde_json::Value::Null),
    ];
    for (place, value) in wrong {
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
    for path in [
        "/wiki/api/v2/nothing",
        "/wiki/wiki/api/v2/pages",
        "/api/v2/pages",
        "/_edge/tenant_info?x=1",
    ] {
        walk.sim.clear_log();
        walk.get(path);
        assert!(
            contract.check_request(&walk.sim.log()[0]).is_err(),
            "{path}"
        );
    }
    let path = "/wiki/api/v2/users-bulk";
    for question in [
        serde_json::json!({"accountIds": vec!["x"; 251]}),
        serde_json::json!({"accountIds": []}),
        serde_json::json!({"accounts": ["x"]}),
    ] {
        walk.sim.clear_log();
        assert_eq!(walk.post(path, &question).0, 400, "{question}");
        let checked = contract.check_request(&walk.sim.log()[0]);
        assert!(checked.is_err(), "{question}");
    }
}
