//! What the requests of the list are about: things of an organisation, each with what a request says of it.

use confluence_sim::{
    Container, NodeKind, Organisation, Page, PageStatus, Property, Space, SpaceType, Task,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// By the words that stand in braces.
type Thing = Vec<(&'static str, String)>;
pub type Sets = BTreeMap<&'static str, Vec<Thing>>;

fn thing<const N: usize>(parts: [(&'static str, &dyn Display); N]) -> Thing {
    parts.map(|(name, value)| (name, value.to_string())).into()
}

fn add<const N: usize>(
    sets: &mut Sets,
    of: &'static str,
    parts: [(&'static str, &dyn Display); N],
) {
    sets.entry(of).or_default().push(thing(parts));
}

/// A list as a parameter has it.
pub fn joined<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<String> = values.into_iter().map(|one| one.to_string()).collect();
    values.join(",")
}

/// So many of more, the last among them.
fn some<T>(all: impl Iterator<Item = T>, count: usize) -> impl Iterator<Item = T> {
    let all: Vec<T> = all.collect();
    let step = all.len().div_ceil(count).max(1);
    all.into_iter().rev().step_by(step)
}

/// Where a container is that has paths of its own.
fn path_of(container: Container) -> Option<String> {
    match container {
        Container::Page(id) => Some(format!("pages/{id}")),
        Container::BlogPost(id) => Some(format!("blogposts/{id}")),
        Container::CustomContent(id) => Some(format!("custom-content/{id}")),
        Container::Attachment(id) => Some(format!("attachments/att{id}")),
        Container::Space(_) => None,
    }
}

pub fn of(site: &Organisation) -> Sets {
    let mut sets = Sets::from([("site", vec![whole(site)])]);
    spaces_and_people(site, &mut sets);
    content(site, &mut sets);
    belongings(site, &mut sets);
    sets
}

/// What is asked of all at once.
fn whole(site: &Organisation) -> Thing {
    let spaces = || site.spaces().map(|space| space.id);
    let pages = site.pages().step_by(7).take(250);
    let labels = site.labels();
    let tasks: Vec<Task> = site.listed_tasks().take(40).collect();
    type Account = for<'a> fn(&Task<'a>) -> Option<&'a str>;
    let of_tasks = |account: Account| joined(tasks.iter().filter_map(account));
    let times = || tasks.iter().map(|task| task.created_at.as_millisecond());
    let now = site.now().as_millisecond();
    let restricted = site.restrictions().map(|(id, ..)| id).take(40);
    let nodes = NodeKind::ALL
        .into_iter()
        .flat_map(|kind| site.tree_nodes_of(kind).take(20));
    let posts = site.listed_blogposts().take(5).map(|post| post.id());
    let searched = restricted.chain(nodes.map(|node| node.id())).chain(posts);
    let lists = ["read", "update"].map(|list| {
        format!("restrictions.{list}.restrictions.user,restrictions.{list}.restrictions.group")
    });
    thing([
        ("space_ids", &joined(spaces().take(5))),
        (
            "space_keys",
            &joined(site.spaces().take(5).map(|space| &space.key)),
        ),
        ("space_key", &site.spaces().next().expect("a space").key),
        ("many_spaces", &joined(spaces().take(30))),
        ("page_ids", &joined(pages.map(|page| page.id()))),
        ("two_labels", &joined([labels[0].id, labels[3].id])),
        ("task_ids", &joined(tasks.iter().map(|task| task.id))),
        ("task_space", &tasks[0].space_id),
        ("creators", &of_tasks(|task| task.created_by)),
        ("assignees", &of_tasks(|task| task.assigned_to)),
        ("completers", &of_tasks(|task| task.completed_by)),
        ("from", &times().min().expect("a task")),
        ("to", &times().max().expect("a task")),
        ("now", &now),
        ("month_ago", &(now - 30 * 86_400_000)),
        ("some_ids", &joined(searched)),
        ("lists", &lists.join(",")),
        (
            "archived",
            &"%7B%22contentStatuses%22:%5B%22archived%22%5D%7D",
        ),
    ])
}

fn spaces_and_people(site: &Organisation, sets: &mut Sets) {
    let personal = |space: &&Space| space.kind == SpaceType::Personal;
    let personal = || site.spaces().find(personal).into_iter();
    let mut add_spaces = |of, spaces: &mut dyn Iterator<Item = &Space>| {
        spaces.for_each(|space| add(sets, of, [("id", &space.id), ("key", &space.key)]));
    };
    add_spaces("space", &mut site.spaces().take(40));
    add_spaces("few_spaces", &mut site.spaces().take(6).chain(personal()));
    add_spaces("personal", &mut personal());
    for user in site.users().iter().take(40) {
        add(sets, "user", [("id", &user.account_id)]);
    }
    for group in site.groups() {
        add(sets, "group", [("id", &group.id)]);
    }
    for user in site.users().iter().take(9) {
        add(sets, "known_user", [("id", &user.account_id)]);
        let path = format!("/wiki/rest/api/user/{}/property", user.account_id);
        let properties = site.user_properties(&user.account_id).expect("a user");
        for property in properties.iter().take(2) {
            add(sets, "property", [("path", &path), ("id", &property.key)]);
        }
    }
    for space in site.spaces().take(40) {
        let path = format!("spaces/{}", space.id);
        add_properties(sets, &path, &site.properties_of_space(space.id));
        let level = site.default_classification_level(space.id);
        let path = format!("{path}/classification-level/default");
        add_classified(sets, &path, level.is_some());
    }
}

fn add_properties(sets: &mut Sets, path: &str, properties: &[Property]) {
    let path = format!("{path}/properties");
    for property in properties {
        add(sets, "property", [("path", &path), ("id", &property.id)]);
    }
}

fn add_versions(sets: &mut Sets, path: &str, numbers: impl IntoIterator<Item = u32>) {
    let path = format!("{path}/versions");
    for number in numbers {
        add(sets, "version", [("path", &path), ("number", &number)]);
    }
}

/// Whatever has a level is answered, and what has none is refused.
fn add_classified(sets: &mut Sets, path: &str, is_classified: bool) {
    let set = ["unclassified", "classified"][usize::from(is_classified)];
    add(sets, set, [("path", &path)]);
}

fn is_there(status: PageStatus) -> bool {
    status != PageStatus::Deleted
}

fn content(site: &Organisation, sets: &mut Sets) {
    let pages = || site.pages().filter(|page| is_there(page.status()));
    for page in some(pages(), 40) {
        add(sets, "page", [("id", &page.id())]);
    }
    // Not all of a large organisation: the blog posts would be lost among its pages.
    let posts = site.blogposts().filter(|post| is_there(post.status()));
    let all = pages().take(2_000).map(|page| ("pages", page));
    let all = all.chain(posts.take(1_000).map(|post| ("blogposts", post)));
    for (segment, page) in some(all, 40) {
        let (id, path) = (page.id(), format!("{segment}/{}", page.id()));
        add_properties(sets, &path, &site.properties_of_page(id));
        let versions = site.versions(id);
        add_versions(sets, &path, versions.iter().map(|one| one.number()));
        add(sets, "content", [("path", &path)]);
    }
    for page in site.listed_pages().take(30) {
        let status = page.status().as_str();
        add(
            sets,
            "listed_page",
            [("id", &page.id()), ("status", &status)],
        );
    }
    let space = site.spaces().next().expect("a space").id;
    for label in some(site.labels().iter(), 40) {
        add(sets, "label", [("id", &label.id), ("space", &space)]);
    }

    let is_classified = |id| site.classification_level(id).is_some();
    for page in site.listed_pages().step_by(3).take(100) {
        let (id, status) = (page.id(), page.status().as_str());
        let path = format!("pages/{id}/classification-level?status={status}");
        add_classified(sets, &path, is_classified(id));
    }
    for post in site.listed_blogposts().take(100) {
        let path = format!("blogposts/{}/classification-level", post.id());
        add_classified(sets, &path, is_classified(post.id()));
    }
    let mut restricted: BTreeSet<u64> = site.restrictions().map(|(id, ..)| id).take(60).collect();
    restricted.extend(site.listed_pages().take(10).map(|page| page.id()));
    restricted.extend(site.listed_blogposts().take(5).map(|post| post.id()));
    let listed: Vec<Page> = site.listed_pages().collect();
    for page in some(listed.into_iter(), 30) {
        add(sets, "in_tree", [("path", &format!("pages/{}", page.id()))]);
    }
    for (kind, segment, has_levels) in [
        (NodeKind::Folder, "folders", false),
        (NodeKind::Whiteboard, "whiteboards", true),
        (NodeKind::Database, "databases", true),
        (NodeKind::SmartLink, "embeds", false),
    ] {
        for node in site.tree_nodes_of(kind).take(12) {
            let path = format!("{segment}/{}", node.id());
            let properties = node.properties();
            add_properties(sets, &path, &properties);
            let of_node = format!("{path}/properties");
            for key in properties.iter().map(|one| one.key.replace(' ', "+")) {
                add(sets, "node_property", [("path", &of_node), ("key", &key)]);
            }
            add(sets, "node", [("path", &path)]);
            add(sets, "in_tree", [("path", &path)]);
            if has_levels {
                let level = format!("{path}/classification-level");
                add_classified(sets, &level, is_classified(node.id()));
            }
        }
        restricted.extend(site.tree_nodes_of(kind).take(2).map(|node| node.id()));
    }
    for id in restricted {
        add(sets, "restricted", [("id", &id)]);
    }
}

/// Some thirty of each kind that have not been deleted for good.
fn belongings(site: &Organisation, sets: &mut Sets) {
    for file in some(site.attachments().filter(|one| is_there(one.status)), 30) {
        let (path, container) = (format!("attachments/{}", file.id), path_of(file.container));
        let container = container.expect("no attachment hangs on a space");
        add_properties(sets, &path, &file.properties());
        add_versions(sets, &path, [1, file.version.number]);
        add(
            sets,
            "attachment",
            [("path", &path), ("container", &container)],
        );
    }
    let footer = site.footer_comments().filter(|one| is_there(one.status));
    let inline = site.inline_comments().filter(|one| is_there(one.status));
    let comments = some(footer, 30).map(|one| ("footer-comments", one));
    for (kind, comment) in comments.chain(some(inline, 30).map(|one| ("inline-comments", one))) {
        let (id, path) = (comment.id, format!("{kind}/{}", comment.id));
        let on = path_of(comment.container).expect("no comment hangs on a space");
        add_properties(sets, &format!("comments/{id}"), &comment.properties());
        add_versions(sets, &path, [1, comment.version.number]);
        let parts: [(_, &dyn Display); 4] = [
            ("path", &path),
            ("container", &on),
            ("kind", &kind),
            ("id", &id),
        ];
        add(sets, "comment", parts);
    }
    let pieces = site.custom_content().filter(|one| is_there(one.status));
    let pieces: Vec<_> = some(pieces, 30).collect();
    let ids = joined(pieces.iter().map(|piece| piece.id));
    let spaces = joined(pieces.iter().map(|piece| piece.space_id));
    for kind in [
        "ac:com.example.diagrams:diagram",
        "ac%3Acom.example.forms%3Aform",
    ] {
        let parts: [(_, &dyn Display); 3] = [
            ("type", &kind),
            ("piece_ids", &ids),
            ("piece_spaces", &spaces),
        ];
        add(sets, "custom_type", parts);
        let containers = pieces.iter().map(|piece| piece.container);
        let on_page = |on: &Container| matches!(on, Container::Page(_) | Container::BlogPost(_));
        for path in containers.filter(on_page).filter_map(path_of) {
            add(
                sets,
                "piece_on_page",
                [("container", &path), ("type", &kind)],
            );
        }
    }
    for piece in pieces {
        let path = format!("custom-content/{}", piece.id);
        add_properties(sets, &path, &piece.properties());
        add_versions(sets, &path, [1, piece.version.number]);
        add(sets, "piece", [("path", &path)]);
    }
}
