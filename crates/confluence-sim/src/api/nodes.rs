//! Folders, whiteboards, databases and smart links: the same operations for each.

use super::row::Id;
use super::tree;
use crate::organisation::record::SortValue;
use crate::organisation::time::Moment;
use crate::organisation::{NodeKind, NodeProperty, TreeNode};
use crate::server::answer::{Answer, Refusal};
use crate::server::operation::{Call, Operation};
use crate::server::paging::{self, Position, Sorted};
use crate::server::parameters::{CURSOR, Kind, LIMIT, Parameter};
use serde::Serialize;
use serde_json::{Value, json};

const PROPERTIES_PARAMETERS: &[Parameter] = &[
    Parameter::new("key", Kind::Text),
    Parameter::new("sort", Kind::Choice(&["key", "-key"])),
    CURSOR,
    LIMIT,
];

/// The operations of a kind: by its name in those of the API, its segment in paths, and its scope.
macro_rules! operations {
    ($kind:ident, $name:literal, $segment:literal, $scope:literal) => {
        &[
            Operation {
                id: concat!("get", $name, "ById"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}"),
                scopes: &[&[$scope]],
                parameters: &[],
                answer: |call| single(call, node(call, NodeKind::$kind)?),
            },
            Operation {
                id: concat!("get", $name, "ContentProperties"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/properties"),
                scopes: &[&[$scope]],
                parameters: PROPERTIES_PARAMETERS,
                answer: |call| properties(call, node(call, NodeKind::$kind)?),
            },
            Operation {
                id: concat!("get", $name, "ContentPropertiesById"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/properties/{property-id}"),
                scopes: &[&[$scope]],
                parameters: &[],
                answer: |call| property(call, node(call, NodeKind::$kind)?),
            },
            Operation {
                id: concat!("get", $name, "Operations"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/operations"),
                scopes: &[&[$scope]],
                parameters: &[],
                answer: |call| permitted(call, node(call, NodeKind::$kind)?),
            },
            Operation {
                id: concat!("get", $name, "DirectChildren"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/direct-children"),
                scopes: tree::CHILDREN_SCOPES,
                parameters: tree::CHILDREN_PARAMETERS,
                answer: |call| tree::children(call, node(call, NodeKind::$kind)?.id()),
            },
            Operation {
                id: concat!("get", $name, "Descendants"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/descendants"),
                scopes: tree::CHILDREN_SCOPES,
                parameters: tree::DESCENDANTS_PARAMETERS,
                answer: |call| tree::descendants(call, node(call, NodeKind::$kind)?.id()),
            },
            Operation {
                id: concat!("get", $name, "Ancestors"),
                path: concat!("/wiki/api/v2/", $segment, "/{id}/ancestors"),
                scopes: tree::ANCESTORS_SCOPES,
                parameters: tree::ANCESTORS_PARAMETERS,
                answer: |call| {
                    let results = tree::ancestors(call, node(call, NodeKind::$kind)?.id());
                    Ok(Answer::ok(&json!({"results": results})))
                },
            },
        ]
    };
}

pub(super) const FOLDERS: &[Operation] =
    operations!(Folder, "Folder", "folders", "read:folder:confluence");
pub(super) const WHITEBOARDS: &[Operation] = operations!(
    Whiteboard,
    "Whiteboard",
    "whiteboards",
    "read:whiteboard:confluence"
);
pub(super) const DATABASES: &[Operation] = operations!(
    Database,
    "Database",
    "databases",
    "read:database:confluence"
);
pub(super) const SMART_LINKS: &[Operation] =
    operations!(SmartLink, "SmartLink", "embeds", "read:embed:confluence");

/// The node that the path names, if it is of a kind.
pub(super) fn node<'a>(call: &Call<'a>, kind: NodeKind) -> Result<TreeNode<'a>, Refusal> {
    let organisation = call.organisation;
    let (text, id) = call.id()?;
    id.and_then(|id| organisation.tree_node(id))
        .filter(|node| node.kind() == kind)
        .filter(|node| {
            organisation
                .space(node.space_id())
                .is_some_and(|space| call.sees(space))
        })
        .ok_or_else(|| {
            let what = kind.as_str();
            Refusal::NoSuchObject(format!(
                "Cannot find content of type {what} with id [{text}]"
            ))
        })
}

fn single(call: &Call, node: TreeNode) -> Result<Answer, Refusal> {
    let space = call
        .organisation
        .space(node.space_id())
        .expect("a node is in a space");
    let kind = node.kind().as_str();
    let mut links = json!({
        "webui": web_path(node, &space.key),
        "base": format!("{}/wiki", call.site),
    });
    if node.kind() == NodeKind::Whiteboard {
        links["editui"] = format!("/spaces/{}/{kind}/edit/{}", space.key, node.id()).into();
    }
    Ok(Answer::ok(&NodeRow {
        id: Id(node.id()),
        r#type: kind,
        status: node.status().as_str(),
        title: &node.title(),
        parent_id: node.parent().map(|(_, id)| Id(id)),
        parent_type: node.parent().map(|(kind, _)| kind),
        position: node.position(),
        author_id: node.author_id(),
        owner_id: node.owner_id(),
        created_at: created_at(node),
        embed_url: node.embed_url(),
        space_id: Id(space.id),
        version: Version {
            created_at: Moment(node.modified_at().as_millisecond()),
            message: "",
            number: node.version(),
            minor_edit: false,
            author_id: node.version_author_id(),
        },
        links,
    }))
}

/// Folders tell it as milliseconds, all else as text.
fn created_at(node: TreeNode) -> Value {
    let at = node.created_at().as_millisecond();
    match node.kind() {
        NodeKind::Folder => at.into(),
        _ => json!(Moment(at)),
    }
}

/// Where a node of a space is for people, from the context on.
pub(super) fn web_path(node: TreeNode, space: &str) -> String {
    format!("/spaces/{space}/{}/{}", node.kind().as_str(), node.id())
}

fn properties(call: &Call, node: TreeNode) -> Result<Answer, Refusal> {
    let key = call.arguments.text("key");
    let sort = call.arguments.text("sort");
    let properties = node.properties();
    let rows = properties
        .iter()
        .filter(|property| key.is_none_or(|key| key == property.key))
        .map(|property| {
            let id = property.id as i64;
            let value = match sort {
                Some(_) => SortValue::Text(property.key.to_owned()),
                None => SortValue::Number(id),
            };
            (Position { value, id }, property)
        });
    let descending = sort.is_some_and(|sort| sort.starts_with('-'));
    paging::page(call, &Sorted::new(rows, descending, PropertyRow::of))
}

fn property(call: &Call, node: TreeNode) -> Result<Answer, Refusal> {
    let (text, id) = call.id_at(1)?;
    let properties = node.properties();
    let property = properties
        .iter()
        .find(|property| Some(property.id) == id)
        .ok_or_else(|| {
            Refusal::NoSuchObject(format!("Cannot find a content property with id [{text}]"))
        })?;
    Ok(Answer::ok(&PropertyRow::of(property)))
}

/// What the caller may do with the node itself.
fn permitted(call: &Call, node: TreeNode) -> Result<Answer, Refusal> {
    let operations: &[&str] = if call.is_anonymous() {
        &["read"]
    } else {
        &["read", "update", "create", "delete", "restrict_content"]
    };
    let operations: Vec<Value> = operations
        .iter()
        .map(|operation| json!({"operation": operation, "targetType": node.kind().as_str()}))
        .collect();
    Ok(Answer::ok(&json!({"operations": operations})))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeRow<'a> {
    id: Id,
    r#type: &'static str,
    status: &'static str,
    title: &'a str,
    parent_id: Option<Id>,
    parent_type: Option<&'static str>,
    position: Option<u32>,
    author_id: &'a str,
    owner_id: &'a str,
    created_at: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    embed_url: Option<String>,
    space_id: Id,
    version: Version<'a>,
    #[serde(rename = "_links")]
    links: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Version<'a> {
    created_at: Moment,
    message: &'static str,
    number: u32,
    minor_edit: bool,
    author_id: &'a str,
}

#[derive(Serialize)]
struct PropertyRow<'a> {
    id: Id,
    key: &'a str,
    value: &'a Value,
    version: Version<'a>,
}

impl<'a> PropertyRow<'a> {
    fn of(property: &'a NodeProperty) -> Self {
        Self {
            id: Id(property.id),
            key: property.key,
            value: &property.value,
            version: Version {
                created_at: Moment(property.modified_at.as_millisecond()),
                message: "",
                number: property.version,
                minor_edit: false,
                author_id: property.author_id,
            },
        }
    }
}
