//! The content tree: what lies below pages, and folders, which nothing lists.

use std::collections::{BTreeMap, BTreeSet};

use confluence_fdw_tests::site::{Site, small};
use confluence_sim::{Descendant, Fault, NodeKind, Organisation, Page, TreeItem};

use super::restrictions_in_bulk::refusal;
use super::{or_null, sorted};

const COLUMNS: &str = "id, type, title, parent_id, depth";

/// A page of the demo below which there are thirteen levels.
fn above_the_deep_branch(organisation: &Organisation) -> Page<'_> {
    let page = organisation
        .listed_pages()
        .find(|page| page.title() == "Evidence SOC 2 – 2026")
        .expect("the page");
    assert_eq!(deepest(organisation, page.id()), 13);
    page
}

fn deepest(organisation: &Organisation, id: u64) -> u32 {
    let below = organisation.descendants(id);
    below.iter().map(|below| below.depth).max().unwrap_or(0)
}

fn row(above: u64, below: &Descendant) -> String {
    let item = &below.item;
    format!(
        "{above}|{}|{}|{}|{}|{}",
        item.id(),
        item.kind(),
        item.title(),
        or_null(item.parent().map(|(_, id)| id)),
        below.depth
    )
}

fn rows_below(organisation: &Organisation, id: u64) -> Vec<String> {
    let below = organisation.descendants(id);
    below.iter().map(|below| row(id, below)).collect()
}

/// The pages at the root of spaces.
fn roots(organisation: &Organisation) -> Vec<u64> {
    let pages = organisation.listed_pages();
    let roots = pages.filter(|page| page.parent().is_none());
    roots.map(|page| page.id()).collect()
}

/// The ids of the items below that one listing reaches and does not go beyond.
fn at_level_10(organisation: &Organisation, id: u64) -> usize {
    let below = organisation.descendants(id);
    below.iter().filter(|below| below.depth == 10).count()
}

#[test]
fn a_branch_of_13_levels_is_complete() {
    let organisation = Organisation::demo();
    let page = above_the_deep_branch(&organisation).id();
    let expected = sorted(rows_below(&organisation, page));
    let mut site = Site::of(organisation.clone());
    for (table, above) in [
        ("confluence_page_descendants", "page_id"),
        ("confluence_content_tree", "root_page_id"),
    ] {
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT {above}, {COLUMNS} FROM {table} WHERE {above} = {page}"
        ));
        assert_eq!(rows, expected, "{table}");
        let asked: usize = asked.values().sum();
        assert_eq!(asked, 1 + at_level_10(&organisation, page), "{table}");
    }
}

#[test]
fn a_condition_on_depth_does_not_hide_the_way_down() {
    let organisation = Organisation::demo();
    let page = above_the_deep_branch(&organisation).id();
    let mut site = Site::of(organisation.clone());
    let (rows, _) = site.read_sorted(&format!(
        "SELECT title FROM confluence_page_descendants WHERE page_id = {page} AND depth = 13"
    ));
    assert_eq!(rows, ["Ticket: review of week 38"]);
    let (rows, _) = site.read_sorted(&format!(
        "SELECT title FROM confluence_page_descendants WHERE page_id = {page} AND type = 'embed'"
    ));
    assert_eq!(rows, ["Ticket: review of week 38"]);
}

#[test]
fn everything_below_the_roots_is_there_once() {
    for organisation in [Organisation::demo(), small()] {
        let roots = roots(&organisation);
        let expected = sorted(roots.iter().flat_map(|&id| rows_below(&organisation, id)));
        let mut site = Site::of(organisation.clone());
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT root_page_id, {COLUMNS} FROM confluence_content_tree"
        ));
        assert_eq!(rows.len(), expected.len());
        assert!(rows == expected, "the rows differ");
        assert_eq!(asked["getPagesInSpace"], organisation.spaces().count());
    }
}

#[test]
fn descendants_of_every_page_cost_a_request_each() {
    let organisation = Organisation::demo();
    let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    let expected = sorted(pages.iter().flat_map(|&id| rows_below(&organisation, id)));
    let deeper: usize = pages.iter().map(|&id| at_level_10(&organisation, id)).sum();
    let mut site = Site::of(organisation.clone());
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT page_id, {COLUMNS} FROM confluence_page_descendants"
    ));
    assert_eq!(rows, expected);
    assert_eq!(asked.values().sum::<usize>(), 1 + pages.len() + deeper);
}

/// Folders below a page at the root of a space, and those with a page right in them.
fn folders_to_be_found(organisation: &Organisation) -> BTreeSet<u64> {
    let below = roots(organisation)
        .into_iter()
        .flat_map(|root| organisation.descendants(root))
        .filter_map(|below| match below.item {
            TreeItem::Node(node) if node.kind() == NodeKind::Folder => Some(node.id()),
            _ => None,
        })
        .collect::<Vec<_>>();
    let around = organisation.listed_pages().filter_map(|page| {
        let parent = page.parent().filter(|(kind, _)| *kind == "folder");
        parent.map(|(_, id)| id)
    });
    below.into_iter().chain(around).collect()
}

#[test]
fn folders_below_roots_and_around_pages_are_found() {
    for organisation in [Organisation::demo(), small()] {
        let expected = folders_to_be_found(&organisation);
        let mut site = Site::of(organisation.clone());
        // A search would find all.
        site.sim
            .fault(Fault::on("/wiki/rest/api/content/search"), refusal(404));
        let (rows, asked) = site.read_sorted(
            "SELECT id, space_id, title, parent_id, author_id FROM confluence_folders",
        );
        let folders = organisation
            .folders()
            .filter(|folder| expected.contains(&folder.id()));
        let folders = folders.map(|folder| {
            format!(
                "{}|{}|{}|{}|{}",
                folder.id(),
                folder.space_id(),
                folder.title(),
                or_null(folder.parent().map(|(_, id)| id)),
                folder.author_id()
            )
        });
        assert_eq!(rows, sorted(folders));
        assert_eq!(rows.len(), expected.len());
        assert_eq!(asked["getFolderById"], expected.len(), "one request each");
    }
}

#[test]
fn any_folder_is_found_by_its_id() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    let found = folders_to_be_found(&organisation);
    assert!(
        organisation
            .folders()
            .any(|folder| !found.contains(&folder.id())),
        "one that nothing lists"
    );
    for folder in organisation.folders() {
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT id, title FROM confluence_folders WHERE id = {}",
            folder.id()
        ));
        assert_eq!(rows, [format!("{}|{}", folder.id(), folder.title())]);
        assert_eq!(asked, BTreeMap::from([("getFolderById", 1)]));
    }
    let (rows, asked) = site.read_sorted("SELECT id FROM confluence_folders WHERE id = 4711");
    assert_eq!(rows, Vec::<String>::new());
    assert_eq!(asked["getFolderById"], 1);
}
