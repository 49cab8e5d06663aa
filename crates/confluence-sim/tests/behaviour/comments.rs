//! Comments: at the foot of something, and on a few words of it.

use crate::client::{V2, id, small, start};
use confluence_sim::{Comment, Container, Organisation, PageStatus};
use std::collections::HashSet;

const KINDS: [&str; 2] = ["footer-comments", "inline-comments"];

fn all<'a>(organisation: &'a Organisation, kind: &str) -> Vec<Comment<'a>> {
    match kind {
        "footer-comments" => organisation.footer_comments().collect(),
        _ => organisation.inline_comments().collect(),
    }
}

#[test]
fn a_page_or_blog_post_lists_its_roots_and_a_comment_its_direct_replies() {
    let organisation = small();
    let (_sim, client) = start(&organisation);
    for kind in KINDS {
        let mut comments = all(&organisation, kind);
        comments.retain(|comment| PageStatus::DEFAULT.contains(&comment.status));
        let under = |container: Container, parent: Option<u64>| -> Vec<u64> {
            comments
                .iter()
                .filter(|comment| comment.container == container && comment.parent_id == parent)
                .map(|comment| comment.id)
                .collect()
        };
        let containers = comments.iter().map(|comment| comment.container);
        let (mut deepest, mut on_posts) = (0, 0);
        for container in containers.collect::<HashSet<_>>() {
            let (segment, field, on) = match container {
                Container::Page(id) => ("pages", "pageId", id),
                Container::BlogPost(id) => ("blogposts", "blogPostId", id),
                _ => continue,
            };
            on_posts += usize::from(segment == "blogposts");
            let path = format!("{V2}/{segment}/{on}/{kind}?limit=2");
            let roots = client.all_rows(&path);
            let found: Vec<u64> = roots.iter().map(id).collect();
            assert_eq!(found, under(container, None), "{path}");
            for root in &roots {
                assert_eq!(root[field], on.to_string());
                assert!(root.get("parentCommentId").is_none());
            }
            // Down the threads, one call after the other.
            let mut open: Vec<(u64, u32)> = found.into_iter().map(|id| (id, 0)).collect();
            while let Some((parent, depth)) = open.pop() {
                deepest = deepest.max(depth);
                let replies = client.all_rows(&format!("{V2}/{kind}/{parent}/children?limit=1"));
                let found: Vec<u64> = replies.iter().map(id).collect();
                assert_eq!(found, under(container, Some(parent)));
                for reply in &replies {
                    assert_eq!(reply["parentCommentId"], parent.to_string());
                    // Seen on live sites for pages alone.
                    let place = reply.get(field).and_then(|place| place.as_str());
                    let on_page = (segment == "pages").then(|| on.to_string());
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
