//! The content tree.

use super::Walk;
use confluence_sim::NodeKind;

const SEGMENTS: [(NodeKind, &str); 4] = [
    (NodeKind::Folder, "folders"),
    (NodeKind::Whiteboard, "whiteboards"),
    (NodeKind::Database, "databases"),
    (NodeKind::SmartLink, "embeds"),
];

pub fn walk(walk: &mut Walk) {
    let organisation = walk.sim.organisation();
    for (kind, segment) in SEGMENTS {
        for node in organisation.tree_nodes_of(kind).take(12) {
            let path = format!("/wiki/api/v2/{segment}/{}", node.id());
            walk.walk(&path);
            walk.walk(&format!("{path}/operations"));
            for query in ["", "?limit=1", "?sort=key&limit=1", "?sort=-key"] {
                walk.walk(&format!("{path}/properties{query}"));
            }
            for property in node.properties() {
                walk.walk(&format!(
                    "{path}/properties?key={}",
                    property.key.replace(' ', "+")
                ));
                walk.walk(&format!("{path}/properties/{}", property.id));
            }
            walk_around(walk, &path);
        }
    }
    let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    for page in pages.iter().step_by(pages.len() / 30) {
        let path = format!("/wiki/api/v2/pages/{page}");
        walk_around(walk, &path);
    }
}

fn walk_around(walk: &mut Walk, path: &str) {
    for query in ["", "?limit=1", "?sort=title", "?sort=-created-date&limit=2"] {
        walk.walk(&format!("{path}/direct-children{query}"));
    }
    for query in ["", "?depth=1&limit=1", "?depth=10&limit=250"] {
        walk.walk(&format!("{path}/descendants{query}"));
    }
    for query in ["", "?limit=1"] {
        walk.walk(&format!("{path}/ancestors{query}"));
    }
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    for (_, segment) in SEGMENTS {
        for below in [
            "",
            "/properties",
            "/properties/1",
            "/operations",
            "/direct-children",
            "/descendants",
            "/ancestors",
        ] {
            walk.walk_refused(&format!("/wiki/api/v2/{segment}/7{below}"), 404);
        }
    }
}
