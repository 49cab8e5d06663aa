//! Versions of pages and blog posts.

use crate::client::{BLOGPOSTS, Client, PAGES, small, time};
use confluence_sim::{Options, Organisation, PageStatus, Sim, Version};
use serde_json::{Value, json};
use std::collections::HashSet;

fn numbers(rows: &[Value]) -> Vec<u64> {
    rows.iter()
        .map(|row| row["number"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn they_lead_from_the_creation_to_the_page_as_it_is() {
    for organisation in [Organisation::demo(), Organisation::standard()] {
        let mut gaps = 0;
        for page in organisation.pages().take(20_000) {
            let versions = organisation.versions(page.id());
            let last = versions.last().expect("a page has a latest version");
            assert_eq!(last.number(), page.version());
            assert_eq!(last.created_at(), page.modified_at());
            assert_eq!(last.author_id(), page.version_author_id());
            assert_eq!(last.message(), page.version_message());
            assert_eq!(last.minor_edit(), page.minor_edit());
            assert_eq!(last.title(), page.title());
            assert!(
                versions.is_sorted_by(|left, right| left.number() < right.number()
                    && left.created_at() <= right.created_at())
            );
            if versions[0].number() == 1 {
                assert_eq!(versions[0].created_at(), page.created_at());
                assert_eq!(versions[0].author_id(), page.author_id());
            }
            gaps += page.version() as usize - versions.len();
        }
        assert!(gaps > 0);
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
fn a_listing_is_what_the_organisation_says() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let page = organisation
        .listed_pages()
        .find(|page| page.version() > 20)
        .expect("a page that was often changed");
    let post = organisation
        .listed_blogposts()
        .find(|post| post.version() > 5)
        .expect("a blog post that was often changed");
    for (path, kind, content) in [
        (format!("{PAGES}/{}", page.id()), "page", page.id()),
        (format!("{BLOGPOSTS}/{}", post.id()), "blogpost", post.id()),
    ] {
        let versions = organisation.versions(content);
        let ascending = client.all_rows(&format!("{path}/versions?sort=modified-date&limit=3"));
        assert_eq!(ascending.len(), versions.len());
        for (row, version) in ascending.iter().zip(&versions) {
            assert_eq!(row["number"], version.number());
            assert_eq!(time(&row["createdAt"]), version.created_at());
            assert_eq!(row["authorId"].as_str(), version.author_id());
            assert_eq!(row["message"].as_str(), version.message());
            assert_eq!(row["minorEdit"], version.minor_edit());
            assert_eq!(
                row[kind],
                json!({"id": content.to_string(), "title": *version.title(), "body": {}})
            );
        }
        let mut descending = ascending.clone();
        descending.reverse();
        assert_eq!(
            client.all_rows(&format!("{path}/versions?sort=-modified-date&limit=4")),
            descending
        );
        assert_eq!(client.all_rows(&format!("{path}/versions")), descending);

        type BodyOf = for<'a, 'b> fn(&'a Version<'b>) -> String;
        let formats: [(&str, BodyOf); 2] = [
            ("storage", |version| version.storage_body()),
            ("atlas_doc_format", |version| version.document_body()),
        ];
        for (format, body) in formats {
            let query = format!("body-format={format}&sort=modified-date&limit=250");
            let rows = client.get(&format!("{path}/versions?{query}")).rows();
            let bodies: HashSet<String> = versions.iter().map(body).collect();
            assert!(bodies.len() > 1, "no version changed anything");
            for (row, version) in rows.iter().zip(&versions) {
                assert_eq!(
                    row[kind]["body"],
                    json!({format: {"representation": format, "value": body(version)}})
                );
            }
        }
    }
}

#[test]
fn the_demo_lacks_one_that_somebody_deleted() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let with_gap: Vec<_> = organisation
        .pages()
        .filter(|page| organisation.versions(page.id()).len() != page.version() as usize)
        .collect();
    assert_eq!(with_gap.len(), 1);
    assert_eq!(with_gap[0].title(), "Access policy");
    let path = format!("{PAGES}/{}/versions", with_gap[0].id());
    let rows = client.get(&format!("{path}?sort=modified-date")).rows();
    assert_eq!(numbers(&rows), [1, 2, 3, 5, 6, 7, 8, 9]);

    let neighbours = |number: u32| {
        let row = client.get(&format!("{path}/{number}")).json();
        [row["prevVersion"].as_u64(), row["nextVersion"].as_u64()]
    };
    assert_eq!(neighbours(1), [None, Some(2)]);
    assert_eq!(neighbours(3), [Some(2), Some(5)]);
    assert_eq!(neighbours(5), [Some(3), Some(6)]);
    assert_eq!(neighbours(9), [Some(8), None]);
    let title = format!(
        "Cannot find version [4] of the page with id [{}]",
        with_gap[0].id()
    );
    assert_eq!(client.get(&format!("{path}/4")).refusal(), (404, title));
}

#[test]
fn details_are_those_of_the_listing() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let pages = organisation.listed_pages().take(10);
    let posts = organisation.listed_blogposts().take(5);
    let paths = pages
        .map(|page| format!("{PAGES}/{}/versions", page.id()))
        .chain(posts.map(|post| format!("{BLOGPOSTS}/{}/versions", post.id())));
    for path in paths {
        for row in client.all_rows(&path) {
            let details = client.get(&format!("{path}/{}", row["number"])).json();
            for field in ["number", "authorId", "message", "createdAt", "minorEdit"] {
                assert_eq!(details[field], row[field], "{path}");
            }
            assert_eq!(details["contentTypeModified"], false);
            let collaborators = details["collaborators"].as_array().expect("a list");
            let author = (!row["authorId"].is_null()).then_some(&row["authorId"]);
            assert!(collaborators.iter().eq(author));
        }
    }
}

#[test]
fn what_is_not_there_is_named() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let deleted = |status: PageStatus| status == PageStatus::Deleted;
    let page = organisation.pages().find(|page| deleted(page.status()));
    let post = organisation.blogposts().find(|post| deleted(post.status()));
    let (page, post) = (page.expect("one").id(), post.expect("one").id());
    for (path, named) in [
        (format!("{PAGES}/999/versions"), "page with id [999]"),
        (format!("{PAGES}/999/versions/1"), "page with id [999]"),
        (format!("{PAGES}/{page}/versions"), "page with id"),
        (format!("{PAGES}/{post}/versions"), "page with id"),
        (
            format!("{BLOGPOSTS}/999/versions"),
            "blog post with id [999]",
        ),
        (
            format!("{BLOGPOSTS}/{post}/versions/1"),
            "blog post with id",
        ),
    ] {
        let (status, title) = client.get(&path).refusal();
        assert_eq!(status, 404, "{path}");
        assert!(title.contains(named), "{path}: {title}");
    }
    let page = organisation.page_at(0).expect("a page");
    for number in ["0", "-1", &(page.version() + 1).to_string()] {
        let (status, title) = client
            .get(&format!("{PAGES}/{}/versions/{number}", page.id()))
            .refusal();
        assert_eq!(status, 404);
        assert!(title.contains(&format!("version [{number}]")), "{title}");
    }
    for path in [
        "x/versions",
        "1/versions/last",
        "x/versions/1",
        "1/versions?sort=number",
    ] {
        assert_eq!(
            client.get(&format!("{PAGES}/{path}")).refusal().0,
            400,
            "{path}"
        );
    }
    let trashed = organisation
        .pages()
        .find(|page| page.status() == PageStatus::Trashed)
        .expect("a page in the trash");
    let path = format!("{PAGES}/{}/versions", trashed.id());
    assert_eq!(client.get(&path).rows().len(), trashed.version() as usize);
}

#[test]
fn old_ones_stay_what_they_were_when_a_page_is_edited() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let page = sim
        .organisation()
        .listed_pages()
        .find(|page| page.version() == 6)
        .expect("a page with some versions")
        .id();
    let path = format!("{PAGES}/{page}/versions?sort=modified-date&body-format=storage");
    let before = client.get(&path).rows();
    assert_eq!(before.len(), 6);
    let organisation = sim.organisation();
    sim.edit(|organisation| organisation.modify_page(page))
        .expect("a page that is there");
    sim.edit(|organisation| organisation.rename_page(page, "Wholly new"))
        .expect("a page that is there");
    sim.edit(|organisation| organisation.modify_page(page))
        .expect("a page that is there");
    let after = client.get(&path).rows();
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

    sim.edit(|organisation| organisation.delete_version(page, 7))
        .expect("a version that is there");
    let rest = client.get(&path).rows();
    assert_eq!(numbers(&rest), [1, 2, 3, 4, 5, 6, 8, 9]);
    assert_eq!(rest[..6], before);
    // What is gone, what is the latest, and what never was.
    for number in [7, 9, 10] {
        assert!(
            sim.edit(|organisation| organisation.delete_version(page, number))
                .is_err()
        );
    }
}
