//! Several tables as one: two sites, partitions, parts of a listing.

use confluence_fdw_tests::site::{Site, small};
use confluence_fdw_tests::{literal, requests};
use confluence_sim::{Options, Organisation, Sim};

use super::{page_ids, pages};

/// Two sites, and all of their pages in one view and in one partitioned table.
fn two_sites() -> (Site, Sim) {
    let mut site = Site::of(Organisation::demo());
    let other = Sim::start(Options::of(small()));
    site.execute(&format!(
        "CREATE SERVER other FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url {});
         CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (email {}, api_token {});
         CREATE SCHEMA other; IMPORT FOREIGN SCHEMA confluence FROM SERVER other INTO other;
         CREATE VIEW both_sites AS
            SELECT 'demo' AS site, id, title, modified_at FROM confluence_pages
            UNION ALL SELECT 'small', id, title, modified_at FROM other.confluence_pages;
         CREATE TABLE parts (title text, id bigint NOT NULL, status text, modified_at timestamptz)
            PARTITION BY LIST (status);
         CREATE FOREIGN TABLE parts_demo PARTITION OF parts FOR VALUES IN ('demo') SERVER site
            OPTIONS (table 'confluence_pages');
         CREATE FOREIGN TABLE parts_small (modified_at timestamptz, id bigint NOT NULL, status text, title text)
            SERVER other OPTIONS (table 'confluence_pages');
         ALTER TABLE parts ATTACH PARTITION parts_small FOR VALUES IN ('small')",
        literal(other.url()),
        literal(Options::EMAIL),
        literal(Options::TOKEN),
    ));
    (site, other)
}

#[test]
fn two_sites_are_read_side_by_side() {
    let (mut site, other) = two_sites();
    let (demo, small) = (Organisation::demo(), small());
    let count = demo.listed_pages().count() + small.listed_pages().count();
    for table in ["both_sites", "parts"] {
        let (rows, _) = site.read(&format!("SELECT count(*), count(DISTINCT id) FROM {table}"));
        assert!(
            rows[0].starts_with(&format!("{count}|")),
            "{table}: {rows:?}"
        );

        other.clear_log();
        let (rows, requests_of_demo) = site.read(&format!(
            "SELECT title FROM {table} WHERE title = 'Runbook'"
        ));
        let expected = [&demo, &small].map(|organisation| {
            organisation
                .listed_pages()
                .filter(|page| page.title() == "Runbook")
                .count()
        });
        assert_eq!(rows.len(), expected.iter().sum::<usize>());
        assert_eq!(requests_of_demo, [pages("title=Runbook")]);
        assert_eq!(requests(&other)[0], pages("title=Runbook"));

        let (rows, _) = site.read(&format!(
            "SELECT extract(epoch FROM modified_at)::bigint FROM {table} ORDER BY modified_at DESC LIMIT 30"
        ));
        let mut times: Vec<i64> = demo
            .listed_pages()
            .chain(small.listed_pages())
            .map(|page| page.modified_at().as_microsecond())
            .collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        let expected: Vec<String> = times[..30]
            .iter()
            .map(|micros| (*micros as f64 / 1e6).round_ties_even().to_string())
            .collect();
        assert_eq!(rows, expected, "{table}");
    }
}

#[test]
fn partitions_are_joined_by_key() {
    let (mut site, other) = two_sites();
    let id = page_ids(1, 1)[0];
    site.execute(&format!(
        "CREATE TABLE keys AS SELECT {id}::bigint AS id; ANALYZE keys;
         SET enable_hashjoin = off; SET enable_mergejoin = off"
    ));
    other.clear_log();
    let (rows, requests_of_demo) = site.read("SELECT p.id FROM keys JOIN parts AS p USING (id)");
    assert!(rows.contains(&id.to_string()));
    assert_eq!(requests_of_demo, [pages(&format!("id={id}"))]);
    assert_eq!(requests(&other), [pages(&format!("id={id}"))]);
}

/// A site and its copy, each with the table `parts`: all pages twice, told apart by the column `site`.
#[track_caller]
fn in_parts() -> Site {
    let mut site = Site::copied(Organisation::demo());
    site.execute(
        "CREATE TABLE parts (site text NOT NULL, LIKE confluence_pages) PARTITION BY LIST (site);
         CREATE FOREIGN TABLE parts_a PARTITION OF parts FOR VALUES IN ('a')
             SERVER site OPTIONS (table 'confluence_pages', site 'a');
         CREATE FOREIGN TABLE parts_b PARTITION OF parts FOR VALUES IN ('b')
             SERVER site OPTIONS (table 'confluence_pages', site 'b');
         CREATE VIEW united AS
             SELECT 'a' AS site, p.* FROM confluence_pages p UNION ALL SELECT 'b', p.* FROM confluence_pages p;
         CREATE TABLE copy.parts AS
             SELECT 'a'::text AS site, p.* FROM copy.confluence_pages p UNION ALL SELECT 'b', p.* FROM copy.confluence_pages p;
         CREATE VIEW copy.united AS SELECT * FROM copy.parts;
         ANALYZE copy.parts",
    );
    site
}

#[test]
fn several_tables_give_the_rows_of_one_in_every_plan() {
    let mut site = in_parts();
    let shapes = [
        // The latest, in an order that tells all rows apart.
        "SELECT site, id FROM {} ORDER BY modified_at DESC, site, id LIMIT 7",
        "SELECT site, id FROM {} ORDER BY modified_at, site, id OFFSET 5 LIMIT 7",
        "SELECT site, id FROM {} ORDER BY id, site DESC LIMIT 9",
        "SELECT site, id FROM {} ORDER BY id DESC NULLS LAST, site LIMIT 9",
        "SELECT site, id FROM {} ORDER BY site, id DESC LIMIT 9",
        "SELECT site, id FROM {} ORDER BY site DESC, created_at, id LIMIT 9",
        "SELECT site, id FROM {} WHERE site = 'b' ORDER BY site, id LIMIT 9",
        "SELECT site, id FROM {} WHERE site = 'nobody' ORDER BY id LIMIT 9",
        "SELECT site, id FROM {} WHERE site || id <> '' AND title <> 'Runbook' ORDER BY id, site LIMIT 9",
        "SELECT id FROM {} WHERE modified_at < '2026-11-01' ORDER BY modified_at DESC, id, site LIMIT 9",
        "SELECT modified_at FROM {} ORDER BY modified_at DESC FETCH FIRST 3 ROWS WITH TIES",
        "SELECT DISTINCT ON (site) site, id FROM {} ORDER BY site, modified_at DESC, id",
        "SELECT DISTINCT ON (id) id, site FROM {} ORDER BY id, site LIMIT 5",
        "SELECT DISTINCT site FROM {} ORDER BY site LIMIT 1",
        "SELECT DISTINCT id, site FROM {} ORDER BY id, site LIMIT 5",
        "SELECT site, count(*) FROM {} GROUP BY site ORDER BY site LIMIT 1",
        "SELECT id, count(*) FROM {} GROUP BY id ORDER BY id LIMIT 4",
        "SELECT site, space_id, count(*), min(id), max(modified_at) FROM {} GROUP BY ROLLUP (site, space_id) ORDER BY 1, 2",
        "SELECT max(id), min(modified_at), max(site) FROM {}",
        "SELECT max(id) FROM {} WHERE site = 'a'",
        "SELECT max(title) FROM {} HAVING count(*) > 1",
        "SELECT site, id, rank() OVER (PARTITION BY site ORDER BY modified_at DESC, id) FROM {} ORDER BY site, id LIMIT 9",
        "SELECT id, lag(id) OVER (ORDER BY id, site) FROM {} ORDER BY id, site LIMIT 9",
        // Joins of every kind.
        "SELECT a.id, b.site FROM {} a JOIN {} b ON b.id = a.parent_id AND b.site = a.site ORDER BY a.id, b.site LIMIT 9",
        "SELECT s.key, p.id FROM confluence_spaces s LEFT JOIN {} p ON p.space_id = s.id AND p.title LIKE 'R%'",
        "SELECT s.key, p.id FROM {} p RIGHT JOIN confluence_spaces s ON p.space_id = s.id AND p.site = 'a'",
        "SELECT s.key, p.id FROM (SELECT * FROM {} WHERE site = 'b') p FULL JOIN confluence_spaces s ON p.id = s.homepage_id",
        "SELECT key FROM confluence_spaces s WHERE EXISTS (SELECT FROM {s})",
        "SELECT key FROM confluence_spaces s WHERE NOT EXISTS (SELECT FROM {s} AND p.title = 'Runbook')",
        "SELECT key FROM confluence_spaces s WHERE homepage_id NOT IN (SELECT parent_id FROM {} WHERE parent_id IS NOT NULL)",
        "SELECT key FROM confluence_spaces s WHERE homepage_id NOT IN (SELECT parent_id FROM {})",
        "SELECT key FROM confluence_spaces s WHERE homepage_id = ANY (SELECT parent_id FROM {} ORDER BY modified_at DESC, id, site LIMIT 40)",
        "SELECT key, x.id FROM confluence_spaces s, LATERAL (SELECT id FROM {s} ORDER BY modified_at DESC, id, site LIMIT 2) x",
        "SELECT key, x.id FROM confluence_spaces s LEFT JOIN LATERAL (SELECT id FROM {s} AND site > 'a' ORDER BY id LIMIT 1) x ON true",
        "SELECT key, (SELECT min(p.space_id) FROM {s}) FROM confluence_spaces s",
        "SELECT key, (SELECT max(p.modified_at) FROM {s}) FROM confluence_spaces s",
        "SELECT key, (SELECT id FROM {s} ORDER BY p.space_id, id, site LIMIT 1) FROM confluence_spaces s",
        "SELECT key, ARRAY(SELECT id FROM {s} ORDER BY created_at DESC, id LIMIT 3) FROM confluence_spaces s",
        // Sets.
        "SELECT id FROM {} UNION SELECT homepage_id FROM confluence_spaces ORDER BY 1 LIMIT 9",
        "SELECT id FROM {} EXCEPT SELECT parent_id FROM {} ORDER BY 1 DESC LIMIT 9",
        "SELECT id FROM {} INTERSECT ALL SELECT parent_id FROM {} ORDER BY 1 LIMIT 9",
        "(SELECT id FROM {} ORDER BY id LIMIT 3) UNION ALL (SELECT id FROM {} ORDER BY id DESC LIMIT 3)",
        "SELECT id, site FROM {} UNION ALL SELECT id, key FROM confluence_spaces ORDER BY id, site LIMIT 9",
        "SELECT x.id FROM (SELECT id, modified_at, site FROM {} WHERE site = 'a' UNION ALL SELECT id, created_at, key FROM confluence_spaces) x
             ORDER BY x.modified_at DESC, x.id LIMIT 9",
        "WITH RECURSIVE below AS (SELECT id, site, 0 AS depth FROM {} WHERE parent_id IS NULL
             UNION ALL SELECT p.id, p.site, depth + 1 FROM below b JOIN {} p ON p.parent_id = b.id AND p.site = b.site)
         SELECT depth, count(*) FROM below GROUP BY depth",
    ];
    for from in ["parts", "united"] {
        for settings in [
            "RESET ALL; SET TIME ZONE 'UTC'",
            "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET confluence_fdw.enable_batch_join = off",
            "SET enable_nestloop = off; SET enable_sort = off; SET enable_incremental_sort = off; SET enable_hashagg = off",
        ] {
            for shape in shapes {
                // Those of one space.
                let sql = shape.replace("{s}", "{} p WHERE p.space_id = s.id");
                site.same_after(settings, &sql.replace("{}", from));
            }
        }
    }
}
