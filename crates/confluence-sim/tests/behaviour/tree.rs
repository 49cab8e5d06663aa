//! The content tree: what hangs in it, and what is above and below.

use crate::client::{Client, PAGES, id};
use confluence_sim::{
    NewPage, NodeKind, Options, Organisation, PageStatus, Sim, Size, TreeItem, TreeNode,
};
use serde_json::Value;
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
fn every_kind_of_place_is_there() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        for (kind, _) in KINDS {
            assert!(organisation.tree_nodes_of(kind).count() > 2, "{kind:?}");
        }
        let some =
            |test: &dyn Fn(&TreeNode) -> bool| organisation.folders().any(|folder| test(&folder));
        let under = |kind: &'static str| {
            move |folder: &TreeNode| folder.parent().is_some_and(|(parent, _)| parent == kind)
        };
        assert!(some(&under("page")) && some(&under("folder")));
        assert!(some(&|folder| folder.parent().is_none()));
        assert!(some(&|folder| organisation
            .children(folder.id())
            .is_empty()));
        let holds_page = |folder: &TreeNode| {
            let children = organisation.children(folder.id());
            children.iter().any(|child| child.kind() == "page")
        };
        assert!(some(&holds_page));
        assert!(
            organisation
                .tree_nodes()
                .any(|node| node.status() == PageStatus::Archived)
        );
        // What is at the root is found by a page in it: no listing shows it.
        for folder in organisation
            .folders()
            .filter(|folder| folder.parent().is_none())
        {
            assert!(holds_page(&folder), "{folder:?} cannot be found");
        }
    }
}

#[test]
fn a_node_is_what_the_organisation_says() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for node in organisation.tree_nodes() {
        let row = client.get(&path_of_node(node)).json();
        assert_eq!(id(&row), node.id());
        assert_eq!(row["type"], node.kind().as_str());
        assert_eq!(row["status"], node.status().as_str());
        assert_eq!(row["title"], *node.title());
        assert_eq!(row["spaceId"], node.space_id().to_string());
        let parent = node.parent();
        assert_eq!(row["parentType"].as_str(), parent.map(|(kind, _)| kind));
        assert_eq!(
            row["parentId"].as_str().map(str::to_owned),
            parent.map(|(_, id)| id.to_string())
        );
        assert_eq!(row["position"].as_u64(), node.position().map(u64::from));
        assert_eq!(row["authorId"], node.author_id());
        assert_eq!(row["ownerId"], node.owner_id());
        assert_eq!(time(&row["createdAt"]), node.created_at());
        assert_eq!(row["version"]["number"], node.version());
        assert_eq!(time(&row["version"]["createdAt"]), node.modified_at());
        assert_eq!(row["version"]["authorId"], node.version_author_id());
        assert_eq!(
            row["embedUrl"].as_str().map(str::to_owned),
            node.embed_url()
        );
        assert_eq!(
            row["embedUrl"].is_string(),
            node.kind() == NodeKind::SmartLink
        );
    }
}

fn time(value: &Value) -> jiff::Timestamp {
    let text = value.as_str().expect("times are strings");
    text.parse().expect("times are as ISO 8601 has them")
}

#[test]
fn a_node_is_found_as_what_it_is_and_as_nothing_else() {
    let sim = Sim::start(Options::default());
    let organisation = sim.organisation();
    let client = Client::of(&sim);
    let page = organisation.pages().next().expect("a page").id();
    for (kind, segment) in KINDS {
        for node in organisation.tree_nodes() {
            let path = format!("/wiki/api/v2/{segment}/{}", node.id());
            for below in [
                "",
                "/operations",
                "/ancestors",
                "/descendants",
                "/properties",
            ] {
                let status = client.get(&format!("{path}{below}")).status;
                assert_eq!(
                    status,
                    if node.kind() == kind { 200 } else { 404 },
                    "{path}{below}"
                );
            }
        }
        let (status, title) = client
            .get(&format!("/wiki/api/v2/{segment}/{page}"))
            .refusal();
        assert_eq!(status, 404);
        assert!(title.contains(&page.to_string()), "{title}");
    }
    let folder = organisation.folders().next().expect("a folder").id();
    assert_eq!(client.get(&format!("{PAGES}/{folder}")).status, 404);
}

#[test]
fn direct_children_are_those_whose_parent_it_is_in_every_order() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let family = Family::of(&organisation);
    for parent in family.sample() {
        let path = path_of(&parent);
        let mut wanted = family.children(parent.id());
        let rows = client.all_rows(&format!("{path}/direct-children?limit=3"));
        let ids: HashSet<u64> = rows.iter().map(id).collect();
        assert_eq!(ids, wanted.iter().map(TreeItem::id).collect());
        for row in &rows {
            let child = family.items[&id(row)];
            assert_eq!(row["type"], child.kind());
            assert_eq!(row["title"], *child.title());
            assert_eq!(row["status"], child.status().as_str());
            assert_eq!(row["spaceId"], child.space_id().to_string());
            assert_eq!(
                row["childPosition"].as_u64(),
                child.position().map(u64::from)
            );
        }
        for sort in [
            "",
            "child-position",
            "id",
            "title",
            "created-date",
            "modified-date",
        ] {
            match sort {
                "id" => wanted.sort_by_key(TreeItem::id),
                "title" => wanted.sort_by_key(|item| (item.title().to_lowercase(), item.id())),
                "created-date" => wanted.sort_by_key(|item| (item.created_at(), item.id())),
                "modified-date" => wanted.sort_by_key(|item| (item.modified_at(), item.id())),
                _ => wanted.sort_by_key(|item| (item.position().unwrap_or(u32::MAX), item.id())),
            }
            let mut ids: Vec<u64> = wanted.iter().map(TreeItem::id).collect();
            let asked = if sort.is_empty() {
                String::new()
            } else {
                format!("&sort={sort}")
            };
            let path = format!("{path}/direct-children?limit=7{asked}");
            assert_eq!(client.all_ids(&path), ids, "{path}");
            if !sort.is_empty() {
                ids.reverse();
                let path = path.replace("sort=", "sort=-");
                assert_eq!(client.all_ids(&path), ids, "{path}");
            }
        }
    }
}

#[test]
fn the_children_of_a_page_leave_out_what_is_no_page() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let family = Family::of(&organisation);
    let mixed = family
        .children
        .keys()
        .map(|id| family.items[id])
        .find(|parent| {
            let children = family.children(parent.id());
            parent.kind() == "page"
                && children.iter().any(|child| child.kind() == "page")
                && children.iter().any(|child| child.kind() != "page")
        });
    let parent = mixed.expect("a page with pages and other things below");
    let rows = client.all_rows(&format!("{}/children?limit=2", path_of(&parent)));
    let mut pages = family.children(parent.id());
    pages.retain(|child| child.kind() == "page");
    pages.sort_by_key(|page| (page.position(), page.id()));
    assert_eq!(
        rows.iter().map(id).collect::<Vec<_>>(),
        pages.iter().map(TreeItem::id).collect::<Vec<_>>()
    );
    assert!(rows.iter().all(|row| row.get("type").is_none()));
}

#[test]
fn descendants_come_from_top_to_bottom_and_stop_at_the_depth() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
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
        assert_eq!(client.get(&format!("{path}?cursor=x")).status, 400);
    }
    assert!(
        family
            .items
            .keys()
            .any(|id| family.ancestors(*id).len() > 10)
    );
}

#[test]
fn properties_are_filtered_sorted_and_found_by_id() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let with_most = organisation
        .tree_nodes()
        .max_by_key(|node| node.properties().len())
        .expect("a node");
    let path = format!("{}/properties", path_of_node(with_most));
    let mut properties = with_most.properties();
    assert!(properties.len() > 2);
    let rows = client.all_rows(&format!("{path}?limit=2"));
    assert_eq!(rows.len(), properties.len());
    for (row, property) in rows.iter().zip(&properties) {
        assert_eq!(id(row), property.id);
        assert_eq!(row["key"], property.key);
        assert_eq!(row["value"], property.value);
        assert_eq!(row["version"]["number"], property.version);
        assert_eq!(time(&row["version"]["createdAt"]), property.modified_at);
        assert_eq!(row["version"]["authorId"], property.author_id);
        assert_eq!(client.get(&format!("{path}/{}", property.id)).json(), *row);
        let asked = property.key.replace(' ', "%20");
        assert_eq!(
            client.get(&format!("{path}?key={asked}")).rows(),
            std::slice::from_ref(row)
        );
        let other_case = asked.to_uppercase();
        assert!(
            client
                .get(&format!("{path}?key={other_case}"))
                .rows()
                .is_empty()
        );
    }
    properties.sort_by_key(|property| property.key);
    let mut by_key: Vec<u64> = properties.iter().map(|property| property.id).collect();
    assert_eq!(client.all_ids(&format!("{path}?limit=1&sort=key")), by_key);
    by_key.reverse();
    assert_eq!(client.all_ids(&format!("{path}?limit=1&sort=-key")), by_key);
    let (status, title) = client.get(&format!("{path}/17")).refusal();
    assert_eq!((status, title.contains("17")), (404, true));
    // Every property belongs to one node.
    let mut ids = HashSet::new();
    for node in organisation.tree_nodes() {
        assert!(
            node.properties()
                .iter()
                .all(|property| ids.insert(property.id))
        );
    }
}

#[test]
fn without_an_account_only_reading_is_permitted_and_only_where_all_may() {
    let sim = Sim::start(Options {
        anonymous_access: true,
        ..Options::default()
    });
    let organisation = sim.organisation();
    let nobody = Client::with(&sim, None);
    let somebody = Client::of(&sim);
    let (mut open, mut closed) = (0, 0);
    for node in organisation.tree_nodes() {
        let space = organisation.space(node.space_id()).expect("its space");
        let path = path_of_node(node);
        let operations = format!("{path}/operations");
        let permitted = somebody.get(&operations).json();
        assert!(permitted["operations"].as_array().expect("a list").len() > 1);
        if space.open_to_anonymous() {
            open += 1;
            let read = serde_json::json!({"operation": "read", "targetType": node.kind().as_str()});
            assert_eq!(
                nobody.get(&operations).json(),
                serde_json::json!({"operations": [read]})
            );
        } else {
            closed += 1;
            for below in [
                "",
                "/operations",
                "/properties",
                "/direct-children",
                "/descendants",
            ] {
                assert_eq!(nobody.get(&format!("{path}{below}")).status, 404);
            }
        }
    }
    assert!(open > 0 && closed > 0);
}

#[test]
fn the_tree_follows_edits() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let page = organisation.listed_pages().next().expect("a page");
    let below = format!("{PAGES}/{}/direct-children?limit=250", page.id());
    let before = client.all_ids(&below);
    let created = sim
        .edit(|organisation| {
            organisation.create_page(NewPage {
                space_id: page.space_id(),
                title: "New".to_owned(),
                parent_id: Some(page.id()),
            })
        })
        .expect("the parent is there");
    let mut after = client.all_ids(&below);
    after.retain(|id| !before.contains(id));
    assert_eq!(after, [created]);
    sim.edit(|organisation| organisation.trash_page(created))
        .expect("it is there");
    assert_eq!(client.all_ids(&below), before);
    let folder = organisation.folders().next().expect("a folder");
    sim.edit(|organisation| organisation.delete_space(folder.space_id()))
        .expect("it is there");
    assert_eq!(client.get(&path_of_node(folder)).status, 404);
    assert!(sim.organisation().tree_node(folder.id()).is_none());
    assert!(
        sim.organisation()
            .tree_nodes()
            .all(|node| node.space_id() != folder.space_id())
    );
}
