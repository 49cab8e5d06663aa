//! The content tree: pages, and what hangs between and below them.

mod children;
mod grow;
mod node;

use super::{Content, Organisation};
pub use crate::organisation::record::NodeKind;
use crate::organisation::record::{NODE, NONE};
pub(super) use children::Children;
pub(super) use grow::grow;
pub use node::TreeNode;
use std::sync::Arc;

/// Something in the content tree: a page or a node.
pub type TreeItem<'a> = Content<'a>;

impl Content<'_> {
    fn parent_key(&self) -> u32 {
        match self {
            Self::Page(page) if page.parent().is_some() => page.record.parent,
            Self::Node(node) => node.record.parent,
            _ => NONE,
        }
    }

    /// Whether listings of the tree show it.
    fn is_listed(&self) -> bool {
        match self {
            Self::Page(page) => !page.record.purged && page.is_listed(),
            Self::Node(node) => node.is_there(),
            _ => false,
        }
    }
}

/// Something below something else in the content tree.
#[derive(Clone, Copy, Debug)]
pub struct Descendant<'a> {
    pub item: TreeItem<'a>,
    /// 1 for a child, 2 for a child's child.
    pub depth: u32,
}

impl<'a> TreeNode<'a> {
    /// Not gone, by itself or with its space.
    fn is_there(&self) -> bool {
        !self.record.gone && !self.organisation.spaces[self.record.space as usize].removed
    }
}

impl Organisation {
    /// All folders, whiteboards, databases and smart links.
    pub fn tree_nodes(&self) -> impl Iterator<Item = TreeNode<'_>> {
        self.nodes
            .iter()
            .map(|record| TreeNode {
                organisation: self,
                record,
            })
            .filter(TreeNode::is_there)
    }

    pub fn tree_nodes_of(&self, kind: NodeKind) -> impl Iterator<Item = TreeNode<'_>> {
        self.tree_nodes().filter(move |node| node.kind() == kind)
    }

    /// All folders; some hold pages, some other folders, some nothing.
    pub fn folders(&self) -> impl Iterator<Item = TreeNode<'_>> {
        self.tree_nodes_of(NodeKind::Folder)
    }

    pub fn tree_node(&self, id: u64) -> Option<TreeNode<'_>> {
        match self.tree_item(id)? {
            TreeItem::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The page or the node of an id.
    pub fn tree_item(&self, id: u64) -> Option<TreeItem<'_>> {
        self.tree_key(id).map(|key| self.item_at(key))
    }

    /// What lies right below a page or a node, in the order of the tree: by position, and what has none at the end.
    pub fn children(&self, id: u64) -> Vec<TreeItem<'_>> {
        let mut children: Vec<_> = self
            .tree_key(id)
            .into_iter()
            .flat_map(|key| self.children_of(key))
            .map(|child| self.item_at(child))
            .collect();
        children.sort_by_key(|item| (item.position().unwrap_or(u32::MAX), item.id()));
        children
    }

    /// All that lies below a page or a node, at any depth: from top to bottom, and at one depth by id.
    pub fn descendants(&self, id: u64) -> Vec<Descendant<'_>> {
        let mut descendants = self
            .tree_key(id)
            .map_or(Vec::new(), |key| self.descendants_of(key, u32::MAX));
        descendants.sort_by_key(|descendant| (descendant.depth, descendant.item.id()));
        descendants
    }

    /// All that lies above a page or a node, from top to bottom.
    pub fn ancestors(&self, id: u64) -> Vec<TreeItem<'_>> {
        let mut ancestors: Vec<_> = self
            .tree_key(id)
            .map_or(Vec::new(), |key| self.ancestors_of(key).collect());
        ancestors.reverse();
        ancestors
    }

    /// What lies below, down to a depth.
    pub(crate) fn descendants_of(&self, key: u32, depth: u32) -> Vec<Descendant<'_>> {
        let mut found = Vec::new();
        let mut level = vec![key];
        for depth in 1..=depth {
            level = level
                .into_iter()
                .flat_map(|parent| self.children_of(parent))
                .collect();
            if level.is_empty() {
                break;
            }
            found.extend(level.iter().map(|&key| Descendant {
                item: self.item_at(key),
                depth,
            }));
        }
        found
    }

    /// What lies above, the nearest first.
    pub(crate) fn ancestors_of(&self, key: u32) -> impl Iterator<Item = TreeItem<'_>> {
        let above = |item: &TreeItem<'_>| match item.parent_key() {
            NONE => None,
            parent => Some(self.item_at(parent)),
        };
        std::iter::successors(above(&self.item_at(key)), above)
    }

    /// What lies right below and is listed, in no order.
    pub(crate) fn children_of(&self, key: u32) -> impl Iterator<Item = u32> {
        self.tree()
            .of_key(key)
            .iter()
            .copied()
            .filter(|&child| self.item_at(child).is_listed())
    }

    /// A page or a node by its key: its number, which has `NODE` set for a node.
    pub(crate) fn item_at(&self, key: u32) -> TreeItem<'_> {
        match key & NODE {
            0 => TreeItem::Page(self.page_numbered(key)),
            _ => TreeItem::Node(TreeNode {
                organisation: self,
                record: &self.nodes[(key & !NODE) as usize],
            }),
        }
    }

    pub(crate) fn tree_key(&self, id: u64) -> Option<u32> {
        match self.page_number(id) {
            Some(number) => Some(number),
            None => {
                let key = self.tree().node(id, &self.nodes)?;
                self.item_at(key).is_listed().then_some(key)
            }
        }
    }

    /// Takes a page or a node away. What lies below it still leads to it.
    pub(super) fn take_out_of_tree(&mut self, key: u32) {
        match key & NODE {
            0 => self.pages[key as usize].purged = true,
            _ => self.nodes[(key & !NODE) as usize].gone = true,
        }
    }

    fn tree(&self) -> &Children {
        self.children
            .get_or_init(|| Arc::new(Children::of(&self.pages, &self.nodes)))
    }
}
