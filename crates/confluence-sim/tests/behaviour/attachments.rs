//! Attachments: listings, single ones, and what comes with them.

use crate::client::{edit, small, start};
use confluence_sim::{Attachment, Container, PageStatus};
use serde_json::Value;

const ATTACHMENTS: &str = "/wiki/api/v2/attachments";

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["id"].as_str().expect("ids are strings"))
        .collect()
}

#[test]
fn they_go_where_their_page_goes() {
    let (sim, client) = start(&small());
    let organisation = sim.organisation();
    let on_page = |one: &Attachment| match one.container {
        Container::Page(id) => Some((one.id, id)),
        _ => None,
    };
    let current = |one: &Attachment| one.status == PageStatus::Current;
    let (id, page) = organisation
        .attachments()
        .filter(current)
        .find_map(|one| on_page(&one))
        .expect("an attachment of a page");
    let single = format!("{ATTACHMENTS}/{id}");
    let is_listed = |query: &str| {
        let rows = client.all_rows(&format!("{ATTACHMENTS}?limit=250&{query}"));
        ids(&rows).contains(&id.to_string().as_str())
    };
    assert!(is_listed(""));
    edit(&sim, |organisation| {
        organisation.set_page_status(page, PageStatus::Archived)
    });
    assert!(is_listed("status=archived") && !is_listed("status=current"));
    edit(&sim, |organisation| organisation.trash_page(page));
    assert!(!is_listed("") && is_listed("status=trashed"));
    assert_eq!(client.get(&single).json()["status"], "trashed");
    edit(&sim, |organisation| organisation.purge_page(page));
    assert!(!is_listed("status=trashed"));
    client.refuses(&single, 404);
    // What a test holds does not change under its hands.
    assert!(organisation.attachment(id).is_some_and(|one| current(&one)));
}
