//! The operations of the API: one file a family of resources, and one table of all.
//!
//! To add an operation, describe it in its family's table: name, path, scopes, parameters, and the function that
//! answers. Credentials, scopes, methods, the check of parameters, paging, faults and the log come with it.

/// A table of operations: what the API's documents call each, its path, its scopes, its parameters, and who answers.
macro_rules! operations {
    (@path edge $path:literal) => { $path };
    (@path v1 $path:literal) => { concat!("/wiki/rest/api/", $path) };
    (@path v2 $path:literal) => { concat!("/wiki/api/v2/", $path) };
    ($($id:literal $api:ident $path:literal, $scopes:expr, $parameters:expr => $answer:expr;)*) => {
        &[$(Operation {
            id: $id,
            path: operations!(@path $api $path),
            scopes: $scopes,
            parameters: $parameters,
            answer: $answer,
        },)*]
    };
}

mod administration;
mod attachments;
mod attention;
mod audit;
mod classification;
mod comments;
mod content_search;
mod custom_content;
mod groups;
mod listing;
mod named;
mod on_content;
mod pages;
mod permission_check;
mod prelude;
mod restrictions;
mod roles;
mod row;
mod scopes;
mod search;
mod settings;
mod spaces;
mod tasks;
mod templates;
mod tree;
mod users;
mod v1;

use crate::server::operation::Operation;
use hyper::Method;

const FAMILIES: &[&[Operation]] = &[
    spaces::OPERATIONS,
    pages::OPERATIONS,
    on_content::OPERATIONS,
    attachments::OPERATIONS,
    comments::OPERATIONS,
    custom_content::OPERATIONS,
    tasks::OPERATIONS,
    tree::OPERATIONS,
    tree::NODES,
    roles::OPERATIONS,
    classification::OPERATIONS,
    administration::OPERATIONS,
    users::OPERATIONS,
    groups::OPERATIONS,
    restrictions::OPERATIONS,
    permission_check::OPERATIONS,
    audit::OPERATIONS,
    search::OPERATIONS,
    content_search::OPERATIONS,
    settings::OPERATIONS,
    templates::OPERATIONS,
    attention::OPERATIONS,
];

pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    FAMILIES.iter().copied().flatten()
}

/// What the stand-in says of an operation that it answers.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// As the API's documents call it.
    pub operation: &'static str,
    /// `GET`, or `POST` where the question is in the body.
    pub method: &'static str,
    /// With a segment in braces for each object that a request names.
    pub path: &'static str,
    /// Every set of scopes that lets a token use it.
    pub scopes: &'static [&'static [&'static str]],
}

pub fn served() -> impl Iterator<Item = Served> {
    operations().map(|operation| Served {
        operation: operation.id,
        method: match operation.method() {
            Method::POST => "POST",
            _ => "GET",
        },
        path: operation.path,
        scopes: operation.scopes,
    })
}
