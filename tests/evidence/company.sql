-- A small company as three nightly runs have seen it, filled into a mirror by hand. The search path is the mirror.
--
-- Night 1 is the first. By night 2, Dan was deactivated, Cat had left the developers for the people team, and Engineering
-- had granted Bob himself what he had by his group. By night 3, the salaries were closed to all but the people team, the
-- old runbook had been trashed, the group of contractors was not seen any more, and Bob was no developer any more.

INSERT INTO runs (mode, status, started_at, finished_at, published_at, db_user, session_user_name, server, base_url, cloud_id, api_account_id, role_mode,
                  admin_key, product_version, server_started_at, requests, drift, previous_run)
SELECT 'full', 'complete', night + '2 h', night + '2 h 5 min', night + '2 h 5 min', 'alice', 'alice', 'site', 'https://acme.atlassian.net', 'cloud-1', 'acct-reader',
       'PRE_ROLES', false, '0.1.0', '2026-06-30 00:00Z', 100, false, CASE WHEN n > 1 THEN n - 1 END
FROM (SELECT n, timestamptz '2026-06-30 00:00Z' + n * interval '1 day' AS night FROM generate_series(1, 3) AS n) AS nights ORDER BY n;

INSERT INTO run_steps (run_id, step, requests, rows_read, expected, is_reconciled, is_complete, read_at, detail)
SELECT r.id, step, 2, 10, CASE WHEN step = 'product_access' THEN 10 END, CASE WHEN step = 'product_access' THEN true END, true, r.started_at,
       CASE WHEN step = 'pages' THEN jsonb '{"requests": {"GET /wiki/api/v2/pages": 2}}' END
FROM runs AS r
CROSS JOIN unnest('{spaces,permissions,groups,group_members,users,product_groups,product_users,product_access,pages,blogposts,folders,whiteboards,databases,smart_links,content_restrictions,page_versions,blogpost_versions,page_labels,audit_log,emails}'::text[]) AS step;

-- When a night's readings began.
CREATE FUNCTION pg_temp.night(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT timestamptz '2026-06-30 02:00Z' + n * interval '1 day' $$;

INSERT INTO spaces_history (id, key, name, type, status, owner_id, valid_from, run_from) VALUES
    (1, 'HR', 'People', 'global', 'current', 'acct-ann', pg_temp.night(1), 1),
    (2, 'ENG', 'Engineering', 'global', 'current', 'acct-bob', pg_temp.night(1), 1),
    (3, 'OPEN', 'Handbook', 'knowledge_base', 'current', 'acct-ann', pg_temp.night(1), 1),
    (4, 'OLD', 'Attic', 'global', 'archived', 'acct-dan', pg_temp.night(1), 1);

INSERT INTO users_history (account_id, account_type, account_status, email, public_name, display_name, is_external_collaborator, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) VALUES
    ('acct-ann', 'atlassian', 'active', NULL, 'ann', 'Ann Admin', false, pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('acct-bob', 'atlassian', 'active', NULL, 'bob', 'Bob Builder', false, pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('acct-cat', 'atlassian', 'active', NULL, 'cat', 'Cat "C" Cole', false, pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('acct-dan', 'atlassian', 'active', NULL, 'dan', 'Dan Day', false, pg_temp.night(1), NULL, pg_temp.night(2), pg_temp.night(1), 1, 2, 'changed'),
    ('acct-dan', 'atlassian', 'inactive', NULL, 'dan', 'Dan Day', false, pg_temp.night(2), pg_temp.night(1), NULL, NULL, 2, NULL, NULL),
    ('acct-eve', 'atlassian', 'active', 'eve@partner.example', 'eve', 'Eve, External', true, pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('acct-app', 'app', 'active', NULL, 'bot', 'Build Bot', false, pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL);

INSERT INTO emails_history (account_id, email, display_name, status, last_active, last_loaded, valid_from, run_from) VALUES
    ('acct-ann', 'ann@acme.example', 'Ann Admin', 'Active', '2026-06-29', '2026-06-30 08:00Z', pg_temp.night(1), 1),
    ('acct-bob', 'bob@acme.example', 'Bob Builder', 'Active', '2026-06-28', '2026-06-30 08:00Z', pg_temp.night(1), 1),
    ('acct-dan', 'dan@acme.example', 'Dan Day', 'Active', NULL, '2026-06-30 08:00Z', pg_temp.night(1), 1);

INSERT INTO groups_history (id, name, valid_from, valid_to, seen_until, run_from, run_to, end_reason) VALUES
    ('g-users', 'confluence-users', pg_temp.night(1), NULL, NULL, 1, NULL, NULL),
    ('g-admins', 'confluence-admins', pg_temp.night(1), NULL, NULL, 1, NULL, NULL),
    ('g-devs', 'developers', pg_temp.night(1), NULL, NULL, 1, NULL, NULL),
    ('g-hr', 'people-team', pg_temp.night(1), NULL, NULL, 1, NULL, NULL),
    ('g-ext', 'contractors', pg_temp.night(1), pg_temp.night(3), pg_temp.night(2), 1, 3, 'gone_or_hidden');

INSERT INTO product_groups_history (access_type, id, name, valid_from, run_from) VALUES
    ('user', 'g-users', 'confluence-users', pg_temp.night(1), 1),
    ('admin', 'g-admins', 'confluence-admins', pg_temp.night(1), 1);

INSERT INTO group_members_history (group_id, account_id, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) VALUES
    ('g-users', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-users', 'acct-bob', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-users', 'acct-cat', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-users', 'acct-dan', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-admins', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-devs', 'acct-bob', pg_temp.night(1), NULL, pg_temp.night(3), pg_temp.night(2), 1, 3, 'removed'),
    ('g-devs', 'acct-cat', pg_temp.night(1), NULL, pg_temp.night(2), pg_temp.night(1), 1, 2, 'removed'),
    ('g-devs', 'acct-dan', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-hr', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    ('g-hr', 'acct-cat', pg_temp.night(2), pg_temp.night(1), NULL, NULL, 2, NULL, NULL),
    ('g-ext', 'acct-eve', pg_temp.night(1), NULL, pg_temp.night(3), pg_temp.night(2), 1, 3, 'gone_or_hidden');

INSERT INTO permissions_history (id, space_id, principal_type, principal_id, operation_key, operation_target_type, valid_from, not_before, run_from) VALUES
    ('1', 1, 'group', 'g-hr', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('2', 1, 'group', 'g-hr', 'create', 'page', pg_temp.night(1), NULL, 1),
    ('3', 1, 'user', 'acct-ann', 'administer', 'space', pg_temp.night(1), NULL, 1),
    ('4', 1, 'user', 'acct-bob', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('5', 2, 'group', 'g-devs', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('6', 2, 'group', 'g-devs', 'create', 'page', pg_temp.night(1), NULL, 1),
    ('7', 2, 'user', 'acct-bob', 'administer', 'space', pg_temp.night(1), NULL, 1),
    ('8', 2, 'user', 'acct-bob', 'read', 'space', pg_temp.night(2), pg_temp.night(1), 2),
    ('9', 2, 'group', 'g-ext', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('10', 2, 'user', 'acct-app', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('11', 3, 'access-class', 'ANONYMOUS_USERS', 'read', 'space', pg_temp.night(1), NULL, 1),
    ('12', 3, 'access-class', 'ALL_LICENSED_USERS', 'create', 'page', pg_temp.night(1), NULL, 1),
    ('13', 3, 'user', 'acct-gus', 'administer', 'space', pg_temp.night(1), NULL, 1),
    ('14', 4, 'user', 'acct-dan', 'administer', 'space', pg_temp.night(1), NULL, 1),
    ('15', 4, 'user', 'acct-dan', 'read', 'space', pg_temp.night(1), NULL, 1);

INSERT INTO pages_history (id, space_id, title, status, parent_id, parent_type, author_id, owner_id, version_number, modified_at, version_author_id, valid_from, not_before, valid_to, seen_until, run_from, run_to, end_reason) VALUES
    (101, 1, 'People', 'current', NULL, NULL, 'acct-ann', 'acct-ann', 1, '2026-06-01 10:00Z', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    (102, 1, 'Salaries', 'current', 101, 'page', 'acct-ann', 'acct-ann', 1, '2026-06-01 10:00Z', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    (103, 1, 'Salaries 2026', 'current', 102, 'page', 'acct-ann', 'acct-dan', 1, '2026-06-01 10:00Z', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    (201, 2, 'Engineering', 'current', NULL, NULL, 'acct-bob', 'acct-bob', 1, '2026-06-01 10:00Z', 'acct-bob', pg_temp.night(1), NULL, pg_temp.night(2), pg_temp.night(1), 1, 2, 'changed'),
    (201, 2, 'Engineering', 'current', NULL, NULL, 'acct-bob', 'acct-bob', 2, '2026-07-01 09:30Z', 'acct-cat', pg_temp.night(2), pg_temp.night(1), NULL, NULL, 2, NULL, NULL),
    (202, 2, '=Old runbook', 'current', 201, 'page', 'acct-dan', 'acct-dan', 1, '2026-06-01 10:00Z', 'acct-dan', pg_temp.night(1), NULL, pg_temp.night(3), pg_temp.night(2), 1, 3, 'trashed'),
    (203, 2, 'Secrets', 'current', 201, 'page', 'acct-bob', 'acct-bob', 1, '2026-06-01 10:00Z', 'acct-bob', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    (301, 3, 'Handbook', 'current', NULL, NULL, 'acct-ann', 'acct-ann', 1, '2026-06-01 10:00Z', 'acct-ann', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL),
    (401, 4, 'Attic', 'archived', NULL, NULL, 'acct-dan', 'acct-dan', 1, '2025-01-01 10:00Z', 'acct-dan', pg_temp.night(1), NULL, NULL, NULL, 1, NULL, NULL);

INSERT INTO content_restrictions_history (content_id, operation, principal_type, principal_id, display_name, valid_from, not_before, run_from) VALUES
    (102, 'read', 'group', 'g-hr', 'people-team', pg_temp.night(3), pg_temp.night(2), 3),
    (203, 'read', 'user', 'acct-dan', 'Dan Day', pg_temp.night(1), NULL, 1);

INSERT INTO page_versions_history (page_id, number, created_at, author_id, message, minor_edit, title, valid_from, not_before, run_from) VALUES
    (201, 1, '2026-06-01 10:00Z', 'acct-bob', '', false, 'Engineering', pg_temp.night(1), NULL, 1),
    (201, 2, '2026-07-01 09:30Z', 'acct-cat', 'new process', false, 'Engineering', pg_temp.night(2), pg_temp.night(1), 2);
INSERT INTO page_labels_history (page_id, label_id, name, prefix, valid_from, not_before, run_from) VALUES
    (201, 1, 'approved', 'global', pg_temp.night(2), pg_temp.night(1), 2);

INSERT INTO audit_log (record_sha256, ordinal, run_from, read_at, created_at, author_id, author_name, category, summary, affected_object_name, affected_object_type, changed_values, associated_objects) VALUES
    ('\x01', 1, 2, pg_temp.night(2), '2026-07-01 11:00Z', 'acct-ann', 'Ann Admin', 'Users and groups', 'User removed from group', 'developers:g-devs', 'Group', '[]', '[{"name": "Cat \"C\" Cole", "objectType": "User"}]'),
    ('\x02', 1, 2, pg_temp.night(2), '2026-07-01 11:01Z', 'acct-ann', 'Ann Admin', 'Users and groups', 'User added to group', 'people-team:g-hr', 'Group', '[]', '[{"name": "Cat \"C\" Cole", "objectType": "User"}]'),
    ('\x03', 1, 2, pg_temp.night(2), '2026-07-01 12:00Z', NULL, 'System', 'Users and groups', 'User deactivated', 'Dan Day', 'User', '[{"name": "Active", "oldValue": "Yes", "newValue": "No"}]', '[]'),
    ('\x04', 1, 3, pg_temp.night(3), '2026-07-02 15:00Z', 'acct-ann', 'Ann Admin', 'Permissions', 'Content restriction added', 'Salaries', 'Page', '[{"name": "Type", "oldValue": "", "newValue": "View"}]', '[{"name": "people-team:g-hr", "objectType": "Group"}]'),
    ('\x05', 1, 3, pg_temp.night(3), '2026-07-02 16:00Z', 'acct-ann', 'Ann Admin', 'Pages', 'Page deleted', '=Old runbook', 'Page', '[]', '[]'),
    ('\x06', 1, 3, pg_temp.night(3), '2026-07-03 02:04Z', 'acct-ann', 'Ann Admin', 'Permissions', 'Space permission added', 'contractors:g-ext', 'Group', '[]', '[{"name": "People", "objectType": "Space"}]');
