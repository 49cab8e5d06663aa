//! What apps keep: listed by its type only.

use std::collections::BTreeMap;

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{error, literal};
use confluence_sim::{Container, CustomContent, Organisation};

use super::{or_null, sorted};

const COLUMNS: &str =
    "id, type, space_id, page_id, blogpost_id, custom_content_id, title, status, author_id,
    version_number";

fn row(piece: &CustomContent) -> String {
    let (page, post, within) = match piece.container {
        Container::Page(id) => (Some(id), None, None),
        Container::BlogPost(id) => (None, Some(id), None),
        Container::CustomContent(id) => (None, None, Some(id)),
        _ => (None, None, None),
    };
    [
        piece.id.to_string(),
        piece.kind.to_owned(),
        piece.space_id.to_string(),
        or_null(page),
        or_null(post),
        or_null(within),
        piece.title.to_owned(),
        piece.status.as_str().to_owned(),
        or_null(piece.author_id),
        piece.version.number.to_string(),
    ]
    .join("|")
}

fn types(organisation: &Organisation) -> Vec<&'static str> {
    let mut types: Vec<&str> = organisation
        .listed_custom_content()
        .map(|piece| piece.kind)
        .collect();
    types.sort_unstable();
    types.dedup();
    assert!(!types.is_empty());
    types
}

#[test]
fn without_a_type_there_is_no_listing() {
    let mut site = Site::of(Organisation::demo());
    for condition in ["", "WHERE title = 'Network overview'", "WHERE page_id = 1"] {
        let raised = error(
            &mut site.client,
            &format!("SELECT * FROM confluence_custom_content {condition}"),
        );
        assert_eq!(raised.code().code(), "HV002", "{raised:?}");
        assert_eq!(
            raised.message(),
            "confluence_custom_content cannot be read without a condition on type or id"
        );
        let hint = raised.hint().unwrap_or_default();
        assert!(hint.contains("type ="), "{hint}");
    }
    assert_eq!(site.sim.data_requests().len(), 0);
}

#[test]
fn each_type_is_complete() {
    let organisation = small();
    let mut site = Site::of(organisation.clone());
    let mut all = Vec::new();
    for kind in types(&organisation) {
        let pieces = organisation.listed_custom_content();
        let expected = sorted(
            pieces
                .filter(|piece| piece.kind == kind)
                .map(|piece| row(&piece)),
        );
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT {COLUMNS} FROM confluence_custom_content WHERE type = {}",
            literal(kind)
        ));
        assert_eq!(rows, expected);
        assert_eq!(
            asked,
            BTreeMap::from([("getCustomContentByType", expected.len().div_ceil(250))])
        );
        all.push(literal(kind));
    }
    let pieces = organisation.listed_custom_content();
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT {COLUMNS} FROM confluence_custom_content WHERE type IN ({})",
        all.join(", ")
    ));
    assert_eq!(rows, sorted(pieces.map(|piece| row(&piece))));
    assert_eq!(asked["getCustomContentByType"], all.len());
}

#[test]
fn a_piece_is_found_by_its_id() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for piece in organisation.listed_custom_content() {
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT {COLUMNS} FROM confluence_custom_content WHERE id = {}",
            piece.id
        ));
        assert_eq!(rows, [row(&piece)]);
        assert_eq!(asked, BTreeMap::from([("getCustomContentById", 1)]));
    }
}

#[test]
fn what_hangs_on_a_piece_is_found_by_its_id_and_by_a_join() {
    let organisation = small();
    let mut site = Site::of(organisation.clone());
    let kind = types(&organisation)[0];
    let pieces: Vec<CustomContent> = organisation
        .listed_custom_content()
        .filter(|piece| piece.kind == kind)
        .collect();
    let expected = pieces.iter().flat_map(|piece| {
        let versions = piece.versions();
        versions.map(|version| format!("{}|{}", piece.id, version.number))
    });
    let expected = sorted(expected);
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT v.custom_content_id, v.number FROM confluence_custom_content AS c
         JOIN confluence_custom_content_versions AS v ON v.custom_content_id = c.id WHERE c.type = {}",
        literal(kind)
    ));
    assert_eq!(rows, expected);
    assert_eq!(asked["getCustomContentVersions"], pieces.len());

    let piece = pieces
        .iter()
        .find(|piece| piece.versions().count() > 1)
        .expect("one with versions");
    let (rows, asked) = site.read_sorted(&format!(
        "SELECT number FROM confluence_custom_content_versions WHERE custom_content_id = {}",
        piece.id
    ));
    assert_eq!(
        rows,
        sorted(piece.versions().map(|version| version.number.to_string()))
    );
    assert_eq!(asked, BTreeMap::from([("getCustomContentVersions", 1)]));

    for table in ["versions", "labels", "properties", "operations", "children"] {
        let table = format!("confluence_custom_content_{table}");
        let raised = error(&mut site.client, &format!("SELECT * FROM {table}"));
        assert_eq!(raised.code().code(), "HV002", "{table}: {raised:?}");
        let needed = "cannot be read without a condition on custom_content_id";
        assert_eq!(raised.message(), format!("{table} {needed}"));
        let of_piece = format!(
            "SELECT count(*) FROM {table} WHERE custom_content_id = {}",
            piece.id
        );
        let (rows, requests) = site.read(&of_piece);
        assert_eq!((rows.len(), requests.len()), (1, 1), "{table}");
    }
}
