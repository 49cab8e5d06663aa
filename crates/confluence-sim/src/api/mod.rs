//! The operations of the API: one file a family of resources, and one table of all.
//!
//! To add an operation, describe it in its family's table: name, path, scopes, parameters, and the function that
//! answers. Credentials, scopes, methods, the check of parameters, paging, faults and the log come with it.

mod pages;
mod permissions;
mod row;
mod site;
mod spaces;
mod users;

use crate::fault::Tampering;
use crate::organisation::{Organisation, Space};
use crate::server::answer::{Answer, Refusal};
use crate::server::credentials::Identity;
use crate::server::parameters::{Arguments, Parameter};
use crate::server::query;
use std::borrow::Cow;

/// An operation of the API.
pub(crate) struct Operation {
    /// As the API's documents call it.
    pub id: &'static str,
    /// At most one segment in braces.
    pub path: &'static str,
    /// Every set of scopes that lets a token use it.
    pub scopes: &'static [&'static [&'static str]],
    pub parameters: &'static [Parameter],
    pub answer: fn(&Call) -> Result<Answer, Refusal>,
}

const FAMILIES: &[&[Operation]] = &[
    spaces::OPERATIONS,
    permissions::OPERATIONS,
    pages::OPERATIONS,
    users::OPERATIONS,
    site::OPERATIONS,
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
    /// With the object's id as `{id}`.
    pub path: &'static str,
    /// Every set of scopes that lets a token use it.
    pub scopes: &'static [&'static [&'static str]],
}

/// The operations that the stand-in answers.
pub fn served() -> impl Iterator<Item = Served> {
    operations().map(|operation| Served {
        operation: operation.id,
        path: operation.path,
        scopes: operation.scopes,
    })
}

/// A request to an operation, with everything that its answer depends on.
pub(crate) struct Call<'a> {
    pub organisation: &'a Organisation,
    pub arguments: Arguments,
    /// The segment of the path that names an object, as it was sent.
    pub id: Option<&'a str>,
    pub identity: &'a Identity,
    /// Where the site is, without `/wiki`.
    pub site: &'a str,
    pub path_and_query: &'a str,
    pub fingerprint: u64,
    pub tampering: Option<Tampering>,
}

impl Call<'_> {
    /// The id in the path, as it was written and as a number. A negative number is one, but names nothing.
    fn id(&self) -> Result<(Cow<'_, str>, Option<u64>), Refusal> {
        let text = self.id.unwrap_or_default();
        let number = query::decode(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok());
        let number = number
            .ok_or_else(|| Refusal::BadParameter(format!("Invalid id: {text} is no integer")))?;
        Ok((text.into(), number.try_into().ok()))
    }

    fn is_anonymous(&self) -> bool {
        matches!(self.identity, Identity::Anonymous)
    }

    /// Whether the caller may see a space, and what is in it.
    fn sees(&self, space: &Space) -> bool {
        !self.is_anonymous() || space.open_to_anonymous()
    }

    /// The space that the path names, as its number.
    fn space_number(&self) -> Result<usize, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.space_number(id))
            .filter(|&number| self.sees(&self.organisation.spaces[number]))
            .ok_or_else(|| Refusal::NoSuchObject(format!("Cannot find a space with id [{text}]")))
    }
}

/// Finds the operation that answers to a path.
pub(crate) struct Router(matchit::Router<&'static Operation>);

impl Router {
    pub(crate) fn new() -> Self {
        let mut router = matchit::Router::new();
        for operation in operations() {
            router
                .insert(operation.path, operation)
                .expect("every operation has a path of its own");
        }
        Self(router)
    }

    /// The operation, and the segment that names an object.
    pub(crate) fn find<'p>(&self, path: &'p str) -> Option<(&'static Operation, Option<&'p str>)> {
        let found = self.0.at(path).ok()?;
        Some((
            found.value,
            found.params.iter().next().map(|(_, segment)| segment),
        ))
    }
}
