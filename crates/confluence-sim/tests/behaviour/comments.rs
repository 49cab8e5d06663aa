//! Comments: at the foot of something, and on a few words of it.

use crate::client::{small, start};

use confluence_sim::{Comment, Container, Organisation, PageStatus, Resolution};
use std::collections::HashSet;

const V2: &str = "/wiki/api/v2";
const KINDS: [&str; 2] = ["footer-comments", "inline-comments"];

fn all<'a>(organisation: &'a Organisation, kind: &str) -> Vec<Comment<'a>> {
    match kind {
        "footer-comments" => organisation.footer_comments().collect(),
        _ => organisation.inline_comments().collect(),
    }
}

fn is_listed(comment: &Comment) -> bool {
    PageStatus::DEFAULT.contains(&comment.status)
}

fn listed<'a>(organisation: &'a Organisation, kind: &str) -> Vec<Comment<'a>> {
    let mut comments = all(organisation, kind);
    comments.retain(is_listed);
    comments
}

#[test]
fn a_page_or_blog_post_lists_its_roots_and_a_comment_its_direct_replies() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    for kind in KINDS {
        let comments = listed(&organisation, kind);
        let containers: HashSet<Container> =
            comments.iter().map(|comment| comment.container).collect();
        let (mut deepest, mut on_posts) = (0, 0);
        for container in containers {
            let (segment, field, id) = match container {
                Container::Page(id) => ("pages", "pageId", id),
                Container::BlogPost(id) => ("blogposts", "blogPostId", id),
                _ => continue,
            };
            on_posts += usize::from(segment == "blogposts");
            let path = format!("{V2}/{segment}/{id}/{kind}?limit=2");
            let roots = client.all_rows(&path);
            let wanted: Vec<_> = comments
                .iter()
                .filter(|comment| comment.container == container)
                .filter(|comment| comment.parent_id.is_none())
                .map(|comment| comment.id)
                .collect();
            let found: Vec<u64> = roots.iter().map(crate::client::id).collect();
            assert_eq!(found, wanted, "{path}");
            for root in &roots {
                assert_eq!(root[field], id.to_string());
                assert!(root.get("parentCommentId").is_none());
            }
            // Down the threads, one call after the other.
            let mut open: Vec<(u64, u32)> = found.into_iter().map(|id| (id, 0)).collect();
            while let Some((parent, depth)) = open.pop() {
                deepest = deepest.max(depth);
                let replies = client.all_rows(&format!("{V2}/{kind}/{parent}/children?limit=1"));
                let wanted: Vec<_> = comments
                    .iter()
                    .filter(|comment| comment.parent_id == Some(parent))
                    .map(|comment| comment.id)
                    .collect();
                let found: Vec<u64> = replies.iter().map(crate::client::id).collect();
                assert_eq!(found, wanted);
                for reply in &replies {
                    assert_eq!(reply["parentCommentId"], parent.to_string());
                    // Seen on live sites for pages alone.
                    let place = reply.get(field).and_then(|place| place.as_str());
                    let on_page = (segment == "pages").then(|| id.to_string());
                    assert_eq!(place, on_page.as_deref());
                }
                open.extend(found.into_iter().map(|id| (id, depth + 1)));
            }
        }
        assert!(deepest >= 2, "{kind} go down {deepest}");
        assert!(on_posts > 0, "no {kind} on blog posts");
    }
}

#[test]
fn filters_of_those_of_a_page() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    let roots = |kind: &str| {
        let mut comments = all(&organisation, kind);
        comments.retain(|comment| comment.parent_id.is_none());
        comments
    };
    let page = |comment: &Comment| match comment.container {
        Container::Page(id) => {
            let page = organisation.page(id)?;
            PageStatus::DEFAULT.contains(&page.status()).then_some(id)
        }
        _ => None,
    };
    for kind in KINDS {
        let roots = roots(kind);
        for status in [
            PageStatus::Current,
            PageStatus::Archived,
            PageStatus::Trashed,
            PageStatus::Deleted,
        ] {
            let page = roots
                .iter()
                .filter(|comment| comment.status == status)
                .find_map(page)
                .unwrap_or_else(|| panic!("none of the {kind} is {}", status.as_str()));
            let of_page = |comment: &&Comment| comment.container == Container::Page(page);
            let wanted: Vec<u64> = roots
                .iter()
                .filter(of_page)
                .filter(|comment| comment.status == status)
                .map(|comment| comment.id)
                .collect();
            let path = format!("{V2}/pages/{page}/{kind}?status=");
            client.lists(&format!("{path}{}", status.as_str()), &wanted);
            let any = client.all_ids(&format!(
                "{path}current,archived,trashed&status=deleted,historical,draft"
            ));
            assert_eq!(any.len(), roots.iter().filter(of_page).count());
            assert!(
                client
                    .all_ids(&format!("{path}draft,historical"))
                    .is_empty()
            );
        }
    }
    let inline = roots("inline-comments");
    for resolution in [
        Resolution::Open,
        Resolution::Reopened,
        Resolution::Resolved,
        Resolution::Dangling,
    ] {
        let fits = |comment: &&Comment| {
            is_listed(comment)
                && comment
                    .inline
                    .is_some_and(|inline| inline.resolution == resolution)
        };
        let page = inline
            .iter()
            .filter(fits)
            .find_map(page)
            .expect("one of each");
        let wanted: Vec<u64> = inline
            .iter()
            .filter(fits)
            .filter(|comment| comment.container == Container::Page(page))
            .map(|comment| comment.id)
            .collect();
        let path = format!(
            "{V2}/pages/{page}/inline-comments?resolution-status={}",
            resolution.as_str()
        );
        client.lists(&path, &wanted);
    }
}

#[test]
fn deleted_ones_are_gone_and_trashed_ones_are_not() {
    let organisation = Organisation::standard();
    let (_sim, client) = start(&organisation);
    for (status, answered) in [(PageStatus::Trashed, 200), (PageStatus::Deleted, 404)] {
        for kind in KINDS {
            let comments = all(&organisation, kind);
            let one = comments.iter().find(|comment| comment.status == status);
            let id = one.expect("one of the status").id;
            client.answers(&format!("{V2}/{kind}/{id}"), answered);
        }
    }
}
