//! Versions of pages and blog posts.

use super::content::{BODY_FORMAT, Body, VersionRow};
use super::row::Id;
use crate::organisation::Version;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;

const SORT: Parameter = Parameter::new("sort", Kind::Choice(&["modified-date", "-modified-date"]));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPageVersions",
        path: "/wiki/api/v2/pages/{id}/versions",
        scopes: &[&["read:page:confluence"]],
        parameters: &[BODY_FORMAT, CURSOR, LIMIT, SORT],
        answer: of_page,
    },
    Operation {
        id: "getBlogPostVersions",
        path: "/wiki/api/v2/blogposts/{id}/versions",
        scopes: &[&["read:page:confluence"]],
        parameters: &[BODY_FORMAT, CURSOR, LIMIT, SORT],
        answer: of_blogpost,
    },
    Operation {
        id: "getPageVersionDetails",
        path: "/wiki/api/v2/pages/{id}/versions/{number}",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: details_of_page,
    },
    Operation {
        id: "getBlogPostVersionDetails",
        path: "/wiki/api/v2/blogposts/{id}/versions/{number}",
        scopes: &[&["read:page:confluence"]],
        parameters: &[],
        answer: details_of_blogpost,
    },
];

fn of_page(call: &Call) -> Result<Answer, Refusal> {
    list(call, call.page()?.id(), Subject::Page)
}

fn of_blogpost(call: &Call) -> Result<Answer, Refusal> {
    list(call, call.blogpost()?.id(), Subject::Blogpost)
}

/// The latest first, unless the other order is asked for.
fn list<'a>(
    call: &'a Call,
    content: u64,
    subject: fn(Versioned<'a>) -> Subject<'a>,
) -> Result<Answer, Refusal> {
    let descending = call.arguments.text("sort") != Some("modified-date");
    let versions = call.organisation.versions(content).into_iter();
    let rows = versions.map(|version| {
        let value = SortValue::Number(version.created_at().as_millisecond());
        let id = version.number().into();
        (Position { value, id }, version)
    });
    let body_format = call.arguments.text("body-format");
    let row = |version| Row {
        version: VersionRow::of(version),
        subject: subject(Versioned::of(version, body_format)),
    };
    paging::page(call, &Sorted::new(rows, descending, row))
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    version: VersionRow<'a>,
    #[serde(flatten)]
    subject: Subject<'a>,
}

/// What a version is one of.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Subject<'a> {
    Page(Versioned<'a>),
    Blogpost(Versioned<'a>),
}

#[derive(Serialize)]
struct Versioned<'a> {
    id: Id,
    title: String,
    body: Body<'a>,
}

impl<'a> Versioned<'a> {
    fn of(version: Version<'a>, body_format: Option<&'a str>) -> Self {
        Self {
            id: Id(version.content_id()),
            title: version.title().into_owned(),
            body: Body {
                version,
                format: body_format,
            },
        }
    }
}

fn details_of_page(call: &Call) -> Result<Answer, Refusal> {
    details(call, "page", |call| Ok(call.page()?.id()))
}

fn details_of_blogpost(call: &Call) -> Result<Answer, Refusal> {
    details(call, "blog post", |call| Ok(call.blogpost()?.id()))
}

fn details(
    call: &Call,
    kind: &str,
    content: fn(&Call) -> Result<u64, Refusal>,
) -> Result<Answer, Refusal> {
    // A number that is none is found out before anything is looked for.
    let (text, number) = call.id_at(1)?;
    let content = content(call)?;
    let versions = call.organisation.versions(content);
    let place = versions
        .iter()
        .position(|version| Some(u64::from(version.number())) == number)
        .ok_or_else(|| {
            Refusal::NoSuchObject(format!(
                "Cannot find version [{text}] of the {kind} with id [{content}]"
            ))
        })?;
    let version = versions[place];
    let number = |place: usize| versions.get(place).map(Version::number);
    Ok(Answer::ok(&Details {
        number: version.number(),
        author_id: version.author_id(),
        message: version.message(),
        created_at: Moment(version.created_at().as_millisecond()),
        minor_edit: version.minor_edit(),
        content_type_modified: false,
        collaborators: version.author_id().into_iter().collect(),
        prev_version: place.checked_sub(1).and_then(number),
        next_version: number(place + 1),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    number: u32,
    author_id: Option<&'a str>,
    message: Option<&'static str>,
    created_at: Moment,
    minor_edit: bool,
    content_type_modified: bool,
    collaborators: Vec<&'a str>,
    /// Of those that are still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_version: Option<u32>,
}
