//! The content tree: what hangs in it beside pages, and what lies above and below something.

use super::on_content::{PROPERTIES, one, permitted, properties, property};
use super::prelude::*;
use crate::organisation::{Content, Descendant, NodeKind, TreeNode};

const DEPTH: Parameter = limit("depth", 2, 10);
const CHILDREN: &[Parameter] = &[listing::sort(&["id"]), CURSOR, LIMIT];
const DESCENDANTS: &[Parameter] = &[DEPTH, CURSOR, LIMIT];

pub(super) const OPERATIONS: &[Operation] = operations! {
    "getPageDirectChildren" v2 "pages/{id}/direct-children", HIERARCHY, CHILDREN
        => |call| children(call, Named::Page);
    "getPageDescendants" v2 "pages/{id}/descendants", HIERARCHY, DESCENDANTS
        => |call| descendants(call, Named::Page);
    "getPageAncestors" v2 "pages/{id}/ancestors", METADATA, &[LIMIT] => |call| ancestors(call, Named::Page);
};

/// The operations of kinds of nodes: each by its name in those of the API, its segment in paths, and its scopes.
macro_rules! of_nodes {
    ($($kind:ident: $name:literal, $segment:literal, $scopes:expr;)*) => {
        &[$(
            of_nodes!($kind, $name "ById", $segment "", $scopes, &[], one),
            of_nodes!($kind, $name "ContentProperties", $segment "/properties", $scopes, PROPERTIES, properties),
            of_nodes!($kind, $name "ContentPropertiesById", $segment "/properties/{property}", $scopes, &[], property),
            of_nodes!($kind, $name "Operations", $segment "/operations", $scopes, &[], permitted),
            of_nodes!($kind, $name "DirectChildren", $segment "/direct-children", HIERARCHY, CHILDREN, children),
            of_nodes!($kind, $name "Descendants", $segment "/descendants", HIERARCHY, DESCENDANTS, descendants),
            of_nodes!($kind, $name "Ancestors", $segment "/ancestors", METADATA, &[LIMIT], ancestors),
        )*]
    };
    ($kind:ident, $name:literal $what:literal, $segment:literal $below:literal, $scopes:expr, $parameters:expr,
        $answer:ident) => {
        Operation {
            id: concat!("get", $name, $what),
            path: concat!("/wiki/api/v2/", $segment, "/{id}", $below),
            scopes: $scopes,
            parameters: $parameters,
            answer: |call| $answer(call, Named::Node(NodeKind::$kind)),
        }
    };
}

pub(super) const NODES: &[Operation] = of_nodes! {
    Folder: "Folder", "folders", &[&["read:folder:confluence"]];
    Whiteboard: "Whiteboard", "whiteboards", WHITEBOARD;
    Database: "Database", "databases", DATABASE;
    SmartLink: "SmartLink", "embeds", &[&["read:embed:confluence"]];
};

pub(super) fn row(call: &Call, node: TreeNode) -> Value {
    let space = call.organisation.space(node.space_id());
    let space = space.expect("a node is in a space");
    let kind = node.kind().as_str();
    let mut row = json!({
        "id": Id(node.id()),
        "type": kind,
        "status": node.status(),
        "title": node.title(),
        "parentId": node.parent().map(|(_, id)| Id(id)),
        "parentType": node.parent().map(|(kind, _)| kind),
        "position": node.position(),
        "authorId": node.author_id(),
        "ownerId": node.owner_id(),
        "createdAt": created_at(node),
        "spaceId": Id(space.id),
        "version": VersionRow::of(node.latest()),
        "_links": {"webui": web_path(node, &space.key)},
    });
    if let Some(url) = node.embed_url() {
        row["embedUrl"] = url.into();
    }
    if node.kind() == NodeKind::Whiteboard {
        row["_links"]["editui"] = format!("/spaces/{}/{kind}/edit/{}", space.key, node.id()).into();
    }
    row
}

/// Folders tell it as milliseconds, all else as text.
fn created_at(node: TreeNode) -> Value {
    match node.kind() {
        NodeKind::Folder => node.created_at().as_millisecond().into(),
        _ => json!(moment(node.created_at())),
    }
}

pub(super) fn web_path(node: TreeNode, space: &str) -> String {
    format!("/spaces/{space}/{}/{}", node.kind().as_str(), node.id())
}

fn children(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let children = call.organisation.children(call.named(named)?.id());
    let row = |child: &Content| {
        json!({
            "id": Id(child.id()),
            "status": child.status(),
            "title": child.title(),
            "type": child.kind(),
            "childPosition": child.position(),
        })
    };
    let place = |child: &Content, by: &str| match by {
        "id" => Position::of(child.id()),
        // What has no position stands at the end.
        _ => Position::number(child.position().map_or(i64::MAX, i64::from), child.id()),
    };
    list(call, &children, "child-position", place, row)
}

/// Everything below something, down to the depth that is asked for.
fn descendants(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let depth = call.arguments.integer("depth").expect("it has a default");
    let key = call.organisation.tree_key(call.named(named)?.id());
    let key = key.expect("it was just found");
    let found = call.organisation.descendants_of(key, depth as u32);
    let row = |Descendant { item, depth }: &Descendant| {
        json!({
            "id": Id(item.id()),
            "status": item.status(),
            "title": item.title(),
            "type": item.kind(),
            "parentId": item.parent().map(|(_, id)| Id(id)),
            "depth": depth,
            "childPosition": item.position(),
            "lastModified": moment(item.modified_at()),
        })
    };
    let place = |below: &Descendant, _: &str| Position::number(below.depth.into(), below.item.id());
    list(call, &found, "depth", place, row)
}

/// The nearest ones, as many as are asked for, from top to bottom. Whoever wants more asks for those of the first.
fn ancestors(call: &Call, named: Named) -> Result<Answer, Refusal> {
    let below = call.named(named)?;
    let most = call.arguments.count("limit").expect("it has a default");
    let all = call.organisation.ancestors(below.id());
    let nearest = all[all.len().saturating_sub(most)..].iter();
    let row = |item: &Content| json!({"id": Id(item.id()), "type": item.kind()});
    let rows: Vec<Value> = nearest.map(row).collect();
    let mut answer = json!({"results": rows});
    // That of a node has no links.
    if let Content::Page(_) = below {
        answer["_links"] = json!({"base": format!("{}/wiki", call.site)});
    }
    Ok(Answer::ok(&answer))
}
