//! Attachments, comments, tasks and custom content.

use super::walk::{Walk, joined};
use confluence_sim::{Container, Organisation, PageStatus, Property, Task};

const DATES: &str =
    "[|&sort=created-date|&sort=-created-date|&sort=modified-date|&sort=-modified-date]";
const BODIES: &str = "[|&body-format=storage|&body-format=atlas_doc_format]";
const FORMS: &str = "[|&body-format=raw|&body-format=storage|&body-format=atlas_doc_format]";

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    attachments(walk, organisation);
    comments(walk, organisation);
    tasks(walk, organisation);
    custom_content(walk, organisation);
    for post in organisation.listed_blogposts().take(20) {
        walk.walk(&format!(
            "blogposts/{}/inline-comments?resolution-status=open,resolved&status=current",
            post.id()
        ));
    }
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    for pattern in [
        "[pages|blogposts]/7/[attachments|footer-comments|inline-comments|custom-content?type=x]",
        "attachments/att7[|/footer-comments]",
        "[labels/7/attachments|footer-comments/7|inline-comments/7/children|comments/7/properties]",
        "custom-content/7[|/attachments]",
    ] {
        walk.walk_refused(pattern, 404);
    }
}

/// Some thirty of many that have not been deleted for good, the last of them with its container.
fn some<T>(all: impl Iterator<Item = T>, status: impl Fn(&T) -> PageStatus) -> Vec<T> {
    let all: Vec<T> = all
        .filter(|thing| status(thing) != PageStatus::Deleted)
        .collect();
    let step = all.len().div_ceil(30).max(1);
    all.into_iter().rev().step_by(step).collect()
}

/// Where a container is that has paths of its own.
fn path_of(container: Container) -> Option<String> {
    match container {
        Container::Page(id) => Some(format!("pages/{id}")),
        Container::BlogPost(id) => Some(format!("blogposts/{id}")),
        Container::CustomContent(id) => Some(format!("custom-content/{id}")),
        Container::Attachment(id) => Some(format!("attachments/att{id}")),
        Container::Space(_) => None,
    }
}

fn attachments(walk: &mut Walk, organisation: &Organisation) {
    walk.walk(&format!(
        "attachments?limit=3[|&status=trashed|&status=current,archived&status=trashed|&mediaType=application/pdf\
         |&filename=screenshot.png]{DATES}"
    ));
    walk.walk("attachments[|?limit=250]");
    for label in organisation.labels().iter().step_by(7) {
        walk.walk(&format!("labels/{}/attachments?limit=2", label.id));
    }
    for attachment in some(organisation.attachments(), |one| one.status) {
        // The container of each is asked, too.
        if let Some(container) = path_of(attachment.container) {
            walk.walk(&format!(
                "{container}/attachments?[limit=1&sort=-created-date|status=trashed,current]"
            ));
        }
        let path = format!("attachments/{}", attachment.id);
        walk.walk(&format!(
            "{path}[|/operations|/footer-comments?limit=1&sort=-modified-date|/footer-comments?body-format=storage]"
        ));
        labels(walk, &path);
        properties(walk, &path, &attachment.properties());
        versions(walk, &path, attachment.version.number, "");
    }
    // Custom content has few, and they might not be among the thirty.
    for piece in organisation.custom_content().take(20) {
        if piece.status != PageStatus::Deleted {
            walk.walk(&format!("custom-content/{}/attachments", piece.id));
        }
    }
}

fn labels(walk: &mut Walk, path: &str) {
    walk.walk(&format!(
        "{path}/labels?[limit=1|prefix=my|prefix=team|prefix=global&sort=-name|prefix=system&sort=created-date]"
    ));
}

fn properties(walk: &mut Walk, path: &str, properties: &[Property]) {
    walk.walk(&format!(
        "{path}/properties?[limit=1&sort=-key|sort=key&key=Editor]"
    ));
    for property in properties {
        walk.walk(&format!("{path}/properties/{}", property.id));
    }
}

fn versions(walk: &mut Walk, path: &str, latest: u32, bodies: &str) {
    walk.walk(&format!(
        "{path}/versions?[limit=2|sort=modified-date|sort=-modified-date]{bodies}"
    ));
    walk.walk(&format!("{path}/versions/[1|{latest}]"));
}

fn comments(walk: &mut Walk, organisation: &Organisation) {
    let footer = some(organisation.footer_comments(), |one| one.status);
    let inline = some(organisation.inline_comments(), |one| one.status);
    for (kind, some) in [("footer-comments", footer), ("inline-comments", inline)] {
        walk.walk(&format!("{kind}?limit=4{DATES}{BODIES}"));
        walk.walk(&format!("{kind}?limit=250"));
        for comment in some {
            let container = path_of(comment.container).expect("no comment hangs on a space");
            walk.walk(&format!(
                "{container}/{kind}?[limit=1&sort=-created-date|body-format=storage]"
            ));
            if let Container::Page(_) = comment.container {
                walk.walk(&format!(
                    "{container}/{kind}?status=current,archived&status=trashed,deleted,historical,draft"
                ));
            }
            let path = format!("{kind}/{}", comment.id);
            walk.walk(&format!("{path}?body-format=[storage|atlas_doc_format]"));
            walk.walk(&format!(
                "{path}/children?[limit=1&sort=-modified-date|body-format=atlas_doc_format]"
            ));
            walk.walk(&format!(
                "{path}/[likes/count|likes/users?limit=2|operations]"
            ));
            versions(walk, &path, comment.version.number, BODIES);
            let path = format!("comments/{}", comment.id);
            properties(walk, &path, &comment.properties());
        }
    }
    for page in organisation.listed_pages().take(30) {
        walk.walk(&format!(
            "pages/{}/inline-comments?resolution-status=open,reopened&resolution-status=resolved,dangling",
            page.id()
        ));
    }
}

fn tasks(walk: &mut Walk, organisation: &Organisation) {
    let some: Vec<_> = organisation.listed_tasks().take(40).collect();
    let of =
        |account: for<'a> fn(&Task<'a>) -> Option<&'a str>| joined(some.iter().filter_map(account));
    let times = || some.iter().map(|task| task.created_at.as_millisecond());
    let (from, to) = (times().min(), times().max());
    let (from, to) = (from.expect("a task"), to.expect("a task"));
    let (ids, space) = (joined(some.iter().map(|task| task.id)), some[0].space_id);
    walk.walk(&format!(
        "tasks?limit=7[|&body-format=storage|&body-format=atlas_doc_format|&status=complete|&status=incomplete\
         |&task-id={ids}|&space-id={space}&page-id=1,2&blogpost-id=3|&created-by={}|&assigned-to={}|&completed-by={}]",
        of(|task| task.created_by),
        of(|task| task.assigned_to),
        of(|task| task.completed_by)
    ));
    for time in ["created-at", "due-at", "completed-at"] {
        walk.walk(&format!("tasks?limit=7&{time}-from={from}&{time}-to={to}"));
    }
    for task in some {
        walk.walk(&format!("tasks/{}", task.id));
    }
}

fn custom_content(walk: &mut Walk, organisation: &Organisation) {
    let some = some(organisation.custom_content(), |piece| piece.status);
    let ids = joined(some.iter().map(|piece| piece.id));
    let spaces = joined(some.iter().map(|piece| piece.space_id));
    for kind in [
        "ac:com.example.diagrams:diagram",
        "ac%3Acom.example.forms%3Aform",
    ] {
        let path = format!("custom-content?type={kind}");
        for sort in ["id", "created-date", "modified-date", "title"] {
            walk.walk(&format!(
                "{path}[&limit=2&sort={sort}|&sort=-{sort}]{FORMS}"
            ));
        }
        walk.walk(&format!("{path}[&id={ids}|&space-id={spaces}]"));
        for piece in &some {
            if let Container::Page(_) | Container::BlogPost(_) = piece.container
                && let Some(container) = path_of(piece.container)
            {
                walk.walk(&format!(
                    "{container}/custom-content?type={kind}&sort=-title"
                ));
            }
        }
    }
    for piece in some {
        let path = format!("custom-content/{}", piece.id);
        walk.walk(&format!(
            "{path}?body-format=[raw|storage|atlas_doc_format]"
        ));
        walk.walk(&format!(
            "{path}/[children?limit=1&sort=-created-date|footer-comments?limit=1|operations]"
        ));
        labels(walk, &path);
        properties(walk, &path, &piece.properties());
        versions(walk, &path, piece.version.number, FORMS);
    }
}
