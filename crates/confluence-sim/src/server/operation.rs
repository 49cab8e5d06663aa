//! An operation of the API, a request to it, and how one is found.

use super::answer::{Answer, Refusal};
use super::credentials::Identity;
use super::parameters::{Arguments, Kind, Parameter};
use super::query;
use crate::fault::Reply;
use crate::organisation::{Organisation, Space};
use hyper::Method;
use std::borrow::Cow;

pub(crate) struct Operation {
    /// As the API's documents call it.
    pub id: &'static str,
    /// With a segment in braces, of any name, for each object that a request names.
    pub path: &'static str,
    /// Every set of scopes that lets a token use it.
    pub scopes: &'static [&'static [&'static str]],
    /// Where the question is among them, it is asked with POST, else with GET.
    pub parameters: &'static [Parameter],
    pub answer: fn(&Call) -> Result<Answer, Refusal>,
}

impl Operation {
    pub(crate) fn method(&self) -> Method {
        let is_question = |parameter: &Parameter| matches!(parameter.kind, Kind::Question);
        if self.parameters.iter().any(is_question) {
            Method::POST
        } else {
            Method::GET
        }
    }
}

/// A request to an operation, with everything that its answer depends on.
pub(crate) struct Call<'a> {
    pub organisation: &'a Organisation,
    pub arguments: Arguments,
    /// The segments of the path that name objects, as they were sent.
    pub segments: &'a [&'a str],
    /// The body of the request.
    pub question: &'a [u8],
    pub identity: &'a Identity,
    /// Where the site is, without `/wiki`.
    pub site: &'a str,
    pub path_and_query: &'a str,
    pub fingerprint: u64,
    /// How a listing is to be wrong, where a test asks for it.
    pub tampering: Option<&'a Reply>,
}

impl<'a> Call<'a> {
    /// The first id in the path, as [`Self::id_at`] has it.
    pub(crate) fn id(&self) -> Result<(Cow<'_, str>, Option<u64>), Refusal> {
        self.id_at(0)
    }

    /// The id at a place among the segments in braces, from 0: as it was written and as a number. A negative number is
    /// one, but names nothing.
    pub(crate) fn id_at(&self, place: usize) -> Result<(Cow<'_, str>, Option<u64>), Refusal> {
        let text = self.segment(place);
        let number = query::decode(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok());
        let number = number
            .ok_or_else(|| Refusal::BadParameter(format!("Invalid id: {text} is no integer")))?;
        Ok((text.into(), number.try_into().ok()))
    }

    /// What stands in the path at a place among the segments in braces, from 0; as it was sent.
    pub(crate) fn segment(&self, place: usize) -> &str {
        self.segments[place]
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.identity, Identity::Anonymous)
    }

    pub(crate) fn is_administrator(&self) -> bool {
        match self.identity {
            Identity::Account(credential) => credential.administrator,
            Identity::Anonymous => false,
        }
    }

    /// Whether the caller may see a space, and what is in it.
    pub(crate) fn sees(&self, space: &Space) -> bool {
        !self.is_anonymous() || space.open_to_anonymous()
    }

    pub(crate) fn space(&self) -> Result<&'a Space, Refusal> {
        Ok(&self.organisation.spaces[self.space_number()?])
    }

    /// The space that the path names, as its number.
    pub(crate) fn space_number(&self) -> Result<usize, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.space_number(id))
            .filter(|&number| self.sees(&self.organisation.spaces[number]))
            .ok_or_else(|| Refusal::cannot_find("a space", text))
    }
}

pub(crate) struct Router(matchit::Router<&'static Operation>);

/// An operation that answers to a path, and the segments that name objects.
pub(crate) struct Found<'p> {
    pub operation: &'static Operation,
    pub segments: Vec<&'p str>,
}

impl Router {
    /// Of these operations, no two of which have the same path.
    pub(crate) fn of(operations: impl Iterator<Item = &'static Operation>) -> Self {
        let mut router = matchit::Router::new();
        for operation in operations {
            router
                .insert(operation.path, operation)
                .expect("every operation has a path of its own");
        }
        Self(router)
    }

    pub(crate) fn find<'p>(&self, path: &'p str) -> Option<Found<'p>> {
        let found = self.0.at(path).ok()?;
        Some(Found {
            operation: found.value,
            segments: found.params.iter().map(|(_, segment)| segment).collect(),
        })
    }
}
