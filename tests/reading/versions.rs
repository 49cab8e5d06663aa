//! Versions of pages.

use std::collections::BTreeMap;

use confluence_fdw_tests::lines;
use confluence_fdw_tests::site::Site;
use confluence_sim::{Organisation, Version};

use super::{or_null, sorted};

const VERSIONS: &str = "getPageVersions";
const DETAILS: &str = "getPageVersionDetails";
const COLUMNS: &str =
    "page_id, number, (extract(epoch FROM v.created_at) * 1000)::bigint, v.author_id, message,
    minor_edit, v.title";

/// With the columns that are dear.
fn site(options: &str) -> Site {
    let mut site = Site::with(Organisation::demo(), options);
    site.execute(
        "CREATE SCHEMA whole;
         IMPORT FOREIGN SCHEMA confluence LIMIT TO (confluence_page_versions) FROM SERVER site INTO whole
             OPTIONS (optional_columns 'true')",
    );
    site
}

fn row(version: &Version) -> String {
    format!(
        "{}|{}|{}|{}|{}|{}|{}",
        version.content_id(),
        version.number(),
        version.created_at().as_millisecond(),
        or_null(version.author_id()),
        or_null(version.message()),
        if version.minor_edit() { "t" } else { "f" },
        version.title()
    )
}

fn rows(organisation: &Organisation, pages: impl Iterator<Item = u64>) -> Vec<String> {
    let versions = pages.flat_map(|id| organisation.versions(id));
    sorted(versions.map(|version| row(&version)))
}

/// A page with several versions.
fn much_edited(organisation: &Organisation) -> u64 {
    let page = organisation
        .listed_pages()
        .max_by_key(|page| organisation.versions(page.id()).len())
        .expect("a page");
    assert!(organisation.versions(page.id()).len() > 4);
    page.id()
}

#[test]
fn versions_of_a_page_come_in_one_request() {
    let mut site = site("");
    let organisation = site.sim.organisation();
    let page = much_edited(&organisation);
    let (found, asked) = site.read_sorted(&format!(
        "SELECT {COLUMNS} FROM confluence_page_versions AS v WHERE page_id = {page}"
    ));
    assert_eq!(found, rows(&organisation, [page].into_iter()));
    assert_eq!(asked, BTreeMap::from([(VERSIONS, 1)]));
}

#[test]
fn versions_of_the_pages_of_a_space_cost_a_request_each() {
    let mut site = site("");
    let organisation = site.sim.organisation();
    let space = organisation.space_by_key("ENG").expect("a space").id;
    let pages = || {
        let pages = organisation.listed_pages();
        pages
            .filter(|page| page.space_id() == space)
            .map(|page| page.id())
    };
    let (found, asked) = site.read_sorted(&format!(
        "SELECT {COLUMNS} FROM confluence_pages AS p JOIN confluence_page_versions AS v ON v.page_id = p.id
         WHERE p.space_id = {space}"
    ));
    assert_eq!(found, rows(&organisation, pages()));
    assert_eq!(
        asked,
        BTreeMap::from([("getPages", 1), (VERSIONS, pages().count())])
    );
}

#[test]
fn versions_of_all_pages_cost_the_listing_and_a_request_each() {
    let mut site = site("");
    let organisation = site.sim.organisation();
    let pages = || organisation.listed_pages().map(|page| page.id());
    let (found, asked) = site.read_sorted(&format!(
        "SELECT {COLUMNS} FROM confluence_page_versions AS v"
    ));
    assert_eq!(found, rows(&organisation, pages()));
    assert_eq!(
        asked,
        BTreeMap::from([("getPages", 1), (VERSIONS, pages().count())])
    );
}

#[test]
fn both_bodies_are_right_over_several_pages_of_versions() {
    for step in ["2", "3", "250"] {
        let mut site = site(&format!("page_size '{step}'"));
        let organisation = site.sim.organisation();
        let page = much_edited(&organisation);
        let expected = organisation.versions(page);
        let found = lines(
            &mut site.client,
            &format!(
                "SELECT number, body_storage, body_adf FROM whole.confluence_page_versions
                 WHERE page_id = {page} ORDER BY number"
            ),
        );
        assert_eq!(found.len(), expected.len());
        for (row, version) in found.iter().zip(&expected) {
            let begin = format!("{}|{}|", version.number(), version.storage_body());
            let document = row
                .strip_prefix(&begin)
                .expect("the body in the storage format");
            let [document, known]: [serde_json::Value; 2] = [document, &version.document_body()]
                .map(|json| serde_json::from_str(json).expect("JSON"));
            assert_eq!(document, known, "version {}", version.number());
        }
    }
}

#[test]
fn details_cost_a_request_for_each_row_and_only_where_they_are_used() {
    let mut site = site("");
    let organisation = site.sim.organisation();
    let page = much_edited(&organisation);
    let versions = organisation.versions(page);
    let of_page = format!("FROM whole.confluence_page_versions WHERE page_id = {page}");
    let (found, asked) = site.read_sorted(&format!("SELECT number {of_page}"));
    assert_eq!(found.len(), versions.len());
    assert_eq!(asked, BTreeMap::from([(VERSIONS, 1)]));

    let (found, asked) = site.read_sorted(&format!(
        "SELECT number, previous_version, next_version, jsonb_typeof(collaborators) {of_page}"
    ));
    let expected = versions.iter().map(|version| {
        let number = version.number();
        let near = |wanted: Option<&Version>| or_null(wanted.map(Version::number));
        let before = versions.iter().rev().find(|other| other.number() < number);
        let after = versions.iter().find(|other| other.number() > number);
        format!("{number}|{}|{}|array", near(before), near(after))
    });
    assert_eq!(found, sorted(expected));
    assert_eq!(
        asked,
        BTreeMap::from([(VERSIONS, 1), (DETAILS, versions.len())])
    );

    // Rows that a condition drops cost nothing more.
    let (found, asked) = site.read_sorted(&format!("SELECT collaborators {of_page} AND false"));
    assert_eq!((found.len(), asked.len()), (0, 0));
}
