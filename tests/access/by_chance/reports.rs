//! What reports say of a run is what its answers about each space, account and content add up to.

use std::collections::BTreeMap;

use crate::access::mirror::Mirror;
use crate::access::world::World;

/// Compares the reports as of a run with that run's answers.
pub(super) fn compare_reports(mirror: &mut Mirror, run: i64, world: &World) {
    let at = mirror.one(&format!("SELECT published_at FROM runs WHERE id = {run}"));
    for (report, answers) in [
        (
            "SELECT DISTINCT ON (space_id, account_id) space_id, account_id, verdict FROM space_admins(NULL, AT)
             WHERE account_id IS NOT NULL AND verdict IN ('allowed', 'unknown') ORDER BY space_id, account_id, verdict",
            "SELECT space_id, account_id, verdict FROM effective_space_access_as_of(AT)
             WHERE account_id IS NOT NULL AND access = 'administer' AND verdict IN ('allowed', 'unknown') ORDER BY space_id, account_id",
        ),
        (
            "SELECT space_id FROM orphaned_spaces(AT) WHERE findings && '{no_active_administrator,no_known_administrator}' ORDER BY 1",
            "SELECT id FROM spaces_as_of(AT) AS s WHERE NOT EXISTS (SELECT FROM effective_space_access_as_of(AT) AS e
             WHERE e.space_id = s.id AND e.access = 'administer' AND e.verdict = 'allowed') ORDER BY 1",
        ),
        (
            "SELECT space_id, account_id, access, verdict FROM external_access('{}', AT) WHERE account_id IS NOT NULL ORDER BY 1, 2, 3",
            "SELECT space_id, account_id, access, verdict FROM effective_space_access_as_of(AT)
             WHERE account_id IS NOT NULL AND (is_guest OR account_type = 'customer') AND verdict IN ('allowed', 'unknown') ORDER BY 1, 2, 3",
        ),
        (
            "SELECT space_id, account_id, access, verdict FROM app_access(AT) WHERE account_id IS NOT NULL ORDER BY 1, 2, 3",
            "SELECT space_id, account_id, access, verdict FROM effective_space_access_as_of(AT)
             WHERE account_type = 'app' AND verdict IN ('allowed', 'unknown') ORDER BY 1, 2, 3",
        ),
    ] {
        let quoted = format!("'{at}'");
        assert_eq!(
            mirror.rows(&report.replace("AT", &quoted)),
            mirror.rows(&answers.replace("AT", &quoted)),
            "{report} as of run {run}\n{world:?}"
        );
    }
    restricted_content_counts_people(mirror, run, &at, world);
}

/// How many view and edit each content that has lists.
fn restricted_content_counts_people(mirror: &mut Mirror, run: i64, at: &str, world: &World) {
    let ids: Vec<String> = world.contents.keys().map(i64::to_string).collect();
    let right = mirror.rows(&format!(
        "SELECT content_id, access, count(DISTINCT account_id) FROM contents_access_at('{{{}}}', {run})
         WHERE account_id IS NOT NULL AND verdict = 'allowed' GROUP BY 1, 2",
        ids.join(",")
    ));
    let right: BTreeMap<String, String> = right
        .iter()
        .filter_map(|row| row.rsplit_once('|'))
        .map(|(key, count)| (key.to_owned(), count.to_owned()))
        .collect();
    let found = mirror.rows(&format!(
        "SELECT r.content_id, x.access, x.people FROM restricted_content(NULL, '{at}') AS r
         CROSS JOIN LATERAL (VALUES ('view', r.viewers), ('edit', r.editors)) AS x (access, people)
         WHERE r.viewers IS NOT NULL"
    ));
    for row in &found {
        let (key, count) = row.rsplit_once('|').expect("a count");
        let right = right.get(key).map_or("0", String::as_str);
        assert_eq!(count, right, "{key} as of run {run}\n{world:?}");
    }
    let listed = mirror.rows(&format!(
        "SELECT DISTINCT content_id FROM restricted_content(NULL, '{at}') WHERE content_id IS NOT NULL ORDER BY 1"
    ));
    let restricted = mirror.rows(&format!(
        "SELECT DISTINCT content_id FROM content_restrictions_as_of('{at}') ORDER BY 1"
    ));
    assert_eq!(listed, restricted, "run {run}\n{world:?}");
}

/// Whoever is in a group at one of two runs and not at the other has come or gone once more than the other way round.
pub(super) fn compare_group_changes(mirror: &mut Mirror, past: &[(i64, World)]) {
    let (Some((first, _)), Some((last, world))) = (past.first(), past.last()) else {
        return;
    };
    let at = |run| format!("(SELECT published_at FROM runs WHERE id = {run})");
    let (from, to) = (at(first), at(last));
    let found = mirror.rows(&format!(
        "SELECT group_id, account_id, sum(CASE WHEN change IN ('joined', 'first_seen') THEN 1 ELSE -1 END) AS net
         FROM group_changes({from}, {to}) WHERE account_id IS NOT NULL
         GROUP BY 1, 2 HAVING sum(CASE WHEN change IN ('joined', 'first_seen') THEN 1 ELSE -1 END) <> 0 ORDER BY 1, 2"
    ));
    let right = mirror.rows(&format!(
        "SELECT group_id, account_id, CASE WHEN b.is_in IS NULL THEN 1 ELSE -1 END
         FROM (SELECT group_id, account_id, true AS is_in FROM group_members_as_of({from})) AS b
         FULL JOIN (SELECT group_id, account_id, true AS is_in FROM group_members_as_of({to})) AS a USING (group_id, account_id)
         WHERE a.is_in IS NULL OR b.is_in IS NULL ORDER BY 1, 2"
    ));
    assert_eq!(found, right, "{world:?}");
}
