//! What the caller may do.

use crate::organisation::PermittedOperation;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use serde_json::{Value, json};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPageOperations",
        path: "/wiki/api/v2/pages/{id}/operations",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: with_page,
    },
    Operation {
        id: "getBlogPostOperations",
        path: "/wiki/api/v2/blogposts/{id}/operations",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: with_blogpost,
    },
    Operation {
        id: "getSpaceOperations",
        path: "/wiki/api/v2/spaces/{id}/operations",
        scopes: &[&["read:space:confluence"]],
        parameters: &[],
        answer: in_space,
    },
];

fn with_page(call: &Call) -> Result<Answer, Refusal> {
    let page = call.page()?;
    let account = !call.is_anonymous();
    Ok(answer(
        call.organisation.operations_with_page(page, account),
    ))
}

fn with_blogpost(call: &Call) -> Result<Answer, Refusal> {
    let post = call.blogpost()?;
    let account = !call.is_anonymous();
    Ok(answer(
        call.organisation.operations_with_blogpost(post, account),
    ))
}

fn in_space(call: &Call) -> Result<Answer, Refusal> {
    let space = call.space_number()?;
    let account = !call.is_anonymous();
    Ok(answer(call.organisation.operations_in(space, account)))
}

/// Whole: this list has no pages.
fn answer(operations: Vec<PermittedOperation>) -> Answer {
    let operations: Vec<Value> = operations
        .into_iter()
        .map(|(operation, target)| json!({"operation": operation, "targetType": target}))
        .collect();
    Answer::ok(&json!({"operations": operations}))
}
