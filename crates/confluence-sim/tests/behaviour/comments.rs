//! Comments: at the foot of something, and on a few words of it.

use crate::client::{Client, small};

use confluence_sim::{Comment, Container, Options, Organisation, PageStatus, Resolution, Sim};
use serde_json::{Value, json};
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

fn ids(comments: &[Comment]) -> Vec<u64> {
    comments.iter().map(|comment| comment.id).collect()
}

#[test]
fn all_are_listed_roots_and_replies_in_every_order() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for kind in KINDS {
        let mut comments = listed(&organisation, kind);
        assert!(comments.len() > 80, "{kind}: {}", comments.len());
        assert!(comments.iter().any(|comment| comment.parent_id.is_some()));
        assert_eq!(client.all_ids(&format!("{V2}/{kind}")), ids(&comments));
        for by in ["created-date", "modified-date"] {
            match by {
                "created-date" => comments.sort_by_key(|one| (one.created_at, one.id)),
                _ => comments.sort_by_key(|one| (one.version.created_at, one.id)),
            }
            let up = client.all_ids(&format!("{V2}/{kind}?sort={by}&limit=9"));
            assert_eq!(up, ids(&comments), "{kind} {by}");
            comments.reverse();
            let down = client.all_ids(&format!("{V2}/{kind}?limit=250&sort=-{by}"));
            assert_eq!(down, ids(&comments), "{kind} -{by}");
        }
    }
}

#[test]
fn a_page_or_blog_post_lists_its_roots_and_a_comment_its_direct_replies() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
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
                    assert!(reply.get(field).is_none());
                }
                open.extend(found.into_iter().map(|id| (id, depth + 1)));
            }
        }
        assert!(deepest >= 2, "{kind} go down {deepest}");
        assert!(on_posts > 0, "no {kind} on blog posts");
    }
}

#[test]
fn custom_content_and_attachments_have_roots_too() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    let (mut in_custom_content, mut in_attachments) = (0, 0);
    for comment in listed(&organisation, "footer-comments") {
        let (path, field, id, met) = match comment.container {
            Container::CustomContent(id) => (
                "custom-content",
                "customContentId",
                id.to_string(),
                &mut in_custom_content,
            ),
            Container::Attachment(id) => (
                "attachments",
                "attachmentId",
                format!("att{id}"),
                &mut in_attachments,
            ),
            _ => continue,
        };
        *met += 1;
        if *met > 30 {
            continue;
        }
        let rows = client.all_rows(&format!("{V2}/{path}/{id}/footer-comments"));
        assert!(rows.iter().all(|row| row[field] == id.as_str()));
        assert_eq!(
            rows.iter()
                .any(|row| row["id"] == comment.id.to_string().as_str()),
            comment.parent_id.is_none()
        );
        let single = client.get(&format!("{V2}/footer-comments/{}", comment.id));
        assert_eq!(single.json()[field], id.as_str());
    }
    assert!(in_custom_content > 30 && in_attachments > 30);
}

#[test]
fn filters_of_those_of_a_page() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
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
            assert_eq!(
                client.all_ids(&format!("{path}{}", status.as_str())),
                wanted
            );
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
        assert_eq!(client.all_ids(&path), wanted);
    }
}

#[test]
fn a_row_is_what_the_organisation_says() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for kind in KINDS {
        let rows = client.all_rows(&format!("{V2}/{kind}?limit=250&body-format=storage"));
        let comments = listed(&organisation, kind);
        for (row, comment) in rows.iter().zip(&comments) {
            assert_eq!(row["status"], comment.status.as_str());
            assert_eq!(row["title"], comment.title());
            assert!(comment.title().starts_with("Re: "));
            assert_eq!(
                row["parentCommentId"].as_str().map(str::to_owned),
                comment.parent_id.map(|id| id.to_string())
            );
            assert_eq!(row["version"]["number"], comment.version.number);
            assert_eq!(
                row["version"]["authorId"].as_str(),
                comment.version.author_id
            );
            assert_eq!(
                row["body"],
                json!({"storage": {"representation": "storage", "value": comment.storage_body()}})
            );
            let Some(inline) = comment.inline else {
                assert!(row.get("resolutionStatus").is_none());
                continue;
            };
            assert_eq!(row["resolutionStatus"], inline.resolution.as_str());
            assert_eq!(
                row.get("resolutionLastModifiedAt").is_some(),
                inline.last_modified_at.is_some()
            );
            assert_eq!(
                row.get("resolutionLastModifierId").and_then(Value::as_str),
                inline.last_modifier_id
            );
            let marker = json!({
                "inlineMarkerRef": comment.marker(),
                "inlineOriginalSelection": inline.selection,
                "inline-marker-ref": comment.marker(),
                "inline-original-selection": inline.selection,
            });
            assert_eq!(row["properties"], marker);
        }
        assert_eq!(rows.len(), comments.len());
        assert!(rows.iter().any(|row| row["version"]["authorId"].is_null()));
    }
}

#[test]
fn a_single_one_with_all_that_comes_with_it() {
    let organisation = small();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for kind in KINDS {
        let (mut liked, mut changed, mut annotated) = (0, 0, 0);
        for comment in listed(&organisation, kind).into_iter().take(80) {
            let path = format!("{V2}/{kind}/{}", comment.id);
            let full = client
                .get(&format!(
                    "{path}?include-likes=true&include-versions=true&include-operations=true\
                     &include-properties=true&body-format=view"
                ))
                .json();
            let likes: Vec<Value> = comment
                .likes()
                .iter()
                .map(|account| json!({"accountId": account}))
                .collect();
            let count = client.get(&format!("{path}/likes/count")).json();
            assert_eq!(count, json!({"count": likes.len()}));
            assert_eq!(
                client.all_rows(&format!("{path}/likes/users?limit=3")),
                likes
            );
            assert_eq!(full["likes"]["results"], json!(likes));
            assert_eq!(
                full["likes"]["_links"]["self"],
                format!("{path}/likes/users").as_str()
            );
            liked += likes.len();

            let rows = client.all_rows(&format!("{path}/versions?body-format=storage&limit=2"));
            assert_eq!(rows.len() as u32, comment.version.number);
            for row in &rows {
                let number = row["number"].as_u64().expect("a number") as u32;
                let body = row["comment"]["body"]["storage"]["value"].as_str();
                let text = comment
                    .text(number)
                    .replace('&', "&amp;")
                    .replace('<', "&lt;");
                assert_eq!(body, Some(format!("<p>{text}</p>").as_str()));
                let details = client.get(&format!("{path}/versions/{number}")).json();
                assert_eq!(details["createdAt"], row["createdAt"]);
            }
            changed += rows.len() - 1;

            let properties = format!("{V2}/comments/{}/properties", comment.id);
            let rows = client.all_rows(&format!("{properties}?limit=1"));
            assert_eq!(full["properties"]["results"], json!(rows));
            assert_eq!(
                full["properties"].get("inlineMarkerRef").is_some(),
                comment.inline.is_some()
            );
            for row in &rows {
                let id = row["id"].as_str().expect("ids are strings");
                assert_eq!(client.get(&format!("{properties}/{id}")).json(), *row);
            }
            let mut keys: Vec<_> = rows.iter().map(|row| row["key"].clone()).collect();
            keys.sort_by_key(|key| std::cmp::Reverse(key.to_string()));
            let by_key = client.all_rows(&format!("{properties}?sort=-key"));
            assert!(by_key.iter().map(|row| &row["key"]).eq(&keys));
            annotated += rows.len();

            let own = comment.versions().next().and_then(|first| first.author_id)
                == Some(&*organisation.users()[0].account_id);
            let operations = client.get(&format!("{path}/operations")).json();
            let operations = operations["operations"].as_array().expect("a list");
            assert_eq!(operations.len(), if own { 3 } else { 1 });
            assert_eq!(full["operations"]["results"], json!(operations));
        }
        assert!(liked > 20 && changed > 10 && annotated > 10);
    }
}

#[test]
fn what_is_absent_is_named() {
    let sim = Sim::start(Options::default());
    let client = Client::of(&sim);
    let organisation = sim.organisation();
    let inline = organisation.inline_comments().next().expect("one").id;
    let footer = organisation.footer_comments().next().expect("one").id;
    for (path, title) in [
        (
            "/footer-comments/9".to_owned(),
            "Cannot find a footer comment with id [9]".to_owned(),
        ),
        (
            "/inline-comments/9/children".to_owned(),
            "Cannot find an inline comment with id [9]".to_owned(),
        ),
        // The one kind is not found among the other.
        (
            format!("/footer-comments/{inline}/likes/count"),
            format!("Cannot find a footer comment with id [{inline}]"),
        ),
        (
            format!("/inline-comments/{footer}/versions"),
            format!("Cannot find an inline comment with id [{footer}]"),
        ),
        (
            "/comments/9/properties".to_owned(),
            "Cannot find a comment with id [9]".to_owned(),
        ),
        (
            "/pages/9/footer-comments".to_owned(),
            "Cannot find a page with id [9]".to_owned(),
        ),
        (
            "/pages/9/inline-comments".to_owned(),
            "Cannot find a page with id [9]".to_owned(),
        ),
        (
            "/blogposts/9/footer-comments".to_owned(),
            "Cannot find a blog post with id [9]".to_owned(),
        ),
        (
            "/blogposts/9/inline-comments".to_owned(),
            "Cannot find a blog post with id [9]".to_owned(),
        ),
        (
            "/custom-content/9/footer-comments".to_owned(),
            "Cannot find custom content with id [9]".to_owned(),
        ),
    ] {
        let answer = client.get(&format!("{V2}{path}"));
        assert_eq!(answer.refusal(), (404, title), "{path}");
    }
    for id in [inline, footer] {
        assert_eq!(
            client.get(&format!("{V2}/comments/{id}/properties")).status,
            200
        );
    }
    // The document allows it; nothing could come of it.
    let none = client.get(&format!(
        "{V2}/footer-comments/{footer}/likes/users?limit=0"
    ));
    assert_eq!(none.status, 501);
}

#[test]
fn deleted_ones_are_gone_and_trashed_ones_are_not() {
    let organisation = Organisation::standard();
    let sim = Sim::start(Options::of(organisation.clone()));
    let client = Client::of(&sim);
    for (status, answered) in [(PageStatus::Trashed, 200), (PageStatus::Deleted, 404)] {
        for kind in KINDS {
            let comments = all(&organisation, kind);
            let one = comments.iter().find(|comment| comment.status == status);
            let id = one.expect("one of the status").id;
            assert_eq!(client.get(&format!("{V2}/{kind}/{id}")).status, answered);
        }
    }
}

#[test]
fn the_demo_has_two_dozen_that_can_be_read() {
    let organisation = Organisation::demo();
    let footer = all(&organisation, "footer-comments");
    let inline = all(&organisation, "inline-comments");
    assert_eq!((footer.len(), inline.len()), (15, 9));
    for comments in [&footer, &inline] {
        let nested = comments.iter().find(|comment| {
            let parent = comments
                .iter()
                .find(|other| Some(other.id) == comment.parent_id);
            parent.is_some_and(|parent| parent.parent_id.is_some())
        });
        assert!(nested.is_some(), "nobody replies to a reply");
        for comment in comments {
            assert!(comment.created_at <= comment.version.created_at);
            assert!(comment.version.created_at <= organisation.now());
        }
    }
    let resolved = inline.iter().filter(|comment| {
        comment
            .inline
            .is_some_and(|inline| inline.resolution == Resolution::Resolved)
    });
    assert_eq!(resolved.count(), 4);
}
