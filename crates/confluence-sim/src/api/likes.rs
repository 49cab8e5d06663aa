//! Who likes a page or a blog post.

use crate::organisation::record::SortValue;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, LIMIT};
use serde::Serialize;
use serde_json::json;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPageLikeCount",
        path: "/wiki/api/v2/pages/{id}/likes/count",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: |call| count(call, call.page()?.id()),
    },
    Operation {
        id: "getPageLikeUsers",
        path: "/wiki/api/v2/pages/{id}/likes/users",
        scopes: &[&["read:page:confluence"]],
        parameters: &[CURSOR, LIMIT],
        answer: |call| users(call, call.page()?.id()),
    },
    Operation {
        id: "getBlogPostLikeCount",
        path: "/wiki/api/v2/blogposts/{id}/likes/count",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: |call| count(call, call.blogpost()?.id()),
    },
    Operation {
        id: "getBlogPostLikeUsers",
        path: "/wiki/api/v2/blogposts/{id}/likes/users",
        scopes: &[&["read:page:confluence"]],
        parameters: &[CURSOR, LIMIT],
        answer: |call| users(call, call.blogpost()?.id()),
    },
];

fn count(call: &Call, content: u64) -> Result<Answer, Refusal> {
    let likes = call.organisation.likes(content);
    Ok(Answer::ok(&json!({"count": likes.len()})))
}

fn users(call: &Call, content: u64) -> Result<Answer, Refusal> {
    let likes = call.organisation.likes(content);
    // Accounts have no numbers that the API knows; nothing but the account can tell where to go on.
    let rows = likes.into_iter().map(|account_id| {
        let value = SortValue::Text(account_id.to_owned());
        (Position { value, id: 0 }, account_id)
    });
    paging::page(
        call,
        &Sorted::new(rows, false, |account_id| Like { account_id }),
    )
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Like<'a> {
    account_id: &'a str,
}
