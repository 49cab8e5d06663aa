//! What lies above and below something in the content tree.

use super::row::Id;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{Descendant, TreeItem};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use serde_json::json;
const SORTS: &[&str] = &[
    "created-date",
    "-created-date",
    "id",
    "-id",
    "modified-date",
    "-modified-date",
    "child-position",
    "-child-position",
    "title",
    "-title",
];

pub(super) const CHILDREN_SCOPES: &[&[&str]] = &[&["read:hierarchical-content:confluence"]];
pub(super) const ANCESTORS_SCOPES: &[&[&str]] = &[&["read:content.metadata:confluence"]];
pub(super) const CHILDREN_PARAMETERS: &[Parameter] =
    &[Parameter::new("sort", Kind::Choice(SORTS)), CURSOR, LIMIT];
pub(super) const DESCENDANTS_PARAMETERS: &[Parameter] = &[
    Parameter::new(
        "depth",
        Kind::Limit {
            default: 2,
            most: 10,
        },
    ),
    CURSOR,
    LIMIT,
];
pub(super) const ANCESTORS_PARAMETERS: &[Parameter] = &[LIMIT];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getPageDirectChildren",
        path: "/wiki/api/v2/pages/{id}/direct-children",
        scopes: CHILDREN_SCOPES,
        parameters: CHILDREN_PARAMETERS,
        answer: |call| children(call, call.page()?.id()),
    },
    Operation {
        id: "getPageDescendants",
        path: "/wiki/api/v2/pages/{id}/descendants",
        scopes: CHILDREN_SCOPES,
        parameters: DESCENDANTS_PARAMETERS,
        answer: |call| descendants(call, call.page()?.id()),
    },
    Operation {
        id: "getPageAncestors",
        path: "/wiki/api/v2/pages/{id}/ancestors",
        scopes: ANCESTORS_SCOPES,
        parameters: ANCESTORS_PARAMETERS,
        answer: |call| {
            let results = ancestors(call, call.page()?.id());
            // That of a node has no links.
            let links = json!({"base": format!("{}/wiki", call.site)});
            Ok(Answer::ok(&json!({"results": results, "_links": links})))
        },
    },
];

/// Everything right below something.
pub(super) fn children(call: &Call, id: u64) -> Result<Answer, Refusal> {
    list_children(call, call.organisation.children(id).into_iter(), Child::of)
}

fn list_children<'a>(
    call: &Call,
    children: impl Iterator<Item = TreeItem<'a>>,
    row: impl Fn(TreeItem<'a>) -> Child,
) -> Result<Answer, Refusal> {
    let sort = call.arguments.text("sort").unwrap_or("child-position");
    let by = sort.trim_start_matches('-');
    let rows = children.map(|child| {
        let id = child.id() as i64;
        let value = match by {
            "created-date" => SortValue::Number(child.created_at().as_millisecond()),
            "modified-date" => SortValue::Number(child.modified_at().as_millisecond()),
            "title" => SortValue::Text(child.title().to_lowercase()),
            "id" => SortValue::Number(id),
            // What has no position stands at the end.
            _ => SortValue::Number(child.position().map_or(i64::MAX, i64::from)),
        };
        (Position { value, id }, child)
    });
    paging::page(call, &Sorted::new(rows, sort.starts_with('-'), row))
}

/// Everything below something, down to the depth that is asked for.
pub(super) fn descendants(call: &Call, id: u64) -> Result<Answer, Refusal> {
    let depth = call.arguments.integer("depth").expect("it has a default");
    let key = call.organisation.tree_key(id).expect("it was just found");
    let found = call.organisation.descendants_of(key, depth as u32);
    let rows = found.into_iter().map(|descendant| {
        let position = Position {
            value: SortValue::Number(descendant.depth.into()),
            id: descendant.item.id() as i64,
        };
        (position, descendant)
    });
    paging::page(call, &Sorted::new(rows, false, Below::of))
}

/// The nearest ones, as many as are asked for, from top to bottom. Whoever wants more asks for those of the first.
pub(super) fn ancestors(call: &Call, id: u64) -> Vec<Ancestor> {
    let most = call.arguments.integer("limit").expect("it has a default") as usize;
    let all = call.organisation.ancestors(id);
    all[all.len().saturating_sub(most)..]
        .iter()
        .map(|item| Ancestor {
            id: Id(item.id()),
            r#type: item.kind(),
        })
        .collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Child {
    id: Id,
    status: &'static str,
    title: String,
    /// Where all are pages there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    /// Live sites give it where all are pages, whatever the document says.
    #[serde(skip_serializing_if = "Option::is_none")]
    space_id: Option<Id>,
    child_position: Option<u32>,
}

impl Child {
    fn of(item: TreeItem) -> Self {
        Self {
            id: Id(item.id()),
            status: item.status().as_str(),
            title: item.title().into_owned(),
            r#type: Some(item.kind()),
            space_id: None,
            child_position: item.position(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Below {
    id: Id,
    status: &'static str,
    title: String,
    r#type: &'static str,
    parent_id: Option<Id>,
    depth: u32,
    child_position: Option<u32>,
    last_modified: Moment,
}

impl Below {
    fn of(Descendant { item, depth }: Descendant) -> Self {
        Self {
            id: Id(item.id()),
            status: item.status().as_str(),
            title: item.title().into_owned(),
            r#type: item.kind(),
            parent_id: item.parent().map(|(_, id)| Id(id)),
            depth,
            child_position: item.position(),
            last_modified: Moment(item.modified_at().as_millisecond()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Ancestor {
    id: Id,
    r#type: &'static str,
}
