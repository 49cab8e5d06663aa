//! Labels, and what carries them.

use crate::client::{LABELS, PAGES, anonymous, edit, id, page, small, start};
use confluence_sim::{AttachmentId, Label, LabelPrefix, Organisation, Page, Sim};
use std::cmp::Reverse;

#[test]
fn what_carries_a_label_is_found_by_it() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    let carries = |labels: Vec<&Label>, label: &Label| labels.iter().any(|one| one.id == label.id);
    for label in organisation.labels() {
        let on_page = |page: &Page| carries(organisation.labels_of_page(page.id()), label);
        let on_post = |post: &Page| carries(organisation.labels_of_page(post.id()), label);
        let pages = organisation.listed_pages().filter(on_page).collect();
        let posts = organisation.listed_blogposts().filter(on_post).collect();
        let carriers: [(&str, Vec<Page>); 2] = [("pages", pages), ("blogposts", posts)];
        for (segment, mut carriers) in carriers {
            let ids = |some: &[Page]| some.iter().map(Page::id).collect::<Vec<u64>>();
            let path = format!("{LABELS}/{}/{segment}?limit=9", label.id);
            client.lists(&path, ids(&carriers));
            if let Some(space) = carriers.first().map(Page::space_id) {
                let mut here = carriers.clone();
                here.retain(|carrier| carrier.space_id() == space);
                client.lists(&format!("{path}&space-id={space},999"), ids(&here));
            }
            carriers.sort_by_key(|carrier| Reverse((carrier.modified_at(), carrier.id())));
            client.lists(&format!("{path}&sort=-modified-date"), ids(&carriers));
        }
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
    let mut pages = organisation.pages();
    let page = pages.find(|page| page.title() == "Access policy (old)");
    let page = page.expect("a page in the trash").id();
    let labels = client.get(&format!("{PAGES}/{page}/labels")).ids();
    assert_eq!(labels.len(), 2);
    let pages = client.all_ids(&format!("{LABELS}/{}/pages", labels[0]));
    assert!(pages.len() > 3 && !pages.contains(&page));
}

#[test]
fn nobody_sees_labels_of_what_is_open_and_nobodys_own() {
    let organisation = small();
    let (_sim, client) = anonymous(&organisation);
    let rows = client.all_rows(LABELS);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["prefix"] != "my"));
    let mut labels = organisation.labels().iter();
    let own = labels.find(|label| label.prefix == LabelPrefix::My);
    let own = own.expect("a label of somebody's own").id;
    client.refuses(&format!("{LABELS}/{own}/pages"), 404);
    let shown = client.all_ids(&format!("{PAGES}?limit=250"));
    let pages = organisation.pages_of_label(own);
    let open = pages.iter().find(|page| shown.contains(&page.id()));
    let open = open.expect("an open page with such a label").id();
    let labels = client.all_ids(&format!("{PAGES}/{open}/labels"));
    assert!(!labels.contains(&own));
    for label in rows.iter().map(id) {
        let pages = client.all_ids(&format!("{LABELS}/{label}/pages?limit=250"));
        assert!(pages.iter().all(|page| shown.contains(page)));
    }
}

#[test]
fn nothing_hangs_on_a_new_page_whenever_somebody_asks_first() {
    let attachments = |sim: &Sim| -> Vec<AttachmentId> {
        sim.organisation().attachments().map(|one| one.id).collect()
    };
    let sites = [false, true].map(|asked_before| {
        let (sim, client) = start(&small());
        let before = asked_before.then(|| attachments(&sim).len());
        let organisation = sim.organisation();
        let space = organisation.spaces().next().expect("a space").id;
        let new = (0..200).map(|number| page(space, format!("New {number}"), None));
        let create = |new| edit(&sim, |organisation| organisation.create_page(new));
        let created: Vec<u64> = new.map(create).collect();
        let first = organisation.page_at(0).expect("a page").id();
        edit(&sim, |organisation| organisation.purge_page(first));
        let after = attachments(&sim);
        assert!(before.is_none_or(|before| after.len() <= before));
        for page in &created[..20] {
            for path in ["labels", "properties", "likes/users", "attachments"] {
                let path = format!("{PAGES}/{page}/{path}");
                assert!(client.get(&path).rows().is_empty(), "{path}");
            }
        }
        after
    });
    assert_eq!(sites[0], sites[1]);
}
