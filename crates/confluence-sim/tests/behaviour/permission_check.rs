//! The operation that tells who may view or edit a content, and what is concealed from whoever reads.

use super::access::{Case, READ, account, person};
use crate::client::{Client, start};
use confluence_sim::{
    AccountStatus, AccountType, Credential, NodeKind, Options, RestrictedOperation, Sim,
};
use serde_json::{Value, json};
use std::sync::Arc;

use RestrictedOperation::{Read, Update};

fn check(id: u64) -> String {
    format!("/wiki/rest/api/content/{id}/permission/check")
}

fn question(kind: &str, identifier: &str, operation: &str) -> Value {
    json!({"subject": {"type": kind, "identifier": identifier}, "operation": operation})
}

/// Whether somebody may, and what is said if not.
fn told(client: &Client, id: u64, question: &Value) -> (bool, Vec<String>) {
    let answer = client.post(&check(id), question);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    let errors = json["errors"].as_array().expect("a list").iter();
    let said = errors.map(|error| {
        assert_eq!(error["args"], json!([]));
        error["translation"].as_str().expect("a text").to_owned()
    });
    let may = json["hasPermission"].as_bool().expect("yes or no");
    (may, said.collect())
}

#[test]
fn the_operation_tells_the_verdict_and_what_keeps_whom_out() {
    let mut case = Case::new();
    case.person("bob");
    case.person("gone");
    let gone = case.site.account_mut(&account("gone"));
    gone.expect("an account").status = AccountStatus::Closed;
    case.site.add_group("readers", None);
    case.grant(("group", "readers"), READ);
    case.restrict(case.below, Read, person("ann"));
    let (page, below) = (case.page, case.below);
    let (_sim, client) = start(&Arc::new(case.site));
    for (kind, who, id, operation, said) in [
        ("user", &*account("ann"), below, "update", None),
        ("group", "writers", page, "read", None),
        (
            "user",
            &account("gone"),
            page,
            "read",
            Some("User is not allowed to use Confluence"),
        ),
        (
            "user",
            &account("bob"),
            page,
            "read",
            Some("User does not have permission to the space"),
        ),
        (
            "group",
            "readers",
            page,
            "update",
            Some("Group does not have permission to the space"),
        ),
        (
            "group",
            "writers",
            below,
            "read",
            Some("Group does not have permission to the content"),
        ),
        (
            "user",
            "anonymous",
            page,
            "read",
            Some("Anonymous users are not allowed to use Confluence"),
        ),
    ] {
        let (may, errors) = told(&client, id, &question(kind, who, operation));
        let expected: Vec<&str> = said.into_iter().collect();
        assert_eq!(
            (may, errors),
            (
                said.is_none(),
                expected.iter().map(ToString::to_string).collect()
            ),
            "{who}"
        );
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
    let (may, _) = told(&client, page, &own);
    assert!(!may);
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
    for (asked, status) in [
        (json!({}), 400),
        (json!({"subject": {"type": "user", "identifier": ann}}), 400),
        (json!({"operation": "read"}), 400),
        (question("role", &ann, "read"), 400),
        (question("user", &ann, "export"), 400),
        (question("user", "712020:unheard", "read"), 400),
        (question("group", "unheard", "read"), 400),
        // Said aloud rather than answered with a guess.
        (question("user", &ann, "delete"), 501),
    ] {
        let refused = client.post(&check(page), &asked).refusal_of_v1();
        assert_eq!(refused.0, status, "{asked}");
    }
    let nowhere = client.post(&check(1), &question("user", &ann, "read"));
    assert_eq!(nowhere.refusal_of_v1().0, 404);
    let got = client.get(&check(page));
    assert_eq!((got.status, got.header("allow")), (405, Some("POST")));
}

#[test]
fn what_is_concealed_is_in_no_listing_and_counts_all_the_same() {
    let mut case = Case::new();
    case.restrict(case.page, Read, person("ann"));
    case.restrict(case.below, Update, person("ann"));
    case.restrict(case.below, Update, person("bob"));
    case.person("bob");
    case.member("writers", "bob");
    let node = case.node(NodeKind::Folder, Some(case.below));
    let post = case.site.create_blogpost(case.space, "News");
    let post = post.expect("a space");
    let (page, below) = (case.page, case.below);
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
    assert_eq!(
        client.get(&format!("/wiki/api/v2/folders/{node}")).status,
        404
    );
    let restriction = |id: u64| format!("/wiki/rest/api/content/{id}/restriction");
    for id in [page, node, post] {
        assert_eq!(client.get(&restriction(id)).status, 404);
        let asked = client.post(&check(id), &question("user", &account("ann"), "read"));
        assert_eq!(asked.status, 404);
    }
    let groups = client.get("/wiki/rest/api/group").rows();
    assert_eq!(groups.len(), 1);
    let members = client.get("/wiki/rest/api/group/writers/membersByGroupId");
    assert_eq!(members.rows().len(), 0);
    let expanded = format!(
        "{}?expand=restrictions.user,restrictions.group",
        restriction(below)
    );
    let lists = client.get(&expanded).rows();
    let users = &lists[1]["restrictions"]["user"];
    assert_eq!(users["results"].as_array().expect("a list").len(), 1);
    assert_eq!(users["size"], 2);
    let wanted = json!({"accountIds": [account("ann"), account("bob")]});
    let known = client.post("/wiki/api/v2/users-bulk", &wanted).rows();
    assert_eq!(known.len(), 1);
    // The site itself knows better.
    let (may, errors) = told(&client, below, &question("user", &account("bob"), "read"));
    assert_eq!(
        (may, &*errors[0]),
        (false, "User does not have permission to the content")
    );
    let (may, _) = told(&client, below, &question("user", &account("ann"), "update"));
    assert!(may);
}

#[test]
fn the_search_for_users_finds_whoever_may_use_the_product() {
    let mut case = Case::new();
    case.site
        .add_account(&account("unlicensed"), AccountType::Atlassian);
    let guest = case
        .site
        .add_account(&account("guest"), AccountType::Atlassian);
    guest.guest = true;
    // Whether the reader is shown the group that lets them or not.
    case.site.conceal_group("licensed").expect("a group");
    let (_sim, client) = start(&Arc::new(case.site));
    let found = |filter: &str| {
        let path = format!("/wiki/rest/api/search?cql=type=user{filter}");
        let rows = client.all_rows_of_v1(&path);
        let ids = rows.iter().map(|row| row["user"]["accountId"].as_str());
        let mut ids: Vec<String> = ids.map(|id| id.expect("an id").to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(found(""), [account("ann"), account("reader")]);
    let guests = found("&sitePermissionTypeFilter=externalCollaborator");
    assert_eq!(guests, [account("guest")]);
}
