//! Values that cannot be what their columns say.

use super::*;
use crate::tables::tasks;

/// A task that is due then.
fn task(due: &str) -> Result<Page, DecodeError> {
    let places = ["id", "due_at"].map(|name| tasks::TABLE.id(name));
    let shape = Projection::new(&tasks::TABLE, tasks::TABLE.main(), &places);
    let body = format!(r#"{{"results":[{{"id":"1","dueAt":{due}}},{{"id":"2","dueAt":null}}]}}"#);
    decoded(&shape, body.as_bytes(), &[])
}

#[test]
fn an_informative_value_that_cannot_be_read_is_null_and_counted() {
    for (due, expected, unread) in [
        (
            r#""2024-05-12T09:31:07Z""#,
            Value::Timestamp(1_715_506_267_000_000),
            0,
        ),
        (
            r#""+20225-03-02T00:00:00Z""#,
            Value::Timestamp(576_077_356_800_000_000),
            0,
        ),
        ("1715506267000", Value::Timestamp(1_715_506_267_000_000), 0),
        ("1.715506267e12", Value::Timestamp(1_715_506_267_000_000), 0),
        ("-9223372036854775", Value::Null, 1),
        ("9223372036854775807", Value::Null, 1),
        ("18446744073709551616", Value::Null, 1),
        ("1e999", Value::Null, 1),
        ("0.5", Value::Null, 1),
        (r#""-004800-01-01T00:00:00Z""#, Value::Null, 1),
        (r#""soon""#, Value::Null, 1),
        (r#""""#, Value::Null, 1),
        ("null", Value::Null, 0),
    ] {
        let page = task(due).expect(due);
        assert_eq!(values(&page, 0), [Value::Int(1), expected], "{due}");
        assert_eq!(values(&page, 1), [Value::Int(2), Value::Null]);
        assert_eq!(page.unread, unread, "{due}");
    }
    // Another shape is no odd value: the API is not what it was.
    for (due, found) in [("{}", "an object"), ("[]", "an array"), ("true", "true")] {
        assert_eq!(
            task(due).unwrap_err(),
            DecodeError::Value {
                field: "dueAt",
                id: Some("1".to_owned()),
                found: found.to_owned()
            }
        );
    }
}

#[test]
fn a_value_that_others_rely_on_is_refused_with_its_row() {
    for (columns, row, field, found) in [
        (
            ["id", "modified_at"],
            r#"{"id":"1","version":{"createdAt":-9223372036854775}}"#,
            "version.createdAt",
            "-9223372036854775",
        ),
        (
            ["id", "created_at"],
            r#"{"id":"1","createdAt":"999999-01-01T00:00:00Z"}"#,
            "createdAt",
            "\"999999-01-01T00:00:00Z\"",
        ),
        (
            ["id", "parent_id"],
            r#"{"id":"1","parentId":1e30}"#,
            "parentId",
            "1e30",
        ),
        (
            ["id", "parent_id"],
            r#"{"id":"1","parentId":5.0000000000000001}"#,
            "parentId",
            "5.0000000000000001",
        ),
    ] {
        let body = format!(r#"{{"results":[{row}]}}"#);
        assert_eq!(
            pages(&columns, &body).unwrap_err(),
            DecodeError::Value {
                field,
                id: Some("1".to_owned()),
                found: found.to_owned()
            }
        );
    }
}

#[test]
fn counts_and_places_beyond_their_columns_are_refused_with_their_row() {
    let page = pages(
        &["id", "position", "version_number"],
        r#"{"results":[{"id":"1","position":-2147483648,"version":{"number":1e9}}]}"#,
    )
    .expect("decodes");
    assert_eq!(
        values(&page, 0),
        [
            Value::Int(1),
            Value::Int(-2_147_483_648),
            Value::Int(1_000_000_000)
        ]
    );
    for (field, number) in [("position", "2147483648"), ("position", "99999999999.0")] {
        let body = format!(r#"{{"results":[{{"{field}":{number},"id":"1"}}]}}"#);
        assert_eq!(
            pages(&["id", "position"], &body).unwrap_err(),
            DecodeError::Value {
                field: "position",
                id: Some("1".to_owned()),
                found: number.trim_end_matches(".0").to_owned()
            }
        );
    }
    let places = ["id", "file_size"].map(|name| attachments::TABLE.id(name));
    let endpoint = attachments::TABLE.main();
    let shape = Projection::new(&attachments::TABLE, endpoint, &places);
    let size = |size: &str| {
        let body = format!(r#"{{"results":[{{"id":"att1","fileSize":{size}}}]}}"#);
        decoded(&shape, body.as_bytes(), &[])
    };
    let page = size("5e9").expect("decodes");
    assert_eq!(page.batch.value(0, Slot::nth(1)), Value::Int(5_000_000_000));
    assert_eq!(
        size("1e30").unwrap_err(),
        DecodeError::Value {
            field: "fileSize",
            id: Some("att1".to_owned()),
            found: "1e30".to_owned()
        }
    );
}

#[test]
fn a_number_of_a_megabyte_is_an_odd_value_like_any_other() {
    let long = "9".repeat(1 << 20);
    let page = task(&long).expect("decodes");
    assert_eq!((values(&page, 0)[1], page.unread), (Value::Null, 1));
    let body = format!(r#"{{"results":[{{"id":"1","parentId":{long}}}]}}"#);
    let Err(DecodeError::Value { found, id, .. }) = pages(&["id", "parent_id"], &body) else {
        panic!("it is refused");
    };
    assert_eq!((found.len(), id.as_deref()), (83, Some("1")));
    // And where nobody looks, it is nothing at all.
    assert!(pages(&["id"], &body).is_ok());
}
