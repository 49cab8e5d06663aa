//! Roles, classification, the admin key and policies.

use super::walk::Walk;
use confluence_sim::{NodeKind, Organisation, PageStatus, RoleMode};
use std::time::Duration;

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    walk.walk("[space-role-mode|space-permissions|space-permissions?limit=250]");
    walk.walk("space-roles[|?limit=2|?role-type=CUSTOM]");
    walk.walk("space-roles?principal-type=ACCESS_CLASS&principal-id=all-licensed-users");
    walk.walk("[classification-levels|data-policies/metadata]");
    walk.walk("data-policies/spaces[|?limit=3&sort=-name]");
    for role in organisation.roles() {
        walk.walk(&format!("space-roles/{}", role.id));
    }
    for space in organisation.spaces().take(40) {
        let (id, key) = (space.id, &space.key);
        walk.walk(&format!("space-roles?space-id={id}"));
        walk.walk(&format!("data-policies/spaces?ids={id}&keys={key}"));
        let path = format!("spaces/{id}/role-assignments");
        walk.walk(&format!("{path}[|?limit=1|?role-type=SYSTEM]"));
        if let Some(first) = organisation.role_assignments(id).first() {
            let (kind, id) = (first.principal_type, &first.principal_id);
            walk.walk(&format!(
                "{path}?[role-id={}|principal-type={kind}&principal-id={id}]",
                first.role_id
            ));
        }
    }
    walk_classified(walk, organisation);
    let in_an_hour = organisation.now() + Duration::from_secs(3600);
    walk.sim
        .edit(|organisation| organisation.enable_admin_key(in_an_hour));
    walk.walk("admin-key");
    walk.sim.edit(Organisation::disable_admin_key);
}

/// Whatever has a level is walked to, and what has none is refused.
fn walk_classified(walk: &mut Walk, organisation: &Organisation) {
    let mut walk_to = |path: String, is_classified: bool| match is_classified {
        true => walk.walk(&path),
        false => walk.walk_refused(&path, 404),
    };
    for space in organisation.spaces().take(20) {
        let level = organisation.default_classification_level(space.id);
        let path = format!("spaces/{}/classification-level/default", space.id);
        walk_to(path, level.is_some());
    }
    let is_classified = |id| organisation.classification_level(id).is_some();
    for page in organisation.listed_pages().step_by(3).take(100) {
        let query = match page.status() {
            PageStatus::Archived => "?status=archived",
            _ => "",
        };
        let path = format!("pages/{}/classification-level{query}", page.id());
        walk_to(path, is_classified(page.id()));
    }
    let posts = organisation.listed_blogposts().take(100);
    let nodes = |kind| organisation.tree_nodes_of(kind).take(20);
    let posts = posts.map(|post| ("blogposts", post.id()));
    let boards = nodes(NodeKind::Whiteboard).map(|node| ("whiteboards", node.id()));
    let databases = nodes(NodeKind::Database).map(|node| ("databases", node.id()));
    for (segment, id) in posts.chain(boards).chain(databases) {
        let path = format!("{segment}/{id}/classification-level");
        walk_to(path, is_classified(id));
    }
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    for pattern in [
        "[admin-key|space-roles?space-id=7|spaces/7/role-assignments]",
        "spaces/7/classification-level/default",
        "pages/7/classification-level?status=draft",
        "[blogposts|whiteboards|databases]/7/classification-level",
    ] {
        walk.walk_refused(pattern, 404);
    }
    for status in [400, 403, 404, 405, 500, 501] {
        walk.sim
            .edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, status));
        walk.walk_refused("[space-roles|space-permissions]", status);
    }
}
