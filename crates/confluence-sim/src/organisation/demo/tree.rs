//! What hangs in the content tree of "Acme" beside its pages.

use crate::organisation::prelude::*;
use crate::organisation::record::{NODE, NodeKind, NodeRecord};
use serde::Deserialize;

/// A node, and under what it hangs: the root of a space, the first page with a title, or the node at a place of the table
/// that stands before it. The pages that are kept in folders know the first two by their places.
#[derive(Deserialize)]
struct Row {
    kind: NodeKind,
    title: String,
    space: Option<u32>,
    page: Option<String>,
    node: Option<usize>,
    days_ago: i64,
}

const ARCHIVED: &str = "Org chart 2024";

pub(super) fn grow(organisation: &mut Organisation) {
    let rows: &[Row] = table::rows(include_str!("../../../demo/nodes.csv"));
    let (mut folders, mut others) = (0, 0);
    for row in rows {
        let (space, parent) = match (row.space, &row.page, row.node) {
            (Some(space), ..) => (space, NONE),
            (_, Some(title), _) => page(organisation, title),
            (.., number) => {
                let number = number.expect("a node of the demo hangs on something");
                (organisation.nodes[number].space, number as u32 | NODE)
            }
        };
        let ordinal = match row.kind {
            NodeKind::Folder => &mut folders,
            _ => &mut others,
        };
        let (id, created_at) = (row.kind.id(*ordinal), NOW - row.days_ago * DAY);
        organisation.nodes.push(NodeRecord {
            archived: row.title == ARCHIVED,
            title: Some(row.title.as_str().into()),
            ..NodeRecord::new(id, row.kind, space, parent, created_at)
        });
        *ordinal += 1;
    }
}

/// Numbers of the space and of the page.
fn page(organisation: &Organisation, title: &str) -> (u32, u32) {
    let number = organisation
        .pages()
        .position(|page| page.title() == title)
        .expect("the demo has the page");
    (organisation.pages[number].space, number as u32)
}
