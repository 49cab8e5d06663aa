//! The operations of v1, and the look-up of users.

use super::walk::Walk;
use confluence_sim::{NodeKind, Organisation, SpaceType};
use serde_json::json;
use std::collections::BTreeSet;

const API: &str = "/wiki/rest/api";

pub fn walk(walk: &mut Walk, organisation: &Organisation) {
    users(walk, organisation);
    groups(walk, organisation);
    restrictions(walk, organisation);
    content_searches(walk, organisation);
    audit(walk, organisation);
    searches(walk, organisation);
    the_rest(walk, organisation);
}

fn users(walk: &mut Walk, organisation: &Organisation) {
    let users = organisation.users().iter();
    let ids: Vec<&str> = users.map(|user| user.account_id.as_str()).collect();
    for ids in ids.chunks(250).chain([&["nobody"][..]]) {
        walk.walk_with("users-bulk", &json!({"accountIds": ids}));
    }
    for id in ids.iter().take(40).chain(&["nobody&start=2&limit=5"]) {
        walk.walk(&format!("{API}/user/memberof?accountId={id}"));
    }
    for id in ids.iter().take(9) {
        walk.walk(&format!("{API}/user/{id}/property"));
        let properties = organisation.user_properties(id).expect("a user");
        for property in properties.iter().take(2) {
            walk.walk(&format!("{API}/user/{id}/property/{}", property.key));
        }
    }
}

fn groups(walk: &mut Walk, organisation: &Organisation) {
    walk.walk(&format!("{API}/group"));
    walk.walk(&format!(
        "{API}/group?limit=1&accessType=[user|admin|site-admin]"
    ));
    for group in organisation.groups() {
        walk.walk(&format!("{API}/group/by-id?id={}", group.id));
        walk.walk(&format!(
            "{API}/group/{}/membersByGroupId[|?limit=2&shouldReturnTotalSize=true&expand=isExternalCollaborator]",
            group.id
        ));
    }
}

fn restrictions(walk: &mut Walk, organisation: &Organisation) {
    let restricted = organisation.restrictions().map(|(id, ..)| id);
    let mut ids: BTreeSet<u64> = restricted.take(60).collect();
    ids.extend(organisation.listed_pages().take(10).map(|page| page.id()));
    let posts = organisation.listed_blogposts().take(5);
    ids.extend(posts.map(|post| post.id()));
    for kind in NodeKind::ALL {
        let nodes = organisation.tree_nodes_of(kind).take(2);
        ids.extend(nodes.map(|node| node.id()));
    }
    let users = organisation
        .users()
        .iter()
        .map(|user| ("user", &user.account_id));
    let groups = organisation
        .groups()
        .iter()
        .map(|group| ("group", &group.id));
    for id in ids.iter().take(5) {
        for (kind, identifier) in users.clone().take(20).chain(groups.clone().take(5)) {
            for operation in ["read", "update"] {
                let subject = json!({"type": kind, "identifier": identifier});
                let question = json!({"subject": subject, "operation": operation});
                walk.walk_with(&format!("{API}/content/{id}/permission/check"), &question);
            }
        }
    }
    for id in ids {
        walk.walk(&format!(
            "{API}/content/{id}/restriction[|?expand=restrictions.user,restrictions.group,content\
             |?expand=read.restrictions.user,update.restrictions.group&start=1&limit=2]"
        ));
    }
}

fn content_searches(walk: &mut Walk, organisation: &Organisation) {
    let restricted = organisation.restrictions().map(|(id, ..)| id.to_string());
    let mut ids: Vec<String> = restricted.take(40).collect();
    for kind in NodeKind::ALL {
        let nodes = organisation.tree_nodes_of(kind).take(20);
        ids.extend(nodes.map(|node| node.id().to_string()));
    }
    let posts = organisation.listed_blogposts().take(5);
    ids.extend(posts.map(|post| post.id().to_string()));
    let (ids, search) = (ids.join(","), format!("{API}/content/search?cql="));
    let lists = ["read", "update"].map(|operation| {
        format!(
            "restrictions.{operation}.restrictions.user,restrictions.{operation}.restrictions.group"
        )
    });
    walk.walk(&format!(
        "{search}id%20in%20({ids})&[|expand={}&limit=200|expand=space,version,ancestors,history.ownedBy&limit=7]",
        lists.join(",")
    ));
    walk.walk(&format!(
        "{search}type=folder&cqlcontext=%7B%22contentStatuses%22:%5B%22archived%22%5D%7D&expand=history,restrictions.read.restrictions.user"
    ));
}

fn audit(walk: &mut Walk, organisation: &Organisation) {
    let now = organisation.now().as_millisecond();
    let month_ago = now - 30 * 86_400_000;
    walk.walk(&format!(
        "{API}/audit[/retention||?startDate={month_ago}&endDate={now}&limit=5|?searchString=permission&start=1]"
    ));
}

fn searches(walk: &mut Walk, organisation: &Organisation) {
    let key = &organisation.spaces().next().expect("a space").key;
    let narrow = format!("space=%22{key}%22%20and%20title~%22policy%22");
    walk.walk(&format!(
        "{API}/search?cql=[type=page|type=comment|type=attachment|title=%22nothing%20of%20the%20kind%22|{narrow}]"
    ));
    walk.walk(&format!(
        "{API}/search?cql=type%20in%20([blogpost,folder,whiteboard,database,embed)|page,space,user)%20order%20by%20title]"
    ));
    walk.walk(&format!(
        "{API}/search?cql=text~%22access%20review*%22%20order%20by%20lastmodified%20desc"
    ));
    walk.walk(&format!(
        "{API}/search?cql={narrow}&limit=10&[excerpt=none|excerpt=indexed|expand=content.space,content.version\
         |start=7|includeArchivedSpaces=true&excludeCurrentSpaces=true]"
    ));
}

fn the_rest(walk: &mut Walk, organisation: &Organisation) {
    walk.walk(&format!(
        "{API}/[settings/theme|settings/theme?limit=1|settings/theme/selected|settings/lookandfeel\
         |template/page?expand=body.storage|template/blueprint|longtask?key=x]"
    ));
    let personal = organisation
        .spaces()
        .find(|space| space.kind == SpaceType::Personal);
    for space in organisation.spaces().take(6).chain(personal) {
        let key = &space.key;
        walk.walk(&format!(
            "{API}/space/{key}/[settings|watch|watch?start=1&limit=2|state|state/settings]"
        ));
        if space.kind == SpaceType::Personal {
            walk.walk(&format!("{API}/space/{key}/theme"));
        }
        walk.walk(&format!(
            "{API}/[settings/lookandfeel|template/page|template/blueprint]?spaceKey={key}"
        ));
    }
    for page in organisation.listed_pages().take(30) {
        let (id, status) = (page.id(), page.status().as_str());
        walk.walk(&format!(
            "{API}/content/{id}/[state?status={status}|notification/child-created?limit=1]"
        ));
        walk.walk(&format!(
            "{API}/analytics/content/{id}/[views|viewers][|?fromDate=2026-11-01T00:00:00.000Z]"
        ));
    }
}
