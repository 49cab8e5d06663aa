//! Random sites, and what happens to them from run to run.

use std::collections::BTreeSet;

use fastrand::Rng;

use crate::access::world::{KINDS as TABLES, World};
use crate::random::pick;

pub(super) const PEOPLE: [&str; 9] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "x1"];
pub(super) const GROUPS: [&str; 6] = ["g1", "g2", "g3", "g4", "g5", "h1"];
pub(super) const SPACES: [i64; 3] = [11, 12, 13];
pub(super) const KINDS: [&str; 6] = ["page", "page", "blogpost", "folder", "whiteboard", "embed"];
pub(super) const OPERATIONS: [&str; 14] = [
    "read/space",
    "read/space",
    "read/space",
    "create/page",
    "update/page",
    "create/blogpost",
    "create/whiteboard",
    "update/embed",
    "administer/space",
    "manage_users/space",
    "manage_content/space",
    "delete/page",
    "create/comment",
    "export/space",
];
pub(super) const CLASSES: [&str; 7] = [
    "ALL_LICENSED_USERS",
    "all-product-admins",
    "AUTHENTICATED_USERS",
    "anonymous-users",
    "jsm-project-admins",
    "all-licensed-users",
    "of-another-kind",
];

/// One of some words.
pub(super) fn one_of(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

/// How much is hidden.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Hidden {
    Nothing,
    Something,
}

pub(super) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

pub(super) fn made(rng: &mut Rng, hidden: Hidden) -> World {
    let mut world = World {
        product_is_proved: hidden == Hidden::Nothing || chance(rng, 60),
        role_mode: one_of(rng, &["PRE_ROLES", "ROLES_TRANSITION", "ROLES"]),
        ..World::default()
    };
    for account in PEOPLE {
        make_account(&mut world, rng, account, hidden);
    }
    for group in GROUPS {
        if group != "h1" || hidden == Hidden::Nothing {
            let members: Vec<&str> = PEOPLE.into_iter().filter(|_| chance(rng, 35)).collect();
            world.group(group, &members);
        }
    }
    for (access_type, group) in [
        ("user", "g1"),
        ("user", "g2"),
        ("admin", "g3"),
        ("site-admin", "g4"),
    ] {
        if chance(rng, 70) {
            world.product(access_type, group);
        }
    }
    world.spaces.extend(SPACES);
    world.role("r1", &["read/space"]);
    world.role(
        "r2",
        &[
            "read/space",
            "create/page",
            "create/blogpost",
            "create/comment",
        ],
    );
    world.role("r3", &["read/space", "administer/space", "update/page"]);
    for _ in 0..rng.usize(6..24) {
        make_grant(&mut world, rng, hidden);
    }
    if world.role_mode != "PRE_ROLES" {
        for _ in 0..rng.usize(0..6) {
            make_assignment(&mut world, rng, hidden);
        }
    }
    for number in 0..22 {
        let id = 100 + number;
        let parent = (number > 0 && chance(rng, 75)).then(|| 100 + rng.i64(0..number));
        make_content(&mut world, rng, id, parent, hidden);
    }
    for _ in 0..rng.usize(4..26) {
        make_entry(&mut world, rng, hidden);
    }
    world
}

pub(super) fn make_account(world: &mut World, rng: &mut Rng, account: &str, hidden: Hidden) {
    if hidden == Hidden::Something && chance(rng, 12) {
        world.accounts.remove(account);
        return;
    }
    let kind = *pick(
        rng,
        &[
            "atlassian",
            "atlassian",
            "atlassian",
            "atlassian",
            "app",
            "customer",
        ],
    );
    let status = *pick(
        rng,
        &[
            "active", "active", "active", "active", "active", "inactive", "closed",
        ],
    );
    let status = if hidden == Hidden::Something && chance(rng, 5) {
        "unknown"
    } else {
        status
    };
    world.account(
        account,
        kind,
        status,
        kind == "atlassian" && chance(rng, 18),
    );
}

pub(super) fn make_grant(world: &mut World, rng: &mut Rng, hidden: Hidden) {
    let space = *pick(rng, &SPACES);
    let operation = *pick(rng, &OPERATIONS);
    let (principal_type, principal) = match rng.u32(..100) {
        0..=44 => ("user", *pick(rng, &PEOPLE)),
        45..=74 => ("group", *pick(rng, &GROUPS)),
        75..=90 => (
            "access-class",
            *pick(
                rng,
                &CLASSES[..if hidden == Hidden::Nothing { 6 } else { 7 }],
            ),
        ),
        91..=96 => ("role", *pick(rng, &["r1", "r2", "r3"])),
        _ if hidden == Hidden::Nothing => ("GROUP", "g1"),
        _ => ("team", "t1"),
    };
    // An unresolved class is a gap, and in a site of which all is known there is none.
    world.grant(space, principal_type, principal, operation);
}

pub(super) fn make_assignment(world: &mut World, rng: &mut Rng, hidden: Hidden) {
    let space = *pick(rng, &SPACES);
    let role = if hidden == Hidden::Something && chance(rng, 8) {
        "r9"
    } else {
        *pick(rng, &["r1", "r2", "r3"])
    };
    match rng.u32(..10) {
        0..=3 => world.assign(space, "USER", one_of(rng, &PEOPLE), role),
        4..=7 => world.assign(space, "GROUP", one_of(rng, &GROUPS), role),
        _ => world.assign(space, "ACCESS_CLASS", one_of(rng, &CLASSES[..6]), role),
    }
}

pub(super) fn make_content(
    world: &mut World,
    rng: &mut Rng,
    id: i64,
    parent: Option<i64>,
    hidden: Hidden,
) {
    let kind = *pick(rng, &KINDS);
    // A tree lies in one space.
    let space = match parent.and_then(|parent| world.contents.get(&parent)) {
        Some(parent) => parent.space,
        None if hidden == Hidden::Something && chance(rng, 4) => 99,
        None => *pick(rng, &SPACES),
    };
    let parent = match kind {
        "blogpost" => None,
        _ if hidden == Hidden::Something && chance(rng, 4) => Some(9_000),
        _ => parent,
    };
    world.content(kind, id, space, parent);
}

pub(super) fn make_entry(world: &mut World, rng: &mut Rng, hidden: Hidden) {
    let ids: Vec<i64> = world.contents.keys().copied().collect();
    let content = *pick(rng, &ids);
    let operation = *pick(rng, &["read", "read", "update"]);
    if hidden == Hidden::Something {
        match rng.u32(..100) {
            0..=4 => return world.hide_lists(content),
            5..=9 => return world.list(content, operation, "unknown", "unknown"),
            _ => {}
        }
    }
    if world
        .lists
        .iter()
        .any(|entry| entry.0 == content && entry.1 == "unknown")
    {
        return;
    }
    for _ in 0..rng.usize(1..4) {
        match rng.bool() {
            true => world.list(content, operation, "user", one_of(rng, &PEOPLE)),
            false => world.list(content, operation, "group", one_of(rng, &GROUPS)),
        }
    }
}

/// Something happens to the site, or several things.
pub(super) fn change(world: &mut World, rng: &mut Rng, hidden: Hidden) {
    let before = world.clone();
    for _ in 0..rng.usize(0..9) {
        let ids: Vec<i64> = world.contents.keys().copied().collect();
        match rng.u32(..15) {
            0 => {
                let account = *pick(rng, &PEOPLE);
                make_account(world, rng, account, hidden);
            }
            1 => {
                let group = *pick(rng, &GROUPS);
                if let Some(members) = world.groups.get_mut(group) {
                    let member = *pick(rng, &PEOPLE);
                    if !members.remove(member) {
                        members.insert(member.to_owned());
                    }
                }
            }
            2 => make_grant(world, rng, hidden),
            3 => {
                let gone = world
                    .permissions
                    .iter()
                    .nth(rng.usize(..world.permissions.len().max(1)))
                    .cloned();
                world
                    .permissions
                    .retain(|grant| Some(grant) != gone.as_ref());
            }
            4 | 5 => make_entry(world, rng, hidden),
            6 => {
                let content = *pick(rng, &ids);
                world.lists.retain(|entry| entry.0 != content);
            }
            // Moves below what may be below it: then the parents lead round in a circle.
            7 | 8 => {
                let (id, parent) = (*pick(rng, &ids), *pick(rng, &ids));
                let space = world.contents[&parent].space;
                if world.contents[&id].kind != "blogpost"
                    && (hidden == Hidden::Something || !is_below(world, parent, id))
                {
                    let below: Vec<i64> = ids
                        .iter()
                        .copied()
                        .filter(|&other| is_below(world, other, id))
                        .collect();
                    for other in below {
                        world.contents.get_mut(&other).expect("there").space = space;
                    }
                    let node = world.contents.get_mut(&id).expect("there");
                    (node.parent, node.space) = (Some(parent), space);
                }
            }
            9 => {
                let id = *pick(rng, &ids);
                let is_parent = world.contents.values().any(|node| node.parent == Some(id));
                if hidden == Hidden::Something || !is_parent {
                    world.end(id, one_of(rng, &["trashed", "purged", "gone_or_hidden"]));
                }
            }
            10 => {
                let id = 100 + rng.i64(0..40);
                let parent = chance(rng, 70).then(|| *pick(rng, &ids));
                if parent != Some(id) && !world.contents.contains_key(&id) {
                    make_content(world, rng, id, parent, hidden);
                }
            }
            11 if world.role_mode != "PRE_ROLES" => make_assignment(world, rng, hidden),
            12 if hidden == Hidden::Something => {
                let group = *pick(rng, &GROUPS);
                if world.groups.remove(group).is_none() {
                    world.group(group, &["a1", "a2"]);
                }
            }
            13 if hidden == Hidden::Something => {
                let step = *pick(
                    rng,
                    &[
                        "groups",
                        "group_members",
                        "users",
                        "content_restrictions",
                        "product_groups",
                        "space_roles",
                        "space_role_assignments",
                        "blogposts",
                        "folders",
                        "whiteboards",
                        "smart_links",
                    ],
                );
                if !world.unread.remove(step) {
                    world.unread.insert(step);
                }
            }
            14 if hidden == Hidden::Something => {
                world.product_is_proved = !world.product_is_proved;
                if !world.spaces.remove(&13) {
                    world.spaces.insert(13);
                }
            }
            _ => {}
        }
    }
    for (kind, step) in TABLES {
        if world.unread.contains(step) {
            world.leave_contents(kind, &before);
        }
    }
}

/// Whether a content is below another one, or is it.
pub(super) fn is_below(world: &World, content: i64, above: i64) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = Some(content);
    while let Some(id) = at.filter(|&id| seen.insert(id)) {
        if id == above {
            return true;
        }
        at = world.contents.get(&id).and_then(|node| node.parent);
    }
    false
}
