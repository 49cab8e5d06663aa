//! Tasks, and which of them the site is asked for.

use confluence_fdw_tests::literal;
use confluence_fdw_tests::site::{Site, list, small};
use confluence_sim::{Container, Organisation, Task};

use super::{or_null, sorted};

const COLUMNS: &str =
    "id, local_id, space_id, page_id, blogpost_id, status, created_by, assigned_to, completed_by,
    (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM due_at) * 1000)::bigint,
    (extract(epoch FROM completed_at) * 1000)::bigint";

fn page_of(task: &Task) -> Option<u64> {
    match task.container {
        Container::Page(id) => Some(id),
        _ => None,
    }
}

fn row(task: &Task) -> String {
    let post = match task.container {
        Container::BlogPost(id) => Some(id),
        _ => None,
    };
    [
        task.id.to_string(),
        task.local_id.to_string(),
        task.space_id.to_string(),
        or_null(page_of(task)),
        or_null(post),
        task.status().to_owned(),
        or_null(task.created_by),
        or_null(task.assigned_to),
        or_null(task.completed_by),
        task.created_at.as_millisecond().to_string(),
        or_null(task.due_at.map(|time| time.as_millisecond())),
        or_null(task.completed_at.map(|time| time.as_millisecond())),
    ]
    .join("|")
}

fn listed(organisation: &Organisation, wanted: impl Fn(&Task) -> bool) -> Vec<String> {
    let tasks = organisation.listed_tasks();
    sorted(tasks.filter(|task| wanted(task)).map(|task| row(&task)))
}

/// A condition, whom it wants, and the parameters that ask for that.
type Case<'a> = (String, &'a dyn Fn(&Task) -> bool, &'a [&'a str]);

#[track_caller]
fn hold(site: &mut Site, cases: &[Case]) {
    let organisation = site.sim.organisation();
    for (condition, wanted, parameters) in cases {
        let (rows, requests) = site.read(&format!(
            "SELECT {COLUMNS} FROM confluence_tasks WHERE {condition}"
        ));
        let expected = listed(&organisation, wanted);
        assert!(!expected.is_empty(), "{condition}");
        assert!(
            expected.len() < organisation.listed_tasks().count(),
            "{condition}"
        );
        assert_eq!(sorted(rows), expected, "{condition}");
        assert_eq!(
            requests.len(),
            expected.len().div_ceil(250),
            "{condition}: {requests:#?}"
        );
        for parameter in *parameters {
            assert!(
                requests[0].contains(parameter),
                "{condition}: {requests:#?}"
            );
        }
    }
}

#[test]
fn tasks_are_the_organisations() {
    for organisation in [Organisation::demo(), small()] {
        let expected = listed(&organisation, |_| true);
        let mut site = Site::of(organisation);
        let (rows, requests) = site.read(&format!("SELECT {COLUMNS} FROM confluence_tasks"));
        assert_eq!(sorted(rows), expected);
        assert_eq!(requests.len(), expected.len().div_ceil(250));
    }
}

#[test]
fn spans_of_times_are_exact_and_tasks_without_a_time_are_in_none() {
    let mut site = Site::of(small());
    let organisation = site.sim.organisation();
    type Time = fn(&Task) -> Option<i64>;
    let columns: [(&str, Time); 3] = [
        ("created_at", |task| Some(task.created_at.as_millisecond())),
        ("due_at", |task| {
            task.due_at.map(|time| time.as_millisecond())
        }),
        ("completed_at", |task| {
            task.completed_at.map(|time| time.as_millisecond())
        }),
    ];
    for (column, time) in columns {
        let mut times: Vec<i64> = organisation
            .listed_tasks()
            .filter_map(|task| time(&task))
            .collect();
        times.sort_unstable();
        let (from, to) = (times[times.len() / 3], times[times.len() / 3 * 2]);
        let [first, last] = [from, to].map(|time| format!("to_timestamp({time} / 1000.0)"));
        let inside = |task: &Task| time(task).is_some_and(|time| (from..=to).contains(&time));
        let strictly = |task: &Task| time(task).is_some_and(|time| from < time && time < to);
        let since = |task: &Task| time(task).is_some_and(|time| time >= from);
        let until = |task: &Task| time(task).is_some_and(|time| time <= from);
        let exactly = |task: &Task| time(task) == Some(from);
        let parameter = column.replace('_', "-");
        let (begin, end) = (
            format!("{parameter}-from={from}"),
            format!("{parameter}-to="),
        );
        hold(
            &mut site,
            &[
                (
                    format!("{column} BETWEEN {first} AND {last}"),
                    &inside,
                    &[&begin, &end],
                ),
                (
                    format!("{column} > {first} AND {column} < {last}"),
                    &strictly,
                    &[&begin, &end],
                ),
                (format!("{column} >= {first}"), &since, &[&begin]),
                (format!("{column} <= {first}"), &until, &[&end]),
                (format!("{column} = {first}"), &exactly, &[&begin, &end]),
            ],
        );
    }
}

#[test]
fn lists_are_asked_for() {
    let mut site = Site::of(small());
    let organisation = site.sim.organisation();
    let tasks: Vec<Task> = organisation.listed_tasks().collect();
    let spaces = [tasks[0].space_id, tasks[tasks.len() / 2].space_id];
    let pages: Vec<u64> = tasks.iter().filter_map(page_of).step_by(7).collect();
    let assignee = tasks
        .iter()
        .find_map(|task| task.assigned_to)
        .expect("somebody");
    let finisher = tasks
        .iter()
        .find_map(|task| task.completed_by)
        .expect("somebody");
    let creator = tasks[0].created_by.expect("somebody");
    let ids: Vec<u64> = tasks.iter().map(|task| task.id).step_by(3).collect();
    hold(
        &mut site,
        &[
            (
                format!("space_id IN ({})", list(spaces)),
                &|task| spaces.contains(&task.space_id),
                &["space-id="],
            ),
            (
                format!("page_id IN ({})", list(pages.iter().copied())),
                &|task| page_of(task).is_some_and(|page| pages.contains(&page)),
                &["page-id="],
            ),
            (
                format!("id IN ({})", list(ids.iter().copied())),
                &|task| ids.contains(&task.id),
                &["task-id="],
            ),
            (
                format!("assigned_to = {}", literal(assignee)),
                &|task| task.assigned_to == Some(assignee),
                &["assigned-to="],
            ),
            (
                format!(
                    "completed_by = {} AND status = 'complete'",
                    literal(finisher)
                ),
                &|task| task.completed_by == Some(finisher),
                &["completed-by=", "status=complete"],
            ),
            (
                format!(
                    "created_by IN ({}, {})",
                    literal(creator),
                    literal(assignee)
                ),
                &|task| [Some(creator), Some(assignee)].contains(&task.created_by),
                &["created-by="],
            ),
            (
                "status = 'incomplete'".to_owned(),
                &|task| task.completed_at.is_none(),
                &["status=incomplete"],
            ),
        ],
    );
}
