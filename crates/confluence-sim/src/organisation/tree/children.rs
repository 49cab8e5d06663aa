//! What lies right below each page and node: worked out when somebody asks for the first time.

use crate::organisation::record::{NODE, NONE, NodeRecord, PageRecord, key};

#[derive(Debug)]
pub(crate) struct Children {
    pages: usize,
    /// Keys, grouped by parent.
    keys: Vec<u32>,
    /// Where the children of each page, and then of each node, begin in `keys`; one more for the end.
    starts: Vec<u32>,
    /// Numbers of nodes, by id.
    nodes_by_id: Vec<u32>,
}

impl Children {
    pub(super) fn of(pages: &[PageRecord], nodes: &[NodeRecord]) -> Self {
        let parents = || {
            let of_pages = (0..).zip(pages.iter().map(|page| page.parent));
            let of_nodes = nodes.iter().enumerate();
            let of_nodes = of_nodes.map(|(number, record)| (key(number), record.parent));
            of_pages
                .chain(of_nodes)
                .filter(|&(_, parent)| parent != NONE)
        };
        let place = |key| place(pages.len(), key);
        let mut starts = vec![0; pages.len() + nodes.len() + 1];
        for (_, parent) in parents() {
            starts[place(parent) + 1] += 1;
        }
        for parent in 1..starts.len() {
            starts[parent] += starts[parent - 1];
        }
        let mut next = starts.clone();
        let mut keys = vec![0; parents().count()];
        for (key, parent) in parents() {
            let next = &mut next[place(parent)];
            keys[*next as usize] = key;
            *next += 1;
        }
        let mut nodes_by_id: Vec<u32> = (0..nodes.len() as u32).collect();
        nodes_by_id.sort_by_key(|&number| nodes[number as usize].id);
        Self {
            pages: pages.len(),
            keys,
            starts,
            nodes_by_id,
        }
    }

    /// The keys of the children, listed or not.
    pub(super) fn of_key(&self, key: u32) -> &[u32] {
        let place = place(self.pages, key);
        &self.keys[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// The key of the node with an id.
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
