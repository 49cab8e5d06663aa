//! What lies right below each page and node: worked out when somebody asks for the first time.

use crate::organisation::record::{NODE, NONE, NodeRecord, PageRecord, key};

#[derive(Debug)]
pub(crate) struct Children {
    pages: usize,
    /// Keys of what is below each page, and then below each node.
    below: Vec<Vec<u32>>,
    /// Numbers of nodes, by id.
    nodes_by_id: Vec<u32>,
}

impl Children {
    pub(super) fn of(pages: &[PageRecord], nodes: &[NodeRecord]) -> Self {
        let mut below = vec![Vec::new(); pages.len() + nodes.len()];
        let of_pages = (0..).zip(pages.iter().map(|page| page.parent));
        let of_nodes = (NODE..).zip(nodes.iter().map(|node| node.parent));
        for (key, parent) in of_pages.chain(of_nodes) {
            if parent != NONE {
                below[place(pages.len(), parent)].push(key);
            }
        }
        let mut nodes_by_id: Vec<u32> = (0..nodes.len() as u32).collect();
        nodes_by_id.sort_by_key(|&number| nodes[number as usize].id);
        Self {
            pages: pages.len(),
            below,
            nodes_by_id,
        }
    }

    /// The keys of the children, listed or not.
    pub(super) fn of_key(&self, key: u32) -> &[u32] {
        &self.below[place(self.pages, key)]
    }

    pub(super) fn node(&self, id: u64, nodes: &[NodeRecord]) -> Option<u32> {
        let found = self
            .nodes_by_id
            .binary_search_by_key(&id, |&number| nodes[number as usize].id);
        found
            .ok()
            .map(|place| key(self.nodes_by_id[place] as usize))
    }
}

/// Pages first, then nodes.
fn place(pages: usize, key: u32) -> usize {
    match key & NODE {
        0 => key as usize,
        _ => pages + (key & !NODE) as usize,
    }
}
