//! Labels, and what carries them.

use crate::client::{LABELS, PAGES, anonymous, edit, id, small, start};
use confluence_sim::{Label, LabelPrefix, NewPage, Organisation, Page};
use std::cmp::Reverse;
use std::collections::HashSet;

#[test]
fn what_carries_a_label_is_found_by_it() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
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
        client.lists(&path, page_ids(&pages));
        if let Some(space) = pages.first().map(Page::space_id) {
            let here: Vec<u64> = pages
                .iter()
                .filter(|page| page.space_id() == space)
                .map(Page::id)
                .collect();
            client.lists(&format!("{path}&space-id={space},999"), &here);
        }
        pages.sort_by_key(|page| Reverse((page.title().to_lowercase(), page.id())));
        client.lists(&format!("{path}&sort=-title"), page_ids(&pages));

        let mut posts: Vec<Page> = organisation
            .listed_blogposts()
            .filter(|post| carries(organisation.labels_of_blogpost(post.id())))
            .collect();
        let post_ids = |posts: &[Page]| posts.iter().map(Page::id).collect::<Vec<u64>>();
        let path = format!("{LABELS}/{}/blogposts?limit=1", label.id);
        client.lists(&path, post_ids(&posts));
        if let Some(space) = posts.first().map(Page::space_id) {
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
        client.lists(&format!("{path}&sort=-modified-date"), post_ids(&posts));
    }
    for path in ["pages", "blogposts"] {
        let title = "Cannot find a label with id [5]".to_owned();
        let path = format!("{LABELS}/5/{path}");
        assert_eq!(client.get(&path).refusal(), (404, title));
    }
    client.refuses(&format!("{LABELS}/1/pages?status=current"), 400);
}

#[test]
fn pages_in_the_trash_keep_theirs_but_are_not_found_by_them() {
    let (sim, client) = start(&Organisation::demo());
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
    client.refuses(&format!("{LABELS}/{}/pages", own.id), 404);
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
    let (sim, client) = start(&small());
    let space = sim.organisation().spaces().next().expect("a space").id;
    for number in 0..20 {
        let page = edit(&sim, |organisation| {
            organisation.create_page(NewPage {
                space_id: space,
                title: format!("New {number}"),
                parent_id: None,
            })
        });
        for path in ["labels", "properties", "likes/users"] {
            let path = format!("{PAGES}/{page}/{path}");
            assert!(client.get(&path).rows().is_empty(), "{path}");
        }
    }
}
