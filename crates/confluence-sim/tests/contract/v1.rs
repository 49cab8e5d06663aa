//! The operations of v1, and the look-up of users.

use super::Walk;
use confluence_sim::{NodeKind, Organisation, SpaceType};
use serde_json::json;
use std::collections::BTreeSet;

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    users(walk, organisation);
    groups(walk, organisation);
    restrictions(walk, organisation);
    audit(walk, organisation);
    searches(walk, organisation);
    the_rest(walk, organisation);
}

fn users(walk: &mut Walk, organisation: &Organisation) {
    let ids: Vec<&str> = organisation
        .users()
        .iter()
        .map(|user| user.account_id.as_str())
        .collect();
    for ids in ids.chunks(250) {
        walk.walk_with("/wiki/api/v2/users-bulk", &json!({"accountIds": ids}));
    }
    walk.walk_with(
        "/wiki/api/v2/users-bulk",
        &json!({"accountIds": ["nobody"]}),
    );
    for id in ids.iter().take(40) {
        walk.walk(&format!("/wiki/rest/api/user/memberof?accountId={id}"));
    }
    walk.walk("/wiki/rest/api/user/memberof?accountId=nobody&start=2&limit=5");
}

fn groups(walk: &mut Walk, organisation: &Organisation) {
    walk.walk("/wiki/rest/api/group");
    for access in ["user", "admin", "site-admin"] {
        walk.walk(&format!("/wiki/rest/api/group?limit=1&accessType={access}"));
    }
    for group in organisation.groups() {
        let members = format!("/wiki/rest/api/group/{}/membersByGroupId", group.id);
        walk.walk(&format!("/wiki/rest/api/group/by-id?id={}", group.id));
        walk.walk(&members);
        walk.walk(&format!(
            "{members}?limit=2&shouldReturnTotalSize=true&expand=isExternalCollaborator"
        ));
    }
}

fn restrictions(walk: &mut Walk, organisation: &Organisation) {
    let mut ids: BTreeSet<u64> = organisation
        .restrictions()
        .map(|(id, ..)| id)
        .take(60)
        .collect();
    ids.extend(organisation.listed_pages().take(10).map(|page| page.id()));
    ids.extend(
        organisation
            .listed_blogposts()
            .take(5)
            .map(|post| post.id()),
    );
    for kind in NodeKind::ALL {
        let nodes = organisation.tree_nodes_of(kind);
        ids.extend(nodes.take(2).map(|node| node.id()));
    }
    for id in ids {
        let of_content = format!("/wiki/rest/api/content/{id}/restriction");
        for query in ["", "?expand=restrictions.user,restrictions.group,content"] {
            walk.walk(&format!("{of_content}{query}"));
        }
        walk.walk(&format!(
            "{of_content}?expand=read.restrictions.user,update.restrictions.group&start=1&limit=2"
        ));
    }
}

fn audit(walk: &mut Walk, organisation: &Organisation) {
    let now = organisation.now().as_millisecond();
    let month_ago = now - 30 * 86_400_000;
    walk.walk("/wiki/rest/api/audit/retention");
    walk.walk("/wiki/rest/api/audit");
    walk.walk(&format!(
        "/wiki/rest/api/audit?startDate={month_ago}&endDate={now}&limit=5"
    ));
    walk.walk("/wiki/rest/api/audit?searchString=permission&start=1");
}

fn searches(walk: &mut Walk, organisation: &Organisation) {
    let key = &organisation.spaces().next().expect("a space").key;
    let narrow = format!("space=%22{key}%22%20and%20title~%22policy%22");
    for cql in [
        "type=page",
        "type=comment",
        "type=attachment",
        "type%20in%20(blogpost,folder,whiteboard,database,embed)",
        "type%20in%20(page,space,user)%20order%20by%20title",
        "text~%22access%20review*%22%20order%20by%20lastmodified%20desc",
        "title=%22nothing%20of%20the%20kind%22",
        &narrow,
    ] {
        walk.walk(&format!("/wiki/rest/api/search?cql={cql}"));
    }
    for more in [
        "excerpt=none",
        "excerpt=indexed",
        "expand=content.space,content.version",
        "start=7",
        "includeArchivedSpaces=true&excludeCurrentSpaces=true",
    ] {
        walk.walk(&format!(
            "/wiki/rest/api/search?cql={narrow}&limit=10&{more}"
        ));
    }
}

fn the_rest(walk: &mut Walk, organisation: &Organisation) {
    for path in [
        "settings/theme",
        "settings/theme?limit=1",
        "settings/theme/selected",
        "settings/lookandfeel",
        "template/page?expand=body.storage",
        "template/blueprint",
        "longtask?key=x",
    ] {
        walk.walk(&format!("/wiki/rest/api/{path}"));
    }
    let personal = organisation
        .spaces()
        .find(|space| space.kind == SpaceType::Personal);
    for space in organisation.spaces().take(6).chain(personal) {
        let of_space = format!("/wiki/rest/api/space/{}", space.key);
        for end in [
            "settings",
            "watch",
            "watch?start=1&limit=2",
            "state",
            "state/settings",
        ] {
            walk.walk(&format!("{of_space}/{end}"));
        }
        if space.kind == SpaceType::Personal {
            walk.walk(&format!("{of_space}/theme"));
        }
        for list in [
            "settings/lookandfeel",
            "template/page",
            "template/blueprint",
        ] {
            walk.walk(&format!("/wiki/rest/api/{list}?spaceKey={}", space.key));
        }
    }
    for page in organisation.listed_pages().take(30) {
        let of_page = format!("/wiki/rest/api/content/{}", page.id());
        let status = page.status().as_str();
        walk.walk(&format!("{of_page}/state?status={status}"));
        walk.walk(&format!("{of_page}/notification/child-created?limit=1"));
        for what in ["views", "viewers"] {
            let counted = format!("/wiki/rest/api/analytics/content/{}/{what}", page.id());
            walk.walk(&counted);
            walk.walk(&format!("{counted}?fromDate=2026-11-01T00:00:00.000Z"));
        }
    }
    for user in organisation.users().iter().take(9) {
        let of_user = format!("/wiki/rest/api/user/{}/property", user.account_id);
        walk.walk(&of_user);
        let properties = organisation.user_properties(&user.account_id);
        for property in properties.expect("a user").iter().take(2) {
            walk.walk(&format!("{of_user}/{}", property.key));
        }
    }
}
