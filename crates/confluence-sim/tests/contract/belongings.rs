//! Attachments, comments, tasks and custom content.

use super::Walk;
use confluence_sim::{Attachment, Comment, Container, CustomContent, Organisation, PageStatus};

const V2: &str = "/wiki/api/v2";
const DATES: [&str; 5] = [
    "",
    "&sort=created-date",
    "&sort=-created-date",
    "&sort=modified-date",
    "&sort=-modified-date",
];
const BODIES: [&str; 3] = ["", "&body-format=storage", "&body-format=atlas_doc_format"];

pub fn walk(walk: &mut Walk) {
    let organisation = walk.sim.organisation();
    attachments(walk, &organisation);
    comments(walk, &organisation);
    tasks(walk, &organisation);
    custom_content(walk, &organisation);
    for post in organisation.listed_blogposts().take(20) {
        let path = format!("{V2}/blogposts/{}", post.id());
        walk.walk(&format!(
            "{path}/inline-comments?resolution-status=open,resolved&status=current"
        ));
    }
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    for container in ["pages", "blogposts"] {
        for below in [
            "attachments",
            "footer-comments",
            "inline-comments",
            "custom-content?type=x",
        ] {
            walk.walk_refused(&format!("{V2}/{container}/7/{below}"), 404);
        }
    }
    for path in [
        "/attachments/att7",
        "/attachments/att7/footer-comments",
        "/labels/7/attachments",
        "/footer-comments/7",
        "/inline-comments/7/children",
        "/comments/7/properties",
        "/custom-content/7",
        "/custom-content/7/attachments",
    ] {
        walk.walk_refused(&format!("{V2}{path}"), 404);
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

fn attachments(walk: &mut Walk, organisation: &Organisation) {
    for dates in DATES {
        for filter in [
            "",
            "&status=trashed",
            "&status=current,archived&status=trashed",
            "&mediaType=application/pdf",
            "&filename=screenshot.png",
        ] {
            walk.walk(&format!("{V2}/attachments?limit=3{filter}{dates}"));
        }
    }
    walk.walk(&format!("{V2}/attachments"));
    walk.walk(&format!("{V2}/attachments?limit=250"));
    for label in organisation.labels().iter().step_by(7) {
        walk.walk(&format!("{V2}/labels/{}/attachments?limit=2", label.id));
    }
    // The container of each is asked, too.
    let container = |attachment: &Attachment| match attachment.container {
        Container::Page(id) => Some(format!("{V2}/pages/{id}")),
        Container::BlogPost(id) => Some(format!("{V2}/blogposts/{id}")),
        Container::CustomContent(id) => Some(format!("{V2}/custom-content/{id}")),
        _ => None,
    };
    for attachment in some(organisation.attachments(), |attachment| attachment.status) {
        if let Some(container) = container(&attachment) {
            walk.walk(&format!(
                "{container}/attachments?limit=1&sort=-created-date"
            ));
            walk.walk(&format!("{container}/attachments?status=trashed,current"));
        }
        let path = format!("{V2}/attachments/{}", attachment.id);
        walk.walk(&path);
        walk.walk(&format!("{path}/operations"));
        walk.walk(&format!(
            "{path}/footer-comments?limit=1&sort=-modified-date"
        ));
        walk.walk(&format!("{path}/footer-comments?body-format=storage"));
        labels(walk, &path);
        let properties = attachment
            .properties()
            .into_iter()
            .map(|property| property.id);
        walk_properties(walk, &path, properties.collect());
        versions(walk, &path, attachment.version.number, &[""]);
    }
    // Custom content has few, and they might not be among the thirty.
    for piece in organisation.custom_content().take(20) {
        if piece.status != PageStatus::Deleted {
            walk.walk(&format!("{V2}/custom-content/{}/attachments", piece.id));
        }
    }
}

fn labels(walk: &mut Walk, path: &str) {
    walk.walk(&format!("{path}/labels?limit=1"));
    for query in [
        "prefix=my",
        "prefix=team",
        "prefix=global&sort=-name",
        "prefix=system&sort=created-date",
    ] {
        walk.walk(&format!("{path}/labels?{query}"));
    }
}

fn walk_properties(walk: &mut Walk, path: &str, ids: Vec<u64>) {
    walk.walk(&format!("{path}/properties?limit=1&sort=-key"));
    walk.walk(&format!("{path}/properties?sort=key&key=Editor"));
    for id in ids {
        walk.walk(&format!("{path}/properties/{id}"));
    }
}

fn versions(walk: &mut Walk, path: &str, latest: u32, bodies: &[&str]) {
    for body in bodies {
        walk.walk(&format!("{path}/versions?limit=2{body}"));
        walk.walk(&format!("{path}/versions?sort=modified-date{body}"));
        walk.walk(&format!("{path}/versions?sort=-modified-date{body}"));
    }
    for number in [1, latest] {
        walk.walk(&format!("{path}/versions/{number}"));
    }
}

fn comments(walk: &mut Walk, organisation: &Organisation) {
    let status = |comment: &Comment| comment.status;
    let footer = some(organisation.footer_comments(), status);
    let inline = some(organisation.inline_comments(), status);
    for (kind, some) in [("footer-comments", footer), ("inline-comments", inline)] {
        for dates in DATES {
            for body in BODIES {
                walk.walk(&format!("{V2}/{kind}?limit=4{dates}{body}"));
            }
        }
        walk.walk(&format!("{V2}/{kind}?limit=250"));
        for comment in some {
            let container = match comment.container {
                Container::Page(id) => format!("{V2}/pages/{id}"),
                Container::BlogPost(id) => format!("{V2}/blogposts/{id}"),
                Container::CustomContent(id) => format!("{V2}/custom-content/{id}"),
                Container::Attachment(id) => format!("{V2}/attachments/att{id}"),
                other => panic!("no comment hangs on {other:?}"),
            };
            walk.walk(&format!("{container}/{kind}?limit=1&sort=-created-date"));
            walk.walk(&format!("{container}/{kind}?body-format=storage"));
            if let Container::Page(_) = comment.container {
                walk.walk(&format!(
                    "{container}/{kind}?status=current,archived&status=trashed,deleted,historical,draft"
                ));
            }
            let path = format!("{V2}/{kind}/{}", comment.id);
            one_comment(walk, &path, &comment);
        }
    }
    for page in organisation.listed_pages().take(30) {
        walk.walk(&format!(
            "{V2}/pages/{}/inline-comments?resolution-status=open,reopened&resolution-status=resolved,dangling",
            page.id()
        ));
    }
}

fn one_comment(walk: &mut Walk, path: &str, comment: &Comment) {
    let latest = comment.version.number;
    for format in ["storage", "atlas_doc_format"] {
        walk.walk(&format!("{path}?body-format={format}"));
    }
    walk.walk(&format!("{path}/children?limit=1&sort=-modified-date"));
    walk.walk(&format!("{path}/children?body-format=atlas_doc_format"));
    walk.walk(&format!("{path}/likes/count"));
    walk.walk(&format!("{path}/likes/users?limit=2"));
    walk.walk(&format!("{path}/operations"));
    versions(walk, path, latest, &BODIES);
    let properties = comment
        .properties()
        .into_iter()
        .map(|property| property.id)
        .collect();
    walk_properties(walk, &format!("{V2}/comments/{}", comment.id), properties);
}

fn tasks(walk: &mut Walk, organisation: &Organisation) {
    let some: Vec<_> = organisation.listed_tasks().take(40).collect();
    let list = |values: Vec<String>| values.join(",");
    let of = |account: fn(&confluence_sim::Task) -> Option<String>| {
        list(some.iter().filter_map(account).collect())
    };
    let times = some.iter().map(|task| task.created_at.as_millisecond());
    let (from, to) = (
        times.clone().min().expect("a task"),
        times.max().expect("a task"),
    );
    for filter in [
        String::new(),
        "&body-format=storage".to_owned(),
        "&body-format=atlas_doc_format".to_owned(),
        "&status=complete".to_owned(),
        "&status=incomplete".to_owned(),
        format!(
            "&task-id={}",
            list(some.iter().map(|task| task.id.to_string()).collect())
        ),
        format!("&space-id={}&page-id=1,2&blogpost-id=3", some[0].space_id),
        format!(
            "&created-by={}",
            of(|task| task.created_by.map(str::to_owned))
        ),
        format!(
            "&assigned-to={}",
            of(|task| task.assigned_to.map(str::to_owned))
        ),
        format!(
            "&completed-by={}",
            of(|task| task.completed_by.map(str::to_owned))
        ),
        format!("&created-at-from={from}&created-at-to={to}"),
        format!("&due-at-from={from}&due-at-to={to}"),
        format!("&completed-at-from={from}&completed-at-to={to}"),
    ] {
        walk.walk(&format!("{V2}/tasks?limit=7{filter}"));
    }
    for task in some {
        walk.walk(&format!("{V2}/tasks/{}", task.id));
    }
}

fn custom_content(walk: &mut Walk, organisation: &Organisation) {
    const FORMATS: [&str; 4] = [
        "",
        "&body-format=raw",
        "&body-format=storage",
        "&body-format=atlas_doc_format",
    ];
    let some = some(organisation.custom_content(), |piece: &CustomContent| {
        piece.status
    });
    let ids: Vec<String> = some.iter().map(|piece| piece.id.to_string()).collect();
    let spaces: Vec<String> = some
        .iter()
        .map(|piece| piece.space_id.to_string())
        .collect();
    for kind in [
        "ac:com.example.diagrams:diagram",
        "ac%3Acom.example.forms%3Aform",
    ] {
        for sort in ["id", "created-date", "modified-date", "title"] {
            for format in FORMATS {
                walk.walk(&format!(
                    "{V2}/custom-content?type={kind}&limit=2&sort={sort}{format}"
                ));
                walk.walk(&format!(
                    "{V2}/custom-content?type={kind}&sort=-{sort}{format}"
                ));
            }
        }
        walk.walk(&format!(
            "{V2}/custom-content?type={kind}&id={}",
            ids.join(",")
        ));
        walk.walk(&format!(
            "{V2}/custom-content?type={kind}&space-id={}",
            spaces.join(",")
        ));
        for piece in &some {
            let container = match piece.container {
                Container::Page(id) => format!("pages/{id}"),
                Container::BlogPost(id) => format!("blogposts/{id}"),
                _ => continue,
            };
            walk.walk(&format!(
                "{V2}/{container}/custom-content?type={kind}&sort=-title"
            ));
        }
    }
    for piece in some {
        let path = format!("{V2}/custom-content/{}", piece.id);
        for format in ["raw", "storage", "atlas_doc_format"] {
            walk.walk(&format!("{path}?body-format={format}"));
        }
        walk.walk(&format!("{path}/children?limit=1&sort=-created-date"));
        walk.walk(&format!("{path}/footer-comments?limit=1"));
        walk.walk(&format!("{path}/operations"));
        labels(walk, &path);
        let properties = piece
            .properties()
            .into_iter()
            .map(|property| property.id)
            .collect();
        walk_properties(walk, &path, properties);
        versions(walk, &path, piece.version.number, &FORMATS);
    }
}
