//! Tasks, and the filters of their listing.

use crate::client::{Client, small};

use confluence_sim::{Container, Options, Organisation, PageStatus, Sim, Task};
use jiff::Timestamp;
use serde_json::{Value, json};

const TASKS: &str = "/wiki/api/v2/tasks";

fn page_of(task: &Task) -> Option<u64> {
    match task.container {
        Container::Page(id) => Some(id),
        _ => None,
    }
}

fn blogpost_of(task: &Task) -> Option<u64> {
    match task.container {
        Container::BlogPost(id) => Some(id),
        _ => None,
    }
}

#[test]
fn every_filter_is_right_and_complete() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let expect = |query: &str, filter: &dyn Fn(&Task) -> bool| {
        let tasks: Vec<Task> = organisation.listed_tasks().collect();
        let wanted: Vec<u64> = tasks
            .iter()
            .filter(|task| filter(task))
            .map(|task| task.id)
            .collect();
        assert!(!wanted.is_empty(), "{query} tests nothing");
        assert!(wanted.len() < tasks.len() || query.is_empty(), "{query}");
        let found = client.all_ids(&format!("{TASKS}?limit=11&{query}"));
        assert_eq!(found, wanted, "{query}");
    };
    expect("", &|_| true);
    expect("include-blank-tasks=false", &|task| !task.text.is_empty());
    expect("include-blank-tasks=true&status=complete", &|task| {
        task.status() == "complete"
    });
    expect("status=incomplete", &|task| task.completed_at.is_none());

    let some: Vec<Task> = organisation.listed_tasks().step_by(9).take(12).collect();
    let list = |value: &dyn Fn(&Task) -> Option<String>| -> String {
        let values: Vec<String> = some.iter().filter_map(value).collect();
        values.join(",")
    };
    let id = list(&|task| Some(task.id.to_string()));
    expect(&format!("task-id={id}"), &|task| {
        some.iter().any(|other| other.id == task.id)
    });
    let spaces = list(&|task| Some(task.space_id.to_string()));
    expect(&format!("space-id={spaces}"), &|task| {
        some.iter().any(|other| other.space_id == task.space_id)
    });
    let pages = list(&|task| page_of(task).map(|id| id.to_string()));
    let on_pages = |task: &Task| {
        let on_page = |other: &Task| page_of(other).is_some() && page_of(other) == page_of(task);
        some.iter().any(on_page)
    };
    expect(&format!("page-id={pages}"), &on_pages);
    let post = organisation
        .listed_tasks()
        .find_map(|task| blogpost_of(&task));
    let post = post.expect("a task in a blog post");
    let on_post = |task: &Task| blogpost_of(task) == Some(post);
    expect(&format!("blogpost-id={post}"), &on_post);
    // Either holds it.
    expect(&format!("page-id={pages}&blogpost-id={post}"), &|task| {
        on_pages(task) || on_post(task)
    });
    assert!(client.all_ids(&format!("{TASKS}?blogpost-id=5")).is_empty());
    let accounts = list(&|task| task.created_by.map(str::to_owned));
    expect(&format!("created-by={accounts}"), &|task| {
        some.iter().any(|other| other.created_by == task.created_by)
    });
    let accounts = list(&|task| task.assigned_to.map(str::to_owned));
    expect(&format!("assigned-to={accounts}"), &|task| {
        task.assigned_to.is_some()
            && some
                .iter()
                .any(|other| other.assigned_to == task.assigned_to)
    });
    let accounts = list(&|task| task.completed_by.map(str::to_owned));
    expect(&format!("completed-by={accounts}"), &|task| {
        task.completed_by.is_some()
            && some
                .iter()
                .any(|other| other.completed_by == task.completed_by)
    });
    let incomplete: Vec<&Task> = some
        .iter()
        .filter(|task| task.completed_at.is_none() && page_of(task).is_some())
        .collect();
    let [first, second, ..] = incomplete[..] else {
        panic!("few tasks");
    };
    let pages = [first, second].map(|task| page_of(task).expect("chosen for it"));
    expect(
        &format!(
            "space-id={}&status=incomplete&page-id={},{}",
            first.space_id, pages[0], pages[1]
        ),
        &|task| {
            task.space_id == first.space_id
                && task.completed_at.is_none()
                && page_of(task).is_some_and(|page| pages.contains(&page))
        },
    );
}

#[test]
fn spans_of_time_hold_both_their_ends() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    type Time = fn(&Task) -> Option<Timestamp>;
    let times: [(&str, Time); 3] = [
        ("created-at", |task| Some(task.created_at)),
        ("due-at", |task| task.due_at),
        ("completed-at", |task| task.completed_at),
    ];
    for (name, time) in times {
        let mut all: Vec<Timestamp> = organisation
            .listed_tasks()
            .filter_map(|task| time(&task))
            .collect();
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
        expect(
            &format!("{name}-from={after}&{name}-to={before}"),
            &|time| from <= time && time <= to,
        );
        let one = client.all_ids(&format!("{TASKS}?{name}-from={after}&{name}-to={after}"));
        assert!(!one.is_empty(), "{name}");
    }
}

#[test]
fn a_row_is_what_the_organisation_says() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let time = |value: &Value| -> Option<Timestamp> {
        value.as_str().map(|text| text.parse().expect("a time"))
    };
    let mut rows = client.all_rows(&format!("{TASKS}?limit=250&body-format=storage"));
    for (row, task) in rows.iter_mut().zip(organisation.listed_tasks()) {
        assert_eq!(row["id"], task.id.to_string());
        assert_eq!(row["localId"], task.local_id.to_string());
        assert_eq!(row["spaceId"], task.space_id.to_string());
        for (field, id) in [
            ("pageId", page_of(&task)),
            ("blogPostId", blogpost_of(&task)),
        ] {
            let found = row.get(field).and_then(Value::as_str);
            assert_eq!(found, id.map(|id| id.to_string()).as_deref(), "{field}");
        }
        assert_eq!(row["status"], task.status());
        assert_eq!(row["createdBy"].as_str(), task.created_by);
        assert_eq!(row["assignedTo"].as_str(), task.assigned_to);
        assert_eq!(row["completedBy"].as_str(), task.completed_by);
        for (field, wanted) in [
            ("createdAt", Some(task.created_at)),
            ("updatedAt", Some(task.updated_at)),
            ("dueAt", task.due_at),
            ("completedAt", task.completed_at),
        ] {
            assert_eq!(time(&row[field]), wanted, "{field}");
        }
        assert_eq!(
            row["body"],
            json!({"storage": {"representation": "storage", "value": task.storage_body()}})
        );
        let single = client.get(&format!("{TASKS}/{}?body-format=storage", task.id));
        assert_eq!(single.json(), *row);
        let document = client.get(&format!("{TASKS}/{}?body-format=atlas_doc_format", task.id));
        let body = &document.json()["body"]["atlas_doc_format"]["value"];
        let document: Value =
            serde_json::from_str(body.as_str().expect("JSON in a string")).expect("JSON");
        assert_eq!(document["type"], "doc");
    }
    for field in ["assignedTo", "completedBy", "dueAt", "completedAt"] {
        assert!(rows.iter().any(|row| row[field].is_null()), "{field}");
        assert!(rows.iter().any(|row| !row[field].is_null()), "{field}");
    }
    let plain = client.get(&format!("{TASKS}?limit=1")).rows();
    assert_eq!(plain[0]["body"], json!({}));
}

#[test]
fn those_of_a_page_in_the_trash_are_not_listed() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let (id, page) = organisation
        .listed_tasks()
        .find_map(|task| Some((task.id, page_of(&task)?)))
        .expect("a task in a page");
    sim.edit(|organisation| organisation.trash_page(page))
        .expect("a page that is there");
    assert!(!client.all_ids(&format!("{TASKS}?limit=250")).contains(&id));
    assert_eq!(client.get(&format!("{TASKS}/{id}")).status, 200);
    assert_eq!(
        sim.organisation().task(id).map(|task| task.page_status),
        Some(PageStatus::Trashed)
    );
    sim.edit(|organisation| organisation.purge_page(page))
        .expect("a page that is there");
    assert_eq!(
        client.get(&format!("{TASKS}/{id}")).refusal(),
        (404, format!("Cannot find a task with id [{id}]"))
    );
}

#[test]
fn the_demo_has_twelve() {
    let organisation = Organisation::demo();
    assert_eq!(organisation.tasks().count(), 12);
    let open = organisation
        .tasks()
        .filter(|task| task.status() == "incomplete");
    assert_eq!(open.count(), 6);
    assert!(organisation.tasks().any(|task| task.text.is_empty()));
}
