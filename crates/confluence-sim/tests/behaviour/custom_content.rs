//! Custom content.

use crate::client::Client;
use confluence_sim::{
    Container, CustomContent, LabelPrefix, Options, Organisation, PageStatus, Sim,
};
use serde_json::json;
use std::collections::HashSet;

const V2: &str = "/wiki/api/v2";
const DIAGRAM: &str = "ac:com.example.diagrams:diagram";
const FORM: &str = "ac:com.example.forms:form";

fn listed<'a>(organisation: &'a Organisation, kind: &str) -> Vec<CustomContent<'a>> {
    let is_listed = |piece: &CustomContent| PageStatus::DEFAULT.contains(&piece.status);
    organisation
        .custom_content()
        .filter(|piece| is_listed(piece) && piece.kind == kind)
        .collect()
}

fn ids(pieces: &[CustomContent]) -> Vec<u64> {
    pieces.iter().map(|piece| piece.id).collect()
}

#[test]
fn a_listing_needs_a_type() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let page = organisation.page_at(0).expect("a page").id();
    let space = organisation.spaces().next().expect("a space").id;
    for path in [
        "custom-content".to_owned(),
        format!("pages/{page}/custom-content"),
        format!("spaces/{space}/custom-content"),
    ] {
        let (status, title) = client.get(&format!("{V2}/{path}")).refusal();
        assert_eq!(status, 400, "{path}");
        assert!(title.contains("'type'"), "{title}");
        let answer = client.get(&format!("{V2}/{path}?type=ac:com.example.nothing:yet"));
        assert!(answer.ids().is_empty());
    }
}

#[test]
fn every_sort_is_right_for_each_type() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for kind in [DIAGRAM, FORM] {
        let mut pieces = listed(&organisation, kind);
        assert!(pieces.len() > 300);
        let path = format!("{V2}/custom-content?type={kind}&limit=90");
        assert_eq!(client.all_ids(&path), ids(&pieces));
        for by in ["id", "created-date", "modified-date", "title"] {
            match by {
                "id" => pieces.sort_by_key(|piece| piece.id),
                "created-date" => pieces.sort_by_key(|piece| (piece.created_at, piece.id)),
                "title" => pieces.sort_by_key(|piece| (piece.title.to_lowercase(), piece.id)),
                _ => pieces.sort_by_key(|piece| (piece.version.created_at, piece.id)),
            }
            assert_eq!(
                client.all_ids(&format!("{path}&sort={by}")),
                ids(&pieces),
                "{by}"
            );
            pieces.reverse();
            assert_eq!(
                client.all_ids(&format!("{path}&sort=-{by}")),
                ids(&pieces),
                "-{by}"
            );
        }
    }
}

#[test]
fn filters_and_containers() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let pieces = listed(&organisation, DIAGRAM);
    let with = |filter: &dyn Fn(&CustomContent) -> bool| -> Vec<u64> {
        let fitting = pieces.iter().filter(|piece| filter(piece));
        fitting.map(|piece| piece.id).collect()
    };
    let all = |path: &str| client.all_ids(&format!("{V2}/{path}type={DIAGRAM}&limit=250"));
    let (first, last) = (&pieces[3], &pieces[pieces.len() - 1]);
    assert_eq!(
        all(&format!("custom-content?id={},{},5&", last.id, first.id)),
        [first.id, last.id]
    );
    let spaces = [first.space_id, last.space_id];
    assert_eq!(
        all(&format!(
            "custom-content?space-id={},{}&",
            spaces[0], spaces[1]
        )),
        with(&|piece| spaces.contains(&piece.space_id))
    );
    let mut met = HashSet::new();
    for piece in &pieces {
        match piece.container {
            Container::Page(id) if met.len() < 60 => {
                assert_eq!(
                    all(&format!("pages/{id}/custom-content?")),
                    with(&|other| other.container == piece.container)
                );
                met.insert("page");
            }
            Container::BlogPost(id) => {
                assert_eq!(
                    all(&format!("blogposts/{id}/custom-content?")),
                    with(&|other| other.container == piece.container)
                );
                let single = client.get(&format!("{V2}/custom-content/{}", piece.id));
                assert_eq!(single.json()["blogPostId"], id.to_string());
                met.insert("blog post");
            }
            Container::CustomContent(id) => {
                let rows = client.all_rows(&format!("{V2}/custom-content/{id}/children"));
                let row = json!({
                    "id": piece.id.to_string(),
                    "status": piece.status.as_str(),
                    "title": piece.title,
                    "type": DIAGRAM,
                    "spaceId": piece.space_id.to_string(),
                });
                assert!(rows.contains(&row));
                let single = client.get(&format!("{V2}/custom-content/{}", piece.id));
                assert_eq!(single.json()["customContentId"], id.to_string());
                met.insert("custom content");
            }
            // With what is on the space's pages.
            Container::Space(id) if met.insert("space") => {
                assert_eq!(
                    all(&format!("spaces/{id}/custom-content?")),
                    with(&|other| other.space_id == id)
                );
            }
            _ => {}
        }
    }
    assert_eq!(met.len(), 4);
}

#[test]
fn a_body_comes_only_in_the_forms_that_its_type_has() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for (kind, forms) in [
        (DIAGRAM, &["raw"][..]),
        (FORM, &["storage", "atlas_doc_format", "view"]),
    ] {
        let pieces = listed(&organisation, kind);
        let piece = pieces
            .iter()
            .find(|piece| piece.version.number > 1)
            .expect("one with versions");
        let path = format!("{V2}/custom-content/{}", piece.id);
        for form in ["raw", "storage", "atlas_doc_format", "view"] {
            let body = client.get(&format!("{path}?body-format={form}")).json()["body"].clone();
            let value = piece.body(form, piece.version.number);
            assert_eq!(value.is_some(), forms.contains(&form), "{kind} {form}");
            let wanted = match value {
                Some(value) => json!({form: {"representation": form, "value": value}}),
                None => json!({}),
            };
            assert_eq!(body, wanted, "{kind} {form}");
        }
        let form = forms[0];
        let rows = client.all_rows(&format!("{path}/versions?body-format={form}&limit=1"));
        assert_eq!(rows.len() as u32, piece.version.number);
        for (row, number) in rows.iter().zip((1..=piece.version.number).rev()) {
            assert_eq!(row["number"], number);
            assert_eq!(
                row["custom"]["body"][form]["value"]
                    .as_str()
                    .map(str::to_owned),
                piece.body(form, number)
            );
            let details = client.get(&format!("{path}/versions/{number}")).json();
            assert_eq!(details["authorId"], row["authorId"]);
        }
    }
}

#[test]
fn a_single_one_with_all_that_comes_with_it() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let (mut labelled, mut annotated) = (0, 0);
    for piece in listed(&organisation, FORM).into_iter().take(60) {
        let path = format!("{V2}/custom-content/{}", piece.id);
        let full = client
            .get(&format!(
                "{path}?include-labels=true&include-properties=true&include-operations=true&include-versions=true"
            ))
            .json();
        assert_eq!(full["title"], piece.title);
        assert_eq!(full["spaceId"], piece.space_id.to_string());
        assert_eq!(full["authorId"].as_str(), piece.author_id);
        assert_eq!(full["version"]["number"], piece.version.number);
        let labels = client.all_rows(&format!("{path}/labels?limit=1"));
        assert_eq!(labels.len(), piece.labels().len());
        assert_eq!(full["labels"]["results"], json!(labels));
        let global = client.all_rows(&format!("{path}/labels?prefix=global&sort=-name"));
        let mut wanted: Vec<&str> = piece
            .labels()
            .into_iter()
            .filter(|label| label.prefix == LabelPrefix::Global)
            .map(|label| label.name.as_str())
            .collect();
        wanted.sort_by_key(|name| std::cmp::Reverse(*name));
        assert!(global.iter().map(|row| &row["name"]).eq(&wanted));
        let properties = client.all_rows(&format!("{path}/properties?limit=1"));
        let wanted: Vec<_> = piece.properties().map(|property| property.value).collect();
        assert!(properties.iter().map(|row| &row["value"]).eq(&wanted));
        assert_eq!(full["properties"]["results"], json!(properties));
        let operations = client.get(&format!("{path}/operations")).json();
        assert_eq!(full["operations"]["results"], operations["operations"]);
        labelled += labels.len();
        annotated += properties.len();
    }
    assert!(labelled > 10 && annotated > 10);
}

#[test]
fn what_is_absent_is_named() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    for path in [
        "custom-content/9",
        "custom-content/9/children",
        "custom-content/9/versions/1",
    ] {
        let title = "Cannot find custom content with id [9]".to_owned();
        let answer = client.get(&format!("{V2}/{path}"));
        assert_eq!(answer.refusal(), (404, title), "{path}");
    }
    for (path, title) in [
        ("pages/9", "Cannot find a page with id [9]"),
        ("spaces/9", "Cannot find a space with id [9]"),
        ("blogposts/9", "Cannot find a blog post with id [9]"),
    ] {
        let answer = client.get(&format!("{V2}/{path}/custom-content?type=x"));
        assert_eq!(answer.refusal(), (404, title.to_owned()));
    }
}

#[test]
fn the_demo_has_six_diagrams() {
    let organisation = Organisation::demo();
    assert_eq!(listed(&organisation, DIAGRAM).len(), 6);
    assert_eq!(organisation.custom_content().count(), 6);
    let inner = |piece: &CustomContent| matches!(piece.container, Container::CustomContent(_));
    assert_eq!(organisation.custom_content().filter(inner).count(), 1);
}
