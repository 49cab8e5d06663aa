//! Custom content.

use super::belongings::{self, ContainerIds, PROPERTY_PARAMETERS, VERSION_SORT, VersionRow};
use super::labels;
use super::row::Id;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{Container, CustomContent, PageStatus, Revision};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;

const SCOPES: &[&[&str]] = &[&["read:custom-content:confluence"]];
const BODY_FORMATS: &[&str] = &["raw", "storage", "atlas_doc_format"];
const SORTS: &[&str] = &[
    "id",
    "-id",
    "created-date",
    "-created-date",
    "modified-date",
    "-modified-date",
    "title",
    "-title",
];
const CHILD_SORTS: &[&str] = &[
    "created-date",
    "-created-date",
    "id",
    "-id",
    "modified-date",
    "-modified-date",
];

/// Always needed.
const TYPE: Parameter = Parameter::new("type", Kind::Text);
const SORT: Parameter = Parameter::new("sort", Kind::Choice(SORTS));
const BODY_FORMAT: Parameter = Parameter::new("body-format", Kind::Choice(BODY_FORMATS));

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getCustomContentByType",
        path: "/wiki/api/v2/custom-content",
        scopes: SCOPES,
        parameters: &[
            TYPE,
            Parameter::new("id", Kind::Integers { most: 250 }),
            Parameter::new("space-id", Kind::Integers { most: 100 }),
            SORT,
            CURSOR,
            LIMIT,
            BODY_FORMAT,
        ],
        answer: list,
    },
    Operation {
        id: "getCustomContentByTypeInPage",
        path: "/wiki/api/v2/pages/{id}/custom-content",
        scopes: SCOPES,
        parameters: &[TYPE, SORT, CURSOR, LIMIT, BODY_FORMAT],
        answer: |call| list_of(call, Container::Page(call.page()?.id())),
    },
    Operation {
        id: "getCustomContentByTypeInBlogPost",
        path: "/wiki/api/v2/blogposts/{id}/custom-content",
        scopes: SCOPES,
        parameters: &[TYPE, SORT, CURSOR, LIMIT, BODY_FORMAT],
        answer: |call| list_of(call, Container::BlogPost(call.blogpost()?.id())),
    },
    Operation {
        id: "getCustomContentById",
        path: "/wiki/api/v2/custom-content/{id}",
        scopes: SCOPES,
        parameters: &[
            Parameter::new("body-format", Kind::Choice(BODY_FORMATS)),
            // The document does not tell what comes of it.
        ],
        answer: single,
    },
    Operation {
        id: "getChildCustomContent",
        path: "/wiki/api/v2/custom-content/{id}/children",
        scopes: SCOPES,
        parameters: &[
            CURSOR,
            LIMIT,
            Parameter::new("sort", Kind::Choice(CHILD_SORTS)),
        ],
        answer: children,
    },
    Operation {
        id: "getCustomContentLabels",
        path: "/wiki/api/v2/custom-content/{id}/labels",
        scopes: SCOPES,
        parameters: labels::PARAMETERS,
        answer: |call| labels::list_on(call, call.custom_content()?.labels()),
    },
    Operation {
        id: "getCustomContentOperations",
        path: "/wiki/api/v2/custom-content/{id}/operations",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| {
            let operations = operations(call, call.custom_content()?);
            Ok(Answer::ok(&json!({"operations": operations})))
        },
    },
    Operation {
        id: "getCustomContentContentProperties",
        path: "/wiki/api/v2/custom-content/{id}/properties",
        scopes: SCOPES,
        parameters: PROPERTY_PARAMETERS,
        answer: |call| belongings::properties(call, call.custom_content()?.properties()),
    },
    Operation {
        id: "getCustomContentContentPropertiesById",
        path: "/wiki/api/v2/custom-content/{id}/properties/{property}",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| belongings::property(call, call.custom_content()?.properties()),
    },
    Operation {
        id: "getCustomContentVersions",
        path: "/wiki/api/v2/custom-content/{id}/versions",
        scopes: SCOPES,
        parameters: &[BODY_FORMAT, CURSOR, LIMIT, VERSION_SORT],
        answer: versions,
    },
    Operation {
        id: "getCustomContentVersionDetails",
        path: "/wiki/api/v2/custom-content/{id}/versions/{number}",
        scopes: SCOPES,
        parameters: &[],
        answer: |call| {
            let piece = call.custom_content()?;
            belongings::version_details(call, piece.versions(), &named(piece))
        },
    },
];

impl Call<'_> {
    /// The piece of custom content that the path names. One in the trash is still shown.
    pub(super) fn custom_content(&self) -> Result<CustomContent<'_>, Refusal> {
        let (text, id) = self.id()?;
        id.and_then(|id| self.organisation.custom_content_by_id(id))
            .filter(|piece| piece.status != PageStatus::Deleted && self.sees_space(piece.space_id))
            .ok_or_else(|| {
                Refusal::NoSuchObject(format!("Cannot find custom content with id [{text}]"))
            })
    }
}

fn named(piece: CustomContent) -> String {
    format!("the custom content with id [{}]", piece.id)
}

fn list(call: &Call) -> Result<Answer, Refusal> {
    let set = |name| {
        call.arguments
            .ids(name)
            .map(Iterator::collect::<HashSet<u64>>)
    };
    let (ids, spaces) = (set("id"), set("space-id"));
    of_type(call, |piece| {
        ids.as_ref().is_none_or(|ids| ids.contains(&piece.id))
            && spaces
                .as_ref()
                .is_none_or(|spaces| spaces.contains(&piece.space_id))
    })
}

fn list_of(call: &Call, container: Container) -> Result<Answer, Refusal> {
    of_type(call, |piece| piece.container == container)
}

fn of_type(call: &Call, fits: impl Fn(&CustomContent) -> bool) -> Result<Answer, Refusal> {
    let Some(kind) = call.arguments.text("type") else {
        return Err(Refusal::BadParameter(
            "The query parameter 'type' is missing".to_owned(),
        ));
    };
    let rows = sorted(call, |piece| piece.kind == kind && fits(piece));
    paging::page(
        call,
        &Sorted::new(rows, is_descending(call), |piece| Row::of(call, piece)),
    )
}

/// What is listed and fits, with its place in the order that is asked for.
fn sorted<'a>(
    call: &'a Call,
    fits: impl Fn(&CustomContent) -> bool,
) -> impl Iterator<Item = (Position, CustomContent<'a>)> {
    let sort = call.arguments.text("sort").unwrap_or("id");
    call.organisation
        .custom_content()
        .filter(move |piece| {
            belongings::is_listed(piece.status) && call.sees_space(piece.space_id) && fits(piece)
        })
        .map(move |piece| {
            let mut position = belongings::by_id(piece.id);
            let number = |time: jiff::Timestamp| SortValue::Number(time.as_millisecond());
            match sort.trim_start_matches('-') {
                "created-date" => position.value = number(piece.created_at),
                "modified-date" => position.value = number(piece.version.created_at),
                "title" => position.value = SortValue::Text(piece.title.to_lowercase()),
                _ => {}
            }
            (position, piece)
        })
}

fn is_descending(call: &Call) -> bool {
    let sort = call.arguments.text("sort");
    sort.is_some_and(|sort| sort.starts_with('-'))
}

fn children(call: &Call) -> Result<Answer, Refusal> {
    let parent = Container::CustomContent(call.custom_content()?.id);
    let rows = sorted(call, |piece| piece.container == parent);
    let row = |piece: CustomContent| {
        json!({
            "id": Id(piece.id),
            "status": piece.status.as_str(),
            "title": piece.title,
            "type": piece.kind,
            "spaceId": Id(piece.space_id),
        })
    };
    paging::page(call, &Sorted::new(rows, is_descending(call), row))
}

fn single(call: &Call) -> Result<Answer, Refusal> {
    let piece = call.custom_content()?;
    Ok(belongings::single(call, &Row::of(call, piece)))
}

fn operations(call: &Call, piece: CustomContent) -> Vec<Value> {
    belongings::operations(call, piece.kind, piece.author_id)
}

fn versions(call: &Call) -> Result<Answer, Refusal> {
    let piece = call.custom_content()?;
    let entity = |version: Revision| {
        json!({
            "id": Id(piece.id),
            "title": piece.title,
            "body": body(call, piece, version.number),
        })
    };
    belongings::versions(call, piece.versions(), ("custom", entity))
}

fn body(call: &Call, piece: CustomContent, version: u32) -> Value {
    belongings::body(call, |representation| piece.body(representation, version))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: Id,
    r#type: &'static str,
    status: &'static str,
    title: &'a str,
    space_id: Id,
    #[serde(flatten)]
    container: ContainerIds,
    author_id: Option<&'a str>,
    created_at: Moment,
    version: VersionRow<'a>,
    body: Value,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
struct Links {
    webui: String,
}

impl<'a> Row<'a> {
    fn of(call: &Call, piece: CustomContent<'a>) -> Self {
        Self {
            id: Id(piece.id),
            r#type: piece.kind,
            status: piece.status.as_str(),
            title: piece.title,
            space_id: Id(piece.space_id),
            container: ContainerIds::of(piece.container),
            author_id: piece.author_id,
            created_at: belongings::moment(piece.created_at),
            version: VersionRow::of(piece.version),
            body: body(call, piece, piece.version.number),
            links: Links {
                webui: format!("/pages/viewpage.action?contentId={}", piece.id),
            },
        }
    }
}
