\set explain 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF)'
-- The latest changes in a space: one request, which asks for five pages and no more.
:explain SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308 ORDER BY modified_at DESC LIMIT 5;

-- What has changed since a day: the site sorts by time, and reading ends at the first older page.
:explain SELECT title, version_author_id FROM confluence_pages WHERE modified_at >= '2026-11-10';

-- A join asks for the pages of all its spaces together.
:explain SELECT p.title FROM confluence_spaces s JOIN confluence_pages p ON p.space_id = s.id WHERE s.key IN ('ENG', 'OPS');

-- Permissions go through all spaces, which the join lists, too: they are read once.
:explain SELECT s.key, m.principal_id FROM confluence_permissions m JOIN confluence_spaces s ON s.id = m.space_id WHERE m.operation_key = 'administer';

-- What the site cannot answer is read, and checked here.
:explain SELECT id FROM confluence_pages WHERE title LIKE '%policy%';
