//! Blog posts; versions, labels, properties, likes and what one may do.

use super::Walk;
use confluence_sim::{Organisation, PageStatus};

pub fn walk(walk: &mut Walk) {
    let organisation = walk.sim.organisation();
    walk_blogposts(walk, &organisation);
    walk_versions(walk, &organisation);
    walk_labels(walk, &organisation);
    walk_what_hangs_on_content(walk, &organisation);
}

const V2: &str = "/wiki/api/v2";

/// Some forty of many.
fn some<T>(all: Vec<T>) -> impl Iterator<Item = T> {
    let step = (all.len() / 40).max(1);
    all.into_iter().step_by(step)
}

fn walk_blogposts(walk: &mut Walk, organisation: &Organisation) {
    let space_ids: Vec<String> = organisation
        .spaces()
        .take(30)
        .map(|space| space.id.to_string())
        .collect();
    let filters = [
        String::new(),
        format!("&space-id={}", space_ids.join(",")),
        "&status=trashed&status=deleted".to_owned(),
        "&title=welcome,%20hana!".to_owned(),
        "&body-format=storage".to_owned(),
        "&body-format=atlas_doc_format".to_owned(),
    ];
    for filter in &filters {
        for sort in [
            "id",
            "-id",
            "created-date",
            "-created-date",
            "modified-date",
            "-modified-date",
        ] {
            walk.walk(&format!("{V2}/blogposts?limit=4&sort={sort}{filter}"));
        }
    }
}

fn walk_versions(walk: &mut Walk, organisation: &Organisation) {
    for (path, id) in some(paths_of_content(organisation)) {
        for query in [
            "",
            "?limit=3&sort=modified-date",
            "?limit=5&sort=-modified-date&body-format=storage",
            "?body-format=atlas_doc_format",
        ] {
            walk.walk(&format!("{path}/versions{query}"));
        }
        for version in organisation.versions(id) {
            walk.walk(&format!("{path}/versions/{}", version.number()));
        }
    }
}

fn walk_labels(walk: &mut Walk, organisation: &Organisation) {
    let sorts = [
        "created-date",
        "-created-date",
        "id",
        "-id",
        "name",
        "-name",
    ];
    let labels: Vec<u64> = organisation.labels().iter().map(|label| label.id).collect();
    for sort in sorts {
        walk.walk(&format!("{V2}/labels?limit=5&sort={sort}"));
        walk.walk(&format!(
            "{V2}/labels?label-id={},{}&prefix=my,team&prefix=global&sort={sort}",
            labels[0], labels[3]
        ));
    }
    for (path, _) in some(paths_of_content(organisation)) {
        walk.walk(&format!("{path}/labels"));
        for prefix in ["my", "team", "global", "system"] {
            walk.walk(&format!("{path}/labels?limit=1&prefix={prefix}&sort=-name"));
        }
    }
    for space in organisation.spaces().take(40) {
        for of in ["labels", "content/labels"] {
            walk.walk(&format!("{V2}/spaces/{}/{of}", space.id));
            walk.walk(&format!(
                "{V2}/spaces/{}/{of}?limit=1&prefix=team&sort=name",
                space.id
            ));
        }
    }
    let space = organisation.spaces().next().expect("a space").id;
    for label in some(labels) {
        walk.walk(&format!("{V2}/labels/{label}/pages?limit=2&sort=-title"));
        walk.walk(&format!(
            "{V2}/labels/{label}/pages?space-id={space}&body-format=storage"
        ));
        walk.walk(&format!(
            "{V2}/labels/{label}/blogposts?limit=1&sort=-modified-date"
        ));
        walk.walk(&format!(
            "{V2}/labels/{label}/blogposts?space-id={space}&body-format=atlas_doc_format"
        ));
    }
}

fn walk_what_hangs_on_content(walk: &mut Walk, organisation: &Organisation) {
    for (path, id) in some(paths_of_content(organisation)) {
        let properties = match organisation.page(id) {
            Some(_) => organisation.properties_of_page(id),
            None => organisation.properties_of_blogpost(id),
        };
        walk.walk(&format!("{path}/properties?limit=1"));
        walk.walk(&format!("{path}/properties?key=editor&sort=-key"));
        for property in properties {
            walk.walk(&format!("{path}/properties/{}", property.id));
        }
        walk.walk(&format!("{path}/likes/count"));
        walk.walk(&format!("{path}/likes/users"));
        walk.walk(&format!("{path}/likes/users?limit=1"));
        walk.walk(&format!("{path}/operations"));
    }
    for space in organisation.spaces().take(40) {
        let path = format!("{V2}/spaces/{}", space.id);
        walk.walk(&format!("{path}/operations"));
        walk.walk(&format!("{path}/properties?limit=1"));
        walk.walk(&format!("{path}/properties?key=owners"));
        for property in organisation.properties_of_space(space.id) {
            walk.walk(&format!("{path}/properties/{}", property.id));
        }
    }
}

/// Of the pages and blog posts that are not deleted: path and id.
fn paths_of_content(organisation: &Organisation) -> Vec<(String, u64)> {
    let pages = organisation
        .pages()
        .filter(|page| page.status() != PageStatus::Deleted)
        .map(|page| (format!("{V2}/pages/{}", page.id()), page.id()));
    let posts = organisation
        .blogposts()
        .filter(|post| post.status() != PageStatus::Deleted)
        .map(|post| (format!("{V2}/blogposts/{}", post.id()), post.id()));
    // Not all of a large organisation: the blog posts would be lost among its pages.
    pages.take(2_000).chain(posts.take(1_000)).collect()
}
