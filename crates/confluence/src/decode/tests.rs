//! What responses become.

mod budgets;
mod odd_values;
mod proofs;

use super::*;
use crate::batch::{Slot, Value};
use crate::tables::{attachments, content_restrictions, page_labels, pages, permissions, search};

fn pages(columns: &[&'static str], body: &str) -> Result<Page, DecodeError> {
    let places: Vec<ColumnId> = columns.iter().map(|name| pages::TABLE.id(name)).collect();
    let shape = Projection::new(&pages::TABLE, pages::TABLE.main(), &places);
    decoded(&shape, body.as_bytes(), &[])
}

fn decoded(shape: &Projection, body: &[u8], given: Given) -> Result<Page, DecodeError> {
    static WANTED: AtomicBool = AtomicBool::new(false);
    let held = BytesHeld::default();
    shape.page(body.to_vec(), held, given, "https://acme.example", &WANTED)
}

fn values(page: &Page, row: usize) -> Vec<Value<'_>> {
    Slot::first(page.batch.width)
        .map(|slot| page.batch.value(row, slot))
        .collect()
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
    let row: Vec<Value> = Slot::first(6)
        .map(|slot| page.batch.value(0, slot))
        .collect();
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
    for base in [
        "https://api.example/ex/confluence/1-2/wiki",
        r"https://acme\u0000.example/wiki",
        r"https://acme\ud800.example/wiki",
        r"https://acme.example/wiki\n",
    ] {
        let answer = r#"{"_links":{"base":"BASE"},"results":[{"id":"5","_links":{"webui":"/x"}}]}"#;
        let page = pages(&["id", "web_url"], &answer.replace("BASE", base)).expect("decodes");
        assert_eq!(
            page.batch.value(0, Slot::nth(1)),
            Value::Link("https://acme.example/wiki", "/x"),
            "{base}"
        );
    }
}

#[test]
fn a_link_is_the_same_whichever_way_an_answer_is_read() {
    for half in ["", r"\ud800"] {
        let answer =
            r#"{"_links":{"next":"/x?cursor=a\u0000b"},"results":[{"id":"5","title":"HALF"}]}"#;
        let page = pages(&["id", "title"], &answer.replace("HALF", half)).expect("decodes");
        assert_eq!(page.next.as_deref(), Some("/x?cursor=a\u{fffd}b"));
    }
}

#[test]
fn the_parents_id_is_the_paths() {
    let shape = Projection::new(
        &permissions::TABLE,
        permissions::TABLE.main(),
        &["id", "space_id"].map(|name| permissions::TABLE.id(name)),
    );
    let body = br#"{"results":[{"id":7}]}"#;
    let given = [(permissions::TABLE.id("space_id"), Value::Int(42))];
    let page = decoded(&shape, body, &given).expect("decodes");
    assert_eq!(page.batch.value(0, Slot::nth(0)), Value::Text("7"));
    assert_eq!(page.batch.value(0, Slot::nth(1)), Value::Int(42));
    assert_eq!(page.next, None);
}

#[test]
fn a_row_without_its_key_is_an_error() {
    assert_eq!(
        pages(&["id", "space_id"], r#"{"results":[{"id":"5"}]}"#).unwrap_err(),
        DecodeError::Value {
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
            DecodeError::Value {
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
        page.batch.value(0, Slot::nth(1)),
        Value::Text(r#"{"a":"\ufffd\\u0000é"}"#)
    );
    assert!(matches!(
        pages(&["id", "body_adf"], &body("{broken")),
        Err(DecodeError::Value {
            field: "body.atlas_doc_format.value",
            ..
        })
    ));
}

#[test]
fn what_is_no_listing_is_said_so() {
    assert_eq!(
        pages(&["id"], r#"{"results":[{"id":"#).unwrap_err(),
        DecodeError::CutOff
    );
    assert_eq!(pages(&["id"], "").unwrap_err(), DecodeError::CutOff);
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
            matches!(pages(&["id"], body).unwrap_err(), DecodeError::Shape(_)),
            "{body}"
        );
    }
}

#[test]
fn of_several_places_the_first_one_that_is_there_counts() {
    let id = search::TABLE.id("id");
    let shape = Projection::new(&search::TABLE, search::TABLE.main(), &[id]);
    let body = br#"{"results":[{"content":{"id":"1"},"space":{"id":2}},{"content":{"id":null},"space":{"id":2}}]}"#;
    let page = decoded(&shape, body, &[]).expect("decodes");
    assert_eq!(page.batch.value(0, Slot::nth(0)), Value::Text("1"));
    assert_eq!(page.batch.value(1, Slot::nth(0)), Value::Text("2"));
}

#[test]
fn what_is_not_utf_8_is_told_by_where_the_fault_is() {
    let shape = Projection::new(
        &pages::TABLE,
        pages::TABLE.main(),
        &["id", "title"].map(|name| pages::TABLE.id(name)),
    );
    let decode = |body: &[u8]| decoded(&shape, body, &[]);
    assert_eq!(
        decode(b"{\"results\":[{\"id\":\"5\",\n\"title\":\"\xff\"}]}").unwrap_err(),
        DecodeError::Shape("what is no JSON (line 2, column 10)".to_owned())
    );
    assert_eq!(
        decode(b"{\"results\":[{\"id\":\"5\",\"title\":\"\xc3").unwrap_err(),
        DecodeError::CutOff
    );
    let page = decode(b"{\"results\":[{\"id\":\"5\",\"extra\":\"\xff\"}]}").expect("decodes");
    assert_eq!(page.batch.value(0, Slot::nth(0)), Value::Int(5));
}

#[test]
fn fields_come_in_any_order() {
    let body = r#"{"results":[{"title":"B","id":"6","more":1,"more":2,"status":"current"}]}"#;
    let page = pages(&["id", "status", "title"], body).expect("decodes");
    assert_eq!(
        values(&page, 0),
        [Value::Int(6), Value::Text("current"), Value::Text("B")]
    );
}

#[test]
fn a_name_that_comes_twice_is_an_error() {
    let row = r#"{"id":"1","title":"A","version":{"createdAt":"2024-05-12T09:31:07Z"}}"#;
    for (body, name) in [
        (format!(r#"{{"results":[{row}],"results":[{row}]}}"#), "results"),
        (
            r#"{"results":[],"_links":{"next":"/x"},"_links":{}}"#.to_owned(),
            "_links",
        ),
        (
            r#"{"results":[],"_links":{"next":"/x","next":"/y"}}"#.to_owned(),
            "next",
        ),
        (r#"{"limit":1,"results":[],"limit":2}"#.to_owned(), "limit"),
        (r#"{"results":[{"id":"1","id":"1"}]}"#.to_owned(), "id"),
        (r#"{"results":[{"id":"1","i\u0064":"2"}]}"#.to_owned(), "id"),
        (
            r#"{"results":[{"id":"1","title":"A","x":[],"title":null}]}"#.to_owned(),
            "title",
        ),
        (
            r#"{"results":[{"id":"1","version":{},"version":{"createdAt":"2024-05-12T09:31:07Z"}}]}"#
                .to_owned(),
            "version",
        ),
        (
            r#"{"results":[{"id":"1","version":{"createdAt":null,"createdAt":"2024-05-12T09:31:07Z"}}]}"#
                .to_owned(),
            "createdAt",
        ),
    ] {
        assert_eq!(
            pages(&["id", "title", "modified_at"], &body).unwrap_err(),
            DecodeError::Shape(format!("an object with \"{name}\" twice")),
            "{body}"
        );
    }
    // What nobody looks at may be as it likes, and so may a document that is a value.
    let body = r#"{"a":1,"a":2,"results":[{"b":1,"b":2,"id":"5","version":{"c":1,"c":2}}]}"#;
    assert!(pages(&["id", "modified_at"], body).is_ok());
}

#[test]
fn names_twice_around_rows_are_an_error_too() {
    let operation = content_restrictions::TABLE.id("operation");
    let endpoint = content_restrictions::TABLE.main();
    let shape = Projection::new(&content_restrictions::TABLE, endpoint, &[operation]);
    let body = |more: &str| {
        format!(
            r#"{{"results":[{{"operation":"read"{more},"restrictions":{{"user":{{"results":[]}},"group":{{"results":[{{"id":"g"}}]}}}}}}]}}"#
        )
    };
    let page = decoded(&shape, body("").as_bytes(), &[]).expect("decodes");
    assert_eq!(page.batch.value(0, Slot::nth(0)), Value::Text("read"));
    assert_eq!(
        decoded(&shape, body(r#","operation":"update""#).as_bytes(), &[]).unwrap_err(),
        DecodeError::Shape("an object with \"operation\" twice".to_owned())
    );
}

#[test]
fn no_object_has_more_names_that_mean_something_than_are_told_apart() {
    fn most(node: &projection::FieldNode) -> usize {
        let below = node.children.iter().map(most).max().unwrap_or(0);
        below.max(node.children.len())
    }
    for table in crate::tables::ALL {
        let places: Vec<ColumnId> = table.columns_by_id().map(|(place, _)| place).collect();
        for endpoint in table.endpoints {
            let shape = Projection::new(table, endpoint, &places);
            let around = shape.way.inner.len() + most(&shape.around) + 2;
            assert!(most(&shape.fields).max(around) <= 64, "{}", table.name);
        }
    }
}

#[test]
fn a_key_that_is_empty_or_cannot_be_told_from_others_is_an_error() {
    let shape = Projection::new(
        &permissions::TABLE,
        permissions::TABLE.main(),
        &[permissions::TABLE.id("id")],
    );
    for (json, found) in [
        (r#""""#, r#""""#),
        (r#""a\u0000""#, "\"a \""),
        (r#""a\ud83d""#, "\"a\u{fffd}\""),
        ("null", "nothing"),
        ("[]", "an array"),
    ] {
        let body = format!(r#"{{"results":[{{"id":{json}}}]}}"#);
        assert_eq!(
            decoded(&shape, body.as_bytes(), &[]).unwrap_err(),
            DecodeError::Value {
                field: "id",
                id: None,
                found: found.to_owned()
            },
            "{json}"
        );
    }
    assert_eq!(
        decoded(&shape, br#"{"results":[{}]}"#, &[]).unwrap_err(),
        DecodeError::Value {
            field: "id",
            id: None,
            found: "nothing".to_owned()
        }
    );
}

#[test]
fn half_an_emoji_is_a_replacement_character() {
    let adf = r#""{\"a\":\"\\ud83d\"}""#;
    let body = format!(
        r#"{{"x\ud800":1,"results":[{{"id":"1","title":"Roadmap \ud83d","x":"\ude00","body":{{"atlas_doc_format":{{"value":""}}}}}},
            {{"id":"2","title":"\ud83d\ude00","body":{{"atlas_doc_format":{{"value":{adf}}}}}}}]}}"#
    );
    let page = pages(&["id", "title", "body_adf"], &body).expect("decodes");
    assert_eq!(
        values(&page, 0),
        [Value::Int(1), Value::Text("Roadmap \u{fffd}"), Value::Null]
    );
    assert_eq!(
        values(&page, 1),
        [
            Value::Int(2),
            Value::Text("\u{1f600}"),
            Value::Text(r#"{"a":"\ufffd"}"#)
        ]
    );
    assert_eq!(page.unread, 0);
}

#[test]
fn a_blank_document_is_no_document() {
    for blank in ["", " ", "\\n\\t "] {
        let body = format!(
            r#"{{"results":[{{"id":"1","body":{{"atlas_doc_format":{{"value":"{blank}"}}}}}}]}}"#
        );
        let page = pages(&["id", "body_adf"], &body).expect("decodes");
        assert_eq!(values(&page, 0), [Value::Int(1), Value::Null], "{blank:?}");
        assert_eq!(page.unread, 0);
    }
}

#[test]
fn a_byte_that_a_document_has_too_many_is_refused_with_its_row() {
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    for (value, found) in [
        ("{broken", "\"{broken\""),
        (&deep, "JSON with more than 500 levels"),
        ("[1e200000]", "JSON with a number that no database can hold"),
    ] {
        let body = format!(
            r#"{{"results":[{{"id":"1","body":{{"atlas_doc_format":{{"value":"{value}"}}}}}}]}}"#
        );
        assert_eq!(
            pages(&["id", "body_adf"], &body).unwrap_err(),
            DecodeError::Value {
                field: "body.atlas_doc_format.value",
                id: Some("1".to_owned()),
                found: found.to_owned()
            }
        );
    }
}

#[test]
fn whole_numbers_and_truth_are_read_in_other_spellings() {
    for (json, expected) in [
        ("5", Value::Int(5)),
        ("5.0", Value::Int(5)),
        ("5e0", Value::Int(5)),
        ("0.5e1", Value::Int(5)),
        (r#""5""#, Value::Int(5)),
        ("-0", Value::Int(0)),
        ("9007199254740993.0", Value::Int(9_007_199_254_740_993)),
        ("null", Value::Null),
    ] {
        let body = format!(r#"{{"results":[{{"parentId":{json},"id":"5"}}]}}"#);
        let page = pages(&["id", "parent_id"], &body).expect(json);
        assert_eq!(values(&page, 0), [Value::Int(5), expected], "{json}");
    }
    for (json, expected) in [
        ("7", "7"),
        ("5.50", "5.50"),
        ("18446744073709551616", "18446744073709551616"),
        ("1e400", "1e400"),
        ("true", "true"),
        (r#""a\u0000b""#, "a\u{fffd}b"),
    ] {
        let body = format!(r#"{{"results":[{{"title":{json},"id":"5"}}]}}"#);
        let page = pages(&["id", "title"], &body).expect(json);
        let expected = match json {
            // A whole number that 64 bits hold.
            "7" => "7",
            _ => expected,
        };
        assert_eq!(values(&page, 0), [Value::Int(5), Value::Text(expected)]);
    }
    for (json, expected) in [
        ("true", Some(true)),
        (r#""true""#, Some(true)),
        (r#""false""#, Some(false)),
        (r#""perhaps""#, None),
        ("1", None),
    ] {
        let body = format!(r#"{{"results":[{{"version":{{"minorEdit":{json}}},"id":"5"}}]}}"#);
        let page = pages(&["id", "version_minor_edit"], &body);
        match expected {
            Some(truth) => {
                let page = page.expect(json);
                assert_eq!(page.batch.value(0, Slot::nth(1)), Value::Boolean(truth));
            }
            None => assert!(
                matches!(page, Err(DecodeError::Value { field, .. }) if field == "version.minorEdit")
            ),
        }
    }
}

#[test]
fn what_is_said_of_an_answer_is_short_and_of_one_line() {
    let long = "\u{7}é".repeat(1 << 20);
    let body = format!(r#"{{"results":[{{"id":"1","parentId":{}}}]}}"#, json(&long));
    let Err(DecodeError::Value { found, .. }) = pages(&["id", "parent_id"], &body) else {
        panic!("it is refused");
    };
    assert!(
        found.starts_with("\" é é") && found.ends_with("..."),
        "{found}"
    );
    assert!(found.chars().count() <= 83, "{found}");
    let body = format!(r#"{{"results":{}}}"#, json(&long));
    let expected = "JSON of another shape (line 1, column ";
    assert!(
        matches!(pages(&["id"], &body), Err(DecodeError::Shape(said)) if said.starts_with(expected) && said.len() < 60)
    );
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}
