//! Tasks.

use super::prelude::*;
use crate::organisation::{Container, PageStatus, Task, text};

const ACCOUNTS: Kind = Kind::Texts { most: 250 };

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getTasks" v2 "tasks", TASK, &[
        BODY_FORMAT,
        Parameter::new("status", Kind::Choice(&["complete", "incomplete"])),
        listing::ids("task-id", 250),
        listing::ids("space-id", 250),
        listing::ids("page-id", 250),
        listing::ids("blogpost-id", 250),
        Parameter::new("created-by", ACCOUNTS),
        Parameter::new("assigned-to", ACCOUNTS),
        Parameter::new("completed-by", ACCOUNTS),
        Parameter::new("created-at-from", Kind::Integer),
        Parameter::new("created-at-to", Kind::Integer),
        Parameter::new("due-at-from", Kind::Integer),
        Parameter::new("due-at-to", Kind::Integer),
        Parameter::new("completed-at-from", Kind::Integer),
        Parameter::new("completed-at-to", Kind::Integer),
        CURSOR, LIMIT,
    ] => list;
    "getTaskById" v2 "tasks/{id}", TASK, &[] => one;
};

fn list(call: &Call) -> Result<Answer, Refusal> {
    let organisation = call.organisation;
    let arguments = &call.arguments;
    let asked = |task: &Task| {
        // Pages and blog posts together: either may hold the task.
        let within = match task.container {
            Container::BlogPost(id) => arguments.names_id("blogpost-id", id),
            other => arguments.names_id("page-id", other.id()),
        };
        let anywhere = ["page-id", "blogpost-id"].map(|name| arguments.integers(name).is_none());
        is_listed(task.page_status)
            && (within || anywhere == [true, true])
            && arguments.admits("status", Some(task.status()))
            && arguments.admits_id("task-id", task.id)
            && arguments.admits_id("space-id", task.space_id)
            && arguments.admits("created-by", task.created_by)
            && arguments.admits("assigned-to", task.assigned_to)
            && arguments.admits("completed-by", task.completed_by)
            && arguments.admits_time("created-at-from", "created-at-to", Some(task.created_at))
            && arguments.admits_time("due-at-from", "due-at-to", task.due_at)
            && arguments.admits_time("completed-at-from", "completed-at-to", task.completed_at)
            && call.sees_space(task.space_id)
    };
    list_hanging(
        call,
        organisation.task_records(),
        None,
        |record| organisation.view_task(record).filter(&asked),
        |task| row(call, task),
    )
}

fn one(call: &Call) -> Result<Answer, Refusal> {
    let (text, id) = call.id()?;
    let task = id
        .and_then(|id| call.organisation.task(id))
        .filter(|task| task.page_status != PageStatus::Deleted && call.sees_space(task.space_id))
        .ok_or_else(|| Refusal::cannot_find("a task", text))?;
    Ok(Answer::ok(&row(call, task)))
}

fn row(call: &Call, task: Task) -> Value {
    let asked = call.arguments.text("body-format");
    let body = body(asked, |representation| {
        Some(match representation {
            "atlas_doc_format" => text::document(std::iter::once(task.text)),
            _ => task.storage_body(),
        })
    });
    on_container(
        task.container,
        json!({
            "id": Id(task.id),
            "localId": Id(task.local_id.into()),
            "spaceId": Id(task.space_id),
            "status": task.status(),
            "body": body,
            "createdBy": task.created_by,
            "assignedTo": task.assigned_to,
            "completedBy": task.completed_by,
            "createdAt": moment(task.created_at),
            "updatedAt": moment(task.updated_at),
            "dueAt": task.due_at.map(moment),
            "completedAt": task.completed_at.map(moment),
        }),
    )
}
