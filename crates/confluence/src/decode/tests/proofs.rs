//! Answers about several objects, and lists that are counted.

use super::*;
use crate::schema::{Endpoint, Table};

/// What an endpoint of a table answers, decoded into all of its columns.
fn answer_of(table: &'static Table, operation: &str, body: &str, given: Given) -> Page {
    let mut endpoints = table.endpoints.iter();
    let endpoint: &'static Endpoint = endpoints
        .find(|endpoint| endpoint.operation == operation)
        .expect("an endpoint");
    let places: Vec<ColumnId> = table.columns_by_id().map(|(place, _)| place).collect();
    let shape = Projection::new(table, endpoint, &places);
    decoded(&shape, body.as_bytes(), given).expect("decodes")
}

fn restrictions(operation: &str, body: &str, given: Given) -> Page {
    answer_of(&content_restrictions::TABLE, operation, body, given)
}

/// A list as the site writes it.
fn list(rows: &str, size: u32) -> String {
    format!(r#"{{"results":[{rows}],"start":0,"limit":3,"size":{size}}}"#)
}

fn of_operation(operation: &str, users: &str, groups: &str) -> String {
    format!(r#"{{"operation":"{operation}","restrictions":{{"user":{users},"group":{groups}}}}}"#)
}

fn found(body: &str) -> (Vec<String>, Vec<String>) {
    shown(restrictions("getContentSearchV1", body, &[]), 4)
}

/// The first values of each row, and the objects that are shown whole.
fn shown(page: Page, width: usize) -> (Vec<String>, Vec<String>) {
    let rows = (0..page.batch.len()).map(|row| {
        let shown = values(&page, row)
            .into_iter()
            .take(width)
            .map(|value| match value {
                Value::Int(number) => number.to_string(),
                Value::Text(text) => text.to_owned(),
                other => format!("{other:?}"),
            });
        shown.collect::<Vec<_>>().join(" ")
    });
    let objects = (0..page.objects.len()).map(|row| match page.objects.value(row, Slot::nth(0)) {
        Value::Int(id) => id.to_string(),
        other => format!("{other:?}"),
    });
    (rows.collect(), objects.collect())
}

#[test]
fn what_is_of_another_kind_is_answered_for_and_has_no_rows() {
    let labels = r#""metadata":{"type":"page","labels":{"results":[{"id":"5"}]}}"#;
    let contents = [
        format!(r#"{{"id":"1","type":"page",{labels}}}"#),
        format!(r#"{{"id":"2","type":"blogpost",{labels}}}"#),
        format!(r#"{{"id":"3",{labels},"type":"p\u0061ge"}}"#),
        // Whoever does not say what it is, or that it is whole, is asked about by itself.
        format!(r#"{{"id":"4",{labels}}}"#),
        format!(r#"{{"id":"5","type":7,{labels}}}"#),
        r#"{"id":"6","type":"page"}"#.to_owned(),
        r#"{"id":"7","type":"comment"}"#.to_owned(),
        format!(r#"{{"type":"blogpost",{labels}}}"#),
    ];
    let body = format!(r#"{{"results":[{}]}}"#, contents.join(","));
    let page = answer_of(&page_labels::TABLE, "getContentSearchV1", &body, &[]);
    let (rows, objects) = shown(page, 2);
    assert_eq!(rows, ["1 5", "3 5"]);
    assert_eq!(objects, ["1", "2", "3", "7"]);
}

#[test]
fn what_is_shown_whole_is_taken_and_nothing_of_all_else() {
    let (none, user) = (list("", 0), list(r#"{"accountId":"a"}"#, 1));
    let content = |id: u32, read: &str, update: &str| {
        format!(r#"{{"id":"{id}","restrictions":{{"read":{read},"update":{update}}}}}"#)
    };
    let open = |operation| of_operation(operation, &none, &none);
    let to_user = |users: &str| of_operation("read", users, &none);
    let full = list(
        r#"{"accountId":"a"},{"accountId":"b"},{"accountId":"c"}"#,
        3,
    );
    let short = list(r#"{"accountId":"a"}"#, 2);
    let more = r#"{"results":[{"accountId":"a"}],"_links":{"next":"/more"}}"#;
    let contents = [
        content(1, &open("read"), &open("update")),
        content(2, &to_user(&user), &open("update")),
        content(3, &to_user(&full), &open("update")),
        content(4, &to_user(&short), &open("update")),
        content(5, &to_user(more), &open("update")),
        content(
            6,
            &open("read"),
            &of_operation("update", &none, &list(r#"{"id":"g"}"#, 1)),
        ),
        r#"{"id":"7","restrictions":{"read":{"restrictions":{"user":{"results":[]}}}}}"#.to_owned(),
        r#"{"id":"8"}"#.to_owned(),
        content(9, &open("read"), &open("update")).replace(r#""id":"9","#, ""),
    ];
    let body = format!(
        r#"{{"results":[{}],"limit":9,"size":9}}"#,
        contents.join(",")
    );
    let (rows, objects) = found(&body);
    assert_eq!(rows, ["2 read user a", "6 update group g"]);
    assert_eq!(objects, ["1", "2", "6"]);
}
