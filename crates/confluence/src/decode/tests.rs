//! What answers become.

use super::*;
use crate::batch::Value;
use crate::tables::{pages, permissions, search};

fn pages(columns: &[&str], body: &str) -> Result<Page, Problem> {
    let places: Vec<usize> = columns
        .iter()
        .map(|name| pages::TABLE.column(name).expect("a column").0)
        .collect();
    Shape::new(&pages::TABLE, pages::TABLE.main().rows_at, &places).page(
        body.as_bytes(),
        &[],
        "https://acme.example",
    )
}

#[test]
fn a_page_of_pages() {
    let page = pages(
        &[
            "id",
            "title",
            "modified_at",
            "web_url",
            "version_minor_edit",
            "owner_id",
        ],
        r#"{"_links":{"next":"/wiki/api/v2/pages?cursor=x","base":"https://s.example/wiki"},
            "results":[{"ownerId":null,"extra":{"a":[1]},"title":"A\u0000\"é","id":"2182288832",
            "version":{"minorEdit":true,"createdAt":"2024-05-12T09:31:07.123Z"},
            "_links":{"webui":"/x"}}]}"#,
    )
    .expect("decodes");
    assert_eq!(page.next.as_deref(), Some("/wiki/api/v2/pages?cursor=x"));
    let row: Vec<Value> = (0..6).map(|slot| page.batch.value(0, slot)).collect();
    assert_eq!(
        row,
        [
            Value::Int(2_182_288_832),
            Value::Text("A\u{fffd}\"é"),
            Value::Timestamp(1_715_506_267_123_000),
            Value::Link("https://s.example/wiki", "/x"),
            Value::Boolean(true),
            Value::Null,
        ]
    );
}

#[test]
fn addresses_are_the_sites_and_never_the_gateways() {
    let page = pages(
        &["id", "web_url"],
        r#"{"_links":{"base":"https://api.example/ex/confluence/1-2/wiki"},
            "results":[{"id":"5","_links":{"webui":"/x"}}]}"#,
    )
    .expect("decodes");
    assert_eq!(
        page.batch.value(0, 1),
        Value::Link("https://acme.example/wiki", "/x")
    );
}

#[test]
fn the_parents_id_is_the_paths() {
    let shape = Shape::new(
        &permissions::TABLE,
        permissions::TABLE.main().rows_at,
        &[0, 1],
    );
    let page = shape
        .page(
            br#"{"results":[{"id":7}]}"#,
            &[(1, Value::Int(42))],
            "https://s.example",
        )
        .expect("decodes");
    assert_eq!(page.batch.value(0, 0), Value::Text("7"));
    assert_eq!(page.batch.value(0, 1), Value::Int(42));
    assert_eq!(page.next, None);
}

#[test]
fn a_row_without_its_key_is_an_error() {
    assert_eq!(
        pages(&["id", "space_id"], r#"{"results":[{"id":"5"}]}"#).unwrap_err(),
        Problem::Value {
            field: "spaceId",
            id: Some("5".to_owned()),
            found: "nothing".to_owned()
        }
    );
}

#[test]
fn a_value_that_does_not_fit_names_field_and_id_even_before_the_id() {
    for (json, found) in [
        (r#""abc""#, "\"abc\""),
        ("9.5", "9.5"),
        ("true", "true"),
        ("{}", "an object"),
        ("[1]", "an array"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        let body = format!(r#"{{"results":[{{"parentId":{json},"id":"5"}}]}}"#);
        assert_eq!(
            pages(&["id", "parent_id"], &body).unwrap_err(),
            Problem::Value {
                field: "parentId",
                id: Some("5".to_owned()),
                found: found.to_owned()
            }
        );
    }
}

#[test]
fn a_document_in_a_string_is_json_without_nul() {
    let body = |value: &str| {
        let value = serde_json::to_string(value).expect("a string");
        format!(r#"{{"results":[{{"id":"5","body":{{"atlas_doc_format":{{"value":{value}}}}}}}]}}"#)
    };
    let page = pages(&["id", "body_adf"], &body(r#"{"a":"\u0000\\u0000é"}"#)).expect("decodes");
    assert_eq!(
        page.batch.value(0, 1),
        Value::Text(r#"{"a":"\ufffd\\u0000é"}"#)
    );
    assert!(matches!(
        pages(&["id", "body_adf"], &body("{broken")),
        Err(Problem::Value {
            field: "body.atlas_doc_format.value",
            ..
        })
    ));
}

#[test]
fn what_is_no_listing_is_said_so() {
    assert_eq!(
        pages(&["id"], r#"{"results":[{"id":"#).unwrap_err(),
        Problem::CutOff
    );
    assert_eq!(pages(&["id"], "").unwrap_err(), Problem::CutOff);
    for body in [
        "<html>",
        "[]",
        "null",
        "{}",
        r#"{"results":null}"#,
        r#"{"results":{}}"#,
        r#"{"results":[]} x"#,
    ] {
        assert!(
            matches!(pages(&["id"], body).unwrap_err(), Problem::Shape(_)),
            "{body}"
        );
    }
}

#[test]
fn of_several_places_the_first_one_that_is_there_counts() {
    let (id, _) = search::TABLE.column("id").expect("a column");
    let shape = Shape::new(&search::TABLE, search::TABLE.main().rows_at, &[id]);
    let body = br#"{"results":[{"content":{"id":"1"},"space":{"id":2}},{"content":{"id":null},"space":{"id":2}}]}"#;
    let page = shape.page(body, &[], "https://s.example").expect("decodes");
    assert_eq!(page.batch.value(0, 0), Value::Text("1"));
    assert_eq!(page.batch.value(1, 0), Value::Text("2"));
}

#[test]
fn what_is_not_utf_8_is_told_by_where_the_fault_is() {
    let shape = Shape::new(&pages::TABLE, pages::TABLE.main().rows_at, &[0, 2]);
    let decode = |body: &[u8]| shape.page(body, &[], "https://s.example");
    assert_eq!(
        decode(b"{\"results\":[{\"id\":\"5\",\n\"title\":\"\xff\"}]}").unwrap_err(),
        Problem::Shape("what is no JSON (line 2, column 10)".to_owned())
    );
    assert_eq!(
        decode(b"{\"results\":[{\"id\":\"5\",\"title\":\"\xc3").unwrap_err(),
        Problem::CutOff
    );
    let page = decode(b"{\"results\":[{\"id\":\"5\",\"extra\":\"\xff\"}]}").expect("decodes");
    assert_eq!(page.batch.value(0, 0), Value::Int(5));
}

#[test]
fn fields_come_in_any_order_and_the_last_of_a_name_counts() {
    let body = r#"{"results":[{"title":"B","id":"6","more":1,"status":"current","title":"C"}]}"#;
    let page = pages(&["id", "status", "title"], body).expect("decodes");
    let row: Vec<Value> = (0..3).map(|slot| page.batch.value(0, slot)).collect();
    assert_eq!(
        row,
        [Value::Int(6), Value::Text("current"), Value::Text("C")]
    );
}
