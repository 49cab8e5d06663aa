-- Conditions that the site answers, and those that PostgreSQL checks.
EXPLAIN (COSTS OFF) SELECT id FROM confluence_spaces;
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE id = 98306;
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE space_id IN (65538, 65540) AND title LIKE '%policy%';
EXPLAIN (COSTS OFF, VERBOSE) SELECT title FROM confluence_pages AS p WHERE title = 'Runbook';
EXPLAIN (COSTS OFF) SELECT title, body_storage FROM confluence_pages WHERE status = 'trashed';
EXPLAIN (COSTS OFF) SELECT description FROM confluence_spaces WHERE key = 'ENG' AND type = 'global';
EXPLAIN (COSTS OFF) SELECT * FROM confluence_permissions WHERE space_id = 65538 AND principal_type = 'user';
EXPLAIN (COSTS OFF) SELECT count(*) FROM confluence_permissions;
-- Ranges, orders and limits.
EXPLAIN (COSTS OFF, VERBOSE) SELECT title FROM confluence_pages AS p WHERE space_id = 65538 AND modified_at >= '2026-11-01' AND title LIKE '%policy%';
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE modified_at >= now() - interval '1 day';
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE created_at < '2021-01-01';
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages ORDER BY modified_at DESC LIMIT 20;
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages ORDER BY title LIMIT 20;
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages LIMIT 10 OFFSET 5;
-- Nothing to ask.
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE false;
-- Joins, parameters, subqueries.
EXPLAIN (COSTS OFF) SELECT p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id WHERE s.key = 'ENG';
EXPLAIN (COSTS OFF) SELECT s.key, p.title FROM confluence_spaces AS s JOIN confluence_pages AS p ON p.space_id = s.id;
EXPLAIN (COSTS OFF) SELECT key, (SELECT count(*) FROM confluence_pages AS p WHERE p.space_id = s.id) FROM confluence_spaces AS s;
EXPLAIN (COSTS OFF) SELECT title FROM confluence_pages WHERE space_id = (SELECT id FROM confluence_spaces WHERE key = 'ENG');
SET plan_cache_mode = force_generic_plan;
PREPARE pages (bigint[], timestamptz) AS SELECT title FROM confluence_pages WHERE id = ANY($1) AND modified_at > $2;
EXPLAIN (COSTS OFF) EXECUTE pages('{98306}', '2026-11-01');
