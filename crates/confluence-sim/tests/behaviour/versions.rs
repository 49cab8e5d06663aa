//! Versions of pages and blog posts.

use crate::client::{PAGES, edit, small, start, time};
use confluence_sim::Organisation;
use serde_json::Value;

fn numbers(rows: &[Value]) -> Vec<u64> {
    rows.iter()
        .map(|row| row["number"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn they_lead_from_the_creation_to_the_page_as_it_is() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let (mut pages, mut cut) = (0, 0);
        for page in organisation.pages().take(20_000) {
            let versions = organisation.versions(page.id());
            let last = versions.last().expect("a page has a latest version");
            assert_eq!(last.number(), page.version());
            assert_eq!(last.created_at(), page.modified_at());
            assert_eq!(last.author_id(), page.version_author_id());
            assert_eq!(last.message(), page.version_message());
            assert_eq!(last.minor_edit(), page.minor_edit());
            assert_eq!(last.title(), page.title());
            assert!(versions.is_sorted_by_key(|version| version.created_at()));
            let numbers = versions.iter().map(|version| version.number());
            assert!(numbers.eq(1..=page.version()));
            // Unless somebody deleted the first one.
            let first = &versions[0];
            let is_first =
                (first.created_at(), first.author_id()) == (page.created_at(), page.author_id());
            pages += 1;
            cut += usize::from(!is_first);
        }
        assert!(cut * 100 <= pages, "{cut} of {pages}");
        for post in organisation.blogposts() {
            let versions = organisation.versions(post.id());
            assert_eq!(versions.len(), post.version() as usize);
            assert_eq!(versions[0].created_at(), post.created_at());
            assert_eq!(
                versions[versions.len() - 1].created_at(),
                post.modified_at()
            );
        }
    }
}

#[test]
fn the_demo_has_no_gap_where_somebody_deleted_one() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let page = organisation
        .pages()
        .find(|page| page.title() == "Access policy")
        .expect("a page of the demo");
    assert_eq!(page.version(), 8);
    let path = format!("{PAGES}/{}/versions", page.id());
    let rows = client.get(&path).rows();
    assert_eq!(numbers(&rows), [8, 7, 6, 5, 4, 3, 2, 1]);
    let listed = client.get(&format!("{PAGES}?id={}", page.id())).rows();
    assert_eq!(listed[0]["version"]["number"], 8);

    let neighbours = |number: u32| {
        let row = client.get(&format!("{path}/{number}")).json();
        [row["prevVersion"].as_u64(), row["nextVersion"].as_u64()]
    };
    assert_eq!(neighbours(1), [None, Some(2)]);
    assert_eq!(neighbours(4), [Some(3), Some(5)]);
    assert_eq!(neighbours(8), [Some(7), None]);
    let title = format!(
        "Cannot find version [9] of the page with id [{}]",
        page.id()
    );
    assert_eq!(client.get(&format!("{path}/9")).refusal(), (404, title));
}

#[test]
fn old_ones_stay_what_they_were_when_a_page_is_edited() {
    let (sim, client) = start(&small());
    let page = sim
        .organisation()
        .listed_pages()
        .find(|page| page.version() == 6)
        .expect("a page with some versions")
        .id();
    let path = format!("{PAGES}/{page}/versions?body-format=storage");
    let from_the_first = || {
        let mut rows = client.get(&path).rows();
        rows.reverse();
        rows
    };
    let before = from_the_first();
    assert_eq!(before.len(), 6);
    let organisation = sim.organisation();
    edit(&sim, |organisation| organisation.modify_page(page));
    edit(&sim, |organisation| {
        organisation.rename_page(page, "Wholly new")
    });
    edit(&sim, |organisation| organisation.modify_page(page));
    let after = from_the_first();
    assert_eq!(numbers(&after), (1..=9).collect::<Vec<_>>());
    assert_eq!(after[..6], before);
    assert!(
        after[6..]
            .iter()
            .all(|row| time(&row["createdAt"]) > organisation.now())
    );
    let titles: Vec<&Value> = after[5..].iter().map(|row| &row["page"]["title"]).collect();
    assert_eq!(titles[0], titles[1]);
    assert_eq!(titles[2..], ["Wholly new", "Wholly new"]);
}
