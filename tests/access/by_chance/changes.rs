//! What changed between two runs is what differs between their answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::mirror::Mirror;
use crate::access::world::{KINDS, World};

/// Who has what, by place: 2 is allowed, 1 unknown.
type Ranks = BTreeMap<(i64, String, String), i32>;
/// Place, account and access, and whether it is less than before.
type Differences = BTreeSet<(i64, String, String, bool)>;

/// Compares what is told of each two runs with what each of them answers by itself.
pub(super) fn compare_changes(mirror: &mut Mirror, past: &[(i64, World)]) {
    let answers: Vec<Answer> = past
        .iter()
        .map(|(run, world)| Answer::of(mirror, *run, world))
        .collect();
    for (place, before) in answers.iter().enumerate() {
        for after in &answers[place + 1..] {
            let Changes {
                spaces,
                contents,
                unread,
            } = Changes::between(mirror, before, after);
            spaces_tell_what_differs(spaces, before, after);
            contents_tell_what_differs(&contents, &unread, before, after);
        }
    }
}

/// What a run answers.
struct Answer<'a> {
    world: &'a World,
    /// When the run was published.
    at: String,
    spaces: Ranks,
    contents: Ranks,
}

impl<'a> Answer<'a> {
    fn of(mirror: &mut Mirror, run: i64, world: &'a World) -> Self {
        let at = mirror.one(&format!("SELECT published_at FROM runs WHERE id = {run}"));
        let rank = "CASE verdict WHEN 'allowed' THEN 2 ELSE 1 END";
        let spaces = ranks(&mirror.rows(&format!(
            "SELECT space_id, account_id, access, {rank} FROM effective_space_access_as_of('{at}')
             WHERE account_id IS NOT NULL AND verdict <> 'potential'"
        )));
        let ids: Vec<String> = world.contents.keys().map(i64::to_string).collect();
        let ids = ids.join(",");
        let contents = ranks(&mirror.rows(&format!(
            "SELECT content_id, account_id, access, max({rank}) FROM contents_access_at('{{{ids}}}', {run})
             WHERE account_id IS NOT NULL AND verdict <> 'potential' GROUP BY 1, 2, 3"
        )));
        many_are_answered_as_one_is(mirror, run, world, &contents);
        Self {
            world,
            at,
            spaces,
            contents,
        }
    }
}

fn ranks(rows: &[String]) -> Ranks {
    let ranks = rows.iter().map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let [place, account, access, rank] = cells[..] else {
            panic!("{row}")
        };
        let place = place.parse().expect("a number");
        let rank = rank.parse().expect("a number");
        ((place, account.to_owned(), access.to_owned()), rank)
    });
    ranks.collect()
}

/// What is worked out of many contents at once is what each of them says: asked of everybody, of single accounts, and both.
fn many_are_answered_as_one_is(mirror: &mut Mirror, run: i64, world: &World, contents: &Ranks) {
    let asked_of_all: Vec<(i64, Option<&str>)> = world
        .contents
        .keys()
        .map(|&content| (content, None))
        .collect();
    let accounts: BTreeSet<&str> = contents.keys().map(|(_, account, _)| &**account).collect();
    let pairs: Vec<(i64, Option<&str>)> = world
        .contents
        .keys()
        .flat_map(|&content| {
            accounts
                .iter()
                .map(move |&account| (content, Some(account)))
        })
        .step_by(3)
        .collect();
    let mixed: Vec<(i64, Option<&str>)> = asked_of_all
        .iter()
        .copied()
        .step_by(4)
        .chain(pairs.iter().copied())
        .collect();
    for asked in [asked_of_all, pairs, mixed] {
        let right: Ranks = contents
            .iter()
            .filter(|((content, account, _), _)| {
                asked
                    .iter()
                    .any(|&(id, of)| id == *content && of.is_none_or(|of| of == account))
            })
            .map(|(key, &rank)| (key.clone(), rank))
            .collect();
        let ids: Vec<String> = asked.iter().map(|(id, _)| id.to_string()).collect();
        let of: Vec<&str> = asked.iter().map(|(_, of)| of.unwrap_or("NULL")).collect();
        let found = ranks(&mirror.rows(&format!(
            "SELECT p.content_id, p.account_id, x.access, x.rank
             FROM content_people_at('{{{}}}', {run}, '{{{}}}') AS p
             CROSS JOIN LATERAL (VALUES ('view', p.view_rank), ('edit', p.edit_rank)) AS x (access, rank)
             WHERE p.account_id IS NOT NULL AND x.rank > 0",
            ids.join(","),
            of.join(",")
        )));
        let wrong: Vec<_> = found
            .iter()
            .filter(|&(key, rank)| right.get(key) != Some(rank))
            .collect();
        let missing: Vec<_> = right
            .keys()
            .filter(|key| !found.contains_key(key))
            .collect();
        assert!(
            wrong.is_empty() && missing.is_empty(),
            "run {run}: {wrong:?} are wrong, {missing:?} are missing of {asked:?}\n{world:?}"
        );
    }
}

/// The places where two runs differ, and whether the second has less.
fn differing(before: &Ranks, after: &Ranks) -> Differences {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differing = keys.into_iter().filter_map(|key| {
        let (was, is_now) = (before.get(key), after.get(key));
        (was != is_now).then(|| (key.0, key.1.clone(), key.2.clone(), was > is_now))
    });
    differing.collect()
}

/// What is told of each two runs, asked once.
struct Changes {
    spaces: Differences,
    contents: Differences,
    /// Details of rows that say what was not read.
    unread: Vec<String>,
}

impl Changes {
    fn between(mirror: &mut Mirror, before: &Answer<'_>, after: &Answer<'_>) -> Self {
        let rows = mirror.rows(&format!(
            "SELECT account_id IS NULL, content_id IS NULL, coalesce(content_id, space_id), account_id, access,
                    CASE WHEN change IN ('lost', 'not_seen') THEN 1 ELSE 0 END, detail
             FROM access_changes('{}', '{}') WHERE account_id IS NOT NULL OR reason = 'not_read'",
            before.at, after.at
        ));
        let mut changes = Self {
            spaces: BTreeSet::new(),
            contents: BTreeSet::new(),
            unread: Vec::new(),
        };
        for row in rows {
            let cells: Vec<&str> = row.splitn(7, '|').collect();
            let [of_nobody, of_space, place, account, access, is_less, detail] = cells[..] else {
                panic!("{row}")
            };
            if of_nobody == "t" {
                changes.unread.push(detail.to_owned());
                continue;
            }
            let told = match of_space {
                "t" => &mut changes.spaces,
                _ => &mut changes.contents,
            };
            let place = place.parse().expect("a number");
            let change = (place, account.to_owned(), access.to_owned(), is_less == "1");
            assert!(told.insert(change), "told twice: {row}");
        }
        changes
    }
}

fn spaces_tell_what_differs(mut found: Differences, before: &Answer<'_>, after: &Answer<'_>) {
    // Grants of a space that is not listed stay in these worlds, and end on a site.
    let mut right = differing(&before.spaces, &after.spaces);
    let is_listed = |space: &i64| {
        [before, after]
            .iter()
            .all(|run| run.world.spaces.contains(space))
    };
    found.retain(|(space, ..)| is_listed(space));
    right.retain(|(space, ..)| is_listed(space));
    assert_eq!(
        found, right,
        "spaces\n{:?}\n{:?}",
        before.world, after.world
    );
}

/// Whatever is told of a content is so; and whatever differs in a content whose own lists changed, that was moved,
/// or whose lists name a group that the account has joined or left, is told, of it or of its space.
fn contents_tell_what_differs(
    found: &Differences,
    unread: &[String],
    before: &Answer<'_>,
    after: &Answer<'_>,
) {
    let right = differing(&before.contents, &after.contents);
    let wrong: Vec<_> = found.difference(&right).collect();
    assert_eq!(
        wrong,
        Vec::<&_>::new(),
        "contents\n{:?}\n{:?}",
        before.world,
        after.world
    );
    let steps = KINDS.iter().map(|&(_, table)| table);
    let steps_unread: usize = steps
        .chain(["content_restrictions"])
        .map(|step| {
            let runs = [before, after].into_iter();
            runs.filter(|run| run.world.unread.contains(step)).count()
        })
        .sum();
    assert_eq!(unread.len(), steps_unread, "{unread:?}");
    if !unread.is_empty() {
        return;
    }
    let spaces = differing(&before.spaces, &after.spaces);
    let lists = |world: &World, content: i64| -> Vec<String> {
        let of_content = world.lists.iter().filter(|entry| entry.0 == content);
        of_content.map(|entry| format!("{entry:?}")).collect()
    };
    let missing = right
        .difference(found)
        .filter(|(content, account, access, is_less)| {
            let (Some(was), Some(is_now)) = (
                before.world.contents.get(content),
                after.world.contents.get(content),
            ) else {
                return false;
            };
            let is_told_of_space = was.space == is_now.space
                && spaces.contains(&(is_now.space, account.clone(), access.clone(), *is_less));
            let is_changed = lists(before.world, *content) != lists(after.world, *content)
                || (was.parent, was.space) != (is_now.parent, is_now.space);
            // Of a group that both runs list, and that the list of the content names.
            let has_come_or_gone = before.world.lists.iter().any(|(of, _, kind, group)| {
                let is_in =
                    |world: &World| world.groups.get(group).map(|in_it| in_it.contains(account));
                let (was_in, is_in) = (is_in(before.world), is_in(after.world));
                of == content
                    && *kind == "group"
                    && was_in.is_some()
                    && is_in.is_some()
                    && was_in != is_in
            });
            (is_changed || has_come_or_gone) && !is_told_of_space
        });
    assert_eq!(
        missing.collect::<Vec<_>>(),
        Vec::<&_>::new(),
        "contents\n{:?}\n{:?}",
        before.world,
        after.world
    );
}
