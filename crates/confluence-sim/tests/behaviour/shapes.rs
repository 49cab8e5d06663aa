//! The shapes of rows, with what makes strict readers stumble.

use crate::client::{Answer, Client, PAGES, SPACES, time};
use confluence_sim::{Options, Organisation, PageStatus, Sim};
use serde_json::{Value, json};
use std::collections::HashSet;

fn keys(row: &Value) -> HashSet<&str> {
    row.as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_row_of_pages_is_what_the_organisation_says() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for row in client.get(&format!("{PAGES}?limit=250")).rows() {
        let page = organisation
            .page(crate::client::id(&row))
            .expect("a page of the organisation");
        assert_eq!(row["title"], *page.title());
        assert_eq!(row["status"], page.status().as_str());
        assert_eq!(row["spaceId"], page.space_id().to_string());
        assert_eq!(row["authorId"].as_str(), page.author_id());
        assert_eq!(row["ownerId"].as_str(), page.owner_id());
        assert_eq!(row["lastOwnerId"].as_str(), page.last_owner_id());
        assert_eq!(row["subtype"].as_str(), page.subtype());
        assert_eq!(row["position"].as_u64(), page.position().map(u64::from));
        let parent = page.parent();
        assert_eq!(row["parentType"].as_str(), parent.map(|(kind, _)| kind));
        assert_eq!(
            row["parentId"].as_str().map(str::to_owned),
            parent.map(|(_, id)| id.to_string())
        );
        assert_eq!(time(&row["createdAt"]), page.created_at());
        let version = &row["version"];
        assert_eq!(time(&version["createdAt"]), page.modified_at());
        assert_eq!(version["number"], page.version());
        assert_eq!(version["message"].as_str(), page.version_message());
        assert_eq!(version["minorEdit"], page.minor_edit());
        assert_eq!(version["authorId"].as_str(), page.version_author_id());
        assert_eq!(row["body"], json!({}));
        assert!(
            keys(&row).contains("sourceTemplateEntityId")
                && keys(version).contains("ncsStepVersion")
        );
    }
}

#[test]
fn every_surprise_is_met_in_the_standard_organisation() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let everything = format!("{PAGES}?limit=250&status=current,archived,trashed,deleted");
    let mut first = vec![client.get(&everything)];
    while first.len() < 40 {
        let next = first.last().and_then(Answer::next);
        first.push(client.get(&next.expect("more pages")));
    }
    let rows: Vec<Value> = first.iter().flat_map(Answer::rows).collect();
    let some = |test: &dyn Fn(&Value) -> bool| rows.iter().any(test);
    for field in [
        "parentId",
        "parentType",
        "position",
        "authorId",
        "ownerId",
        "lastOwnerId",
        "subtype",
    ] {
        assert!(some(&|row| row[field].is_null()), "{field} is never null");
        assert!(some(&|row| !row[field].is_null()), "{field} is always null");
    }
    assert!(some(&|row| row["parentType"] == "folder") && some(&|row| row["parentType"] == "page"));
    assert!(
        some(&|row| row["version"]["message"].is_null())
            && some(&|row| row["version"]["message"] == "")
    );
    assert!(some(&|row| row["version"]["authorId"].is_null()));
    for piece in ["\"", "\n", "\t", "\\", "🚀", "%", "<b>", "作業"] {
        assert!(
            some(&|row| row["title"].as_str().expect("a title").contains(piece)),
            "no title has {piece:?}"
        );
    }
    let length = |row: &Value| row["createdAt"].as_str().expect("a time").len();
    assert!(some(&|row| length(row) == 20) && some(&|row| length(row) == 24));
    assert!(some(&|row| row["createdAt"] == row["version"]["createdAt"]));
    for gone in rows.iter().filter(|row| row["status"] == "trashed") {
        assert_eq!(
            [&gone["parentId"], &gone["parentType"], &gone["position"]],
            [&Value::Null; 3]
        );
    }
    let last = client.get(&format!("{PAGES}?sort=-id&limit=1")).ids()[0];
    assert!(last > 1 << 31);
    for title in ["Runbook", "runbook", "RUNBOOK"] {
        assert!(
            organisation
                .listed_pages()
                .any(|page| page.title() == title),
            "no page is called {title}"
        );
    }
}

#[test]
fn bodies_come_when_they_are_asked_for() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let stored = client
        .get(&format!("{PAGES}?body-format=storage&limit=250"))
        .rows();
    for row in &stored {
        let page = organisation
            .page(crate::client::id(row))
            .expect("a page of the organisation");
        assert_eq!(
            row["body"],
            json!({"storage": {"representation": "storage", "value": page.storage_body()}})
        );
    }
    let documents = client
        .get(&format!("{PAGES}?body-format=atlas_doc_format&limit=250"))
        .rows();
    for row in &documents {
        assert_eq!(keys(&row["body"]), HashSet::from(["atlas_doc_format"]));
        let value = row["body"]["atlas_doc_format"]["value"]
            .as_str()
            .expect("JSON in a string");
        assert_eq!(
            serde_json::from_str::<Value>(value).expect("JSON")["type"],
            "doc"
        );
    }
    assert!(
        stored
            .iter()
            .any(|row| row["body"].to_string().contains("&lt;")),
        "nothing had to be escaped"
    );
    let page = organisation.page_at(0).expect("a page").id();
    for format in [
        "storage",
        "atlas_doc_format",
        "view",
        "export_view",
        "anonymous_export_view",
        "styled_view",
        "editor",
    ] {
        let row = client
            .get(&format!("{PAGES}/{page}?body-format={format}"))
            .json();
        assert_eq!(row["body"][format]["representation"], format);
    }
}

#[test]
fn a_single_page_can_be_had_in_the_trash_but_not_beyond() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    for page in organisation.pages() {
        let path = format!("{PAGES}/{}", page.id());
        match page.status() {
            PageStatus::Deleted => {
                assert_eq!(client.get(&path).refusal().0, 404);
                assert_eq!(client.get(&format!("{path}?status=deleted")).status, 200);
            }
            status => {
                let row = client.get(&path).json();
                assert_eq!(row["status"], status.as_str());
                assert_eq!(row["_links"]["base"], format!("{}/wiki", sim.url()));
                assert!(row.get("subtype").is_none());
            }
        }
    }
    let page = organisation
        .pages()
        .find(|page| page.version() > 3)
        .expect("a page with versions");
    let path = format!("{PAGES}/{}", page.id());
    assert!(
        client
            .get(&format!("{path}?include-version=false"))
            .json()
            .get("version")
            .is_none()
    );
    assert_eq!(
        client
            .get(&format!("{path}?version={}", page.version()))
            .status,
        200
    );
    assert_eq!(
        client
            .get(&format!("{path}?version={}", page.version() + 1))
            .refusal()
            .0,
        404
    );
    assert_eq!(client.get(&format!("{path}?version=1")).status, 501);
    assert_eq!(
        client.get(&format!("{path}?status=trashed")).refusal().0,
        404
    );
}

#[test]
fn rows_of_spaces() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let rows = client.all_rows(&format!("{SPACES}?limit=250"));
    for row in &rows {
        let space = organisation
            .space(crate::client::id(row))
            .expect("a space of the organisation");
        assert_eq!(row["key"], space.key);
        assert_eq!(row["name"], space.name);
        assert_eq!(row["type"], space.kind.as_str());
        assert_eq!(row["spaceOwnerId"].as_str(), space.owner_id.as_deref());
        assert_eq!(row["currentActiveAlias"], space.current_active_alias);
        assert_eq!(
            row["homepageId"].as_str().map(str::to_owned),
            space.homepage_id.map(|id| id.to_string())
        );
        assert!(row["description"].is_null() && row["icon"].is_null());
    }
    let some = |test: &dyn Fn(&Value) -> bool| assert!(rows.iter().any(test));
    some(&|row| row["homepageId"].is_null());
    some(&|row| row["authorId"].is_null());
    some(&|row| row["spaceOwnerId"].is_null());
    some(&|row| row["key"] != row["currentActiveAlias"]);
    some(&|row| {
        row["type"] == "personal"
            && row["key"]
                .as_str()
                .is_some_and(|key| key.starts_with("~712020"))
    });

    let described = client
        .get(&format!(
            "{SPACES}?description-format=plain&include-icon=true&limit=1"
        ))
        .rows()
        .remove(0);
    let space = organisation.spaces().next().expect("a space");
    assert_eq!(
        described["description"],
        json!({"plain": {"representation": "plain", "value": space.description}})
    );
    assert!(described["icon"]["path"].is_string());
    let single = client
        .get(&format!("{SPACES}/{}?description-format=view", space.id))
        .json();
    assert!(
        single["description"]["view"]["value"]
            .as_str()
            .expect("text")
            .contains("&amp;")
    );
    assert!(single.get("currentActiveAlias").is_none());
}

#[test]
fn a_single_space_shows_its_first_permissions() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for space in organisation.spaces().take(20) {
        let all: Vec<u64> = organisation
            .permissions(space.id)
            .map(|row| row.id)
            .collect();
        let row = client
            .get(&format!("{SPACES}/{}?include-permissions=true", space.id))
            .json();
        let shown = row["permissions"]["results"].as_array().expect("a list");
        assert_eq!(
            shown.iter().map(crate::client::id).collect::<Vec<_>>(),
            all[..all.len().min(50)]
        );
        assert_eq!(row["permissions"]["meta"]["hasMore"], all.len() > 50);
    }
}

#[test]
fn rows_of_permissions() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut kinds = HashSet::new();
    let mut operations = HashSet::new();
    let mut duplicates = 0;
    for space in organisation.spaces().take(30) {
        let mut pairs = HashSet::new();
        let rows = client.all_rows(&format!("{SPACES}/{}/permissions?limit=250", space.id));
        for (row, permission) in rows.iter().zip(organisation.permissions(space.id)) {
            let wanted = json!({
                "id": permission.id.to_string(),
                "principal": {"type": permission.principal_type, "id": permission.principal_id},
                "operation": {"key": permission.operation_key, "targetType": permission.target_type},
            });
            assert_eq!(*row, wanted);
            kinds.insert(permission.principal_type);
            operations.insert(permission.operation_key);
            duplicates += usize::from(
                !pairs.insert((row["principal"].to_string(), row["operation"].to_string())),
            );
        }
    }
    assert_eq!(
        kinds,
        HashSet::from(["user", "group", "role", "access-class"])
    );
    assert!(operations.contains("manage_users") && duplicates > 0);
}

#[test]
fn the_site() {
    let sim = Sim::start(Options::default());
    let info = Client::of(&sim)
        .get("/wiki/rest/api/settings/systemInfo")
        .json();
    assert_eq!(info["cloudId"], sim.organisation().cloud_id());
    assert_eq!(info["baseUrl"], format!("{}/wiki", sim.url()));
    let nobody = Client::of(&sim).get("/wiki/rest/api/user/anonymous").json();
    assert_eq!(nobody["type"], "anonymous");
}
