//! Labels, and what carries them.

use crate::client::{BLOGPOSTS, Client, LABELS, PAGES, SPACES, anonymous, id, small};
use confluence_sim::{BlogPost, Label, LabelPrefix, NewPage, Options, Organisation, Page, Sim};
use serde_json::json;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

fn ids(labels: &[&Label]) -> Vec<u64> {
    labels.iter().map(|label| label.id).collect()
}

fn names(organisation: &Organisation, title: &str) -> Vec<String> {
    let page = organisation
        .pages()
        .find(|page| page.title() == title)
        .expect(title);
    let labels = organisation.labels_of_page(page.id());
    let written = labels
        .iter()
        .map(|label| format!("{}:{}", label.prefix.as_str(), label.name));
    written.collect()
}

#[test]
fn the_demo_has_a_dozen_that_can_be_read() {
    let organisation = Organisation::demo();
    assert_eq!(organisation.labels().len(), 13);
    assert_eq!(
        names(&organisation, "Access policy"),
        [
            "global:policy",
            "global:soc2",
            "my:favourite",
            "global:compliance"
        ]
    );
    assert_eq!(
        names(&organisation, "RUNBOOK"),
        ["global:runbook", "system:imported"]
    );
    assert!(names(&organisation, "Glossary\n(draft of 2024)").is_empty());
    // Every one of them is used.
    for label in organisation.labels() {
        let spaces = organisation.spaces().filter(|space| {
            let labels = organisation.labels_of_space(space.id);
            labels.iter().any(|on_space| on_space.id == label.id)
        });
        let pages = organisation.pages_of_label(label.id).len();
        let posts = organisation.blogposts_of_label(label.id).len();
        assert!(pages + posts + spaces.count() > 0, "{label:?}");
    }
}

#[test]
fn all_of_them_in_every_order_and_by_every_filter() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut labels: Vec<&Label> = organisation.labels().iter().collect();
    assert_eq!(labels.len(), 400);
    assert_eq!(client.all_ids(LABELS), ids(&labels));
    for (sort, by_name) in [("id", false), ("created-date", false), ("name", true)] {
        if by_name {
            labels.sort_by_key(|label| (label.name.to_lowercase(), label.id));
        }
        let path = format!("{LABELS}?limit=90&sort={sort}");
        assert_eq!(client.all_ids(&path), ids(&labels), "{sort}");
        let descending: Vec<u64> = labels.iter().rev().map(|label| label.id).collect();
        let path = format!("{LABELS}?limit=90&sort=-{sort}");
        assert_eq!(client.all_ids(&path), descending, "-{sort}");
    }
    let own_or_team = client.all_rows(&format!("{LABELS}?prefix=my,team"));
    assert!(
        own_or_team
            .iter()
            .all(|row| row["prefix"] == "my" || row["prefix"] == "team")
    );
    let wanted = organisation
        .labels()
        .iter()
        .filter(|label| matches!(label.prefix, LabelPrefix::My | LabelPrefix::Team));
    assert_eq!(own_or_team.len(), wanted.count());
    let label = &organisation.labels()[7];
    let found = client
        .get(&format!("{LABELS}?label-id={},5", label.id))
        .rows();
    let wanted = json!({
        "id": label.id.to_string(), "name": label.name, "prefix": label.prefix.as_str(),
    });
    assert_eq!(found, [wanted]);
    let none = client.get(&format!("{LABELS}?label-id={}&prefix=other", label.id));
    assert!(none.rows().is_empty());
    let pairs: HashSet<_> = organisation
        .labels()
        .iter()
        .map(|label| (label.prefix, &label.name))
        .collect();
    let names: HashSet<_> = pairs.iter().map(|(_, name)| name).collect();
    assert!(pairs.len() == 400 && names.len() < 400);
}

#[test]
fn those_of_pages_blog_posts_and_spaces() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let pages = organisation.listed_pages().take(60).map(|page| {
        let labels = organisation.labels_of_page(page.id());
        (format!("{PAGES}/{}/labels", page.id()), labels)
    });
    let posts = organisation.listed_blogposts().map(|post| {
        let labels = organisation.labels_of_blogpost(post.id());
        (format!("{BLOGPOSTS}/{}/labels", post.id()), labels)
    });
    let (mut none, mut several) = (0, 0);
    for (path, labels) in pages.chain(posts) {
        none += usize::from(labels.is_empty());
        several += usize::from(labels.len() > 1);
        assert_eq!(client.all_ids(&format!("{path}?limit=1")), ids(&labels));
        for prefix in ["my", "team", "global", "system"] {
            let mut wanted: Vec<_> = labels
                .iter()
                .filter(|label| label.prefix.as_str() == prefix)
                .collect();
            wanted.sort_by_key(|label| Reverse((&label.name, label.id)));
            let found = client.all_ids(&format!("{path}?prefix={prefix}&sort=-name"));
            assert!(
                found.iter().eq(wanted.iter().map(|label| &label.id)),
                "{path}"
            );
        }
    }
    assert!(none > 10 && several > 10);
}

#[test]
fn those_of_spaces_are_categories_and_ones_own() {
    for organisation in [Organisation::demo(), small()] {
        let sim = Sim::start(Options::of(organisation.clone()));
        let client = Client::of(&sim);
        let (mut on_spaces, mut on_content) = (0, 0);
        for space in organisation.spaces() {
            let in_space = format!("{SPACES}/{}", space.id);
            let labels = organisation.labels_of_space(space.id);
            let content = organisation.labels_of_content(space.id);
            for (path, labels) in [("labels", &labels), ("content/labels", &content)] {
                let of = |prefixes: &[LabelPrefix]| -> Vec<u64> {
                    let labels = labels
                        .iter()
                        .filter(|label| prefixes.contains(&label.prefix));
                    labels.map(|label| label.id).collect()
                };
                let found = |query: &str| client.all_ids(&format!("{in_space}/{path}{query}"));
                assert_eq!(found("?limit=1"), of(&[LabelPrefix::My, LabelPrefix::Team]));
                assert_eq!(found("?prefix=team"), of(&[LabelPrefix::Team]));
                assert_eq!(found("?prefix=my"), of(&[LabelPrefix::My]));
            }
            assert_eq!(
                client
                    .get(&format!("{in_space}/labels?prefix=global"))
                    .refusal()
                    .0,
                400
            );
            on_spaces += labels.len();
            on_content += content
                .iter()
                .filter(|label| label.prefix == LabelPrefix::Team)
                .count();
        }
        assert!(on_spaces > 0 && on_content > 0);
    }
}

#[test]
fn those_of_the_content_of_a_space_are_on_something_in_it() {
    let organisation = small();
    let mut only_attached = 0;
    for space in organisation.spaces() {
        let mut on_pages = BTreeSet::new();
        for page in organisation.listed_pages() {
            if page.space_id() == space.id {
                on_pages.extend(ids(&organisation.labels_of_page(page.id())));
            }
        }
        for post in organisation.listed_blogposts() {
            if post.space_id() == space.id {
                on_pages.extend(ids(&organisation.labels_of_blogpost(post.id())));
            }
        }
        let mut on_any = on_pages.clone();
        for file in organisation.listed_attachments() {
            if file.space_id == space.id {
                on_any.extend(ids(&file.labels()));
            }
        }
        for piece in organisation.listed_custom_content() {
            if piece.space_id == space.id {
                on_any.extend(ids(&piece.labels()));
            }
        }
        only_attached += on_any.len() - on_pages.len();
        let found = ids(&organisation.labels_of_content(space.id));
        assert!(found.iter().eq(&on_any), "{}", space.key);
    }
    assert!(only_attached > 0);
}

#[test]
fn what_carries_a_label_is_found_by_it() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for label in organisation.labels() {
        let carries = |labels: Vec<&Label>| labels.iter().any(|other| other.id == label.id);
        let mut pages: Vec<Page> = organisation
            .listed_pages()
            .filter(|page| carries(organisation.labels_of_page(page.id())))
            .collect();
        let page_ids = |pages: &[Page]| pages.iter().map(Page::id).collect::<Vec<u64>>();
        let path = format!("{LABELS}/{}/pages?limit=9", label.id);
        assert_eq!(
            page_ids(&organisation.pages_of_label(label.id)),
            page_ids(&pages)
        );
        assert_eq!(client.all_ids(&path), page_ids(&pages));
        if let Some(space) = pages.first().map(Page::space_id) {
            let here: Vec<u64> = pages
                .iter()
                .filter(|page| page.space_id() == space)
                .map(Page::id)
                .collect();
            assert_eq!(
                client.all_ids(&format!("{path}&space-id={space},999")),
                here
            );
        }
        pages.sort_by_key(|page| Reverse((page.title().to_lowercase(), page.id())));
        assert_eq!(
            client.all_ids(&format!("{path}&sort=-title")),
            page_ids(&pages)
        );

        let mut posts: Vec<BlogPost> = organisation
            .listed_blogposts()
            .filter(|post| carries(organisation.labels_of_blogpost(post.id())))
            .collect();
        let post_ids = |posts: &[BlogPost]| posts.iter().map(BlogPost::id).collect::<Vec<u64>>();
        let path = format!("{LABELS}/{}/blogposts?limit=1", label.id);
        assert_eq!(client.all_ids(&path), post_ids(&posts));
        if let Some(space) = posts.first().map(BlogPost::space_id) {
            let here = client.all_rows(&format!("{path}&space-id={space}&body-format=storage"));
            assert!(!here.is_empty());
            for row in here {
                assert_eq!(row["spaceId"], space.to_string());
                let post = organisation.blogpost(id(&row)).expect("a blog post");
                let body = post.latest_version().storage_body();
                assert_eq!(row["body"]["storage"]["value"], body);
            }
        }
        posts.sort_by_key(|post| Reverse((post.modified_at(), post.id())));
        assert_eq!(
            client.all_ids(&format!("{path}&sort=-modified-date")),
            post_ids(&posts)
        );
    }
    for path in ["pages", "blogposts"] {
        let title = "Cannot find a label with id [5]".to_owned();
        let path = format!("{LABELS}/5/{path}");
        assert_eq!(client.get(&path).refusal(), (404, title));
    }
    assert_eq!(
        client
            .get(&format!("{LABELS}/1/pages?status=current"))
            .refusal()
            .0,
        400
    );
}

#[test]
fn pages_in_the_trash_keep_theirs_but_are_not_found_by_them() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let page = organisation
        .pages()
        .find(|page| page.title() == "Access policy (old)")
        .expect("a page in the trash");
    let labels = client.get(&format!("{PAGES}/{}/labels", page.id())).ids();
    assert_eq!(labels.len(), 2);
    let pages = client.all_ids(&format!("{LABELS}/{}/pages", labels[0]));
    assert!(pages.len() > 3 && !pages.contains(&page.id()));
}

#[test]
fn nobody_sees_labels_of_what_is_open_and_nobodys_own() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    let rows = client.all_rows(LABELS);
    assert!(!rows.is_empty());
    for row in &rows {
        assert_ne!(row["prefix"], "my");
    }
    let own = organisation
        .labels()
        .iter()
        .find(|label| label.prefix == LabelPrefix::My)
        .expect("a label of somebody's own");
    assert_eq!(
        client
            .get(&format!("{LABELS}/{}/pages", own.id))
            .refusal()
            .0,
        404
    );
    let pages = organisation.pages_of_label(own.id);
    let open = pages.iter().find(|page| {
        let space = organisation.space(page.space_id()).expect("its space");
        space.open_to_anonymous()
    });
    let open = open.expect("an open page with such a label").id();
    assert!(
        !client
            .all_ids(&format!("{PAGES}/{open}/labels"))
            .contains(&own.id)
    );
    let shown: HashSet<u64> = client
        .all_ids(&format!("{PAGES}?limit=250"))
        .into_iter()
        .collect();
    for label in rows.iter().map(id) {
        for page in client.all_ids(&format!("{LABELS}/{label}/pages?limit=250")) {
            assert!(shown.contains(&page));
        }
    }
}

#[test]
fn nothing_hangs_on_a_new_page() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let space = sim.organisation().spaces().next().expect("a space").id;
    for number in 0..20 {
        let page = sim
            .edit(|organisation| {
                organisation.create_page(NewPage {
                    space_id: space,
                    title: format!("New {number}"),
                    parent_id: None,
                })
            })
            .expect("a space that is there");
        for path in ["labels", "properties", "likes/users"] {
            let path = format!("{PAGES}/{page}/{path}");
            assert!(client.get(&path).rows().is_empty(), "{path}");
        }
    }
}
