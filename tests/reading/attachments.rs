//! Attachments, and the labels of pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use confluence_fdw_tests::site::{Site, small};
use confluence_sim::{Attachment, Container, Organisation, PageStatus};

use super::{or_null, sorted};

const COLUMNS: &str =
    "id, page_id, blogpost_id, custom_content_id, title, status, media_type, comment, file_id,
    file_size, (extract(epoch FROM created_at) * 1000)::bigint, version_number";
const LISTING: &str = "getAttachments";

fn row(attachment: &Attachment) -> String {
    let (page, post, piece) = match attachment.container {
        Container::Page(id) => (Some(id), None, None),
        Container::BlogPost(id) => (None, Some(id), None),
        Container::CustomContent(id) => (None, None, Some(id)),
        other => panic!("nothing hangs on {other:?}"),
    };
    [
        attachment.id.to_string(),
        or_null(page),
        or_null(post),
        or_null(piece),
        attachment.title.to_owned(),
        attachment.status.as_str().to_owned(),
        attachment.media_type.to_owned(),
        attachment.comment.to_owned(),
        attachment.file_id(),
        attachment.file_size.to_string(),
        attachment.created_at.as_millisecond().to_string(),
        attachment.version.number.to_string(),
    ]
    .join("|")
}

fn listed(organisation: &Organisation, wanted: impl Fn(&Attachment) -> bool) -> Vec<String> {
    let attachments = organisation.listed_attachments();
    sorted(
        attachments
            .filter(|found| wanted(found))
            .map(|found| row(&found)),
    )
}

fn both() -> [Arc<Organisation>; 2] {
    [Organisation::demo(), small()]
}

#[test]
fn attachments_of_the_site_are_complete() {
    for organisation in both() {
        let expected = listed(&organisation, |_| true);
        let mut site = Site::of(organisation);
        let (rows, asked) =
            site.read_sorted(&format!("SELECT {COLUMNS} FROM confluence_attachments"));
        assert_eq!(rows, expected);
        // What is long is read from both ends, which may both read the pages on which they meet.
        let answers = expected.len().div_ceil(250);
        let most = if answers > 2 { answers + 2 } else { answers };
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!((answers..=most).contains(&asked[LISTING]), "{asked:?}");
    }
}

#[test]
fn what_hangs_on_something_is_what_the_listing_has_of_it() {
    for organisation in both() {
        let mut site = Site::of(organisation.clone());
        let mut containers: Vec<Container> = organisation
            .listed_attachments()
            .map(|attachment| attachment.container)
            .collect();
        containers.sort_unstable();
        containers.dedup();
        let mut kinds = BTreeMap::new();
        for container in containers {
            let (column, id, operation) = match container {
                Container::Page(id) => ("page_id", id, "getPageAttachments"),
                Container::BlogPost(id) => ("blogpost_id", id, "getBlogpostAttachments"),
                Container::CustomContent(id) => {
                    ("custom_content_id", id, "getCustomContentAttachments")
                }
                other => panic!("nothing hangs on {other:?}"),
            };
            let seen = kinds.entry(column).or_insert(0);
            *seen += 1;
            // Some of each kind will do.
            if *seen > 8 {
                continue;
            }
            let expected = listed(&organisation, |found| found.container == container);
            let (rows, asked) = site.read_sorted(&format!(
                "SELECT {COLUMNS} FROM confluence_attachments WHERE {column} = {id}"
            ));
            assert_eq!(rows, expected, "{container:?}");
            assert_eq!(asked, BTreeMap::from([(operation, 1)]));
        }
        assert!(kinds.len() > 1, "{kinds:?}");
    }
}

#[test]
fn an_attachment_is_found_by_its_id() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for attachment in organisation.listed_attachments() {
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT {COLUMNS} FROM confluence_attachments WHERE id = '{}'",
            attachment.id
        ));
        assert_eq!(rows, [row(&attachment)]);
        assert_eq!(asked, BTreeMap::from([("getAttachmentById", 1)]));
    }
    let (rows, _) = site.read_sorted("SELECT id FROM confluence_attachments WHERE id = 'att4711'");
    assert_eq!(rows, Vec::<String>::new());
}

#[test]
fn what_is_in_the_trash_is_listed_only_where_it_is_asked_for() {
    for organisation in both() {
        let mut site = Site::of(organisation.clone());
        let trashed = || {
            organisation
                .attachments()
                .filter(|attachment| attachment.status == PageStatus::Trashed)
        };
        let expected = sorted(trashed().map(|attachment| row(&attachment)));
        assert!(!expected.is_empty());
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT {COLUMNS} FROM confluence_attachments WHERE status = 'trashed'"
        ));
        assert_eq!(rows, expected);
        assert_eq!(asked, BTreeMap::from([(LISTING, 1)]));

        let one = trashed().next().expect("one in the trash");
        let by_id = format!("FROM confluence_attachments WHERE id = '{}'", one.id);
        let (rows, _) = site.read_sorted(&format!("SELECT id {by_id}"));
        assert_eq!(rows, Vec::<String>::new(), "as in the listing");
        let (rows, _) = site.read_sorted(&format!("SELECT id {by_id} AND status = 'trashed'"));
        assert_eq!(rows, [one.id.to_string()]);
        let Container::Page(page) = one.container else {
            continue;
        };
        let by_page =
            format!("SELECT {COLUMNS} FROM confluence_attachments WHERE page_id = {page}");
        let (rows, _) = site.read_sorted(&by_page);
        assert_eq!(
            rows,
            listed(&organisation, |found| found.container == one.container)
        );
        let (rows, _) = site.read_sorted(&format!("{by_page} AND status = 'trashed'"));
        let of_page = trashed().filter(|found| found.container == one.container);
        assert_eq!(rows, sorted(of_page.map(|found| row(&found))));
    }
}

#[test]
fn names_of_files_and_media_types_are_asked_for() {
    let organisation = small();
    let mut site = Site::of(organisation.clone());
    let (rows, requests) = site.read(&format!(
        "SELECT {COLUMNS} FROM confluence_attachments WHERE media_type = 'application/pdf'"
    ));
    let expected = listed(&organisation, |found| found.media_type == "application/pdf");
    assert_eq!(requests.len(), expected.len().div_ceil(250));
    assert_eq!(sorted(rows), expected);
    assert!(
        requests[0].contains("mediaType=application%2Fpdf"),
        "{requests:?}"
    );

    let name = "100%_done 1.png";
    let (rows, requests) = site.read(&format!(
        "SELECT {COLUMNS} FROM confluence_attachments WHERE title = '{name}'"
    ));
    assert_eq!(
        sorted(rows),
        listed(&organisation, |found| found.title == name)
    );
    assert_eq!(requests.len(), 1);
    assert!(
        requests[0].contains("filename=100%25_done%201.png"),
        "{requests:?}"
    );
}

#[test]
fn labels_by_page_and_pages_by_label_are_the_same() {
    for organisation in both() {
        let mut site = Site::of(organisation.clone());
        let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
        let pairs = pages.iter().flat_map(|&id| {
            let labels = organisation.labels_of_page(id);
            labels
                .into_iter()
                .map(move |label| format!("{id}|{}", label.id))
        });
        let expected = sorted(pairs);
        assert!(!expected.is_empty());
        let (rows, asked) =
            site.read_sorted("SELECT page_id, label_id FROM confluence_page_labels");
        assert_eq!(rows, expected);
        // Searches for those in use, and for those in the archive; what none of them has is asked about by itself.
        let searches = pages.len().div_ceil(200) + 1;
        assert!(asked["getContentSearchV1"] <= searches, "{asked:?}");
        let single = asked.get("getPageLabels").copied().unwrap_or_default();
        assert!(single <= 2, "{asked:?}");
        let (rows, asked) =
            site.read_sorted("SELECT page_id, label_id FROM confluence_label_pages");
        assert_eq!(rows, expected);
        assert!(asked["getLabelPages"] >= organisation.labels().len());
        assert_eq!(
            asked["getLabels"],
            organisation.labels().len().div_ceil(250).max(1)
        );
    }
}

#[test]
fn pages_of_one_label_cost_one_request() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for label in organisation.labels() {
        let pages = organisation.pages_of_label(label.id);
        let expected = sorted(pages.iter().map(|page| page.id().to_string()));
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT page_id FROM confluence_label_pages WHERE label_id = {}",
            label.id
        ));
        assert_eq!(rows, expected);
        assert_eq!(asked, BTreeMap::from([("getLabelPages", 1)]));
    }
}
