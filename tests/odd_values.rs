//! Odd values: each is read if PostgreSQL can hold it, is NULL where the column's comment says so and counted, or is an
//! error that names row and field. None of them closes a table.

use confluence_fdw_tests::{error, lines, one};
use confluence_sim::{Fault, Reply};

use crate::scene::{ALL_PAGES, PAGES, Scene, listing};

const TASKS: &str = "/wiki/api/v2/tasks";

/// Pages with this as a further field, and a sane one.
fn page(field: &str) -> Reply {
    listing([
        format!(r#"{{"id":"1",{field}}}"#),
        r#"{"id":"2","title":"B","body":{"atlas_doc_format":{"value":null}}}"#.to_owned(),
    ])
}

const UNREAD: &str = "SELECT unread FROM confluence.scans() ORDER BY started_at DESC LIMIT 1";

#[test]
fn texts_with_half_an_emoji_are_read() {
    let mut scene = Scene::new();
    scene
        .sim
        .fault(Fault::on(PAGES), page(r#""title":"Roadmap \ud83d""#));
    assert_eq!(
        lines(
            &mut scene.client,
            "SELECT id, title FROM confluence_pages ORDER BY id"
        ),
        ["1|Roadmap \u{fffd}", "2|B"]
    );
    assert_eq!(one(&mut scene.client, UNREAD), "0");
}

#[test]
fn documents_are_null_where_they_are_blank_and_mended_where_a_character_is_not_whole() {
    let mut scene = Scene::new();
    scene.with_optional_columns();
    for (value, expected) in [
        ("", "NULL"),
        (r" \n", "NULL"),
        (
            r#"{\"a\":\"\\ud83d \\u0000\"}"#,
            "{\"a\": \"\u{fffd} \u{fffd}\"}",
        ),
        (
            "[1e400, -0, 5.0]",
            &format!("[1{}, 0, 5.0]", "0".repeat(400)),
        ),
    ] {
        scene.sim.clear_faults();
        let body = format!(r#""body":{{"atlas_doc_format":{{"value":"{value}"}}}}"#);
        scene.sim.fault(Fault::on(PAGES), page(&body));
        let sql = "SELECT body_adf FROM confluence_pages ORDER BY id";
        assert_eq!(lines(&mut scene.client, sql), [expected, "NULL"]);
    }
}

#[test]
fn times_are_read_to_the_ends_of_what_can_be_dumped_and_others_are_null_and_counted() {
    let mut scene = Scene::new();
    scene.execute("SET timezone = 'UTC'");
    let task = |due: &str| listing([format!(r#"{{"id":"1","dueAt":{due}}}"#)]);
    for (due, expected, unread) in [
        (
            r#""+20225-03-02T00:00:00Z""#,
            "20225-03-02 00:00:00+00",
            "0",
        ),
        (r#""20225-03-02T24:00:00Z""#, "20225-03-03 00:00:00+00", "0"),
        (
            r#""-004713-11-24T00:00:00Z""#,
            "4714-11-24 00:00:00+00 BC",
            "0",
        ),
        (r#""-004713-11-23T23:59:59Z""#, "NULL", "1"),
        (r#""-004800-01-01T00:00:00Z""#, "NULL", "1"),
        ("-9223372036854775", "NULL", "1"),
        ("9223372036854775807", "NULL", "1"),
        ("1e999", "NULL", "1"),
        (r#""soon""#, "NULL", "1"),
        ("null", "NULL", "0"),
    ] {
        scene.sim.clear_faults();
        scene.sim.fault(Fault::on(TASKS), task(due));
        // What was stored can be read again, as a dump does.
        scene.execute(
            "DROP TABLE IF EXISTS copied; CREATE TABLE copied AS SELECT id, due_at FROM confluence_tasks",
        );
        assert_eq!(one(&mut scene.client, UNREAD), unread, "{due}");
        let sql = "SELECT due_at FROM copied";
        assert_eq!(one(&mut scene.client, sql), expected, "{due}");
        let sql = "SELECT due_at::text FROM confluence_tasks WHERE id = 1";
        assert_eq!(one(&mut scene.client, sql), expected, "{due}");
    }
    let comment = "SELECT col_description('confluence_tasks'::regclass, attnum) FROM pg_attribute
        WHERE attrelid = 'confluence_tasks'::regclass AND attname = 'due_at'";
    assert_eq!(
        one(&mut scene.client, comment),
        "When the task is due. NULL where no date is set. NULL where it cannot be read."
    );
}

#[test]
fn what_a_read_relies_on_is_never_left_out() {
    let mut scene = Scene::new();
    for (field, name, found) in [
        (
            r#""version":{"createdAt":-9223372036854775}"#,
            "version.createdAt",
            "-9223372036854775",
        ),
        (r#""parentId":1e30"#, "parentId", "1e30"),
        (r#""parentId":5.5"#, "parentId", "5.5"),
    ] {
        scene.sim.fault(Fault::on(PAGES), page(field));
        let message = format!(
            "unexpected value in column data of \"confluence_pages\": field \"{name}\" of row 1 is {found}"
        );
        let sql = "SELECT id, parent_id, modified_at FROM confluence_pages";
        scene.fails(sql, "HV004", &message);
        // Whoever does not ask for the column is not concerned.
        scene.sim.fault(Fault::on(PAGES), page(field));
        assert_eq!(scene.numbers(ALL_PAGES), [1, 2]);
        scene.sim.clear_faults();
    }
}

#[test]
fn a_listing_with_a_name_twice_is_an_error_and_no_end() {
    let mut scene = Scene::new();
    for (body, name) in [
        (
            r#"{"results":[{"id":"1"}],"_links":{"next":"/wiki/api/v2/pages?cursor=x"},"_links":{}}"#,
            "_links",
        ),
        (
            r#"{"results":[{"id":"1"}],"results":[{"id":"2"}]}"#,
            "results",
        ),
        (r#"{"results":[{"id":"1","id":"2"}]}"#, "id"),
    ] {
        scene.sim.fault(Fault::on(PAGES), Reply::json(body));
        let message = format!("unexpected answer from Confluence: an object with \"{name}\" twice");
        scene.fails(ALL_PAGES, "HV000", &message);
    }
}

#[test]
fn an_empty_key_is_an_error() {
    let mut scene = Scene::new();
    scene.sim.fault(
        Fault::on(crate::scene::PERMISSIONS),
        listing([r#"{"id":""}"#.to_owned()]),
    );
    let raised = error(&mut scene.client, "SELECT id FROM confluence_permissions");
    assert_eq!(raised.code().code(), "HV004");
    assert!(
        raised.message().ends_with("field \"id\" of a row is \"\""),
        "{}",
        raised.message()
    );
}

#[test]
fn a_mark_before_the_json_means_nothing() {
    let mut scene = Scene::new();
    let body = "\u{feff}{\"results\":[{\"id\":\"7\"}]}";
    scene.sim.fault(Fault::on(PAGES), Reply::json(body));
    assert_eq!(scene.numbers(ALL_PAGES), [7]);
}
