//! The content tree: what hangs in it, and what is above and below.

use crate::client::{Client, PAGES, edit, id, start};
use confluence_sim::{NewPage, NodeKind, Options, Organisation, Sim, Size, TreeItem, TreeNode};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const KINDS: [(NodeKind, &str); 4] = [
    (NodeKind::Folder, "folders"),
    (NodeKind::Whiteboard, "whiteboards"),
    (NodeKind::Database, "databases"),
    (NodeKind::SmartLink, "embeds"),
];

fn small() -> Arc<Organisation> {
    Organisation::sized(Size {
        spaces: 10,
        pages: 6_000,
        permissions: 50,
        users: 30,
        seed: 11,
        ..Size::default()
    })
}

fn path_of(item: &TreeItem) -> String {
    let segment = match item {
        TreeItem::Page(_) => "pages",
        TreeItem::Comment(_) | TreeItem::Attachment(_) | TreeItem::CustomContent(_) => {
            unreachable!("no part of the tree")
        }
        TreeItem::Node(node) => {
            KINDS
                .iter()
                .find(|(kind, _)| *kind == node.kind())
                .expect("all kinds are there")
                .1
        }
    };
    format!("/wiki/api/v2/{segment}/{}", item.id())
}

fn path_of_node(node: TreeNode) -> String {
    path_of(&TreeItem::Node(node))
}

/// Everything that listings of the tree show, by id.
fn listed(organisation: &Organisation) -> HashMap<u64, TreeItem<'_>> {
    let pages = organisation.listed_pages().map(TreeItem::Page);
    let nodes = organisation.tree_nodes().map(TreeItem::Node);
    pages.chain(nodes).map(|item| (item.id(), item)).collect()
}

/// The tree as the parents tell it, which is not how the stand-in finds it.
struct Family<'a> {
    items: HashMap<u64, TreeItem<'a>>,
    children: HashMap<u64, Vec<u64>>,
}

impl<'a> Family<'a> {
    fn of(organisation: &'a Organisation) -> Self {
        let items = listed(organisation);
        let mut children: HashMap<u64, Vec<u64>> = HashMap::new();
        for item in items.values() {
            if let Some((_, parent)) = item.parent() {
                children.entry(parent).or_default().push(item.id());
            }
        }
        Self { items, children }
    }

    fn children(&self, id: u64) -> Vec<TreeItem<'a>> {
        let ids = self.children.get(&id).into_iter().flatten();
        ids.map(|id| self.items[id]).collect()
    }

    /// Depth and id, in this order.
    fn descendants(&self, id: u64, depth: u64) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let mut open = vec![(0, id)];
        while let Some((above, id)) = open.pop() {
            if above < depth {
                let below = self.children(id);
                open.extend(below.iter().map(|child| (above + 1, child.id())));
                found.extend(below.iter().map(|child| (above + 1, child.id())));
            }
        }
        found.sort_unstable();
        found
    }

    fn ancestors(&self, id: u64) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        let mut here = self.items[&id];
        while let Some((kind, parent)) = here.parent() {
            found.push((kind.to_owned(), parent));
            here = self.items[&parent];
        }
        found.reverse();
        found
    }

    /// Something of each kind with children, and a few more.
    fn sample(&self) -> Vec<TreeItem<'a>> {
        let mut parents: Vec<_> = self.children.keys().map(|id| self.items[id]).collect();
        parents.sort_by_key(|item| (item.kind(), self.children[&item.id()].len(), item.id()));
        let mut sample: Vec<_> = parents
            .iter()
            .step_by(parents.len() / 30 + 1)
            .copied()
            .collect();
        for kind in ["page", "folder", "whiteboard", "database", "embed"] {
            let most = parents.iter().rfind(|item| item.kind() == kind);
            sample.push(*most.unwrap_or_else(|| panic!("no {kind} has children")));
        }
        sample
    }
}

#[test]
fn nodes_have_ids_of_their_own_and_hang_where_they_can() {
    for organisation in [Organisation::demo(), small(), Organisation::standard()] {
        let items = listed(&organisation);
        assert_eq!(
            items.len(),
            organisation.listed_pages().count() + organisation.tree_nodes().count()
        );
        for node in organisation.tree_nodes() {
            assert!(node.created_at() <= node.modified_at());
            assert!(node.modified_at() <= organisation.now());
            assert!(organisation.page(node.id()).is_none());
            if let Some((kind, parent)) = node.parent() {
                let parent = items.get(&parent).expect("the parent is there");
                assert_eq!(parent.kind(), kind);
                assert_eq!(parent.space_id(), node.space_id());
            }
        }
        // Whoever goes up comes to an end.
        for item in items.values() {
            let mut seen = HashSet::from([item.id()]);
            let mut here = *item;
            while let Some((_, parent)) = here.parent() {
                assert!(seen.insert(parent), "{item:?} is above itself");
                here = organisation.tree_item(parent).expect("the parent is there");
            }
        }
    }
}

#[test]
fn descendants_come_from_top_to_bottom_and_stop_at_the_depth() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let family = Family::of(&organisation);
    for top in family.sample() {
        let path = format!("{}/descendants", path_of(&top));
        let read = |query: &str| -> Vec<(u64, u64)> {
            client
                .all_rows(&format!("{path}?limit=50{query}"))
                .iter()
                .map(|row| {
                    let item = family.items[&id(row)];
                    assert_eq!(row["type"], item.kind());
                    assert_eq!(row["title"], *item.title());
                    let parent = item.parent().map(|(_, id)| id.to_string());
                    assert_eq!(row["parentId"].as_str().map(str::to_owned), parent);
                    (row["depth"].as_u64().expect("a depth"), id(row))
                })
                .collect()
        };
        for depth in [1, 2, 3, 10] {
            assert_eq!(
                read(&format!("&depth={depth}")),
                family.descendants(top.id(), depth)
            );
        }
        assert_eq!(read(""), family.descendants(top.id(), 2));
        let all: Vec<(u64, u64)> = organisation
            .descendants(top.id())
            .iter()
            .map(|below| (below.depth.into(), below.item.id()))
            .collect();
        assert_eq!(all, family.descendants(top.id(), u64::MAX));
    }
}

#[test]
fn a_branch_of_the_demo_is_deeper_than_one_request_reaches() {
    let sim = Sim::start(Options::default());
    let organisation = sim.organisation();
    let client = Client::of(&sim);
    let deepest = |id: u64| {
        let below = organisation.descendants(id);
        below.last().map_or(0, |descendant| descendant.depth)
    };
    let page = organisation
        .listed_pages()
        .find(|page| deepest(page.id()) > 10 && organisation.children(page.id()).len() == 1)
        .expect("a page above a deep branch");
    let rows = client.all_rows(&format!("{PAGES}/{}/descendants?depth=10", page.id()));
    let last = rows.last().expect("ten of them");
    assert_eq!((rows.len(), last["depth"].as_u64()), (10, Some(10)));
    assert!(rows.iter().all(|row| row["type"] == "folder"));
    let further = format!("/wiki/api/v2/folders/{}/descendants?depth=10", id(last));
    let rest = client.all_ids(&further);
    assert!(!rest.is_empty());
    assert_eq!(
        rows.len() + rest.len(),
        organisation.descendants(page.id()).len()
    );
}

#[test]
fn ancestors_come_from_top_to_bottom_and_the_nearest_are_kept() {
    let sim = Sim::start(Options::default());
    let organisation = sim.organisation();
    let client = Client::of(&sim);
    let family = Family::of(&organisation);
    let read = |path: &str| -> Vec<(String, u64)> {
        let answer = client.get(path);
        assert_eq!(answer.next(), None);
        answer
            .rows()
            .iter()
            .map(|row| (row["type"].as_str().expect("a type").to_owned(), id(row)))
            .collect()
    };
    for item in family.items.values() {
        let path = format!("{}/ancestors", path_of(item));
        let wanted = family.ancestors(item.id());
        assert_eq!(read(&path), wanted);
        let above: Vec<u64> = organisation
            .ancestors(item.id())
            .iter()
            .map(TreeItem::id)
            .collect();
        assert_eq!(above, wanted.iter().map(|(_, id)| *id).collect::<Vec<_>>());
        // Piece by piece, each from the highest of the one before.
        let mut pieces = read(&format!("{path}?limit=3"));
        while let Some((_, highest)) = pieces.first() {
            let path = path_of(&family.items[highest]);
            let mut more = read(&format!("{path}/ancestors?limit=3"));
            if more.is_empty() {
                break;
            }
            more.append(&mut pieces);
            pieces = more;
        }
        assert_eq!(pieces, wanted);
        client.answers(&format!("{path}?cursor=x"), 400);
    }
    assert!(
        family
            .items
            .keys()
            .any(|id| family.ancestors(*id).len() > 10)
    );
}

#[test]
fn the_tree_follows_edits() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation.listed_pages().next().expect("a page");
    let below = format!("{PAGES}/{}/direct-children?limit=250", page.id());
    let before = client.all_ids(&below);
    let created = edit(&sim, |organisation| {
        organisation.create_page(NewPage {
            space_id: page.space_id(),
            title: "New".to_owned(),
            parent_id: Some(page.id()),
        })
    });
    let mut after = client.all_ids(&below);
    after.retain(|id| !before.contains(id));
    assert_eq!(after, [created]);
    edit(&sim, |organisation| organisation.trash_page(created));
    client.lists(&below, &before);
    let folder = organisation.folders().next().expect("a folder");
    edit(&sim, |organisation| {
        organisation.delete_space(folder.space_id())
    });
    client.answers(&path_of_node(folder), 404);
    assert!(sim.organisation().tree_node(folder.id()).is_none());
    assert!(
        sim.organisation()
            .tree_nodes()
            .all(|node| node.space_id() != folder.space_id())
    );
}
