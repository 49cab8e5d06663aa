//! Listings: what they hold, in which order, page by page.

use crate::client::{Client, PAGES, SPACES, small};
use confluence_sim::{NewPage, Options, Organisation, Page, PageStatus, Sim};
use std::cmp::Reverse;
use std::collections::HashSet;

#[test]
fn every_sort_of_pages_is_right_and_complete_in_any_page_length() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut pages: Vec<Page> = organisation.listed_pages().collect();
    for by in ["id", "created-date", "modified-date", "title"] {
        match by {
            "id" => pages.sort_by_key(Page::id),
            "created-date" => pages.sort_by_key(|page| (page.created_at(), page.id())),
            "modified-date" => pages.sort_by_key(|page| (page.modified_at(), page.id())),
            _ => pages.sort_by_key(|page| (page.title().to_lowercase(), page.id())),
        }
        let ascending: Vec<u64> = pages.iter().map(Page::id).collect();
        let descending: Vec<u64> = ascending.iter().copied().rev().collect();
        for limit in [7, 100, 250] {
            assert_eq!(
                client.all_ids(&format!("{PAGES}?sort={by}&limit={limit}")),
                ascending,
                "{by} {limit}"
            );
            assert_eq!(
                client.all_ids(&format!("{PAGES}?limit={limit}&sort=-{by}")),
                descending,
                "-{by} {limit}"
            );
        }
    }
    let by_id: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    assert_eq!(client.all_ids(PAGES), by_id);
}

#[test]
fn every_sort_of_spaces_is_right() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut spaces: Vec<_> = organisation.spaces().collect();
    for by in ["id", "key", "name"] {
        match by {
            "key" => spaces.sort_by_key(|space| (space.key.to_lowercase(), space.id)),
            "name" => spaces.sort_by_key(|space| (space.name.to_lowercase(), space.id)),
            _ => {}
        }
        let ascending: Vec<u64> = spaces.iter().map(|space| space.id).collect();
        let descending: Vec<u64> = ascending.iter().copied().rev().collect();
        assert_eq!(
            client.all_ids(&format!("{SPACES}?limit=99&sort={by}")),
            ascending,
            "{by}"
        );
        assert_eq!(
            client.all_ids(&format!("{SPACES}?limit=99&sort=-{by}")),
            descending,
            "-{by}"
        );
    }
    let names: HashSet<_> = spaces.iter().map(|space| &space.name).collect();
    assert!(names.len() < spaces.len(), "some names are tied");
}

#[test]
fn filters_of_pages() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let spaces: Vec<u64> = organisation
        .spaces()
        .skip(3)
        .take(4)
        .map(|space| space.id)
        .collect();
    let of_spaces = |page: &Page| spaces.contains(&page.space_id());
    let list = spaces
        .iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(",");
    let expect = |filter: &dyn Fn(&Page) -> bool, statuses: &[PageStatus], query: &str| {
        let mut wanted: Vec<_> = organisation
            .pages()
            .filter(|page| statuses.contains(&page.status()) && filter(page))
            .collect();
        assert!(!wanted.is_empty(), "{query} tests nothing");
        let ids: Vec<u64> = wanted.iter().map(Page::id).collect();
        assert_eq!(
            client.all_ids(&format!("{PAGES}?limit=33&{query}")),
            ids,
            "{query}"
        );
        wanted.sort_by_key(|page| Reverse((page.modified_at(), page.id())));
        let ids: Vec<u64> = wanted.iter().map(Page::id).collect();
        assert_eq!(
            client.all_ids(&format!("{PAGES}?limit=33&{query}&sort=-modified-date")),
            ids,
            "{query}"
        );
    };
    let default = &PageStatus::DEFAULT[..];
    expect(&|_| true, default, "status=current,archived");
    expect(
        &|_| true,
        &PageStatus::ALL,
        "status=current&status=archived&status=trashed,deleted",
    );
    for status in PageStatus::ALL {
        expect(&|_| true, &[status], &format!("status={}", status.as_str()));
    }
    expect(&of_spaces, default, &format!("space-id={list}"));
    expect(
        &of_spaces,
        default,
        &format!("space-id={list},{},999", spaces[0]),
    );
    expect(
        &|page| page.space_id() == spaces[0],
        default,
        &format!("space-id={}", spaces[0]),
    );
    expect(
        &of_spaces,
        &[PageStatus::Trashed],
        &format!("space-id={list}&status=trashed"),
    );
    expect(
        &|page| page.subtype() == Some("live"),
        default,
        "subtype=live",
    );
    expect(
        &|page| page.subtype() == Some("page"),
        default,
        "subtype=page",
    );
    expect(
        &|page| page.title() == "Runbook" || page.title().eq_ignore_ascii_case("runbook"),
        default,
        "title=rUNBOOK",
    );
    let runbook = organisation
        .listed_pages()
        .find(|page| page.title() == "RUNBOOK")
        .expect("a title in capitals");
    let in_its_space = |page: &Page| page.id() == runbook.id();
    expect(
        &in_its_space,
        default,
        &format!("title=runbook&space-id={}", runbook.space_id()),
    );
    expect(
        &in_its_space,
        default,
        &format!("title=Runbook&id={},98306", runbook.id()),
    );
    assert!(client.all_ids(&format!("{PAGES}?title=Runboo")).is_empty());
    assert!(
        client
            .all_ids(&format!("{PAGES}?space-id=1,2,3"))
            .is_empty()
    );
    assert!(
        client
            .all_ids(&format!("{PAGES}?id={}&space-id=1", runbook.id()))
            .is_empty()
    );
}

#[test]
fn filters_of_spaces() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for kind in [
        "global",
        "collaboration",
        "knowledge_base",
        "personal",
        "system",
        "onboarding",
        "xflow_sample_space",
    ] {
        let wanted: Vec<u64> = organisation
            .spaces()
            .filter(|space| space.kind.as_str() == kind)
            .map(|space| space.id)
            .collect();
        assert!(!wanted.is_empty(), "no space is {kind}");
        assert_eq!(client.all_ids(&format!("{SPACES}?type={kind}")), wanted);
    }
    let archived = client.all_rows(&format!("{SPACES}?status=archived&limit=250"));
    assert!(!archived.is_empty() && archived.iter().all(|space| space["status"] == "archived"));
    let current = client
        .all_ids(&format!("{SPACES}?status=current&limit=250"))
        .len();
    assert_eq!(current + archived.len(), organisation.spaces().count());
    let two: Vec<_> = organisation.spaces().take(2).collect();
    assert_eq!(
        client.all_ids(&format!("{SPACES}?keys={},nobody", two[1].key)),
        [two[1].id]
    );
    assert_eq!(
        client.all_ids(&format!("{SPACES}?ids={},{},5", two[1].id, two[0].id)),
        [two[0].id, two[1].id]
    );
    assert!(
        client
            .all_ids(&format!("{SPACES}?ids={}&keys={}", two[0].id, two[1].key))
            .is_empty()
    );
}

#[test]
fn pages_of_a_space_and_its_roots() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for space in organisation.spaces() {
        let path = format!("{SPACES}/{}/pages?limit=40", space.id);
        let pages: Vec<_> = organisation
            .listed_pages()
            .filter(|page| page.space_id() == space.id)
            .collect();
        assert_eq!(
            client.all_ids(&path),
            pages.iter().map(Page::id).collect::<Vec<_>>()
        );
        let roots: Vec<u64> = pages
            .iter()
            .filter(|page| page.parent().is_none())
            .map(Page::id)
            .collect();
        assert_eq!(client.all_ids(&format!("{path}&depth=root")), roots);
        assert!(roots.len() < pages.len() || pages.len() < 3);
    }
}

#[test]
fn permissions_of_every_space_are_complete() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut seen = 0;
    for space in organisation.spaces().take(40) {
        let ids = client.all_ids(&format!("{SPACES}/{}/permissions?limit=250", space.id));
        assert_eq!(
            ids,
            organisation
                .permissions(space.id)
                .map(|row| row.id)
                .collect::<Vec<_>>()
        );
        assert!(ids.is_sorted());
        seen += ids.len();
    }
    assert!(seen > 900);
}

#[test]
fn a_full_last_page_has_no_next_link() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let mut pages = std::collections::HashMap::new();
    for page in organisation.listed_pages() {
        *pages.entry(page.space_id()).or_insert(0) += 1;
    }
    for (rows, requests) in [(250, 1), (500, 2)] {
        let (space, _) = pages
            .iter()
            .find(|(_, count)| **count == rows)
            .expect("such a space");
        let chain = client.chain(&format!("{PAGES}?space-id={space}&limit=250"));
        assert_eq!(chain.len(), requests);
        assert!(chain.iter().all(|answer| answer.rows().len() == 250));
    }
    let full = organisation
        .spaces()
        .find(|space| organisation.permissions(space.id).count() == 250);
    let path = format!(
        "{SPACES}/{}/permissions?limit=250",
        full.expect("such a space").id
    );
    assert_eq!(client.chain(&path).len(), 1);
    let empty = organisation
        .spaces()
        .find(|space| !pages.contains_key(&space.id))
        .expect("an empty space");
    let answer = client.get(&format!("{PAGES}?space-id={}", empty.id));
    assert_eq!((answer.rows().len(), answer.next()), (0, None));
}

#[test]
fn links_carry_the_request_along() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let answer = client.get(&format!(
        "{PAGES}?status=current%2Carchived&limit=3&sort=-title"
    ));
    let next = answer.next().expect("more pages");
    assert!(
        next.starts_with("/wiki/api/v2/pages?status=current%2Carchived&"),
        "{next}"
    );
    assert!(
        next.contains("limit=3&") && next.ends_with("&sort=-title"),
        "{next}"
    );
    let base = format!("{}/wiki", sim.url());
    assert_eq!(answer.json()["_links"]["base"], base);
    assert_eq!(
        answer.header("link"),
        Some(format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\"").as_str())
    );
    let last = client.get(&format!("{PAGES}?id=98306"));
    assert_eq!(
        last.header("link"),
        Some(format!("<{base}>; rel=\"base\"").as_str())
    );
    assert!(last.json()["_links"].get("next").is_none());
    assert_eq!(client.get(PAGES).rows().len(), 25);
}

#[test]
fn a_cursor_belongs_to_its_request() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let next = client
        .get(&format!("{PAGES}?limit=3&sort=title"))
        .next()
        .expect("more pages");
    let cursor = next
        .split(['?', '&'])
        .find(|pair| pair.starts_with("cursor="))
        .expect("a cursor");
    for refused in [
        format!("{PAGES}?limit=3&{cursor}"),
        format!("{PAGES}?limit=3&sort=-title&{cursor}"),
        format!("{PAGES}?limit=3&sort=title&status=current&{cursor}"),
        format!("{SPACES}?limit=3&{cursor}"),
        format!(
            "{PAGES}?sort=title&cursor={}",
            cursor.replace("cursor=", "e30%3D")
        ),
        format!(
            "{PAGES}?sort=title&cursor={}",
            "/wiki/api/v2/pages?cursor=x"
        ),
    ] {
        assert_eq!(client.get(&refused).refusal().0, 400, "{refused}");
    }
    // The length of pages is free, and so is the order of parameters.
    let went_on = client
        .get(&format!("{PAGES}?sort=title&{cursor}&limit=5"))
        .ids();
    let all = client.all_ids(&format!("{PAGES}?limit=250&sort=title"));
    assert_eq!(went_on, all[3..8]);
    let decoded = cursor.replace("%3D", "=");
    assert_eq!(
        client
            .get(&format!("{PAGES}?sort=title&{decoded}&limit=5"))
            .ids(),
        all[3..8]
    );
}

#[test]
fn a_listing_stays_right_while_the_organisation_is_edited() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let before = sim.organisation();
    let first = client.get(&format!("{PAGES}?limit=100"));
    let (read, rest) = (
        first.ids(),
        client.all_ids(&format!("{PAGES}?limit=250"))[100..].to_vec(),
    );
    let space = before.spaces().next().expect("a space").id;
    let created = sim.edit(|organisation| {
        organisation
            .trash_page(read[5])
            .expect("a page that is there");
        organisation
            .purge_page(read[99])
            .expect("a page that is there");
        organisation
            .trash_page(rest[3])
            .expect("a page that is there");
        organisation
            .create_page(NewPage {
                space_id: space,
                title: "New".to_owned(),
                parent_id: None,
            })
            .expect("a space")
    });
    let next = first.next().expect("more pages");
    let mut wanted: Vec<u64> = rest.into_iter().chain([created]).collect();
    wanted.remove(3);
    assert_eq!(client.all_ids(&next), wanted);
    // What a test holds does not change under its hands.
    assert!(before.page(created).is_none());
    assert_eq!(
        before.page(read[5]).expect("still there").status(),
        PageStatus::Current
    );
}

#[test]
fn edits_show() {
    let sim = Sim::start(Options::of(small()));
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let page = organisation.page_at(10).expect("eleven pages");
    assert_ne!(
        client
            .get(&format!("{PAGES}?sort=-modified-date&limit=1"))
            .ids(),
        [page.id()]
    );
    sim.edit(|organisation| organisation.modify_page(page.id()))
        .expect("a page that is there");
    let latest = client
        .get(&format!("{PAGES}?sort=-modified-date&limit=1"))
        .rows()
        .remove(0);
    assert_eq!(latest["id"], page.id().to_string());
    assert_eq!(latest["version"]["number"], page.version() + 1);
    assert_eq!(
        sim.organisation().modified_since(organisation.now()).len(),
        1
    );
    sim.edit(|organisation| organisation.rename_page(page.id(), "Wholly new"))
        .expect("a page that is there");
    assert_eq!(
        client.get(&format!("{PAGES}?title=wholly%20new")).ids(),
        [page.id()]
    );

    let space = page.space_id();
    let permission = sim
        .edit(|organisation| {
            organisation.add_permission(space, ("user", "712020:x"), ("read", "space"))
        })
        .expect("a space that is there");
    let path = format!("{SPACES}/{space}/permissions?limit=250");
    assert_eq!(client.all_ids(&path).last(), Some(&permission));
    sim.edit(|organisation| organisation.remove_permission(permission))
        .expect("a permission that is there");
    assert!(!client.all_ids(&path).contains(&permission));

    sim.edit(|organisation| organisation.delete_space(space))
        .expect("a space that is there");
    assert_eq!(client.get(&path).refusal().0, 404);
    assert_eq!(
        client.get(&format!("{PAGES}/{}", page.id())).refusal().0,
        404
    );
    assert!(
        !client
            .all_ids(&format!("{SPACES}?limit=250"))
            .contains(&space)
    );
    assert!(
        client
            .all_ids(&format!("{PAGES}?space-id={space}"))
            .is_empty()
    );
    assert!(
        sim.edit(|organisation| organisation.delete_space(space))
            .is_err()
    );
}
