//! Tasks, and the filters of their listing.

use crate::client::{edit, small, start};

use confluence_sim::{Container, PageStatus, Task};
use jiff::Timestamp;

const TASKS: &str = "/wiki/api/v2/tasks";

#[test]
fn spans_of_time_hold_both_their_ends() {
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
fn those_of_a_page_in_the_trash_are_not_listed() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let mut tasks = organisation.listed_tasks();
    let (id, page) = tasks
        .find_map(|task| match task.container {
            Container::Page(page) => Some((task.id, page)),
            _ => None,
        })
        .expect("a task in a page");
    edit(&sim, |organisation| organisation.trash_page(page));
    assert!(!client.all_ids(&format!("{TASKS}?limit=250")).contains(&id));
    let trashed = sim.organisation();
    let status = trashed.task(id).map(|task| task.page_status);
    assert_eq!(status, Some(PageStatus::Trashed));
    edit(&sim, |organisation| organisation.purge_page(page));
    assert!(sim.organisation().task(id).is_none());
}
