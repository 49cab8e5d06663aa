//! Versions of pages and blog posts.

use crate::client::{PAGES, edit, small, start, time};
use confluence_sim::Organisation;
use serde_json::Value;

fn numbers(rows: &[Value]) -> Vec<u64> {
    let number = |row: &Value| row["number"].as_u64().expect("a number");
    rows.iter().map(number).collect()
}

#[test]
fn they_lead_from_the_creation_to_the_page_as_it_is() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let (mut pages, mut cut) = (0, 0);
        let posts = organisation.blogposts();
        for page in organisation.pages().take(20_000).chain(posts) {
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
            let first = (versions[0].created_at(), versions[0].author_id());
            pages += 1;
            cut += usize::from(first != (page.created_at(), page.author_id()));
        }
        assert!(cut * 100 <= pages, "{cut} of {pages}");
    }
}

#[test]
fn the_demo_has_no_gap_where_somebody_deleted_one() {
    let (sim, client) = start(&Organisation::demo());
    let organisation = sim.organisation();
    let mut pages = organisation.pages();
    let page = pages.find(|page| page.title() == "Access policy");
    let page = page.expect("a page of the demo");
    assert_eq!(page.version(), 8);
    let path = format!("{PAGES}/{}/versions", page.id());
    let rows = client.get(&path).rows();
    assert_eq!(numbers(&rows), [8, 7, 6, 5, 4, 3, 2, 1]);
    let listed = client.get(&format!("{PAGES}?id={}", page.id())).rows();
    assert_eq!(listed[0]["version"]["number"], 8);
    for (number, neighbours) in [
        (1, [None, Some(2)]),
        (4, [Some(3), Some(5)]),
        (8, [Some(7), None]),
    ] {
        let row = client.get(&format!("{path}/{number}")).json();
        let found = ["prevVersion", "nextVersion"].map(|name| row[name].as_u64());
        assert_eq!(found, neighbours);
    }
    let title = format!(
        "Cannot find version [9] of the page with id [{}]",
        page.id()
    );
    assert_eq!(client.get(&format!("{path}/9")).refusal(), (404, title));
}

#[test]
fn old_ones_stay_what_they_were_when_a_page_is_edited() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let mut pages = organisation.listed_pages();
    let page = pages.find(|page| page.version() == 6);
    let page = page.expect("a page with some versions").id();
    let from_the_first = || {
        let path = format!("{PAGES}/{page}/versions?body-format=storage");
        let mut rows = client.get(&path).rows();
        rows.reverse();
        rows
    };
    let before = from_the_first();
    assert_eq!(before.len(), 6);
    edit(&sim, |site| {
        site.modify_page(page)?;
        site.rename_page(page, "Wholly new")?;
        site.modify_page(page)
    });
    let after = from_the_first();
    assert_eq!(numbers(&after), (1..=9).collect::<Vec<_>>());
    assert_eq!(after[..6], before);
    let is_new = |row: &Value| time(&row["createdAt"]) > organisation.now();
    assert!(after[6..].iter().all(is_new));
    let titles: Vec<&Value> = after[5..].iter().map(|row| &row["page"]["title"]).collect();
    assert_eq!(titles[0], titles[1]);
    assert_eq!(titles[2..], ["Wholly new", "Wholly new"]);
}
