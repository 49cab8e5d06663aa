//! The content tree.

use super::walk::Walk;
use confluence_sim::{NodeKind, Organisation};

const SEGMENTS: [(NodeKind, &str); 4] = [
    (NodeKind::Folder, "folders"),
    (NodeKind::Whiteboard, "whiteboards"),
    (NodeKind::Database, "databases"),
    (NodeKind::SmartLink, "embeds"),
];

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    for (kind, segment) in SEGMENTS {
        for node in organisation.tree_nodes_of(kind).take(12) {
            let path = format!("{segment}/{}", node.id());
            walk.walk(&format!("{path}[|/operations]"));
            walk.walk(&format!(
                "{path}/properties[|?limit=1|?sort=key&limit=1|?sort=-key]"
            ));
            for property in node.properties() {
                let key = property.key.replace(' ', "+");
                walk.walk(&format!("{path}/properties[?key={key}|/{}]", property.id));
            }
            walk_around(walk, &path);
        }
    }
    let pages: Vec<u64> = organisation.listed_pages().map(|page| page.id()).collect();
    for page in pages.iter().step_by(pages.len() / 30) {
        walk_around(walk, &format!("pages/{page}"));
    }
}

fn walk_around(walk: &mut Walk, path: &str) {
    walk.walk(&format!(
        "{path}/direct-children[|?limit=1|?sort=title|?sort=-created-date&limit=2]"
    ));
    walk.walk(&format!(
        "{path}/descendants[|?depth=1&limit=1|?depth=10&limit=250]"
    ));
    walk.walk(&format!("{path}/ancestors[|?limit=1]"));
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    walk.walk_refused(
        "[folders|whiteboards|databases|embeds]/7[|/properties|/properties/1|/operations|/direct-children\
         |/descendants|/ancestors]",
        404,
    );
}
