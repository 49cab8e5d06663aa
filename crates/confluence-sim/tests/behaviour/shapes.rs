//! The shapes of rows, with what makes strict readers stumble.

use crate::client::{Answer, Client, PAGES, start};
use confluence_sim::{Options, Organisation, Sim};
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
fn every_surprise_is_met_in_the_standard_organisation() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
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
    let (sim, client) = start(&Organisation::demo());
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
}

#[test]
fn the_site() {
    let sim = Sim::start(Options::default());
    let info = Client::of(&sim)
        .get("/wiki/rest/api/settings/systemInfo")
        .json();
    assert_eq!(info["cloudId"], sim.organisation().cloud_id());
    assert_eq!(info["baseUrl"], format!("{}/wiki", sim.url()));
}
