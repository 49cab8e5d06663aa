//! Spaces, pages and blog posts; versions, labels, properties, likes and what one may do.

use super::walk::{Walk, joined};
use confluence_sim::{Organisation, PageStatus};

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    walk_spaces(walk, organisation);
    walk_pages(walk, organisation);
    walk_posts(walk, organisation);
    walk_versions(walk, organisation);
    walk_labels(walk, organisation);
    walk_what_hangs_on_content(walk, organisation);
}

/// Some forty of many.
fn some<T>(all: Vec<T>) -> impl Iterator<Item = T> {
    let step = (all.len() / 40).max(1);
    all.into_iter().step_by(step)
}

fn walk_spaces(walk: &mut Walk, organisation: &Organisation) {
    let ids = joined(organisation.spaces().take(5).map(|space| space.id));
    let keys = joined(organisation.spaces().take(5).map(|space| &space.key));
    let filters = format!(
        "[|&ids={ids}|&keys={keys}|&type=personal|&type=global&status=current|&status=archived\
         |&description-format=plain|&description-format=view]"
    );
    walk.walk(&format!("spaces?limit=[3|250]{filters}"));
    walk.walk(&format!(
        "spaces?limit=[3|250]{filters}&sort=[|-][id|key|name]"
    ));
    for space in organisation.spaces().take(40) {
        let path = format!("spaces/{}", space.id);
        walk.walk(&format!("{path}[|/permissions|/permissions?limit=250]"));
        walk.walk(&format!(
            "{path}/pages[|?depth=root|?depth=all&sort=-title&body-format=storage|?status=trashed&title=x]"
        ));
    }
}

fn walk_pages(walk: &mut Walk, organisation: &Organisation) {
    let pages: Vec<_> = organisation.pages().collect();
    let ids = joined(pages.iter().step_by(7).take(250).map(|page| page.id()));
    let spaces = joined(organisation.spaces().take(5).map(|space| space.id));
    let filters = format!(
        "[|&space-id={spaces}|&id={ids}|&title=runbook|&status=current&status=archived|&status=trashed,deleted\
         |&subtype=live|&subtype=page&body-format=storage|&body-format=atlas_doc_format]"
    );
    for sort in ["id", "created-date", "modified-date", "title"] {
        walk.walk(&format!(
            "pages?[limit=100&sort={sort}|sort=-{sort}]{filters}"
        ));
    }
    let single = pages
        .iter()
        .filter(|page| page.status() != PageStatus::Deleted);
    for page in single.step_by(pages.len() / 40) {
        walk.walk(&format!("pages/{}", page.id()));
    }
}

fn walk_posts(walk: &mut Walk, organisation: &Organisation) {
    let spaces = joined(organisation.spaces().take(30).map(|space| space.id));
    walk.walk(&format!(
        "blogposts?limit=4&sort=[|-][id|created-date|modified-date][|&space-id={spaces}\
         |&status=trashed&status=deleted|&title=welcome,%20hana!|&body-format=storage|&body-format=atlas_doc_format]"
    ));
}

fn walk_versions(walk: &mut Walk, organisation: &Organisation) {
    for (path, id) in some(paths_of_content(organisation)) {
        walk.walk(&format!(
            "{path}/versions[|?limit=3&sort=modified-date|?limit=5&sort=-modified-date&body-format=storage\
             |?body-format=atlas_doc_format]"
        ));
        for version in organisation.versions(id) {
            walk.walk(&format!("{path}/versions/{}", version.number()));
        }
    }
}

fn walk_labels(walk: &mut Walk, organisation: &Organisation) {
    let labels: Vec<u64> = organisation.labels().iter().map(|label| label.id).collect();
    let two = joined([labels[0], labels[3]]);
    walk.walk(&format!(
        "labels?[limit=5|label-id={two}&prefix=my,team&prefix=global]&sort=[|-][created-date|id|name]"
    ));
    for (path, _) in some(paths_of_content(organisation)) {
        walk.walk(&format!("{path}/labels"));
        walk.walk(&format!(
            "{path}/labels?limit=1&prefix=[my|team|global|system]&sort=-name"
        ));
    }
    for space in organisation.spaces().take(40) {
        walk.walk(&format!(
            "spaces/{}/[labels|content/labels][|?limit=1&prefix=team&sort=name]",
            space.id
        ));
    }
    let space = organisation.spaces().next().expect("a space").id;
    for label in some(labels) {
        walk.walk(&format!(
            "labels/{label}/pages?[limit=2&sort=-title|space-id={space}&body-format=storage]"
        ));
        walk.walk(&format!(
            "labels/{label}/blogposts?[limit=1&sort=-modified-date|space-id={space}&body-format=atlas_doc_format]"
        ));
    }
}

fn walk_what_hangs_on_content(walk: &mut Walk, organisation: &Organisation) {
    for (path, id) in some(paths_of_content(organisation)) {
        let properties = match organisation.page(id) {
            Some(_) => organisation.properties_of_page(id),
            None => organisation.properties_of_blogpost(id),
        };
        walk.walk(&format!("{path}/properties?[limit=1|key=editor&sort=-key]"));
        for property in properties {
            walk.walk(&format!("{path}/properties/{}", property.id));
        }
        walk.walk(&format!(
            "{path}/[likes/count|likes/users|likes/users?limit=1|operations]"
        ));
    }
    for space in organisation.spaces().take(40) {
        let path = format!("spaces/{}", space.id);
        walk.walk(&format!(
            "{path}/[operations|properties?limit=1|properties?key=owners]"
        ));
        for property in organisation.properties_of_space(space.id) {
            walk.walk(&format!("{path}/properties/{}", property.id));
        }
    }
}

/// Of the pages and blog posts that are not deleted: path and id.
fn paths_of_content(organisation: &Organisation) -> Vec<(String, u64)> {
    // Not all of a large organisation: the blog posts would be lost among its pages.
    let pages = organisation.pages().map(|page| ("pages", page));
    let posts = organisation.blogposts().map(|post| ("blogposts", post));
    let paths = pages.take(2_000).chain(posts.take(1_000));
    paths
        .filter(|(_, page)| page.status() != PageStatus::Deleted)
        .map(|(segment, page)| (format!("{segment}/{}", page.id()), page.id()))
        .collect()
}
