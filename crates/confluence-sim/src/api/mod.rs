//! The operations of the API: one file a family of resources, and one table of all.
//!
//! To add an operation, describe it in its family's table: name, path, scopes, parameters, and the function that
//! answers. Credentials, scopes, methods, the check of parameters, paging, faults and the log come with it.

mod administration;
mod attachments;
mod audit;
mod belongings;
mod blogposts;
mod classification;
mod comments;
mod content;
mod custom_content;
mod groups;
mod labels;
mod likes;
mod nodes;
mod pages;
mod permissions;
mod permitted;
mod properties;
mod restrictions;
mod roles;
mod row;
mod search;
mod settings;
mod site;
mod spaces;
mod states;
mod tasks;
mod templates;
mod tree;
mod user_properties;
mod users;
mod users_bulk;
mod v1;
mod versions;
mod watches;

use crate::server::operation::Operation;
use hyper::Method;

const FAMILIES: &[&[Operation]] = &[
    spaces::OPERATIONS,
    permissions::OPERATIONS,
    pages::OPERATIONS,
    tree::OPERATIONS,
    nodes::FOLDERS,
    nodes::WHITEBOARDS,
    nodes::DATABASES,
    nodes::SMART_LINKS,
    roles::OPERATIONS,
    classification::OPERATIONS,
    administration::OPERATIONS,
    attachments::OPERATIONS,
    comments::OPERATIONS,
    tasks::OPERATIONS,
    custom_content::OPERATIONS,
    users::OPERATIONS,
    users_bulk::OPERATIONS,
    groups::OPERATIONS,
    restrictions::OPERATIONS,
    audit::OPERATIONS,
    search::OPERATIONS,
    settings::OPERATIONS,
    templates::OPERATIONS,
    states::OPERATIONS,
    watches::OPERATIONS,
    user_properties::OPERATIONS,
    site::OPERATIONS,
    blogposts::OPERATIONS,
    versions::OPERATIONS,
    labels::OPERATIONS,
    properties::OPERATIONS,
    likes::OPERATIONS,
    permitted::OPERATIONS,
];

/// All operations.
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

/// The operations that the stand-in answers.
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
