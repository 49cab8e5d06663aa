//! Custom content.

use crate::client::start;
use confluence_sim::Organisation;
use serde_json::json;

const V2: &str = "/wiki/api/v2";
const DIAGRAM: &str = "ac:com.example.diagrams:diagram";
const FORM: &str = "ac:com.example.forms:form";

#[test]
fn a_listing_needs_a_type() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.page_at(0).expect("a page").id();
    for path in ["custom-content", &format!("pages/{page}/custom-content")] {
        let (status, title) = client.get(&format!("{V2}/{path}")).refusal();
        assert_eq!(status, 400, "{path}");
        assert!(title.contains("'type'"), "{title}");
        let answer = client.get(&format!("{V2}/{path}?type=ac:com.example.nothing:yet"));
        assert!(answer.ids().is_empty());
    }
}

#[test]
fn a_body_comes_only_in_the_forms_that_its_type_has() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    for (kind, forms) in [
        (DIAGRAM, &["raw"][..]),
        (FORM, &["storage", "atlas_doc_format"]),
    ] {
        let mut pieces = organisation.listed_custom_content();
        let piece = pieces.find(|piece| piece.kind == kind && piece.version.number > 1);
        let piece = piece.expect("one with versions");
        let path = format!("{V2}/custom-content/{}", piece.id);
        for form in ["raw", "storage", "atlas_doc_format"] {
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
            let body = &row["custom"]["body"][form]["value"];
            assert_eq!(body.as_str(), piece.body(form, number).as_deref());
            let details = client.get(&format!("{path}/versions/{number}")).json();
            assert_eq!(details["authorId"], row["authorId"]);
        }
    }
}
