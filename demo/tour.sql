-- The guided tour of `make demo`: psql runs it against a stand-in for Confluence Cloud.
-- Variables: url (the site), export (the file of users that an administrator exported).
\set ECHO none
SET client_min_messages = warning;
\pset null '∅'

\echo
\echo '━━ 1. Connect: an extension, a server, a user mapping, and the tables of the site'
\set ECHO queries
CREATE EXTENSION confluence_fdw;

CREATE SERVER acme FOREIGN DATA WRAPPER confluence_fdw OPTIONS (base_url :'url');

CREATE USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (email 'svc@example.com', api_token 'sim-token');

IMPORT FOREIGN SCHEMA confluence FROM SERVER acme INTO public;
\set ECHO none

\echo
\echo '━━ 2. Look around: what spaces there are'
\timing on
\set ECHO queries
SELECT id, key, name, type, status FROM confluence_spaces ORDER BY name;
\set ECHO none

\echo
\echo '━━ 3. The latest changes in a space: one request, which asks for five pages and no more'
\set ECHO queries
EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF, SUMMARY OFF)
SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308 ORDER BY modified_at DESC LIMIT 5;

SELECT title, modified_at FROM confluence_pages WHERE space_id = 98308 ORDER BY modified_at DESC LIMIT 5;
\set ECHO none

\echo
\echo '━━ 4. Account ids become people: the site hides most e-mail addresses, the administrator''s export has them'
\set ECHO queries
SELECT * FROM confluence.load_user_emails(:'export');
\set ECHO none

\echo
\echo '━━ 5. What changed since 10 November, and by whom: reads the latest pages first, and stops at the first older one'
\set ECHO queries
SELECT p.modified_at::date AS day, s.key, p.title, u.email AS changed_by
FROM confluence_pages p
JOIN confluence_spaces s ON s.id = p.space_id
LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id
WHERE p.modified_at >= '2026-11-10'
ORDER BY p.modified_at DESC;

EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF, SUMMARY OFF)
SELECT title, version_author_id FROM confluence_pages WHERE modified_at >= '2026-11-10';
\set ECHO none

\echo
\echo '━━ 6. Who can administer what: groups and classes of users, too; what is unknown is shown as such'
\set ECHO queries
SELECT s.key, s.name, p.principal_type, coalesce(u.email, p.principal_id) AS who
FROM confluence_permissions p
JOIN confluence_spaces s ON s.id = p.space_id
LEFT JOIN confluence.user_emails u ON u.account_id = p.principal_id
WHERE p.operation_key = 'administer' AND p.operation_target_type = 'space'
ORDER BY s.key, who;
\set ECHO none

\echo
\echo '━━ 7. A finding for the auditors: people who have left, and what they may still do'
\set ECHO queries
SELECT u.display_name, u.email, u.status, s.key, string_agg(DISTINCT p.operation_key, ', ') AS may
FROM confluence_permissions p
JOIN confluence_spaces s ON s.id = p.space_id
JOIN confluence.user_emails u ON u.account_id = p.principal_id
WHERE u.status <> 'Active'
GROUP BY u.display_name, u.email, u.status, s.key
ORDER BY u.display_name;
\set ECHO none

\echo
\echo '━━ 8. A snapshot for the dashboard, refreshed while it is read'
\set ECHO queries
CREATE MATERIALIZED VIEW access_review AS SELECT * FROM confluence_permissions;
CREATE UNIQUE INDEX ON access_review (space_id, id);
REFRESH MATERIALIZED VIEW CONCURRENTLY access_review;
SELECT principal_type, count(*) FROM access_review GROUP BY principal_type ORDER BY principal_type;
\set ECHO none

\echo
\echo '━━ 9. A bad credential is an error, never an empty site'
\timing off
\set ON_ERROR_STOP off
\set ECHO queries
ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (SET api_token 'expired');
SELECT key FROM confluence_spaces;
ALTER USER MAPPING FOR CURRENT_USER SERVER acme OPTIONS (SET api_token 'sim-token');
\set ECHO none
