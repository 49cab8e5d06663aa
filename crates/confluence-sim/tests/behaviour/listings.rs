//! Listings: what they hold, in which order, page by page.

use crate::client::{PAGES, SPACES, edit, small, start};
use confluence_sim::{NewPage, Organisation, PageStatus};

#[test]
fn a_full_last_page_has_no_next_link() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
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
    let (sim, client) = start(&small());
    let answer = client.get(&format!(
        "{PAGES}?status=current%2Carchived&limit=3&sort=-id"
    ));
    let next = answer.next().expect("more pages");
    assert!(
        next.starts_with("/wiki/api/v2/pages?status=current%2Carchived&"),
        "{next}"
    );
    assert!(
        next.contains("limit=3&") && next.ends_with("&sort=-id"),
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
    let (_sim, client) = start(&organisation);
    let next = client
        .get(&format!("{PAGES}?limit=3&sort=created-date"))
        .next()
        .expect("more pages");
    let cursor = next
        .split(['?', '&'])
        .find(|pair| pair.starts_with("cursor="))
        .expect("a cursor");
    for refused in [
        format!("{PAGES}?limit=3&{cursor}"),
        format!("{PAGES}?limit=3&sort=-id&{cursor}"),
        format!("{PAGES}?limit=3&sort=created-date&status=current&{cursor}"),
        format!("{SPACES}?limit=3&{cursor}"),
        format!(
            "{PAGES}?sort=created-date&cursor={}",
            cursor.replace("cursor=", "e30%3D")
        ),
        format!(
            "{PAGES}?sort=created-date&cursor={}",
            "/wiki/api/v2/pages?cursor=x"
        ),
    ] {
        client.refuses(&refused, 400);
    }
    // The length of pages is free, and so is the order of parameters.
    let went_on = client
        .get(&format!("{PAGES}?sort=created-date&{cursor}&limit=5"))
        .ids();
    let all = client.all_ids(&format!("{PAGES}?limit=250&sort=created-date"));
    assert_eq!(went_on, all[3..8]);
    let decoded = cursor.replace("%3D", "=");
    client.shows(
        &format!("{PAGES}?sort=created-date&{decoded}&limit=5"),
        &all[3..8],
    );
}

#[test]
fn a_listing_stays_right_while_the_organisation_is_edited() {
    let (sim, client) = start(&small());
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
    client.lists(&next, &wanted);
    // What a test holds does not change under its hands.
    assert!(before.page(created).is_none());
    assert_eq!(
        before.page(read[5]).expect("still there").status(),
        PageStatus::Current
    );
}

#[test]
fn edits_show() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let page = organisation.page_at(10).expect("eleven pages");
    assert_ne!(
        client
            .get(&format!("{PAGES}?sort=-modified-date&limit=1"))
            .ids(),
        [page.id()]
    );
    edit(&sim, |organisation| organisation.modify_page(page.id()));
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
    edit(&sim, |organisation| {
        organisation.rename_page(page.id(), "Wholly new")
    });
    client.shows(&format!("{PAGES}?title=wholly%20new"), [page.id()]);

    let space = page.space_id();
    let permission = edit(&sim, |organisation| {
        organisation.add_permission(space, ("user", "712020:x"), ("read", "space"))
    });
    let path = format!("{SPACES}/{space}/permissions?limit=250");
    assert_eq!(client.all_ids(&path).last(), Some(&permission));
    edit(&sim, |organisation| {
        organisation.remove_permission(permission)
    });
    assert!(!client.all_ids(&path).contains(&permission));

    edit(&sim, |organisation| organisation.delete_space(space));
    client.refuses(&path, 404);
    client.refuses(&format!("{PAGES}/{}/labels", page.id()), 404);
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
