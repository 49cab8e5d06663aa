//! Orders, and the least and the latest row.

use confluence_fdw_tests::{lines, one, requests};

use crate::scene::Scene;

#[test]
fn a_sort_by_what_is_the_same_in_all_rows_is_none() {
    let mut scene = Scene::new();
    let space = one(
        &mut scene.client,
        "SELECT min(space_id) FROM confluence_pages",
    );
    for (sql, limit) in [
        (
            "SELECT id FROM confluence_pages WHERE space_id = {} ORDER BY space_id LIMIT 1",
            1,
        ),
        (
            "SELECT id FROM confluence_pages WHERE space_id = {} ORDER BY space_id, 'x' || space_id LIMIT 1",
            10,
        ),
        (
            "SELECT DISTINCT space_id FROM confluence_pages WHERE space_id = {} LIMIT 1",
            10,
        ),
        (
            "SELECT space_id FROM confluence_pages WHERE space_id = {} GROUP BY space_id LIMIT 1",
            10,
        ),
        (
            "SELECT min(space_id) FROM confluence_pages WHERE space_id = {}",
            1,
        ),
        (
            "SELECT max(space_id) FROM confluence_pages WHERE space_id = {}",
            1,
        ),
        (
            "SELECT EXISTS (SELECT FROM confluence_pages WHERE space_id = {} ORDER BY space_id)",
            10,
        ),
    ] {
        let sql = sql.replace("{}", &space);
        scene.sim.clear_log();
        lines(&mut scene.client, &sql);
        let asked = requests(&scene.sim);
        let expected = format!("GET /wiki/api/v2/pages?space-id={space}&limit={limit}");
        if sql.contains("'x'") {
            // That sorts, as far as PostgreSQL knows.
            assert_eq!(asked.len(), 2, "{sql}: {asked:?}");
        } else {
            assert_eq!(asked, [expected], "{sql}");
        }
    }
    // What a group has to be counted for is read whole.
    let sql = format!(
        "SELECT space_id, count(*) FROM confluence_pages WHERE space_id = {space} GROUP BY space_id LIMIT 1"
    );
    scene.sim.clear_log();
    let rows = lines(&mut scene.client, &sql);
    let pages: usize = rows[0]
        .split_once('|')
        .expect("two")
        .1
        .parse()
        .expect("a number");
    assert_eq!(requests(&scene.sim).len(), pages.div_ceil(10), "{rows:?}");
}

#[test]
fn a_least_value_for_each_row_takes_a_request_for_each() {
    let mut scene = Scene::new();
    for sql in [
        "SELECT (SELECT min(space_id) FROM confluence_pages p WHERE p.space_id = s.id) FROM confluence_spaces s ORDER BY s.id",
        "SELECT (SELECT space_id FROM confluence_pages p WHERE p.space_id = s.id ORDER BY space_id LIMIT 1) FROM confluence_spaces s ORDER BY s.id",
    ] {
        scene.sim.clear_log();
        let rows = lines(&mut scene.client, sql);
        assert_eq!(
            rows,
            lines(
                &mut scene.client,
                "SELECT id FROM confluence_spaces ORDER BY id"
            )
        );
        let asked: Vec<String> = requests(&scene.sim)
            .into_iter()
            .filter(|asked| asked.contains("/pages?"))
            .collect();
        assert_eq!(asked.len(), 3, "{sql}: {asked:#?}");
        assert!(
            asked.iter().all(|asked| asked.ends_with("&limit=1")),
            "{asked:#?}"
        );
    }
}
