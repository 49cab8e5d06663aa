//! Comments: by page, with their replies, and one by one.

use std::collections::BTreeMap;

use confluence_fdw_tests::site::Site;
use confluence_sim::{Comment, Container, Organisation, PageStatus};

use super::{or_null, sorted};

/// A table of comments, and which comments it holds.
struct Kind {
    table: &'static str,
    /// The columns that every way to read them tells.
    columns: &'static str,
    of_page: &'static str,
    children: &'static str,
    all: fn(&Organisation) -> Vec<Comment<'_>>,
}

const KINDS: [Kind; 2] = [
    Kind {
        table: "confluence_footer_comments",
        columns: "id, page_id, blogpost_id, parent_comment_id, status, title, version_number, modified_at,
            version_author_id, version_message, version_minor_edit, body_storage, web_url",
        of_page: "getPageFooterComments",
        children: "getFooterCommentChildren",
        all: |organisation| organisation.footer_comments().collect(),
    },
    Kind {
        table: "confluence_inline_comments",
        columns: "id, page_id, blogpost_id, parent_comment_id, status, title, version_number, modified_at,
            version_author_id, version_message, version_minor_edit, body_storage, web_url, resolution_status,
            inline_marker_ref, inline_original_selection",
        of_page: "getPageInlineComments",
        children: "getInlineCommentChildren",
        all: |organisation| organisation.inline_comments().collect(),
    },
];

impl Kind {
    /// The comments that listings show.
    fn listed<'o>(&self, organisation: &'o Organisation) -> Vec<Comment<'o>> {
        let mut comments = (self.all)(organisation);
        comments
            .retain(|comment| matches!(comment.status, PageStatus::Current | PageStatus::Archived));
        comments
    }

    fn on_page<'o>(&self, organisation: &'o Organisation, page: u64) -> Vec<Comment<'o>> {
        let mut comments = self.listed(organisation);
        comments.retain(|comment| comment.container == Container::Page(page));
        comments
    }
}

fn id_and_parent(comment: &Comment) -> String {
    format!("{}|{}", comment.id, or_null(comment.parent_id))
}

#[test]
fn comments_of_the_site_are_the_organisations() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for kind in &KINDS {
        let (rows, asked) = site.read_sorted(&format!(
            "SELECT id, page_id, blogpost_id, parent_comment_id, body_storage FROM {}",
            kind.table
        ));
        let expected = kind.listed(&organisation).into_iter().map(|comment| {
            let (page, post) = match comment.container {
                Container::Page(id) => (Some(id), None),
                Container::BlogPost(id) => (None, Some(id)),
                other => panic!("the demo has no comments on {other:?}"),
            };
            format!(
                "{}|{}|{}|{}|{}",
                comment.id,
                or_null(page),
                or_null(post),
                or_null(comment.parent_id),
                comment.storage_body()
            )
        });
        assert_eq!(rows, sorted(expected), "{}", kind.table);
        assert_eq!(asked.values().sum::<usize>(), 1);
    }
}

#[test]
fn comments_of_each_page_are_those_that_the_site_lists_with_their_replies() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for kind in &KINDS {
        let mut with_replies = 0;
        for page in organisation.listed_pages() {
            let by_page = format!(
                "SELECT {} FROM {} WHERE page_id = {}",
                kind.columns,
                kind.table,
                page.id()
            );
            let listed = format!(
                "SELECT {} FROM (SELECT * FROM {} OFFSET 0) AS c WHERE page_id = {}",
                kind.columns,
                kind.table,
                page.id()
            );
            let (rows, asked) = site.read_sorted(&by_page);
            let (expected, _) = site.read_sorted(&listed);
            assert_eq!(rows, expected, "{}", page.title());
            let comments = kind.on_page(&organisation, page.id());
            assert_eq!(rows.len(), comments.len());
            let mut requests = BTreeMap::from([(kind.of_page, 1)]);
            if !comments.is_empty() {
                requests.insert(kind.children, comments.len());
            }
            assert_eq!(asked, requests, "one request, and one for each comment");
            with_replies += usize::from(comments.iter().any(|comment| comment.parent_id.is_some()));
        }
        assert!(with_replies > 1);
    }
}

#[test]
fn a_comment_is_found_by_its_id() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for kind in &KINDS {
        for comment in kind.listed(&organisation) {
            let (rows, asked) = site.read_sorted(&format!(
                "SELECT id, parent_comment_id FROM {} WHERE id = {}",
                kind.table, comment.id
            ));
            assert_eq!(rows, [id_and_parent(&comment)]);
            assert_eq!(asked.values().sum::<usize>(), 1);
        }
        let (rows, _) = site.read_sorted(&format!("SELECT id FROM {} WHERE id = 4711", kind.table));
        assert_eq!(rows, Vec::<String>::new());
    }
}

#[test]
fn replies_are_found_by_the_comment_that_they_reply_to() {
    let organisation = Organisation::demo();
    let mut site = Site::of(organisation.clone());
    for kind in &KINDS {
        let listed = kind.listed(&organisation);
        for parent in &listed {
            let replies = listed
                .iter()
                .filter(|reply| reply.parent_id == Some(parent.id));
            let expected = sorted(replies.map(id_and_parent));
            let of_parent = format!(
                "FROM {} WHERE parent_comment_id = {}",
                kind.table, parent.id
            );
            let (rows, asked) =
                site.read_sorted(&format!("SELECT id, parent_comment_id {of_parent}"));
            assert_eq!(rows, expected);
            assert_eq!(asked, BTreeMap::from([(kind.children, 1)]));
            // Where a reply is, its own listing does not tell.
            let (rows, _) = site.read_sorted(&format!("SELECT id, page_id {of_parent}"));
            let replies = listed
                .iter()
                .filter(|reply| reply.parent_id == Some(parent.id));
            let expected = replies.map(|reply| match reply.container {
                Container::Page(id) => format!("{}|{id}", reply.id),
                _ => format!("{}|NULL", reply.id),
            });
            assert_eq!(rows, sorted(expected));
        }
    }
}
