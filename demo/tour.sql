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
\echo '━━ 5. Pages changed since 10 November, and who changed them last: reads the latest first, and stops at the first older one'
\set ECHO queries
SELECT p.modified_at::date AS day, s.key, p.title, u.email AS last_changed_by
FROM confluence_pages p
JOIN confluence_spaces s ON s.id = p.space_id
LEFT JOIN confluence.user_emails u ON u.account_id = p.version_author_id
WHERE p.modified_at >= '2026-11-10'
ORDER BY p.modified_at DESC;

EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF, SUMMARY OFF)
SELECT title, version_author_id FROM confluence_pages WHERE modified_at >= '2026-11-10';
\set ECHO none

\echo
\echo '━━ 6. Who can administer what: granted to an account, to a group or a class, or by a role; what is unknown is shown as such'
\set ECHO queries
CREATE VIEW space_access AS
WITH given AS (
    SELECT space_id, principal_type AS given_to, principal_id,
           operation_key || ' ' || operation_target_type AS may
    FROM confluence_permissions
  UNION
    SELECT a.space_id, lower(replace(a.principal_type, '_', '-')), a.principal_id,
           'role ' || coalesce(r.name, a.role_id)
    FROM confluence_space_role_assignments a
    LEFT JOIN confluence_space_roles r ON r.id = a.role_id
    WHERE (SELECT role_mode <> 'PRE_ROLES' FROM confluence_site)  -- without roles, these are not asked for
), split AS (
    SELECT *, CASE given_to WHEN 'user' THEN principal_id END AS user_id,
              CASE given_to WHEN 'group' THEN principal_id END AS group_id
    FROM given
)
SELECT s.key AS space, g.may, g.given_to, g.principal_id, n.name AS group_name,
       coalesce(g.user_id, m.account_id) AS account_id, u.email,
       coalesce(CASE WHEN u.last_loaded = (SELECT max(last_loaded) FROM confluence.user_emails)
                     THEN u.status END, 'unknown') AS status
FROM split g
JOIN confluence_spaces s ON s.id = g.space_id
LEFT JOIN confluence_groups n ON n.id = g.group_id
LEFT JOIN confluence_group_members m ON m.group_id = g.group_id
LEFT JOIN confluence.user_emails u ON u.account_id = coalesce(g.user_id, m.account_id);

SELECT space, coalesce(email, account_id, principal_id) AS who, coalesce(group_name, given_to) AS through, may, status
FROM space_access
WHERE may IN ('administer space', 'role Admin')
ORDER BY space, who, through, may;
\set ECHO none

\echo
\echo '━━ 7. A finding for the auditors: people who have left, and what is still given to them; then whoever is unknown'
\set ECHO queries
SELECT coalesce(email, account_id, principal_id) AS who, status, space, coalesce(group_name, given_to) AS through,
       string_agg(may, ', ' ORDER BY may) AS given
FROM space_access
WHERE status <> 'Active'
GROUP BY 1, 2, 3, 4
ORDER BY status = 'unknown', who, space;
\set ECHO none

\echo
\echo '━━ 8. A snapshot for the dashboard, refreshed while it is read'
\set ECHO queries
CREATE MATERIALIZED VIEW access_review AS SELECT * FROM space_access;
CREATE UNIQUE INDEX ON access_review (space, may, given_to, principal_id, account_id);
REFRESH MATERIALIZED VIEW CONCURRENTLY access_review;
SELECT given_to, count(*), count(DISTINCT account_id) AS accounts FROM access_review GROUP BY given_to ORDER BY given_to;
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
