//! Listings: what they hold, in which order, page by page.

use crate::client::{PAGES, SPACES, edit, page, small, start};
use confluence_sim::{Organisation, PageStatus};
use std::collections::HashMap;

#[test]
fn a_full_last_page_has_no_next_link() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let mut pages: HashMap<u64, usize> = organisation.spaces().map(|space| (space.id, 0)).collect();
    for page in organisation.listed_pages() {
        *pages.entry(page.space_id()).or_default() += 1;
    }
    for (rows, requests) in [(0, 1), (250, 1), (500, 2)] {
        let space = pages.iter().find(|(_, count)| **count == rows);
        let (space, _) = space.expect("such a space");
        let chain = client.chain(&format!("{PAGES}?space-id={space}&limit=250"));
        assert_eq!(chain.len(), requests);
        assert!(
            chain
                .iter()
                .all(|answer| answer.rows().len() == rows / requests)
        );
    }
    let mut spaces = organisation.spaces();
    let full = spaces.find(|space| organisation.permissions(space.id).count() == 250);
    let full = full.expect("such a space").id;
    let path = format!("{SPACES}/{full}/permissions?limit=250");
    assert_eq!(client.chain(&path).len(), 1);
}

#[test]
fn links_carry_the_request_along() {
    let (sim, client) = start(&small());
    let path = format!("{PAGES}?status=current%2Carchived&limit=3&sort=-id");
    let answer = client.get(&path);
    let next = answer.next().expect("more pages");
    assert!(
        next.starts_with(&format!("{PAGES}?status=current%2Carchived&")),
        "{next}"
    );
    assert!(
        next.contains("limit=3&") && next.ends_with("&sort=-id"),
        "{next}"
    );
    let base = format!("{}/wiki", sim.url());
    assert_eq!(answer.json()["_links"]["base"], base);
    let link = format!("<{next}>; rel=\"next\", <{base}>; rel=\"base\"");
    assert_eq!(answer.header("link"), Some(&*link));
    let last = client.get(&format!("{PAGES}?id=98306"));
    let link = format!("<{base}>; rel=\"base\"");
    assert_eq!(last.header("link"), Some(&*link));
    assert!(last.json()["_links"].get("next").is_none());
    assert_eq!(client.get(PAGES).rows().len(), 25);
}

#[test]
fn a_cursor_belongs_to_its_request() {
    let (_sim, client) = start(&small());
    let sorted = format!("{PAGES}?sort=created-date");
    let next = client.get(&format!("{sorted}&limit=3")).next();
    let next = next.expect("more pages");
    let mut pairs = next.split(['?', '&']);
    let cursor = pairs.find(|pair| pair.starts_with("cursor="));
    let cursor = cursor.expect("a cursor");
    for refused in [
        format!("{PAGES}?limit=3&{cursor}"),
        format!("{PAGES}?limit=3&sort=-created-date&{cursor}"),
        format!("{sorted}&limit=3&status=current&{cursor}"),
        format!("{SPACES}?limit=3&{cursor}"),
        format!("{sorted}&{}", cursor.replace("cursor=", "cursor=e30%3D")),
        format!("{sorted}&cursor={PAGES}?cursor=x"),
    ] {
        client.refuses(&refused, 400);
    }
    // The length of pages is free, and so are the order of parameters and how a cursor is written.
    let all = client.all_ids(&format!("{sorted}&limit=250"));
    for cursor in [cursor, &cursor.replace("%3D", "=")] {
        client.shows(&format!("{sorted}&{cursor}&limit=5"), &all[3..8]);
    }
}

#[test]
fn a_listing_stays_right_while_the_organisation_is_edited() {
    let (sim, client) = start(&small());
    let before = sim.organisation();
    let first = client.get(&format!("{PAGES}?limit=100"));
    let all = client.all_ids(&format!("{PAGES}?limit=250"));
    let space = before.spaces().next().expect("a space").id;
    let created = edit(&sim, |organisation| {
        organisation.trash_page(all[5])?;
        organisation.purge_page(all[99])?;
        organisation.trash_page(all[103])?;
        organisation.create_page(page(space, "New", None))
    });
    let mut wanted = all[100..].to_vec();
    wanted.remove(3);
    wanted.push(created);
    client.lists(&first.next().expect("more pages"), &wanted);
    // What a test holds does not change under its hands.
    assert!(before.page(created).is_none());
    let trashed = before.page(all[5]).expect("still there");
    assert_eq!(trashed.status(), PageStatus::Current);
}

#[test]
fn edits_show() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let page = organisation.page_at(10).expect("eleven pages");
    let (page, space, version) = (page.id(), page.space_id(), page.version());
    let latest = || {
        let rows = client.get(&format!("{PAGES}?sort=-modified-date&limit=1"));
        rows.rows().remove(0)
    };
    assert_ne!(latest()["id"], page.to_string());
    edit(&sim, |site| site.modify_page(page));
    assert_eq!(latest()["id"], page.to_string());
    assert_eq!(latest()["version"]["number"], version + 1);
    let changed = sim.organisation();
    assert_eq!(changed.modified_since(organisation.now()).len(), 1);
    edit(&sim, |site| site.rename_page(page, "Wholly new"));
    client.shows(&format!("{PAGES}?title=wholly%20new"), [page]);

    let permission = edit(&sim, |site| {
        site.add_permission(space, ("user", "712020:x"), ("read", "space"))
    });
    let path = format!("{SPACES}/{space}/permissions?limit=250");
    assert_eq!(client.all_ids(&path).last(), Some(&permission));
    edit(&sim, |site| site.remove_permission(permission));
    assert!(!client.all_ids(&path).contains(&permission));

    let post = organisation
        .listed_blogposts()
        .find(|post| post.space_id() == space);
    let post = post.map_or(1, |post| post.id());
    edit(&sim, |site| site.delete_space(space));
    client.refuses(&path, 404);
    for below in [
        "labels",
        "versions",
        "properties",
        "likes/users",
        "operations",
    ] {
        client.refuses(&format!("{PAGES}/{page}/{below}"), 404);
        client.refuses(&format!("/wiki/api/v2/blogposts/{post}/{below}"), 404);
    }
    let spaces = client.all_ids(&format!("{SPACES}?limit=250"));
    assert!(!spaces.contains(&space));
    client.lists(&format!("{PAGES}?space-id={space}"), []);
    assert!(sim.edit(|site| site.delete_space(space)).is_err());
}
