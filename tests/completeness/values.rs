//! Values: of the wrong type, missing, unknown, at their limits.

use confluence_fdw_tests::{error, one};
use confluence_sim::{Fault, Reply};
use serde_json::{Value, json};

use super::{all_rows_arrive_in_spite_of, detail_has, first_row};
use crate::scene::{PAGES, PERMISSIONS, SPACES, Scene};

#[test]
fn a_row_without_its_key_or_with_another_type_is_an_error_that_names_it() {
    for (field, value, found) in [
        ("id", None, "nothing"),
        ("id", Some(json!(null)), "nothing"),
        ("id", Some(json!("abc")), "\"abc\""),
        (
            "id",
            Some(json!("9223372036854775808")),
            "\"9223372036854775808\"",
        ),
        ("spaceId", None, "nothing"),
        ("spaceId", Some(json!([])), "an array"),
        ("parentId", Some(json!("12 3")), "\"12 3\""),
        ("position", Some(json!(3_000_000_000_i64)), "3000000000"),
        ("createdAt", Some(json!("yesterday")), "\"yesterday\""),
        ("title", Some(json!({"a": 1})), "an object"),
    ] {
        let mut scene = Scene::new();
        let target = scene.page_ids()[10];
        let change = {
            let value = value.clone();
            move |row: &mut Value| match (&value, row.as_object_mut()) {
                (Some(value), Some(row)) => {
                    row.insert(field.to_owned(), value.clone());
                }
                (None, Some(row)) => {
                    row.remove(field);
                }
                _ => {}
            }
        };
        scene.sim.fault(Fault::on(PAGES).page(2), first_row(change));
        let row = if field == "id" {
            "a row".to_owned()
        } else {
            format!("row {target}")
        };
        let message = format!(
            "unexpected value in column data of \"confluence_pages\": field \"{field}\" of {row} is {found}"
        );
        let sql = "SELECT * FROM confluence_pages";
        let raised = error(&mut scene.client, sql);
        assert_eq!(raised.code().code(), "HV004", "{raised:?}");
        assert_eq!(raised.message(), message);
        detail_has(&raised, "Page 2 of the listing");
        scene.sim.clear_faults();
        scene.reads_all_pages();
    }
}

#[test]
fn a_value_that_no_query_uses_does_not_spoil_the_row() {
    let broken = first_row(|row| row["createdAt"] = json!("yesterday"));
    all_rows_arrive_in_spite_of(Fault::on(PAGES), broken);
}

#[test]
fn missing_and_null_values_are_null() {
    for absent in [true, false] {
        let mut scene = Scene::new();
        let id = scene.page_ids()[0];
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            first_row(move |row| {
                let Some(fields) = row.as_object_mut() else {
                    return;
                };
                if absent {
                    fields.retain(|name, _| name == "id" || name == "spaceId");
                } else {
                    for (name, value) in fields.iter_mut() {
                        if name != "id" && name != "spaceId" {
                            *value = Value::Null;
                        }
                    }
                }
            }),
        );
        let columns = "title, status, subtype, parent_id, parent_type, position, author_id, owner_id, last_owner_id,
             created_at, version_number, modified_at, version_author_id, version_message, version_minor_edit,
             web_url, edit_url, tiny_url";
        let row = one(
            &mut scene.client,
            &format!("SELECT num_nulls({columns}) FROM confluence_pages WHERE id + 0 = {id}"),
        );
        assert_eq!(row, "18");
    }
}

#[test]
fn fields_that_nobody_knows_are_ignored() {
    let extra = Reply::mutate(|json| {
        json["meta"] = json!({"results": [1], "_links": {"next": "/wiki/api/v2/pages?cursor=x"}});
        json["_links"]["next2"] = json!("x");
        if let Some(rows) = json["results"].as_array_mut() {
            for row in rows {
                row["results"] = json!([{"id": "1"}]);
                row["Id"] = json!("1");
                row["version"]["id"] = json!(7);
                row["sourceTemplateEntityId"] = json!({"deep": [[[{}]]]});
            }
        }
    });
    all_rows_arrive_in_spite_of(Fault::on(PAGES), extra);
}

#[test]
fn the_largest_ids_are_kept_exactly() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        first_row(|row| {
            row["id"] = json!("9223372036854775807");
            row["parentId"] = json!(9_007_199_254_740_993_i64);
            row["title"] = json!("largest");
        }),
    );
    let sql = "SELECT id, parent_id FROM confluence_pages WHERE title || '' = 'largest'";
    assert_eq!(
        one(&mut scene.client, sql),
        "9223372036854775807|9007199254740993"
    );
}

#[test]
fn times_are_read_in_every_form_that_the_site_writes() {
    for (written, expected) in [
        ("2024-05-12T09:31:07.123Z", "2024-05-12 09:31:07.123+00"),
        ("2024-05-12T09:31:07Z", "2024-05-12 09:31:07+00"),
        (
            "2024-05-12T09:31:07.123456Z",
            "2024-05-12 09:31:07.123456+00",
        ),
        ("2024-05-12T11:31:07.1+02:00", "2024-05-12 09:31:07.1+00"),
        ("2024-05-12T09:31:07.123+0000", "2024-05-12 09:31:07.123+00"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59.999+00"),
        ("9999-12-30T00:00:00Z", "9999-12-30 00:00:00+00"),
    ] {
        let mut scene = Scene::new();
        let id = scene.page_ids()[0];
        scene.sim.fault(
            Fault::on(PAGES).page(1),
            first_row(move |row| row["createdAt"] = json!(written)),
        );
        let sql = format!("SELECT created_at FROM confluence_pages WHERE id + 0 = {id}");
        assert_eq!(one(&mut scene.client, &sql), expected);
    }
}

#[test]
fn values_beyond_the_documents_are_kept_as_text() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(PERMISSIONS),
        first_row(|row| {
            row["principal"]["type"] = json!("access-class");
            row["operation"]["key"] = json!("manage_users");
        }),
    );
    let id = scene.sim.organisation().spaces().next().unwrap().id;
    let sql = format!(
        "SELECT count(*) FROM confluence_permissions
         WHERE space_id = {id} AND principal_type = 'access-class' AND operation_key = 'manage_users'"
    );
    assert_ne!(one(&mut scene.client, &sql), "0");
    scene.sim.fault(
        Fault::on(SPACES),
        first_row(|row| row["type"] = json!("moon_base")),
    );
    let sql = "SELECT count(*) FROM confluence_spaces WHERE type = 'moon_base'";
    assert_eq!(one(&mut scene.client, sql), "1");
}

#[test]
fn a_title_with_the_character_that_text_cannot_hold_is_shown_with_a_replacement() {
    let mut scene = Scene::new();
    let id = scene.page_ids()[0];
    scene.sim.fault(
        Fault::on(PAGES).page(1),
        first_row(|row| row["title"] = json!("a\0b \u{1F600} \u{202e}c")),
    );
    let sql = format!("SELECT title FROM confluence_pages WHERE id + 0 = {id}");
    assert_eq!(
        one(&mut scene.client, &sql),
        "a\u{fffd}b \u{1F600} \u{202e}c"
    );
}
