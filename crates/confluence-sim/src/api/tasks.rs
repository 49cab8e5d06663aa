//! Tasks.

use super::belongings::{self, ContainerIds, Things};
use super::content::BODY_FORMAT;
use super::row::Id;
use crate::organisation::collection::DateSort;
use crate::organisation::time::Moment;
use crate::organisation::{Container, PageStatus, Task, text};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging;
use crate::server::parameters::{Arguments, CURSOR, Kind, LIMIT, Parameter};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashSet;

const SCOPES: &[&[&str]] = &[&["read:task:confluence"]];
const IDS: Kind = Kind::Integers { most: 250 };
const ACCOUNTS: Kind = Kind::Texts { most: 250 };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getTasks",
        path: "/wiki/api/v2/tasks",
        scopes: SCOPES,
        parameters: &[
            BODY_FORMAT,
            Parameter::new("status", Kind::Choice(&["complete", "incomplete"])),
            Parameter::new("task-id", IDS),
            Parameter::new("space-id", IDS),
            Parameter::new("page-id", IDS),
            Parameter::new("blogpost-id", IDS),
            Parameter::new("created-by", ACCOUNTS),
            Parameter::new("assigned-to", ACCOUNTS),
            Parameter::new("completed-by", ACCOUNTS),
            Parameter::new("created-at-from", Kind::Integer),
            Parameter::new("created-at-to", Kind::Integer),
            Parameter::new("due-at-from", Kind::Integer),
            Parameter::new("due-at-to", Kind::Integer),
            Parameter::new("completed-at-from", Kind::Integer),
            Parameter::new("completed-at-to", Kind::Integer),
            CURSOR,
            LIMIT,
        ],
        answer: list,
    },
    Operation {
        id: "getTaskById",
        path: "/wiki/api/v2/tasks/{id}",
        scopes: SCOPES,
        parameters: &[],
        answer: single,
    },
];

fn list(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let filter = Filter::of(&call.arguments);
    let things = Things {
        part: organisation.task_records().all_by(DateSort::Id),
        descending: false,
        view: |record| {
            organisation.view_task(record).filter(|task| {
                belongings::is_listed(task.page_status)
                    && filter.admits(task)
                    && call.sees_space(task.space_id)
            })
        },
        row: |task| TaskRow::of(call, task),
    };
    paging::page(call, &things)
}

/// What a listing of tasks is asked to hold.
struct Filter<'a> {
    status: Option<&'a str>,
    ids: Option<HashSet<u64>>,
    spaces: Option<HashSet<u64>>,
    /// Pages and blog posts together: either may hold the task.
    containers: Option<HashSet<Container>>,
    creators: Option<&'a [String]>,
    assignees: Option<&'a [String]>,
    completers: Option<&'a [String]>,
    created: Span,
    due: Span,
    completed: Span,
}

impl<'a> Filter<'a> {
    fn of(arguments: &'a Arguments) -> Self {
        let set = |name| arguments.ids(name).map(Iterator::collect::<HashSet<u64>>);
        let (pages, posts) = (arguments.ids("page-id"), arguments.ids("blogpost-id"));
        let containers = (pages.is_some() || posts.is_some()).then(|| {
            let pages = pages.into_iter().flatten().map(Container::Page);
            let posts = posts.into_iter().flatten().map(Container::BlogPost);
            pages.chain(posts).collect()
        });
        Self {
            status: arguments.text("status"),
            ids: set("task-id"),
            spaces: set("space-id"),
            containers,
            creators: arguments.texts("created-by"),
            assignees: arguments.texts("assigned-to"),
            completers: arguments.texts("completed-by"),
            created: Span::of(arguments, "created-at-from", "created-at-to"),
            due: Span::of(arguments, "due-at-from", "due-at-to"),
            completed: Span::of(arguments, "completed-at-from", "completed-at-to"),
        }
    }

    fn admits(&self, task: &Task) -> bool {
        self.status.is_none_or(|status| status == task.status())
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&task.id))
            && self
                .spaces
                .as_ref()
                .is_none_or(|spaces| spaces.contains(&task.space_id))
            && self
                .containers
                .as_ref()
                .is_none_or(|containers| containers.contains(&task.container))
            && is_one_of(self.creators, task.created_by)
            && is_one_of(self.assignees, task.assigned_to)
            && is_one_of(self.completers, task.completed_by)
            && self.created.holds(Some(task.created_at))
            && self.due.holds(task.due_at)
            && self.completed.holds(task.completed_at)
    }
}

fn is_one_of(accounts: Option<&[String]>, account: Option<&str>) -> bool {
    let Some(accounts) = accounts else {
        return true;
    };
    account.is_some_and(|account| accounts.iter().any(|asked| asked == account))
}

/// Milliseconds since 1970, with both ends.
struct Span {
    from: Option<i64>,
    to: Option<i64>,
}

impl Span {
    fn of(arguments: &Arguments, from: &str, to: &str) -> Self {
        Self {
            from: arguments.integer(from),
            to: arguments.integer(to),
        }
    }

    /// What has no time is in no span but the one without ends.
    fn holds(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time.map(Timestamp::as_millisecond) else {
            return self.from.is_none() && self.to.is_none();
        };
        self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time <= to)
    }
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let (text, id) = call.id()?;
    let task = id
        .and_then(|id| call.organisation.task(id))
        .filter(|task| task.page_status != PageStatus::Deleted && call.sees_space(task.space_id))
        .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find a task with id [{text}]")))?;
    Ok(Answer::ok(&TaskRow::of(call, task)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskRow<'a> {
    id: Id,
    local_id: Id,
    space_id: Id,
    #[serde(flatten)]
    container: ContainerIds,
    status: &'static str,
    body: Value,
    created_by: Option<&'a str>,
    assigned_to: Option<&'a str>,
    completed_by: Option<&'a str>,
    created_at: Moment,
    updated_at: Moment,
    due_at: Option<Moment>,
    completed_at: Option<Moment>,
}

impl<'a> TaskRow<'a> {
    fn of(call: &Call, task: Task<'a>) -> Self {
        Self {
            id: Id(task.id),
            local_id: Id(task.local_id.into()),
            space_id: Id(task.space_id),
            container: ContainerIds::of(task.container),
            status: task.status(),
            body: belongings::body(call, |representation| {
                Some(match representation {
                    "atlas_doc_format" => text::document(std::iter::once(task.text)),
                    _ => task.storage_body(),
                })
            }),
            created_by: task.created_by,
            assigned_to: task.assigned_to,
            completed_by: task.completed_by,
            created_at: belongings::moment(task.created_at),
            updated_at: belongings::moment(task.updated_at),
            due_at: task.due_at.map(belongings::moment),
            completed_at: task.completed_at.map(belongings::moment),
        }
    }
}
