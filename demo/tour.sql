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

\set ON_ERROR_STOP on
\echo
\echo '━━ 10. A review needs more than what is so now: a mirror of the site, which keeps what was, in a schema of your own'
\timing on
\set ECHO queries
SELECT kind, count(*) FROM confluence.create_mirror('acme', 'acme') GROUP BY kind;

CALL confluence.refresh('acme');
\timing off

SELECT kind, reason, occurrences, detail FROM acme.unknowns();
\set ECHO none

\echo
\echo '━━ 11. Who may view one page, by which path, and which list lets them through: it is below a page that is restricted'
\set ECHO queries
SELECT name, verdict, path_type, coalesce(group_name, access_class) AS through, layers -> 0 ->> 'by' AS list_names
FROM acme.content_access(282118312) WHERE access = 'view' ORDER BY verdict, name, path_type;

SELECT level, verdict, title, reason FROM acme.explain_access(282118312, '712020:282b1733-9974-4aa3-bb86-0e9b49e53496')
WHERE access = 'view';
\set ECHO none

SELECT m.account_id AS hana, g.id AS engineering, r.published_at AS before
FROM acme.emails m, acme.groups g, acme.runs r WHERE m.email = 'hana.ito@acme.example' AND g.name = 'engineering' \gset
\echo
\echo '━━ 12. Somebody changes teams: an administrator takes Hana Ito out of the engineers. What did she lose by the next refresh?'
\setenv MEMBER :url/wiki/rest/api/group/userByGroupId?groupId=:engineering&accountId=:hana
\! curl --noproxy '*' --fail --silent --show-error --request DELETE --user svc@example.com:sim-token "$MEMBER"
\timing on
\set ECHO queries
CALL confluence.refresh('acme');
\timing off

SELECT name, change, access, space_key, title, cause, group_name AS through, after::time(0), until::time(0)
FROM acme.access_changes(:'before', now());
\set ECHO none

\echo
\echo '━━ 13. And what does she still reach? She administers the help centre, and views what all who are licensed view'
\set ECHO queries
SELECT space_key, title, access, verdict, string_agg(coalesce(group_name, access_class, path_type), ', ') AS through
FROM acme.person_access(:'hana') GROUP BY 1, 2, 3, 4 ORDER BY access, space_key;
\set ECHO none

\echo
\echo '━━ 14. Evidence: the rows are kept with a manifest, in a chain of hashes. Even the owner cannot change them unseen'
\set ECHO queries
SELECT confluence.attest('acme', 'space_admins');

SELECT report, run_id, rows, complete, unknown_rows, left(sha256, 8) AS sha256, left(prev_sha256, 8) AS prev FROM acme.manifests;

SELECT step, status, left(found, 60) AS found FROM confluence.verify('acme');

ALTER TABLE acme.evidence DISABLE TRIGGER append_only;
UPDATE acme.evidence SET lines[1] = replace(lines[1], 'active', 'closed');
ALTER TABLE acme.evidence ENABLE TRIGGER append_only;

SELECT step, status, left(found, 60) AS found FROM confluence.verify('acme') WHERE status = 'fail';
\set ECHO none
