//! Random sites through random histories: what the mirror answers is what the rule says, account by account, as of each run.

#[path = "by_chance/changes.rs"]
mod changes;
#[path = "by_chance/reports.rs"]
mod reports;
#[path = "by_chance/worlds.rs"]
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use super::mirror::Mirror;
use super::rule::{Gap, Pass, Rule};
use super::world::World;
use crate::random::{Rounds, again, chances, tell};
use worlds::{Hidden, change, made};

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
        reports::compare_reports(mirror, *run, world);
    }
    reports::compare_group_changes(mirror, &past);
    changes::compare_changes(mirror, &past);
    compared
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
        let found = mirror.rows(&format!(
            "SELECT id FROM content WHERE is_visible(id, '{account}')"
        ));
        let found: BTreeSet<String> = found.into_iter().collect();
        assert_eq!(found, right, "what is visible to {account}\n{world:?}");
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
    let viewers = "SELECT k::text FROM account_principals AS k UNION ALL SELECT k::text FROM view_holders AS k ORDER BY 1";
    let kept_viewers = mirror.rows(viewers);
    assert_eq!(
        mirror.one(&format!("SELECT publish_access({run})")),
        "0",
        "written twice"
    );
    mirror.scene.execute("BEGIN; DELETE FROM content_audience; DELETE FROM audiences; DELETE FROM view_restrictions; DELETE FROM audiences_run;
                          DELETE FROM content_gaps; DELETE FROM account_principals; DELETE FROM view_holders");
    // Few at once: what is not in the same space is not in the same part.
    mirror.rows(&format!("SELECT publish_access({run}, 5)"));
    let anew = mirror.rows(state);
    let links_anew = mirror.rows("SELECT content_id FROM view_restrictions ORDER BY 1");
    let viewers_anew = mirror.rows(viewers);
    mirror.scene.execute("ROLLBACK");
    assert_eq!(kept, anew);
    assert_eq!(links, links_anew);
    assert_eq!(kept_viewers, viewers_anew);
}
