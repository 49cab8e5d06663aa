//! What the requests of the list are about: things of an organisation, each with what a request says of it.

use confluence_sim::{Container, NodeKind, Organisation, PageStatus, SpaceType, Task};
use std::collections::BTreeMap;
use std::fmt::Display;

/// By the words that stand in braces.
type Thing = Vec<(&'static str, String)>;
pub type Sets = BTreeMap<&'static str, Vec<Thing>>;

fn thing<const N: usize>(parts: [(&'static str, &dyn Display); N]) -> Thing {
    parts.map(|(name, value)| (name, value.to_string())).into()
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
    let by_id_and_key =
        |space: &confluence_sim::Space| thing([("id", &space.id), ("key", &space.key)]);
    let personal = || {
        site.spaces()
            .find(|space| space.kind == SpaceType::Personal)
    };
    let few = site.spaces().take(6).chain(personal());
    sets.insert("space", site.spaces().take(40).map(by_id_and_key).collect());
    sets.insert("few_spaces", few.map(by_id_and_key).collect());
    sets.insert(
        "personal",
        personal().map(by_id_and_key).into_iter().collect(),
    );
    let users = || {
        site.users()
            .iter()
            .map(|user| thing([("id", &user.account_id)]))
    };
    sets.insert("user", users().take(40).collect());
    sets.insert("known_user", users().take(9).collect());
    let groups = site.groups().iter().map(|group| thing([("id", &group.id)]));
    sets.insert("group", groups.collect());
    for user in site.users().iter().take(9) {
        let path = format!("/wiki/rest/api/user/{}/property", user.account_id);
        let properties = site.user_properties(&user.account_id).expect("a user");
        let some = properties.iter().take(2);
        let some = some.map(|property| thing([("path", &path), ("id", &property.key)]));
        sets.entry("property").or_default().extend(some);
    }
    for space in site.spaces().take(40) {
        let path = format!("spaces/{}/properties", space.id);
        add_properties(
            sets,
            &path,
            site.properties_of_space(space.id).iter().map(|one| one.id),
        );
        let level = site.default_classification_level(space.id);
        let path = format!("spaces/{}/classification-level/default", space.id);
        add_classified(sets, path, level.is_some());
    }
}

fn add_properties(sets: &mut Sets, path: &str, ids: impl Iterator<Item = u64>) {
    let things = ids.map(|id| thing([("path", &path), ("id", &id)]));
    sets.entry("property").or_default().extend(things);
}

fn add_versions(sets: &mut Sets, path: &str, numbers: impl IntoIterator<Item = u32>) {
    let path = format!("{path}/versions");
    let numbers = numbers.into_iter();
    let things = numbers.map(|number| thing([("path", &path), ("number", &number)]));
    sets.entry("version").or_default().extend(things);
}

/// Whatever has a level is answered, and what has none is refused.
fn add_classified(sets: &mut Sets, path: String, is_classified: bool) {
    let set = if is_classified {
        "classified"
    } else {
        "unclassified"
    };
    sets.entry(set).or_default().push(thing([("path", &path)]));
}

fn content(site: &Organisation, sets: &mut Sets) {
    let is_there = |status: PageStatus| status != PageStatus::Deleted;
    let pages = || site.pages().filter(|page| is_there(page.status()));
    let by_id = |id: u64| thing([("id", &id)]);
    let single = some(pages(), 40).map(|page| by_id(page.id()));
    sets.insert("page", single.collect());
    // Not all of a large organisation: the blog posts would be lost among its pages.
    let posts = site.blogposts().filter(|post| is_there(post.status()));
    let all = pages().take(2_000).map(|page| ("pages", page));
    let all = all.chain(posts.take(1_000).map(|post| ("blogposts", post)));
    for (segment, page) in some(all, 40) {
        let (id, path) = (page.id(), format!("{segment}/{}", page.id()));
        let properties = match segment {
            "pages" => site.properties_of_page(id),
            _ => site.properties_of_blogpost(id),
        };
        let properties = properties.iter().map(|one| one.id);
        add_properties(sets, &format!("{path}/properties"), properties);
        add_versions(
            sets,
            &path,
            site.versions(id).iter().map(|one| one.number()),
        );
        sets.entry("content")
            .or_default()
            .push(thing([("path", &path)]));
    }
    let listed = site.listed_pages().take(30);
    let listed =
        listed.map(|page| thing([("id", &page.id()), ("status", &page.status().as_str())]));
    sets.insert("listed_page", listed.collect());
    let space = site.spaces().next().expect("a space").id;
    let labels = some(site.labels().iter(), 40);
    let labels = labels.map(|label| thing([("id", &label.id), ("space", &space)]));
    sets.insert("label", labels.collect());

    let is_classified = |id| site.classification_level(id).is_some();
    for page in site.listed_pages().step_by(3).take(100) {
        let (id, status) = (page.id(), page.status().as_str());
        let path = format!("pages/{id}/classification-level?status={status}");
        add_classified(sets, path, is_classified(id));
    }
    let posts = site.listed_blogposts().take(100);
    let mut restricted: Vec<u64> = site.restrictions().map(|(id, ..)| id).take(60).collect();
    restricted.extend(site.listed_pages().take(10).map(|page| page.id()));
    for (place, post) in posts.enumerate() {
        let path = format!("blogposts/{}/classification-level", post.id());
        add_classified(sets, path, is_classified(post.id()));
        restricted.extend((place < 5).then(|| post.id()));
    }
    let listed: Vec<u64> = site.listed_pages().map(|page| page.id()).collect();
    let mut in_tree: Vec<Thing> = some(listed.into_iter(), 30)
        .map(|id| thing([("path", &format!("pages/{id}"))]))
        .collect();
    for (kind, segment, has_levels) in [
        (NodeKind::Folder, "folders", false),
        (NodeKind::Whiteboard, "whiteboards", true),
        (NodeKind::Database, "databases", true),
        (NodeKind::SmartLink, "embeds", false),
    ] {
        for node in site.tree_nodes_of(kind).take(12) {
            let path = format!("{segment}/{}", node.id());
            let properties = node.properties();
            let of_node = format!("{path}/properties");
            add_properties(sets, &of_node, properties.iter().map(|one| one.id));
            let keys = properties.iter().map(|one| one.key.replace(' ', "+"));
            let keys = keys.map(|key| thing([("path", &of_node), ("key", &key)]));
            sets.entry("node_property").or_default().extend(keys);
            sets.entry("node")
                .or_default()
                .push(thing([("path", &path)]));
            in_tree.push(thing([("path", &path)]));
            if has_levels {
                let level = format!("{path}/classification-level");
                add_classified(sets, level, is_classified(node.id()));
            }
        }
        restricted.extend(site.tree_nodes_of(kind).take(2).map(|node| node.id()));
    }
    sets.insert("in_tree", in_tree);
    restricted.sort_unstable();
    restricted.dedup();
    sets.insert("restricted", restricted.into_iter().map(by_id).collect());
}

/// Some thirty of each kind that have not been deleted for good.
fn belongings(site: &Organisation, sets: &mut Sets) {
    let is_there = |status: PageStatus| status != PageStatus::Deleted;
    for file in some(site.attachments().filter(|one| is_there(one.status)), 30) {
        let (path, container) = (format!("attachments/{}", file.id), path_of(file.container));
        let container = container.expect("no attachment hangs on a space");
        let properties = file.properties();
        let properties = properties.iter().map(|one| one.id);
        add_properties(sets, &format!("{path}/properties"), properties);
        add_versions(sets, &path, [1, file.version.number]);
        let file = thing([("path", &path), ("container", &container)]);
        sets.entry("attachment").or_default().push(file);
    }
    let footer = some(
        site.footer_comments().filter(|one| is_there(one.status)),
        30,
    );
    let inline = some(
        site.inline_comments().filter(|one| is_there(one.status)),
        30,
    );
    let comments = footer.map(|one| ("footer-comments", one));
    for (kind, comment) in comments.chain(inline.map(|one| ("inline-comments", one))) {
        let (id, path) = (comment.id, format!("{kind}/{}", comment.id));
        let container = path_of(comment.container).expect("no comment hangs on a space");
        let properties = comment.properties();
        let properties = properties.iter().map(|one| one.id);
        add_properties(sets, &format!("comments/{id}/properties"), properties);
        add_versions(sets, &path, [1, comment.version.number]);
        let parts: [(_, &dyn Display); 4] = [
            ("path", &path),
            ("container", &container),
            ("kind", &kind),
            ("id", &id),
        ];
        sets.entry("comment").or_default().push(thing(parts));
    }
    let pieces = some(site.custom_content().filter(|one| is_there(one.status)), 30);
    let pieces: Vec<_> = pieces.collect();
    let (ids, spaces) = (
        joined(pieces.iter().map(|piece| piece.id)),
        joined(pieces.iter().map(|piece| piece.space_id)),
    );
    for kind in [
        "ac:com.example.diagrams:diagram",
        "ac%3Acom.example.forms%3Aform",
    ] {
        let parts: [(_, &dyn Display); 3] = [
            ("type", &kind),
            ("piece_ids", &ids),
            ("piece_spaces", &spaces),
        ];
        sets.entry("custom_type").or_default().push(thing(parts));
        let containers = pieces.iter().map(|piece| piece.container);
        let pages =
            containers.filter(|on| matches!(on, Container::Page(_) | Container::BlogPost(_)));
        let pages = pages.filter_map(path_of);
        let on_pages = pages.map(|path| thing([("container", &path), ("type", &kind)]));
        sets.entry("piece_on_page").or_default().extend(on_pages);
    }
    for piece in pieces {
        let path = format!("custom-content/{}", piece.id);
        let properties = piece.properties();
        let properties = properties.iter().map(|one| one.id);
        add_properties(sets, &format!("{path}/properties"), properties);
        add_versions(sets, &path, [1, piece.version.number]);
        sets.entry("piece")
            .or_default()
            .push(thing([("path", &path)]));
    }
}
