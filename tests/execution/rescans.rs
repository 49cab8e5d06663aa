//! Prepared statements and rescans.

use confluence_fdw_tests::one;

use crate::scene::Scene;

#[test]
fn a_prepared_statement_takes_new_values_each_time() {
    let mut scene = Scene::new();
    let site = scene.sim.organisation();
    for mode in ["force_generic_plan", "force_custom_plan", "auto"] {
        scene
            .client
            .batch_execute(&format!("SET plan_cache_mode = {mode}"))
            .unwrap();
        let statement = scene
            .client
            .prepare("SELECT id FROM confluence_pages WHERE space_id = $1 AND id > $2 ORDER BY id")
            .unwrap();
        for _ in 0..4 {
            for space in site.spaces() {
                let pages = site
                    .listed_pages()
                    .filter(|page| page.space_id() == space.id);
                let ids: Vec<i64> = pages.map(|page| page.id() as i64).collect();
                let first = ids.first().copied().unwrap_or_default();
                let found = scene
                    .client
                    .query(&statement, &[&(space.id as i64), &first])
                    .unwrap();
                let found: Vec<i64> = found.iter().map(|row| row.get(0)).collect();
                assert_eq!(found, ids.get(1..).unwrap_or_default());
            }
        }
        let nothing = scene
            .client
            .query(&statement, &[&None::<i64>, &0_i64])
            .unwrap();
        assert!(nothing.is_empty());
    }
}

#[test]
fn a_rescan_gives_the_same_rows_again() {
    let mut scene = Scene::new();
    scene
        .client
        .batch_execute(
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off",
        )
        .unwrap();
    for (sql, expected) in [
        (
            "SELECT count(*) FROM generate_series(1, 4) g CROSS JOIN confluence_pages p",
            4 * 45,
        ),
        (
            "SELECT count(*) FROM generate_series(1, 4) g CROSS JOIN LATERAL (SELECT id FROM confluence_pages LIMIT 3 + 0 * g) p",
            12,
        ),
        (
            "SELECT count(*) FROM confluence_spaces s JOIN confluence_pages p ON p.space_id = s.id",
            45,
        ),
        (
            "SELECT count(*) FROM confluence_pages p LEFT JOIN confluence_spaces s ON s.id = p.space_id WHERE s.id IS NOT NULL",
            45,
        ),
        (
            "SELECT count(*) FROM (SELECT (SELECT s.name FROM confluence_spaces s WHERE s.id = p.space_id) FROM confluence_pages p) x",
            45,
        ),
    ] {
        assert_eq!(one(&mut scene.client, sql), expected.to_string(), "{sql}");
    }
}
