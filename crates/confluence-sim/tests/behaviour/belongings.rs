//! What hangs on pages: attachments, tasks and custom content.

use crate::client::{V2, edit, small, start};
use confluence_sim::{Attachment, Container, Organisation, PageStatus, Task};
use jiff::Timestamp;
use serde_json::json;

const ATTACHMENTS: &str = "/wiki/api/v2/attachments";
const TASKS: &str = "/wiki/api/v2/tasks";
const DIAGRAM: &str = "ac:com.example.diagrams:diagram";
const FORM: &str = "ac:com.example.forms:form";

fn page_of(container: Container) -> Option<u64> {
    match container {
        Container::Page(id) => Some(id),
        _ => None,
    }
}

#[test]
fn attachments_and_tasks_go_where_their_page_goes() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let current = |one: &Attachment| one.status == PageStatus::Current;
    let mut files = organisation.attachments().filter(current);
    let file = files.find_map(|one| Some((one.id, page_of(one.container)?)));
    let (id, page) = file.expect("an attachment of a page");
    let mut tasks = organisation.listed_tasks();
    let task = tasks.find_map(|one| Some((one.id, page_of(one.container)?)));
    let (task, page_of_task) = task.expect("a task in a page");
    assert_ne!(page, page_of_task);
    let single = format!("{ATTACHMENTS}/{id}");
    let is_listed = |query: &str| {
        let rows = client.all_rows(&format!("{ATTACHMENTS}?limit=250&{query}"));
        rows.iter().any(|row| row["id"] == id.to_string())
    };
    let task_is_listed = || {
        client
            .all_ids(&format!("{TASKS}?limit=250"))
            .contains(&task)
    };
    assert!(is_listed("") && task_is_listed());
    edit(&sim, |organisation| {
        organisation.set_page_status(page, PageStatus::Archived)
    });
    assert!(is_listed("status=archived") && !is_listed("status=current"));
    let trash = |page: u64| edit(&sim, |organisation| organisation.trash_page(page));
    let purge = |page: u64| edit(&sim, |organisation| organisation.purge_page(page));
    trash(page);
    assert!(!is_listed("") && is_listed("status=trashed"));
    assert_eq!(client.get(&single).json()["status"], "trashed");
    purge(page);
    assert!(!is_listed("status=trashed"));
    client.refuses(&single, 404);
    // What a test holds does not change under its hands.
    assert!(organisation.attachment(id).is_some_and(|one| current(&one)));
    trash(page_of_task);
    assert!(!task_is_listed());
    let trashed = sim.organisation();
    let status = trashed.task(task).map(|task| task.page_status);
    assert_eq!(status, Some(PageStatus::Trashed));
    purge(page_of_task);
    assert!(sim.organisation().task(task).is_none());
}

#[test]
fn spans_of_time_of_tasks_hold_both_their_ends() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    type Time = fn(&Task) -> Option<Timestamp>;
    let times: [(&str, Time); 3] = [
        ("created-at", |task| Some(task.created_at)),
        ("due-at", |task| task.due_at),
        ("completed-at", |task| task.completed_at),
    ];
    for (name, time) in times {
        let times = organisation.listed_tasks().filter_map(|task| time(&task));
        let mut all: Vec<Timestamp> = times.collect();
        all.sort();
        let (from, to) = (all[all.len() / 3], all[all.len() / 2]);
        let expect = |query: &str, holds: &dyn Fn(Timestamp) -> bool| {
            let wanted: Vec<u64> = organisation
                .listed_tasks()
                .filter(|task| time(task).is_some_and(holds))
                .map(|task| task.id)
                .collect();
            assert!(!wanted.is_empty() && wanted.len() < all.len());
            let found = client.all_ids(&format!("{TASKS}?limit=250&{query}"));
            assert_eq!(found, wanted, "{query}");
        };
        let (after, before) = (from.as_millisecond(), to.as_millisecond());
        expect(&format!("{name}-from={after}"), &|time| from <= time);
        expect(&format!("{name}-to={before}"), &|time| time <= to);
        let both = format!("{name}-from={after}&{name}-to={before}");
        expect(&both, &|time| from <= time && time <= to);
        let one = client.all_ids(&format!("{TASKS}?{name}-from={after}&{name}-to={after}"));
        assert!(!one.is_empty(), "{name}");
    }
}

#[test]
fn a_listing_of_custom_content_needs_a_type() {
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
fn a_body_of_custom_content_comes_only_in_the_forms_that_its_type_has() {
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
