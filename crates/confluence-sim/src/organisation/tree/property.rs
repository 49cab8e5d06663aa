//! Content properties of nodes: what apps keep beside them.

use super::node::TreeNode;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A content property of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeProperty<'a> {
    pub id: u64,
    pub key: &'static str,
    pub value: Value,
    pub version: u32,
    /// When its latest version was written, and by whom.
    pub modified_at: Timestamp,
    pub author_id: &'a str,
}

/// Not in the order of the letters, so that a sort shows.
const KEYS: [&str; 4] = [
    "review-state",
    "emoji-title-published",
    "acme.retention",
    "Owner team",
];

pub(super) fn of<'a>(node: &TreeNode<'a>) -> Vec<NodeProperty<'a>> {
    let count = node.dice(20, KEYS.len() as u64 + 1);
    (0..count)
        .map(|place| NodeProperty {
            id: node.id() * 8 + place,
            key: KEYS[place as usize],
            value: value(place, node.dice(21 + place, 1_000)),
            version: 1 + node.dice(31 + place, 4) as u32,
            modified_at: node.modified_at(),
            author_id: node.version_author_id(),
        })
        .collect()
}

/// A property may hold any JSON.
fn value(place: u64, number: u64) -> Value {
    match place {
        0 => json!({"state": "approved", "by": ["alice", null], "round": number}),
        1 => json!("1f4c1"),
        2 => json!(number),
        _ => Value::Null,
    }
}
