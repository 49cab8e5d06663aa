//! Folders, whiteboards, databases and Smart Links are listed by a search.

use confluence_fdw_tests::lines;
use confluence_fdw_tests::site::{Site, list, small};
use confluence_sim::{Fault, NodeKind, Organisation, PageStatus};

use super::restrictions_in_bulk::refusal;
use super::{requests_to, sorted};

const SEARCH: &str = "getContentSearchV1";
const SEARCH_PATH: &str = "/wiki/rest/api/content/search";

const TABLES: [(&str, NodeKind, &str); 4] = [
    ("confluence_folders", NodeKind::Folder, "getFolderById"),
    (
        "confluence_whiteboards",
        NodeKind::Whiteboard,
        "getWhiteboardById",
    ),
    (
        "confluence_databases",
        NodeKind::Database,
        "getDatabaseById",
    ),
    (
        "confluence_smart_links",
        NodeKind::SmartLink,
        "getSmartLinkById",
    ),
];

/// Those of a kind that are in use or archived.
fn nodes(organisation: &Organisation, kind: NodeKind) -> Vec<u64> {
    organisation
        .tree_nodes_of(kind)
        .filter(|node| matches!(node.status(), PageStatus::Current | PageStatus::Archived))
        .map(|node| node.id())
        .collect()
}

#[test]
fn a_search_lists_them_with_all_that_their_own_answers_have() {
    for organisation in [Organisation::demo(), small()] {
        let mut site = Site::of(organisation.clone());
        for (table, kind, by_id) in TABLES {
            let ids = nodes(&organisation, kind);
            let columns = "id, space_id, title, status, parent_id, parent_type, position, author_id, owner_id, created_at,
                version_number, modified_at, version_author_id, version_message, version_minor_edit";
            let (found, asked) = site.read_sorted(&format!("SELECT {columns} FROM {table}"));
            assert_eq!(found.len(), ids.len(), "{table}");
            assert_eq!(asked.get(SEARCH), Some(&ids.len().div_ceil(200).max(1)));
            assert_eq!(asked.len(), 1, "{asked:?}");
            let of_ids = format!(
                "SELECT {columns} FROM {table} WHERE id IN ({})",
                list(ids.iter().copied())
            );
            let (by_ids, asked) = site.read_sorted(&of_ids);
            assert_eq!(asked.get(by_id), Some(&ids.len()));
            assert_eq!(found, by_ids, "{table}");
        }
    }
}

#[test]
fn where_nobody_may_search_the_tree_lists_them() {
    let mut site = Site::of(small());
    site.sim.fault(Fault::on(SEARCH_PATH), refusal(403));
    let organisation = site.sim.organisation();
    let all = nodes(&organisation, NodeKind::Folder);
    let (rows, asked) = site.read_sorted("SELECT id FROM confluence_folders");
    assert!(!rows.is_empty() && rows.len() <= all.len());
    let all = sorted(all.iter().map(u64::to_string));
    assert!(rows.iter().all(|row| all.contains(row)));
    assert_eq!((asked[SEARCH], asked["getFolderById"]), (1, rows.len()));
}

#[test]
fn one_that_a_page_names_and_that_nobody_is_shown_has_no_row() {
    let mut site = Site::of(small());
    let organisation = site.sim.organisation();
    let named = organisation
        .listed_pages()
        .find_map(|page| page.parent().filter(|(kind, _)| *kind == "folder"));
    let (_, hidden) = named.expect("a page in a folder");
    site.sim.fault(Fault::on(SEARCH_PATH), refusal(403));
    site.sim
        .edit(|organisation| organisation.conceal_content(hidden).expect("a folder"));
    let rows = lines(&mut site.client, "SELECT id FROM confluence_folders");
    assert!(!rows.is_empty() && !rows.contains(&hidden.to_string()));
    assert!(!requests_to(&site.sim, "getFolderById").is_empty());
}
