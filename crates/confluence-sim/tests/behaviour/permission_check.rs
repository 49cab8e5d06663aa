//! The operation that tells who may view or edit a content, and what is concealed from whoever reads.

use super::access::{Case, READ, account, person};
use crate::client::{Client, start};
use confluence_sim::{Credential, NodeKind, Options, RestrictedOperation, Sim};
use serde_json::{Value, json};
use std::sync::Arc;

use RestrictedOperation::{Read, Update};

fn check(id: u64) -> String {
    format!("/wiki/rest/api/content/{id}/permission/check")
}

fn question(kind: &str, identifier: &str, operation: &str) -> Value {
    json!({"subject": {"type": kind, "identifier": identifier}, "operation": operation})
}

/// What is said of somebody who may not; nothing of whoever may.
fn told(client: &Client, id: u64, question: &Value) -> Option<String> {
    let answer = client.post(&check(id), question);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    let said = json["errors"][0]["translation"].as_str();
    assert_eq!(json["hasPermission"], said.is_none(), "{json}");
    said.map(str::to_owned)
}

#[test]
fn the_operation_tells_the_verdict_and_what_keeps_whom_out() {
    let mut case = Case::new();
    case.site.add_group("readers", None);
    case.grant(("group", "readers"), READ);
    case.restrict(case.below, Read, person("ann"));
    let (page, below) = (case.page, case.below);
    let (_sim, client) = start(&Arc::new(case.site));
    let user = |name: &str| ("user", account(name));
    let group = |id: &str| ("group", id.to_owned());
    let no_use = "User is not allowed to use Confluence";
    let no_space = "User does not have permission to the space";
    let no_space_of_group = "Group does not have permission to the space";
    let no_content = "Group does not have permission to the content";
    let nobody = "Anonymous users are not allowed to use Confluence";
    for ((kind, who), id, operation, said) in [
        (user("ann"), below, "update", None),
        (group("writers"), page, "read", None),
        (user("closed"), page, "read", Some(no_use)),
        (user("bob"), page, "read", Some(no_space)),
        (group("readers"), page, "update", Some(no_space_of_group)),
        (group("writers"), below, "read", Some(no_content)),
        (("user", "anonymous".to_owned()), page, "read", Some(nobody)),
    ] {
        let found = told(&client, id, &question(kind, &who, operation));
        assert_eq!(found.as_deref(), said, "{who}");
    }
}

#[test]
fn only_an_administrator_may_ask_about_others() {
    let case = Case::new();
    let page = case.page;
    let sim = Sim::start(Options {
        credentials: vec![Credential::basic(Options::EMAIL, Options::TOKEN).administrator(false)],
        ..Options::of(Arc::new(case.site))
    });
    let client = Client::of(&sim);
    let own = question("user", &account("reader"), "read");
    assert!(told(&client, page, &own).is_some());
    for other in [
        question("user", &account("ann"), "read"),
        question("group", "writers", "read"),
        question("user", "anonymous", "read"),
    ] {
        let (status, said) = client.post(&check(page), &other).refusal_of_v1();
        assert_eq!(status, 403);
        assert!(said.contains("Only Confluence administrators"), "{said}");
    }
}

#[test]
fn what_is_no_question_about_somebody_and_something_is_refused() {
    let case = Case::new();
    let page = case.page;
    let (_sim, client) = start(&Arc::new(case.site));
    let ann = account("ann");
    for (id, asked, status) in [
        (page, json!({}), 400),
        (
            page,
            json!({"subject": {"type": "user", "identifier": ann}}),
            400,
        ),
        (page, json!({"operation": "read"}), 400),
        (page, question("role", &ann, "read"), 400),
        (page, question("user", &ann, "export"), 400),
        (page, question("user", "712020:unheard", "read"), 400),
        (page, question("group", "unheard", "read"), 400),
        // Said aloud rather than answered with a guess.
        (page, question("user", &ann, "delete"), 501),
        (1, question("user", &ann, "read"), 404),
    ] {
        let refused = client.post(&check(id), &asked).refusal_of_v1();
        assert_eq!(refused.0, status, "{asked}");
    }
    let got = client.get(&check(page));
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
}

#[test]
fn what_is_concealed_is_in_no_listing_and_counts_all_the_same() {
    let mut case = Case::new();
    case.restrict(case.page, Read, person("ann"));
    case.restrict(case.below, Update, person("ann"));
    case.restrict(case.below, Update, person("bob"));
    case.member("writers", "bob");
    let node = case.node(NodeKind::Folder, Some(case.below));
    let (page, below, post) = (case.page, case.below, case.post);
    let site = &mut case.site;
    for id in [page, node, post] {
        site.conceal_content(id).expect("content");
    }
    site.conceal_group("writers").expect("a group");
    site.conceal_account(&account("bob")).expect("an account");
    site.withhold_names(below, Update, 1);
    assert!(site.conceal_content(1).is_err());
    assert!(site.conceal_content(page).is_err(), "it is gone already");
    assert!(site.conceal_group("unheard").is_err());
    assert!(site.conceal_account("unheard").is_err());
    let (_sim, client) = start(&Arc::new(case.site));
    let pages = client.get("/wiki/api/v2/pages").rows();
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0]["id"], below.to_string());
    assert_eq!(pages[0]["parentId"], page.to_string());
    assert_eq!(client.get("/wiki/api/v2/blogposts").rows().len(), 0);
    client.refuses(&format!("/wiki/api/v2/folders/{node}"), 404);
    let restriction = |id: u64| format!("/wiki/rest/api/content/{id}/restriction");
    for id in [page, node, post] {
        client.refuses_in_v1(&restriction(id), 404);
        let asked = client.post(&check(id), &question("user", &account("ann"), "read"));
        assert_eq!(asked.status, 404);
    }
    assert_eq!(client.get("/wiki/rest/api/group").rows().len(), 1);
    let members = client.get("/wiki/rest/api/group/writers/membersByGroupId");
    assert_eq!(members.rows().len(), 0);
    let expanded = format!("{}?expand=restrictions.user", restriction(below));
    let users = &client.get(&expanded).rows()[1]["restrictions"]["user"];
    assert_eq!(users["results"].as_array().expect("a list").len(), 1);
    assert_eq!(users["size"], 2);
    let wanted = json!({"accountIds": [account("ann"), account("bob")]});
    let known = client.post("/wiki/api/v2/users-bulk", &wanted).rows();
    assert_eq!(known.len(), 1);
    // The site itself knows better.
    let bob = question("user", &account("bob"), "read");
    let no_content = "User does not have permission to the content";
    assert_eq!(told(&client, below, &bob).as_deref(), Some(no_content));
    let ann = question("user", &account("ann"), "update");
    assert_eq!(told(&client, below, &ann), None);
}

#[test]
fn the_search_for_users_finds_whoever_may_use_the_product() {
    let mut case = Case::new();
    // Whether the reader is shown the group that lets them or not.
    case.site.conceal_group("licensed").expect("a group");
    let (_sim, client) = start(&Arc::new(case.site));
    let found = |filter: &str| {
        let path = format!("/wiki/rest/api/search?cql=type=user{filter}");
        let rows = client.all_rows(&path);
        let ids = rows.iter().map(|row| row["user"]["accountId"].as_str());
        let mut ids: Vec<String> = ids.map(|id| id.expect("an id").to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(found(""), ["ann", "bob", "reader"].map(account));
    let guests = found("&sitePermissionTypeFilter=externalCollaborator");
    assert_eq!(guests, [account("guest")]);
}
