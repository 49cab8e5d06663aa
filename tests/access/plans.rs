//! Where a key is given, large tables are looked up in: none is read through.

use std::collections::BTreeMap;

use super::mirror::Mirror;

/// A mirror of 300 spaces, 6,000 pages, 500 accounts, 40 groups, 3,000 permissions and 9,000 roles, of which statistics are known. It gets
/// its indexes as one that has a complete run.
fn large() -> Mirror {
    let mut mirror = Mirror::empty();
    let steps = super::world::STEPS
        .map(|step| format!("('{step}')"))
        .join(", ");
    mirror.scene.execute(&format!(
        "INSERT INTO runs (mode, status, started_at, finished_at, published_at, db_user, session_user_name, server, role_mode, product_version,
                           server_started_at)
         VALUES ('full', 'complete', now(), now(), clock_timestamp(), 'test', 'test', 'site', 'ROLES_TRANSITION', 'test', now());
         INSERT INTO run_steps (run_id, step, is_complete, is_reconciled, read_at)
         SELECT 1, s.step, true, true, now() FROM (VALUES {steps}, ('product_access')) AS s (step);
         INSERT INTO users_history (account_id, account_type, account_status, valid_from, run_from)
         SELECT 'u' || n, 'atlassian', 'active', now(), 1 FROM generate_series(1, 500) AS n;
         INSERT INTO groups_history (id, name, valid_from, run_from) SELECT 'g' || n, 'Group ' || n, now(), 1 FROM generate_series(0, 39) AS n;
         INSERT INTO group_members_history (group_id, account_id, valid_from, run_from)
         SELECT 'g' || g, 'u' || n, now(), 1 FROM generate_series(0, 39) AS g, generate_series(1, 500) AS n WHERE n % 40 = g OR n % 7 = g;
         INSERT INTO product_groups_history (access_type, id, valid_from, run_from) VALUES ('user', 'g0', now(), 1), ('admin', 'g1', now(), 1);
         INSERT INTO spaces_history (id, key, valid_from, run_from) SELECT n, 'S' || n, now(), 1 FROM generate_series(1, 300) AS n;
         INSERT INTO permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, run_from)
         SELECT n, 1 + n % 300, CASE n % 3 WHEN 0 THEN 'group' ELSE 'user' END,
                CASE n % 3 WHEN 0 THEN 'g' || (n / 300 % 40) ELSE 'u' || (1 + n / 3 % 500) END,
                (ARRAY['read', 'create', 'administer', 'delete'])[1 + n / 7 % 4], (ARRAY['space', 'page', 'space', 'comment'])[1 + n / 7 % 4], now(), 1
         FROM generate_series(1, 3000) AS n;
         INSERT INTO space_roles_history (id, name, space_permissions, valid_from, run_from) VALUES ('r1', 'Viewer', '[\"read/space\"]', now(), 1);
         INSERT INTO space_role_assignments_history (space_id, principal_type, principal_id, role_id, valid_from, run_from)
         SELECT s, 'USER', 'u' || (1 + (s * 7 + n * 13) % 500), 'r1', now(), 1 FROM generate_series(1, 300) AS s, generate_series(1, 30) AS n;
         INSERT INTO pages_history (id, space_id, title, status, parent_id, valid_from, run_from)
         SELECT 1000 + n, 1 + n % 300, 'Page ' || n, 'current', CASE WHEN n > 600 THEN 1000 + n - 300 END, now(), 1 FROM generate_series(1, 6000) AS n;
         INSERT INTO content_restrictions_history (content_id, operation, principal_type, principal_id, valid_from, run_from)
         SELECT 1000 + n, 'read', CASE n % 2 WHEN 0 THEN 'user' ELSE 'group' END, CASE n % 2 WHEN 0 THEN 'u' || (1 + n % 500) ELSE 'g' || (n % 40) END,
                now(), 1
         FROM generate_series(1, 6000) AS n WHERE n % 4 = 3 OR n % 10 = 0;
         SELECT confluence.create_mirror('site', 'acme');
         SELECT publish_access(1); ANALYZE"
    ));
    mirror
}

/// Tables of which a question with a key reads a part.
const LARGE: &str =
    "'pages_history', 'group_members_history', 'content_restrictions_history', 'content_audience'";
/// What is granted in spaces. A person may be behind whatever nobody resolves, in any space: for them all of it is looked at.
const GRANTED: &str = "'permissions_history', 'space_role_assignments_history'";

#[test]
fn what_avoids_a_kind_of_plan_is_not_compiled() {
    let mut mirror = Mirror::empty();
    // A plan that is avoided costs ten thousand millions where there is no other: PostgreSQL would compile every such statement, which
    // takes a hundred times as long as most of them.
    let avoiding = "SELECT p.proname FROM pg_proc AS p
                    WHERE p.pronamespace = 'acme'::regnamespace AND p.proconfig::text ~ 'enable_[a-z]+=off'";
    assert_ne!(mirror.rows(avoiding), Vec::<String>::new());
    assert_eq!(
        mirror.rows(&format!(
            "{avoiding} AND NOT p.proconfig @> '{{jit=off}}' ORDER BY 1"
        )),
        Vec::<String>::new()
    );
}

#[test]
fn a_first_publishing_after_analyze_looks_contents_up() {
    let mut mirror = large();
    // With more contents at the top than are worked out in one go.
    mirror.scene.execute(
        "INSERT INTO pages_history (id, space_id, title, status, valid_from, run_from)
         SELECT 20000 + n, 1 + n % 300, 'Page ' || n, 'current', now(), 1 FROM generate_series(1, 2500) AS n;
         TRUNCATE audiences, content_audience, view_restrictions, content_gaps, audiences_run; ANALYZE",
    );
    let read = read_through(&mut mirror, "'audiences', 'content_audience'", |mirror| {
        mirror.one("SELECT publish_access(1)");
    });
    // Some times as many as there are. It was millions, where PostgreSQL had been told that there are none.
    assert!(read.values().all(|&rows| rows < 100_000), "{read:?}");
}

#[test]
fn a_question_with_a_key_reads_no_large_table_through() {
    let mut mirror = large();
    let questions = [
        "content_access(1500)",
        "content_access(1003)",
        "space_access(7)",
        "person_access('u77')",
        "explain_access(1500, 'u77')",
        "audiences_of('u77')",
        "is_visible(1500, 'u77')",
        "space_grants WHERE space_id = 7",
        "space_grants WHERE principal_id = 'u77'",
        "effective_space_access WHERE space_id = 7",
    ];
    for question in questions {
        let large = if question.starts_with("person_access") {
            LARGE.to_owned()
        } else {
            format!("{LARGE}, {GRANTED}")
        };
        let read = read_through(&mut mirror, &large, |mirror| {
            let rows = mirror.one(&format!("SELECT count(*) FROM {question}"));
            assert_ne!(rows, "0", "{question}");
        });
        assert_eq!(read, BTreeMap::new(), "{question}");
    }
}

/// How many rows of each of some tables something reads one after the other.
fn read_through(
    mirror: &mut Mirror,
    tables: &str,
    work: impl FnOnce(&mut Mirror),
) -> BTreeMap<String, i64> {
    // In a transaction, so that what is counted stays the session's own until it is looked at.
    mirror.scene.execute("BEGIN");
    let counted = |mirror: &mut Mirror| -> BTreeMap<String, i64> {
        let rows = mirror.rows(&format!(
            "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname IN ({tables})"
        ));
        let pairs = rows.iter().filter_map(|row| row.split_once('|'));
        pairs
            .map(|(table, read)| (table.to_owned(), read.parse().expect("a number")))
            .collect()
    };
    let before = counted(mirror);
    work(mirror);
    let mut read = counted(mirror);
    mirror.scene.execute("ROLLBACK");
    for (table, rows) in &mut read {
        *rows -= before.get(table).copied().unwrap_or(0);
    }
    read.retain(|_, rows| *rows > 0);
    read
}

#[test]
fn a_run_that_changes_little_works_out_little() {
    let mut mirror = large();
    mirror.scene.execute(
        "INSERT INTO runs (mode, status, started_at, finished_at, published_at, db_user, session_user_name, server, role_mode, product_version,
                           server_started_at)
         VALUES ('full', 'complete', now(), now(), clock_timestamp(), 'test', 'test', 'site', 'ROLES_TRANSITION', 'test', now());
         INSERT INTO content_restrictions_history (content_id, operation, principal_type, principal_id, valid_from, run_from)
         VALUES (6641, 'read', 'user', 'u5', now(), 2)",
    );
    let read = read_through(
        &mut mirror,
        "'pages_history', 'content_audience'",
        |mirror| {
            // The audience; the page and the one below it; the list.
            assert_eq!(mirror.one("SELECT publish_access(2)"), "4");
        },
    );
    assert_eq!(read, BTreeMap::new());
    assert_eq!(mirror.one("SELECT publish_access(2)"), "4");
    assert_eq!(
        mirror.rows(
            "SELECT k.content_id FROM content_audience AS k JOIN audiences AS d USING (audience_id) WHERE d.view_restricted_by = 6641 ORDER BY 1"
        ),
        ["6641", "6941"]
    );
}
