//! Roles, classification, the admin key and policies.

use super::Walk;
use confluence_sim::{NodeKind, Organisation, PageStatus, RoleMode};

pub fn walk(walk: &mut Walk) {
    for path in [
        "/space-role-mode",
        "/space-permissions",
        "/space-permissions?limit=250",
        "/space-roles",
        "/space-roles?limit=2",
        "/space-roles?role-type=CUSTOM",
        "/space-roles?principal-type=ACCESS_CLASS&principal-id=all-licensed-users",
        "/classification-levels",
        "/data-policies/metadata",
        "/data-policies/spaces",
        "/data-policies/spaces?limit=3&sort=-name",
    ] {
        walk.walk(&format!("/wiki/api/v2{path}"));
    }
    let organisation = walk.sim.organisation();
    for role in organisation.roles() {
        walk.walk(&format!("/wiki/api/v2/space-roles/{}", role.id));
    }
    for space in organisation.spaces().take(40) {
        walk.walk(&format!("/wiki/api/v2/space-roles?space-id={}", space.id));
        walk.walk(&format!(
            "/wiki/api/v2/data-policies/spaces?ids={}&keys={}",
            space.id, space.key
        ));
        let path = format!("/wiki/api/v2/spaces/{}/role-assignments", space.id);
        for query in ["", "?limit=1", "?role-type=SYSTEM"] {
            walk.walk(&format!("{path}{query}"));
        }
        if let Some(first) = organisation.role_assignments(space.id).first() {
            walk.walk(&format!("{path}?role-id={}", first.role_id));
            walk.walk(&format!(
                "{path}?principal-type={}&principal-id={}",
                first.principal_type, first.principal_id
            ));
        }
    }
    walk_classified(walk, &organisation);
    walk.sim
        .edit(|organisation| organisation.enable_admin_key(organisation.now() + HOUR));
    walk.walk("/wiki/api/v2/admin-key");
    walk.sim.edit(Organisation::disable_admin_key);
}

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// Whatever has a level is walked to, and what has none is refused.
fn walk_classified(walk: &mut Walk, organisation: &Organisation) {
    let mut levels = Vec::new();
    for space in organisation.spaces().take(20) {
        levels.push((
            format!("spaces/{}/classification-level/default", space.id),
            organisation.default_classification_level(space.id),
        ));
    }
    for page in organisation.listed_pages().step_by(3).take(100) {
        let query = match page.status() {
            PageStatus::Archived => "?status=archived",
            _ => "",
        };
        levels.push((
            format!("pages/{}/classification-level{query}", page.id()),
            organisation.classification_level(page.id()),
        ));
    }
    for post in organisation.listed_blogposts().take(100) {
        levels.push((
            format!("blogposts/{}/classification-level", post.id()),
            organisation.classification_level(post.id()),
        ));
    }
    for (kind, segment) in [
        (NodeKind::Whiteboard, "whiteboards"),
        (NodeKind::Database, "databases"),
    ] {
        for node in organisation.tree_nodes_of(kind).take(20) {
            levels.push((
                format!("{segment}/{}/classification-level", node.id()),
                organisation.classification_level(node.id()),
            ));
        }
    }
    for (path, level) in levels {
        let path = format!("/wiki/api/v2/{path}");
        match level {
            Some(_) => walk.walk(&path),
            None => walk.walk_refused(&path, 404),
        }
    }
}

pub fn walk_what_is_not_there(walk: &mut Walk) {
    for path in [
        "/admin-key",
        "/space-roles?space-id=7",
        "/spaces/7/role-assignments",
        "/spaces/7/classification-level/default",
        "/pages/7/classification-level?status=draft",
        "/blogposts/7/classification-level",
        "/whiteboards/7/classification-level",
        "/databases/7/classification-level",
    ] {
        walk.walk_refused(&format!("/wiki/api/v2{path}"), 404);
    }
    for status in [400, 403, 404, 405, 500, 501] {
        walk.sim
            .edit(|organisation| organisation.set_role_mode(RoleMode::PreRoles, status));
        for path in ["/space-roles", "/space-permissions"] {
            walk.walk_refused(&format!("/wiki/api/v2{path}"), status);
        }
    }
}
