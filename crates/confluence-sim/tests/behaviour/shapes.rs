//! The shapes of rows, with what makes strict readers stumble.

use crate::client::{Answer, PAGES, id, start};
use confluence_sim::Organisation;
use serde_json::{Value, json};

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
    let is_met = |what: &str, test: &dyn Fn(&Value) -> bool| {
        assert!(rows.iter().any(test), "{what} is never met");
    };
    for field in [
        "/parentId",
        "/parentType",
        "/position",
        "/authorId",
        "/ownerId",
        "/lastOwnerId",
        "/subtype",
        "/version/authorId",
        "/version/message",
    ] {
        is_met(field, &|row| row.pointer(field) == Some(&Value::Null));
        is_met(field, &|row| row.pointer(field) != Some(&Value::Null));
    }
    for (field, value) in [
        ("/parentType", "folder"),
        ("/parentType", "page"),
        ("/version/message", ""),
    ] {
        is_met(field, &|row| row.pointer(field) == Some(&value.into()));
    }
    for piece in ["\"", "\n", "\t", "\\", "🚀", "%", "<b>", "作業"] {
        is_met(piece, &|row| {
            row["title"].as_str().expect("a title").contains(piece)
        });
    }
    for length in [20, 24] {
        is_met("a time with or without a fraction", &|row| {
            row["createdAt"].as_str().expect("a time").len() == length
        });
    }
    is_met("a page as it was created", &|row| {
        row["createdAt"] == row["version"]["createdAt"]
    });
    for gone in rows.iter().filter(|row| row["status"] == "trashed") {
        for field in ["parentId", "parentType", "position"] {
            assert_eq!(gone[field], Value::Null);
        }
    }
    let last = client.get(&format!("{PAGES}?sort=-id&limit=1")).ids()[0];
    assert!(last > 1 << 31);
    for title in ["Runbook", "runbook", "RUNBOOK"] {
        let mut pages = organisation.listed_pages();
        assert!(pages.any(|page| page.title() == title), "{title}");
    }
}

#[test]
fn bodies_come_when_they_are_asked_for() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let rows = |format: &str| {
        client
            .get(&format!("{PAGES}?body-format={format}&limit=250"))
            .rows()
    };
    let stored = rows("storage");
    for row in &stored {
        let page = organisation.page(id(row)).expect("a page");
        let body = json!({"representation": "storage", "value": page.storage_body()});
        assert_eq!(row["body"], json!({"storage": body}));
    }
    for row in rows("atlas_doc_format") {
        let body = row["body"].as_object().expect("an object");
        assert_eq!(body.len(), 1);
        let value = body["atlas_doc_format"]["value"].as_str();
        let document: Value = serde_json::from_str(value.expect("text")).expect("JSON");
        assert_eq!(document["type"], "doc");
    }
    let escaped = |row: &Value| row["body"].to_string().contains("&lt;");
    assert!(stored.iter().any(escaped), "nothing had to be escaped");
}

#[test]
fn the_site() {
    let (sim, client) = start(&Organisation::demo());
    let info = client.get("/wiki/rest/api/settings/systemInfo").json();
    assert_eq!(info["cloudId"], sim.organisation().cloud_id());
    assert_eq!(info["baseUrl"], format!("{}/wiki", sim.url()));
}
