//! Views, functions and row locks.

use confluence_fdw_tests::{lines, one};

use super::{copied, page_ids, pages, space_ids};

#[test]
fn views_of_any_kind_push_down_what_they_may() {
    let mut site = copied();
    let space = space_ids(3)[2];
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             CREATE VIEW of_space AS SELECT id, title, modified_at FROM confluence_pages WHERE space_id = {space};
             CREATE VIEW guarded WITH (security_barrier) AS
                SELECT id, title, space_id, modified_at FROM confluence_pages WHERE version_number > 5;
             CREATE FUNCTION peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
                $$ BEGIN IF $1 = '' THEN RAISE 'peeked'; END IF; RETURN $1 < 'M'; END $$"
        ));
    }
    for (sql, expected) in [
        ("SELECT * FROM of_space".to_owned(), format!("space-id={space}")),
        ("SELECT id FROM of_space WHERE id = 7".to_owned(), format!("space-id={space}&id=7")),
        (format!("SELECT id FROM guarded WHERE space_id = {space}"), format!("space-id={space}")),
        ("SELECT id FROM guarded WHERE peek(title)".to_owned(), String::new()),
        (
            format!("SELECT id FROM guarded WHERE peek(title) AND space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            "SELECT id FROM guarded WHERE modified_at > '2026-10-01' AND peek(title)".to_owned(),
            "sort=-modified-date".to_owned(),
        ),
        (
            format!("WITH p AS (SELECT * FROM confluence_pages) SELECT id FROM p WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            format!("WITH p AS NOT MATERIALIZED (SELECT * FROM confluence_pages)
                SELECT a.id FROM p AS a, p AS b WHERE a.space_id = {space} AND b.space_id = {space} AND a.id = b.parent_id"),
            format!("space-id={space}"),
        ),
        (
            format!("SELECT id FROM (SELECT id, space_id, max(version_number) FROM confluence_pages GROUP BY id, space_id) AS g
                WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
        (
            format!("SELECT id FROM (SELECT id, space_id, rank() OVER (PARTITION BY space_id ORDER BY id) FROM confluence_pages) AS g
                WHERE space_id = {space}"),
            format!("space-id={space}"),
        ),
    ] {
        let requests = site.same(&sql);
        // Grouping may want its rows in an order that the site can list in.
        let first = requests.first().map(|first| first.replace("&sort=id", ""));
        assert_eq!(first, Some(pages(&expected)), "{sql}");
    }
}

#[test]
fn functions_take_values_of_each_call() {
    let mut site = copied();
    for schema in ["copy", "public"] {
        site.execute(&format!(
            "SET search_path = {schema};
             CREATE FUNCTION {schema}.pages_of(space bigint) RETURNS bigint LANGUAGE plpgsql AS
                $$ BEGIN RETURN (SELECT count(*) FROM confluence_pages WHERE space_id = space); END $$;
             CREATE FUNCTION {schema}.titles(space bigint) RETURNS SETOF text LANGUAGE sql STABLE AS
                $$ SELECT title FROM confluence_pages WHERE space_id = space $$;
             CREATE FUNCTION {schema}.newest(space bigint) RETURNS bigint LANGUAGE plpgsql AS
                $$ DECLARE page record; BEGIN
                    FOR page IN SELECT id FROM confluence_pages WHERE space_id = space ORDER BY created_at DESC LOOP
                        RETURN page.id;
                    END LOOP; RETURN NULL;
                END $$"
        ));
    }
    for function in ["pages_of(id)", "newest(id)", "titles(id)"] {
        site.same(&format!(
            "SELECT key, {function} FROM confluence_spaces WHERE type = 'personal'"
        ));
    }
}

#[test]
fn a_locked_row_is_checked_again_after_it_has_changed() {
    let mut site = copied();
    let ids = page_ids(300, 2);
    let (first, second) = (ids[0], ids[1]);
    site.execute(&format!(
        "CREATE TABLE notes (page_id bigint, n int); INSERT INTO notes VALUES ({first}, 1); ANALYZE notes"
    ));
    for (changed, expected) in [(first, vec![format!("{first}|2")]), (second, vec![])] {
        let mut writer = site.database.connect();
        let mut writing = writer.transaction().expect("a transaction");
        writing
            .batch_execute(&format!("UPDATE notes SET n = 2, page_id = {changed}"))
            .expect("an update");
        let mut reader = site.database.connect();
        let backend = one(&mut reader, "SELECT pg_backend_pid()");
        let reading = std::thread::spawn(move || {
            lines(
                &mut reader,
                "SELECT p.id, notes.n FROM notes JOIN confluence_pages AS p ON p.id = notes.page_id
                 FOR UPDATE OF notes",
            )
        });
        while one(
            &mut site.client,
            &format!("SELECT count(*) FROM pg_locks WHERE pid = {backend} AND NOT granted"),
        ) == "0"
        {
            assert!(!reading.is_finished(), "the reader waits for the writer");
            std::thread::yield_now();
        }
        writing.commit().expect("a commit");
        assert_eq!(reading.join().expect("the reader ends well"), expected);
    }
}
