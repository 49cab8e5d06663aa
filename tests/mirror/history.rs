//! What a mirror keeps of what was.

use confluence_fdw_tests::{lines, one};

use super::{as_of, mirrored, refresh};

#[test]
fn a_page_that_was_changed_and_one_that_was_trashed_and_purged() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let ids = scene.page_ids();
    let before = as_of(&mut scene, "pages", "1");
    scene.sim.edit(|site| {
        site.rename_page(ids[0], "Another title").unwrap();
        site.trash_page(ids[1]).unwrap();
        site.purge_page(ids[2]).unwrap();
    });
    refresh(&mut scene, "full");
    let states = |scene: &mut crate::scene::Scene, id: u64| {
        lines(
            &mut scene.client,
            &format!(
                "SELECT run_from, run_to, end_reason FROM acme.pages_history WHERE id = {id} ORDER BY run_from"
            ),
        )
    };
    assert_eq!(states(&mut scene, ids[0]), ["1|2|changed", "2|NULL|NULL"]);
    assert_eq!(states(&mut scene, ids[1]), ["1|2|trashed"]);
    assert_eq!(states(&mut scene, ids[2]), ["1|2|gone_or_hidden"]);
    assert_eq!(
        as_of(&mut scene, "pages", "1"),
        before,
        "what was seen stays"
    );
    let title = format!("SELECT title FROM acme.pages WHERE id = {}", ids[0]);
    assert_eq!(one(&mut scene.client, &title), "Another title");
}

#[test]
fn a_grant_that_is_taken_back_is_removed_and_one_of_a_space_that_is_gone_is_gone_or_hidden() {
    let mut scene = mirrored();
    refresh(&mut scene, "full");
    let grants = lines(
        &mut scene.client,
        "SELECT id FROM acme.permissions WHERE space_id = (SELECT min(id) FROM acme.spaces) ORDER BY id::bigint",
    );
    let spaces = lines(&mut scene.client, "SELECT id FROM acme.spaces ORDER BY id");
    scene.sim.edit(|site| {
        site.remove_permission(grants[0].parse().unwrap()).unwrap();
        site.delete_space(spaces[1].parse().unwrap()).unwrap();
    });
    refresh(&mut scene, "full");
    let ended = lines(
        &mut scene.client,
        "SELECT DISTINCT space_id, end_reason FROM acme.permissions_history WHERE run_to = 2 ORDER BY 1, 2",
    );
    assert_eq!(
        ended,
        [
            format!("{}|removed", spaces[0]),
            format!("{}|gone_or_hidden", spaces[1])
        ]
    );
}
