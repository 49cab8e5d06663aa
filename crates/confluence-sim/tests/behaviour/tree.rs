//! The content tree: what hangs in it, and what is above and below.

use crate::client::{self, Client, PAGES, edit, id, sized, start};
use confluence_sim::{NodeKind, Organisation, TreeItem};
use std::collections::HashMap;

/// Where something in the tree is.
fn path_of(item: &TreeItem) -> String {
    let segment = match item.kind() {
        "page" => "pages",
        "folder" => "folders",
        "whiteboard" => "whiteboards",
        "database" => "databases",
        _ => "embeds",
    };
    format!("/wiki/api/v2/{segment}/{}", item.id())
}

/// The tree as the parents tell it, which is not how the stand-in finds it.
struct Family<'a> {
    items: HashMap<u64, TreeItem<'a>>,
    children: HashMap<u64, Vec<u64>>,
}

impl<'a> Family<'a> {
    fn of(organisation: &'a Organisation) -> Self {
        let pages = organisation.listed_pages().map(TreeItem::Page);
        let nodes = organisation.tree_nodes().map(TreeItem::Node);
        let items: HashMap<u64, TreeItem> =
            pages.chain(nodes).map(|item| (item.id(), item)).collect();
        let mut children: HashMap<u64, Vec<u64>> = HashMap::new();
        for item in items.values() {
            if let Some((_, parent)) = item.parent() {
                children.entry(parent).or_default().push(item.id());
            }
        }
        Self { items, children }
    }

    /// Depth and id, in this order.
    fn descendants(&self, id: u64, depth: u32) -> Vec<(u32, u64)> {
        let mut found = Vec::new();
        let mut open = vec![(0, id)];
        while let Some((above, id)) = open.pop() {
            if above < depth {
                let below = self.children.get(&id).into_iter().flatten();
                let below: Vec<_> = below.map(|child| (above + 1, *child)).collect();
                open.extend(&below);
                found.extend(below);
            }
        }
        found.sort_unstable();
        found
    }

    /// From top to bottom. Whoever goes up comes to an end.
    fn ancestors(&self, id: u64) -> Vec<u64> {
        let above = |id: &u64| self.items[id].parent().map(|(_, parent)| parent);
        let mut found: Vec<u64> = std::iter::successors(above(&id), above)
            .take(1_000)
            .collect();
        assert!(found.len() < 1_000, "{id} is above itself");
        found.reverse();
        found
    }
}

#[test]
fn nodes_have_ids_of_their_own_and_hang_where_they_can() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let family = Family::of(&organisation);
        let count = organisation.listed_pages().count() + organisation.tree_nodes().count();
        assert_eq!(family.items.len(), count);
        for node in organisation.tree_nodes() {
            assert!(node.created_at() <= node.modified_at());
            assert!(node.modified_at() <= organisation.now());
            if let Some((kind, parent)) = node.parent() {
                let parent = family.items[&parent];
                assert_eq!(parent.kind(), kind);
                assert_eq!(parent.space_id(), node.space_id());
            }
            family.ancestors(node.id());
        }
    }
}

#[test]
fn what_is_above_and_below_comes_from_top_to_bottom_and_stops_where_it_is_to() {
    let organisation = sized([10, 6_000, 50, 30], 11);
    let (_sim, client) = start(&organisation);
    let family = Family::of(&organisation);
    let mut parents: Vec<u64> = family.children.keys().copied().collect();
    parents.sort_by_key(|id| (family.items[id].kind(), family.children[id].len(), *id));
    for kind in ["page"].into_iter().chain(NodeKind::WORDS.iter().copied()) {
        let mut kinds = parents.iter().map(|id| family.items[id].kind());
        assert!(kinds.any(|known| known == kind), "no {kind} has children");
    }
    for top in parents.iter().step_by(parents.len() / 40) {
        let (item, path) = (&family.items[top], path_of(&family.items[top]));
        for (query, depth) in [("", 2), ("&depth=1", 1), ("&depth=3", 3), ("&depth=10", 10)] {
            let rows = client.all_rows(&format!("{path}/descendants?limit=50{query}"));
            let found = rows.iter().map(|row| {
                let below = family.items[&id(row)];
                assert_eq!(row["type"], below.kind());
                assert_eq!(row["title"], *below.title());
                let parent = below.parent().map(|(_, id)| id.to_string());
                assert_eq!(row["parentId"].as_str(), parent.as_deref());
                (row["depth"].as_u64().expect("a depth") as u32, id(row))
            });
            assert!(found.eq(family.descendants(*top, depth)), "{path}{query}");
        }
        let all = organisation.descendants(*top);
        let all = all.iter().map(|below| (below.depth, below.item.id()));
        assert!(all.eq(family.descendants(*top, u32::MAX)), "{item:?}");
    }
}

#[test]
fn ancestors_come_from_top_to_bottom_and_the_nearest_are_kept() {
    let organisation = Organisation::demo();
    let (_sim, client) = start(&organisation);
    let family = Family::of(&organisation);
    let read = |client: &Client, path: &str| -> Vec<u64> {
        let rows = client.get(path).rows();
        let kinds = rows
            .iter()
            .all(|row| row["type"] == family.items[&id(row)].kind());
        assert!(kinds, "{rows:?}");
        rows.iter().map(id).collect()
    };
    let mut longest = 0;
    for item in family.items.values() {
        let path = format!("{}/ancestors", path_of(item));
        let wanted = family.ancestors(item.id());
        longest = longest.max(wanted.len());
        assert_eq!(read(&client, &path), wanted);
        let above = organisation.ancestors(item.id());
        assert!(above.iter().map(TreeItem::id).eq(wanted.iter().copied()));
        let nearest = &wanted[wanted.len().saturating_sub(3)..];
        assert_eq!(read(&client, &format!("{path}?limit=3")), nearest);
        client.answers(&format!("{path}?cursor=x"), 400);
    }
    assert!(longest > 10, "one request reaches {longest} levels");
}

#[test]
fn the_tree_follows_edits() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.listed_pages().next().expect("a page");
    let below = format!("{PAGES}/{}/direct-children?limit=250", page.id());
    let before = client.all_ids(&below);
    let created = edit(&sim, |organisation| {
        organisation.create_page(client::page(page.space_id(), "New", Some(page.id())))
    });
    let mut after = client.all_ids(&below);
    after.retain(|id| !before.contains(id));
    assert_eq!(after, [created]);
    edit(&sim, |organisation| organisation.trash_page(created));
    client.lists(&below, &before);
    let folder = organisation.folders().next().expect("a folder");
    let space = folder.space_id();
    edit(&sim, |organisation| organisation.delete_space(space));
    client.answers(&path_of(&TreeItem::Node(folder)), 404);
    let left = sim.organisation();
    assert!(left.tree_nodes().all(|node| node.space_id() != space));
}
