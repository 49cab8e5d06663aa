//! Estimates that are wrong cost little: where planning expects one row and many come, their keys are asked for together.

use std::time::Duration;

use confluence_fdw_tests::site::{Site, answers, small};
use confluence_fdw_tests::{corpus, estimated_requests, explain, explain_with, lines, one};
use confluence_sim::Organisation;
use serde_json::Value;

/// A function whose conditions planning takes for rare, and that all rows meet.
const RARE: &str = "CREATE FUNCTION rare(bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END'";

#[test]
fn where_one_row_is_expected_and_many_come_their_keys_go_together() {
    let mut site = Site::copied(small());
    site.execute(&format!(
        "{RARE};
         CREATE TABLE few AS SELECT id, space_id FROM copy.confluence_pages ORDER BY id LIMIT 1; ANALYZE few;
         INSERT INTO few SELECT id, space_id FROM copy.confluence_pages ORDER BY id OFFSET 1 LIMIT 600"
    ));
    for settings in [
        "RESET ALL",
        "SET enable_memoize = off",
        "SET enable_hashjoin = off",
    ] {
        for (sql, expected) in [
            (
                "SELECT f.id, p.title FROM few f JOIN confluence_pages p ON p.id = f.id",
                3,
            ),
            (
                "SELECT f.id, p.title FROM few f LEFT JOIN confluence_pages p ON p.id = f.id",
                3,
            ),
            (
                "SELECT f.id FROM few f WHERE EXISTS (SELECT FROM confluence_pages p WHERE p.id = f.id AND p.version_number > 1)",
                3,
            ),
            (
                "SELECT f.id FROM few f WHERE NOT EXISTS (SELECT FROM confluence_pages p WHERE p.id = f.id AND p.version_number > 1)",
                3,
            ),
            (
                "SELECT f.id, p.title, s.key FROM few f JOIN confluence_pages p ON p.id = f.id JOIN confluence_spaces s ON s.id = p.space_id",
                4,
            ),
            // As lazily as it is read, a window has twice as many rows as the one before it.
            (
                "SELECT f.id, p.title FROM few f JOIN confluence_pages p ON p.id = f.id WHERE p.version_number > 1000 LIMIT 5",
                4,
            ),
        ] {
            let requests = site.same_after(settings, sql);
            assert!(
                requests.len() <= expected,
                "{settings}: {sql}\n{requests:#?}"
            );
        }
    }
}

#[test]
fn keys_that_go_one_by_one_go_side_by_side() {
    let mut site = Site::of(Organisation::demo());
    site.execute(RARE);
    site.sim.set_latency(Duration::from_millis(5));
    site.sim.reset_in_flight_high_water();
    let sql = "SELECT p.title, v.number, l.name FROM confluence_pages p
        JOIN confluence_page_versions v ON v.page_id = p.id
        LEFT JOIN confluence_page_labels l ON l.page_id = p.id WHERE rare(p.id) AND rare(p.space_id) AND rare(v.number)";
    let plan = explain(&mut site.client, sql);
    assert!(!plan.contains("Nested Loop"), "{plan}");
    let (_, requests) = site.read(sql);
    let pages: usize = one(&mut site.client, "SELECT count(*) FROM confluence_pages")
        .parse()
        .expect("a number");
    assert!(requests.len() <= 2 * pages + 1, "{requests:#?}");
    assert!(site.sim.in_flight_high_water() > 4);
}

/// The comments that nobody has settled, with their pages and spaces.
const UNRESOLVED: &str = "SELECT s.key, p.title, c.resolution_status, c.modified_at FROM confluence_inline_comments c
    JOIN confluence_pages p ON p.id = c.page_id JOIN confluence_spaces s ON s.id = p.space_id
    WHERE c.resolution_status IN ('open', 'reopened') AND c.parent_comment_id IS NULL ORDER BY c.modified_at";

#[test]
fn unresolved_comments_of_tables_that_nobody_has_analyzed_take_few_requests() {
    let mut site = Site::of(small());
    let count = |site: &mut Site, sql: &str| -> usize {
        one(&mut site.client, sql).parse().expect("a number")
    };
    let all = count(&mut site, "SELECT count(*) FROM confluence_inline_comments");
    let pages = count(
        &mut site,
        "SELECT count(DISTINCT page_id) FROM confluence_inline_comments c
        WHERE c.resolution_status IN ('open', 'reopened') AND c.parent_comment_id IS NULL",
    );
    let (rows, requests) = site.read(UNRESOLVED);
    assert!(rows.len() > 20, "{}", rows.len());
    let expected = answers(all) + answers(pages) + 1;
    assert!(
        requests.len() <= expected,
        "{} of {expected}: {requests:#?}",
        requests.len()
    );
}

/// How many rows planning expects of a query, all in all.
fn expected_rows(site: &mut Site, sql: &str) -> f64 {
    let plan = explain_with(&mut site.client, "FORMAT JSON", sql);
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    plan[0]["Plan"]["Plan Rows"].as_f64().expect("a number")
}

#[test]
fn ordinary_conditions_leave_more_than_one_row_of_a_table_that_nobody_has_analyzed() {
    let mut site = Site::of(small());
    for (table, condition) in [
        (
            "inline_comments",
            "resolution_status IN ('open', 'reopened') AND parent_comment_id IS NULL",
        ),
        (
            "footer_comments",
            "resolution_status = 'open' AND parent_comment_id IS NULL AND page_id IS NOT NULL",
        ),
        (
            "pages",
            "version_author_id = 'somebody' AND owner_id = 'somebody'",
        ),
        ("pages", "parent_id IS NULL AND template_id IS NOT NULL"),
        (
            "pages",
            "title LIKE '%policy%' AND version_message IS NOT NULL AND author_id <> owner_id",
        ),
        (
            "tasks",
            "completed_at IS NULL AND due_at < now() AND assigned_to IS NOT NULL",
        ),
        (
            "attachments",
            "media_type = 'application/pdf' AND file_size > 1000000 AND blogpost_id IS NOT NULL",
        ),
        (
            "page_versions",
            "message IS NULL AND minor_edit AND author_id = 'somebody'",
        ),
        (
            "permissions",
            "operation_key = 'administer' AND principal_type = 'user'",
        ),
        (
            "audit_log",
            "category = 'Permissions' AND summary LIKE 'Added%'",
        ),
    ] {
        let rows = expected_rows(
            &mut site,
            &format!("SELECT FROM confluence_{table} WHERE {condition}"),
        );
        assert!(rows > 2.0, "{table}: {condition}: {rows}");
    }
    // What tells one row from all others still does.
    for condition in ["id = 7", "id = 7 AND status = 'current'"] {
        let rows = expected_rows(
            &mut site,
            &format!("SELECT FROM confluence_pages WHERE {condition}"),
        );
        assert_eq!(rows, 1.0, "{condition}");
    }
}

/// The nodes of a plan that begin later than they end.
pub fn begin_after_their_end(node: &Value) -> Vec<String> {
    let cost = |name: &str| node[name].as_f64().expect("a cost");
    let mut found = Vec::new();
    if cost("Startup Cost") > cost("Total Cost") {
        found.push(format!("{node:#}"));
    }
    for plan in node["Plans"].as_array().into_iter().flatten() {
        found.extend(begin_after_their_end(plan));
    }
    found
}

#[test]
fn no_statement_of_the_corpus_begins_later_than_it_ends() {
    let mut site = corpus::site();
    for settings in [
        "RESET ALL",
        "ANALYZE confluence_spaces, confluence_pages, confluence_permissions",
    ] {
        site.execute(settings);
        for statement in corpus::statements() {
            let plan = explain_with(&mut site.client, "FORMAT JSON", &statement.sql);
            let plan: Value = serde_json::from_str(&plan).expect("JSON");
            let wrong = begin_after_their_end(&plan[0]["Plan"]);
            assert!(wrong.is_empty(), "{}\n{}", statement.name, wrong.join("\n"));
        }
    }
}

#[test]
fn nothing_begins_later_than_it_ends() {
    let mut site = Site::copied(small());
    site.execute(
        "CREATE TABLE few AS SELECT id, space_id FROM copy.confluence_pages LIMIT 3; ANALYZE few",
    );
    let ids = lines(
        &mut site.client,
        "SELECT id FROM copy.confluence_spaces LIMIT 2",
    )
    .join(", ");
    let grouped = format!(
        "SELECT k.a, s.key FROM (SELECT space_id a FROM confluence_pages WHERE space_id IN ({ids})
            GROUP BY 1 ORDER BY count(*) LIMIT 5) k JOIN confluence_spaces s ON s.id = k.a JOIN confluence_pages p ON p.space_id = s.id"
    );
    for sql in [
        &*grouped,
        UNRESOLVED,
        "SELECT * FROM few f JOIN confluence_pages p ON p.id = f.id",
        "SELECT * FROM few f LEFT JOIN confluence_pages p ON p.id = f.id JOIN confluence_spaces s ON s.id = f.space_id",
        "SELECT * FROM few f JOIN confluence_page_versions v ON v.page_id = f.id ORDER BY f.id LIMIT 2",
        "SELECT * FROM few f JOIN confluence_permissions p ON p.space_id = f.space_id LIMIT 1",
    ] {
        for settings in [
            "RESET ALL",
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off",
            "SET work_mem = '64kB'",
        ] {
            site.execute(settings);
            let plan = explain_with(&mut site.client, "FORMAT JSON", sql);
            let plan: Value = serde_json::from_str(&plan).expect("JSON");
            let wrong = begin_after_their_end(&plan[0]["Plan"]);
            assert!(wrong.is_empty(), "{settings}: {sql}\n{}", wrong.join("\n"));
        }
    }
}

#[test]
fn what_a_session_has_read_whole_of_one_object_it_expects_again() {
    let mut site = Site::of(Organisation::standard());
    site.execute("ANALYZE confluence_spaces, confluence_pages, confluence_permissions");
    let organisation = Organisation::standard();
    let counts = organisation.spaces().map(|space| {
        let count = organisation.permissions(space.id).count();
        (count, space.id)
    });
    let (most, largest) = counts.max().expect("a space");
    assert!(answers(most) > 2, "{most}");
    let sql = format!("SELECT id FROM confluence_permissions WHERE space_id = {largest}");
    let expected = |client: &mut _| estimated_requests(client, &sql);
    // An average space has few.
    assert_eq!(expected(&mut site.client) as usize, 1);
    // What was not read whole says nothing.
    site.read(&format!("{sql} LIMIT 300"));
    assert_eq!(expected(&mut site.client) as usize, 1);
    site.read(&sql);
    assert_eq!(expected(&mut site.client) as usize, answers(most));
    // Nor does it say anything to another session, or role.
    assert_eq!(expected(&mut site.database.connect()) as usize, 1);
    site.execute(
        "CREATE ROLE reader; GRANT SELECT ON confluence_permissions TO reader; SET ROLE reader",
    );
    assert_eq!(expected(&mut site.client) as usize, 1);
    site.execute("RESET ROLE; DROP OWNED BY reader; DROP ROLE reader");
}

#[test]
fn a_time_that_is_asked_for_exactly_is_no_key_of_an_object() {
    let mut site = Site::copied(small());
    // How many rows share a time is known of tables that were analyzed only.
    site.execute("ANALYZE confluence_pages");
    for column in ["created_at", "modified_at"] {
        let time = one(
            &mut site.client,
            &format!("SELECT {column} FROM copy.confluence_pages ORDER BY id LIMIT 1"),
        );
        for times in [
            format!("= '{time}'"),
            format!("IN ('{time}', '2020-01-01')"),
            "= ANY (ARRAY[]::timestamptz[])".to_owned(),
        ] {
            site.same(&format!(
                "SELECT id FROM confluence_pages WHERE {column} {times}"
            ));
        }
    }
}
