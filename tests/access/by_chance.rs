//! Random sites through random histories: what the mirror answers is what the rule says, account by account, as of each run.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::mirror::Mirror;
use super::rule::{Gap, Pass, Rule};
use super::world::World;
use crate::random::{Rounds, again, chances, pick, tell};

const PEOPLE: [&str; 9] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "x1"];
const GROUPS: [&str; 6] = ["g1", "g2", "g3", "g4", "g5", "h1"];
const SPACES: [i64; 3] = [11, 12, 13];
const KINDS: [&str; 6] = ["page", "page", "blogpost", "folder", "whiteboard", "embed"];
const OPERATIONS: [&str; 14] = [
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
const CLASSES: [&str; 7] = [
    "ALL_LICENSED_USERS",
    "all-product-admins",
    "AUTHENTICATED_USERS",
    "anonymous-users",
    "jsm-project-admins",
    "all-licensed-users",
    "of-another-kind",
];

/// One of some words.
fn one_of(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

/// How much is hidden.
#[derive(Clone, Copy, PartialEq)]
enum Hidden {
    Nothing,
    Something,
}

#[test]
fn what_a_mirror_answers_is_what_the_rule_says_as_of_each_run() {
    let rounds = Rounds::asked_for();
    let count = rounds.count.unwrap_or(24);
    let mut mirror = Mirror::empty();
    let mut compared = 0;
    for seed in rounds.first..rounds.first + count {
        mirror = Mirror::again(mirror);
        let told =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| round(&mut mirror, seed)));
        match told {
            Ok(contents) => compared += contents,
            Err(panic) => {
                tell(&again("access::by_chance", seed));
                std::panic::resume_unwind(panic);
            }
        }
    }
    tell(&format!(
        "{count} random sites, {compared} contents compared"
    ));
}

/// A site through four runs. Returns how many contents were compared.
fn round(mirror: &mut Mirror, seed: u64) -> usize {
    let mut rng = chances(seed, 0);
    let hidden = if rng.bool() {
        Hidden::Nothing
    } else {
        Hidden::Something
    };
    let mut world = made(&mut rng, hidden);
    let mut past: Vec<(i64, World)> = Vec::new();
    for _ in 0..4 {
        let run = mirror.publish(&world);
        past.push((run, world.clone()));
        search_shows_what_is_allowed(mirror, &world);
        audiences_are_those_of_a_new_beginning(mirror, run, &world);
        change(&mut world, &mut rng, hidden);
    }
    let mut compared = 0;
    for (run, world) in &past {
        compared += compare(mirror, *run, world, hidden);
    }
    compared
}

fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

fn made(rng: &mut Rng, hidden: Hidden) -> World {
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

fn make_account(world: &mut World, rng: &mut Rng, account: &str, hidden: Hidden) {
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

fn make_grant(world: &mut World, rng: &mut Rng, hidden: Hidden) {
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

fn make_assignment(world: &mut World, rng: &mut Rng, hidden: Hidden) {
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

fn make_content(world: &mut World, rng: &mut Rng, id: i64, parent: Option<i64>, hidden: Hidden) {
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

fn make_entry(world: &mut World, rng: &mut Rng, hidden: Hidden) {
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
fn change(world: &mut World, rng: &mut Rng, hidden: Hidden) {
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
}

/// Whether a content is below another one, or is it.
fn is_below(world: &World, content: i64, above: i64) -> bool {
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

/// Compares all answers as of a run with those of the rule.
fn compare(mirror: &mut Mirror, run: i64, world: &World, hidden: Hidden) -> usize {
    let rule = Rule::of(world);
    let at = mirror.one(&format!("SELECT published_at FROM runs WHERE id = {run}"));
    let everybody = rule.everybody();
    compare_contents(mirror, run, world, &rule, hidden);
    compare_spaces(mirror, &at, world, &rule, &everybody, hidden);
    for account in &everybody {
        compare_person(mirror, &at, world, &rule, account);
    }
    compare_explanations(mirror, &at, world, &rule, &everybody);
    world.contents.len()
}

fn compare_contents(mirror: &mut Mirror, run: i64, world: &World, rule: &Rule, hidden: Hidden) {
    let ids: Vec<String> = world.contents.keys().map(i64::to_string).collect();
    let found = mirror.rows(&format!(
        "SELECT content_id, access, coalesce(account_id, '-'), verdict, coalesce(reason, '-'), coalesce(group_id, '-'), path_type
         FROM contents_access_at('{{{}}}', {run})",
        ids.join(",")
    ));
    let mut people: BTreeMap<(i64, String, String), BTreeSet<String>> = BTreeMap::new();
    let mut gaps: BTreeMap<i64, BTreeSet<(String, String, String)>> = BTreeMap::new();
    let mut potential: BTreeSet<(i64, String, String, String)> = BTreeSet::new();
    for row in &found {
        let cells: Vec<&str> = row.split('|').collect();
        let [content, access, account, verdict, reason, group, path] = cells[..] else {
            panic!("{row}")
        };
        let content = content.parse().expect("a number");
        if account == "-" {
            gaps.entry(content).or_default().insert((
                access.to_owned(),
                reason.to_owned(),
                group.to_owned(),
            ));
        } else if verdict == "potential" {
            potential.insert((
                content,
                access.to_owned(),
                account.to_owned(),
                path.to_owned(),
            ));
        } else {
            people
                .entry((content, access.to_owned(), account.to_owned()))
                .or_default()
                .insert(verdict.to_owned());
        }
    }
    for (&content, node) in &world.contents {
        let answer = rule.content(content);
        let right: BTreeMap<(String, String), &str> = answer
            .people
            .iter()
            .map(|((access, account), &is_sure)| {
                (
                    ((*access).to_owned(), account.clone()),
                    if is_sure { "allowed" } else { "unknown" },
                )
            })
            .collect();
        let of_content = people.range(
            (content, String::new(), String::new())..(content + 1, String::new(), String::new()),
        );
        let best: BTreeMap<(String, String), &str> = of_content
            .map(|((_, access, account), verdicts)| {
                (
                    (access.clone(), account.clone()),
                    if verdicts.contains("allowed") {
                        "allowed"
                    } else {
                        "unknown"
                    },
                )
            })
            .collect();
        assert_eq!(
            best, right,
            "people of content {content} as of run {run}\n{world:?}"
        );
        let found = gaps.remove(&content).unwrap_or_default();
        assert_eq!(
            found,
            told(&answer.gaps),
            "gaps of content {content} as of run {run}\n{world:?}"
        );
        for account in rule.everybody() {
            for access in ["view", "edit"] {
                let is_allowed =
                    right.get(&(access.to_owned(), account.clone())) == Some(&"allowed");
                let right = if is_allowed {
                    BTreeSet::new()
                } else {
                    rule.potential(node.space, &account)
                };
                let found = potential
                    .iter()
                    .filter(|row| row.0 == content && row.1 == access && row.2 == account);
                let found: BTreeSet<&str> = found.map(|row| row.3.as_str()).collect();
                assert_eq!(
                    found, right,
                    "potential of {account} to {access} content {content} as of run {run}\n{world:?}"
                );
            }
        }
        if hidden == Hidden::Nothing {
            let hiding = answer.gaps.iter().find(|gap| {
                !matches!(gap.1, "class_open_ended" | "jsm_class" | "group_unresolved")
            });
            assert_eq!(hiding, None, "nothing is hidden");
        }
    }
}

fn told(gaps: &BTreeSet<Gap>) -> BTreeSet<(String, String, String)> {
    let told = gaps.iter().map(|(access, reason, group)| {
        (
            (*access).to_owned(),
            (*reason).to_owned(),
            group.clone().unwrap_or_else(|| "-".to_owned()),
        )
    });
    told.collect()
}

fn word(pass: Option<Pass>) -> Option<&'static str> {
    match pass {
        Some(Pass::Yes) => Some("allowed"),
        Some(Pass::Perhaps) => Some("unknown"),
        _ => None,
    }
}

fn compare_spaces(
    mirror: &mut Mirror,
    at: &str,
    world: &World,
    rule: &Rule,
    everybody: &BTreeSet<String>,
    hidden: Hidden,
) {
    for &space in &world.spaces {
        let mut right = BTreeSet::new();
        let mut right_gaps = BTreeSet::new();
        for account in everybody {
            for access in ["view", "edit", "administer"] {
                let pass = rule.space(space, account, access);
                if let Some(verdict) = word(pass) {
                    right.insert(format!("{access}|{account}|{verdict}"));
                }
                if pass.is_none() {
                    let is_potential = rule
                        .potential(space, account)
                        .iter()
                        .any(|&how| how == "product_admin" || access != "administer");
                    if is_potential {
                        right.insert(format!("{access}|{account}|potential"));
                    }
                }
            }
        }
        for (access, reason, group) in rule.space_gaps(space) {
            right_gaps.insert(format!(
                "{access}|{reason}|{}",
                group.unwrap_or_else(|| "NULL".to_owned())
            ));
        }
        // The best of the paths of space_access, and what effective_space_access has as such.
        let best = format!(
            "SELECT DISTINCT ON (access, account_id) access, account_id, verdict FROM space_access({space}, '{at}')
             WHERE account_id IS NOT NULL ORDER BY access, account_id, CASE verdict WHEN 'allowed' THEN 1 WHEN 'unknown' THEN 2 ELSE 3 END"
        );
        let found: BTreeSet<String> = mirror.rows(&best).into_iter().collect();
        assert_eq!(found, right, "people of space {space}\n{world:?}");
        let effective = format!(
            "SELECT access, account_id, verdict FROM effective_space_access_as_of('{at}') WHERE space_id = {space} AND account_id IS NOT NULL"
        );
        let found: BTreeSet<String> = mirror.rows(&effective).into_iter().collect();
        assert_eq!(found, right, "effective access to space {space}\n{world:?}");
        let gaps = format!(
            "SELECT DISTINCT access, reason, group_id FROM space_access({space}, '{at}') WHERE account_id IS NULL"
        );
        let found: BTreeSet<String> = mirror.rows(&gaps).into_iter().collect();
        assert_eq!(found, right_gaps, "gaps of space {space}\n{world:?}");
        if hidden == Hidden::Nothing {
            let hiding = right_gaps
                .iter()
                .find(|gap| !gap.contains("class_open_ended") && !gap.contains("jsm_class"));
            assert_eq!(hiding, None, "nothing is hidden");
        }
    }
    let effective = "SELECT count(*) - count(DISTINCT (space_id, account_id, access)) FROM effective_space_access_as_of('{at}')";
    assert_eq!(
        mirror.one(&effective.replace("{at}", at)),
        "0",
        "one row each"
    );
}

fn compare_person(mirror: &mut Mirror, at: &str, world: &World, rule: &Rule, account: &str) {
    let quoted = format!("'{account}'");
    let mut right = BTreeSet::new();
    for &space in &world.spaces {
        for access in ["view", "edit", "administer"] {
            if let Some(verdict) = word(rule.space(space, account, access)) {
                right.insert(format!("{space}|{access}|{verdict}"));
            }
        }
    }
    let spaces = format!(
        "SELECT DISTINCT ON (space_id, access) space_id, access, verdict FROM person_access({quoted}, '{at}')
         WHERE content_id IS NULL AND operations IS NOT NULL AND verdict <> 'denied'
         ORDER BY space_id, access, CASE verdict WHEN 'allowed' THEN 1 ELSE 2 END"
    );
    let found: BTreeSet<String> = mirror.rows(&spaces).into_iter().collect();
    assert_eq!(found, right, "spaces of {account}\n{world:?}");

    let mut right = BTreeSet::new();
    for &content in world.contents.keys() {
        for access in ["view", "edit"] {
            if let Some(verdict) = rule.person_at(content, account, access) {
                right.insert(format!("{content}|{access}|{verdict}"));
            }
        }
    }
    let contents = format!(
        "SELECT DISTINCT content_id, access, verdict FROM person_access({quoted}, '{at}') WHERE content_id IS NOT NULL"
    );
    let found: BTreeSet<String> = mirror.rows(&contents).into_iter().collect();
    assert_eq!(found, right, "contents that name {account}\n{world:?}");

    let mut right = BTreeSet::new();
    for &space in &world.spaces {
        for access in ["view", "edit", "administer"] {
            let is_guest = access == "administer"
                && world.accounts.get(account).is_some_and(|of| of.is_guest)
                && !world.unread.contains("users");
            let is_in = rule.space(space, account, access) == Some(Pass::Yes);
            if rule.may_be_behind(space, account, access) && !is_in && !is_guest {
                right.insert(format!("{space}|{access}"));
            }
        }
    }
    let gaps = format!(
        "SELECT DISTINCT p.space_id, p.access FROM person_access({quoted}, '{at}') AS p
         WHERE p.verdict = 'unknown' AND p.operations IS NULL AND p.content_id IS NULL AND p.space_id IS NOT NULL
           AND p.detail NOT LIKE '% contents, such as %'"
    );
    let found: BTreeSet<String> = mirror.rows(&gaps).into_iter().collect();
    assert_eq!(
        found, right,
        "spaces that {account} may be let into\n{world:?}"
    );
}

/// The last line of an explanation is what the rule says of the account.
fn compare_explanations(
    mirror: &mut Mirror,
    at: &str,
    world: &World,
    rule: &Rule,
    everybody: &BTreeSet<String>,
) {
    let contents: Vec<i64> = world.contents.keys().copied().step_by(5).collect();
    for content in contents {
        for account in everybody.iter().step_by(3) {
            let found = mirror.rows(&format!(
                "SELECT access, verdict FROM explain_access({content}, '{account}', '{at}') WHERE level = 'result' AND verdict <> 'potential'"
            ));
            for access in ["view", "edit"] {
                let verdict = rule.person_verdict(content, account, access);
                let right = format!("{access}|{verdict}");
                assert!(
                    found.contains(&right),
                    "{account} at {content}: {found:?}, and not {right}\n{world:?}"
                );
            }
        }
    }
}

/// Searches show each person what the rule allows for certain, and nothing else.
fn search_shows_what_is_allowed(mirror: &mut Mirror, world: &World) {
    let rule = Rule::of(world);
    for account in rule.everybody() {
        let allowed = world
            .contents
            .keys()
            .filter(|&&content| rule.reaches(content, &account, "view") == Pass::Yes);
        let right: BTreeSet<String> = allowed.map(i64::to_string).collect();
        let found = mirror.rows(&format!(
            "SELECT content_id FROM visible_content('{account}')"
        ));
        let found: BTreeSet<String> = found.into_iter().collect();
        assert_eq!(found, right, "what {account} is shown\n{world:?}");
    }
}

/// What was kept true from run to run is what comes out when all is worked out anew; and that writes nothing twice.
fn audiences_are_those_of_a_new_beginning(mirror: &mut Mirror, run: i64, world: &World) {
    // Entries of lists that nobody resolves are found where lists and groups were read.
    let kinds = if ["groups", "group_members", "content_restrictions"]
        .iter()
        .any(|step| world.unread.contains(step))
    {
        "AND g.reason NOT IN ('group_unresolved', 'subjects_hidden')"
    } else {
        ""
    };
    let state = &format!("SELECT k.content_id, d.space_id, d.view_restricted_by, d.edit_restricted_by, d.content_type, d.content_status, d.gap,
                        v.above, (SELECT string_agg(concat_ws(' ', g.access, g.reason, g.group_id), ',' ORDER BY g.access, g.reason, g.group_id)
                                  FROM content_gaps AS g WHERE g.content_id = k.content_id AND g.run_to IS NULL {kinds})
                 FROM content_audience AS k JOIN audiences AS d USING (audience_id)
                 LEFT JOIN view_restrictions AS v ON v.content_id = k.content_id ORDER BY 1");
    let kept = mirror.rows(state);
    let links = mirror.rows("SELECT content_id FROM view_restrictions ORDER BY 1");
    assert_eq!(
        mirror.one(&format!("SELECT publish_access({run})")),
        "0",
        "written twice"
    );
    mirror.scene.execute("BEGIN; DELETE FROM content_audience; DELETE FROM audiences; DELETE FROM view_restrictions; DELETE FROM audiences_run;
                          DELETE FROM content_gaps");
    mirror.rows(&format!("SELECT publish_access({run})"));
    let anew = mirror.rows(state);
    let links_anew = mirror.rows("SELECT content_id FROM view_restrictions ORDER BY 1");
    mirror.scene.execute("ROLLBACK");
    assert_eq!(kept, anew);
    assert_eq!(links, links_anew);
}
