-- Who reaches which space: one row for each space, account and access, with the paths by which they come to it. It is for
-- joins and counts over many spaces; conditions on space_id and account_id are looked up by index, however large the whole is.
-- Rows without an account stand for people whom nobody lists; `reasons` says why.

CREATE FUNCTION space_holders_ranked_at(run bigint) RETURNS TABLE (
    space_id bigint, principal_type text, principal_id text, views boolean, edits boolean, administers boolean, admin_rank integer
)
    LANGUAGE sql STABLE ROWS 4000
BEGIN ATOMIC
    SELECT h.space_id, h.principal_type, h.principal_id, h.view_operations IS NOT NULL, h.edit_operations IS NOT NULL,
           h.administer_operations IS NOT NULL,
           CASE h.admin_kind WHEN 'full' THEN 4 WHEN 'access' THEN 3 WHEN 'content' THEN 2 WHEN 'features' THEN 1 END
    FROM space_holders_at(space_holders_ranked_at.run) AS h;
END;

COMMENT ON FUNCTION space_holders_ranked_at(bigint) IS
    'Whether each principal may view, edit or administer a space, as a run saw it. admin_rank: 4 is full, 3 access, 2 content, 1 features';

CREATE FUNCTION effective_space_access_at(run bigint) RETURNS TABLE (
    space_id bigint, space_key text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean,
    access text, verdict text, admin_kind text, paths text[], reasons text[], run_id bigint, access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 1000000
BEGIN ATOMIC
    SELECT p.space_id, s.key, p.account_id, a.email, a.name, a.account_type, a.account_status, a.is_guest, x.access,
           CASE x.rank WHEN 3 THEN 'allowed' WHEN 2 THEN 'unknown' ELSE 'potential' END,
           CASE WHEN x.access = 'administer' AND x.rank > 1
                THEN CASE CASE x.rank WHEN 3 THEN p.sure_admin_rank ELSE p.admin_rank END WHEN 4 THEN 'full' WHEN 3 THEN 'access' WHEN 2 THEN 'content' ELSE 'features' END END,
           CASE WHEN x.rank = 1
                THEN array_remove(ARRAY[CASE WHEN p.is_product_admin THEN 'product_admin' END,
                                        CASE WHEN p.sure_admin_rank >= 3 THEN 'space_admin' END], NULL)
                WHEN cardinality(x.paths) > 1 THEN (SELECT array_agg(u.path ORDER BY u.path) FROM unnest(x.paths) AS u (path))
                ELSE x.paths END,
           CASE x.rank WHEN 2 THEN ARRAY[coalesce(p.reason, 'product_unresolved')] END,
           f.run_id, f.access_as_of
    FROM (
        -- 3 is allowed, 2 unknown.
        SELECT g.space_id, g.account_id, max(g.view_rank) AS view_rank, max(g.edit_rank) AS edit_rank,
               max(g.administer_rank) AS administer_rank, max(g.admin_rank) AS admin_rank,
               max(g.admin_rank) FILTER (WHERE g.administer_rank = 3) AS sure_admin_rank,
               bool_or(g.is_product_admin) AS is_product_admin, max(g.reason) AS reason,
               array_agg(g.path) FILTER (WHERE g.view_rank IS NOT NULL) AS view_paths,
               array_agg(g.path) FILTER (WHERE g.edit_rank IS NOT NULL) AS edit_paths,
               array_agg(g.path) FILTER (WHERE g.administer_rank IS NOT NULL) AS administer_paths
        FROM (
            SELECT p.space_id, p.account_id,
                   CASE WHEN p.path_type IN ('user', 'group') AND a.is_guest THEN replace(p.path, p.path_type, 'guest') ELSE p.path END AS path,
                   k.reason, false AS is_product_admin,
                   CASE WHEN p.views THEN k.rank END AS view_rank,
                   CASE WHEN p.edits THEN k.rank END AS edit_rank,
                   CASE WHEN p.administers AND a.is_guest IS NOT TRUE THEN k.rank END AS administer_rank,
                   p.admin_rank
            FROM (
                -- A branch for each kind of principal: the planner looks up the members of few groups, and reads those of many.
                SELECT h.space_id, h.principal_id AS account_id, CAST('user' AS text) AS path, CAST('user' AS text) AS path_type, false AS is_open,
                       h.views, h.edits, h.administers, h.admin_rank
                FROM space_holders_ranked_at(effective_space_access_at.run) AS h
                WHERE h.principal_type = 'user'
              UNION ALL
                SELECT h.space_id, m.account_id, 'group ' || m.group_name, 'group', false, h.views, h.edits, h.administers, h.admin_rank
                FROM space_holders_ranked_at(effective_space_access_at.run) AS h
                JOIN members_at(effective_space_access_at.run) AS m ON m.group_id = h.principal_id
                WHERE h.principal_type = 'group'
              UNION ALL
                SELECT h.space_id, l.account_id, 'class ' || h.principal_id, 'class', false, h.views, h.edits, h.administers, h.admin_rank
                FROM space_holders_ranked_at(effective_space_access_at.run) AS h
                JOIN product_members_at(effective_space_access_at.run) AS l
                    ON h.principal_id = 'all-licensed-users' OR h.principal_id = 'all-product-admins' AND l.is_admin
                WHERE h.principal_type = 'access-class' AND h.principal_id IN ('all-licensed-users', 'all-product-admins')
              UNION ALL
                SELECT h.space_id, u.account_id, CASE h.principal_id WHEN 'anonymous-users' THEN 'anonymous' ELSE 'class ' || h.principal_id END,
                       'class', true, h.views, h.edits, h.administers, h.admin_rank
                FROM space_holders_ranked_at(effective_space_access_at.run) AS h
                CROSS JOIN accounts_at(effective_space_access_at.run) AS u
                WHERE h.principal_type = 'access-class' AND h.principal_id IN ('authenticated-users', 'anonymous-users')
            ) AS p
            LEFT JOIN accounts_at(effective_space_access_at.run) AS a ON a.account_id = p.account_id
            CROSS JOIN LATERAL (
                SELECT k.reason, CASE WHEN k.reason IS NULL THEN 3 ELSE 2 END AS rank
                FROM (SELECT kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, p.is_open,
                                      (SELECT f.product_is_proved FROM access_facts_at(effective_space_access_at.run) AS f)) AS reason) AS k
            ) AS k
            WHERE coalesce(k.reason NOT IN ('account_inactive', 'denied_by_product'), true)
              -- Guests are no licensed users.
              AND NOT (p.path_type = 'class' AND NOT p.is_open AND coalesce(a.is_guest, false))
          UNION ALL
            SELECT s.id, a.account_id, NULL, NULL, true, NULL, NULL, NULL, NULL
            FROM spaces_history AS s
            CROSS JOIN accounts_at(effective_space_access_at.run) AS a
            WHERE s.run_from <= effective_space_access_at.run AND (s.run_to IS NULL OR s.run_to > effective_space_access_at.run)
              AND a.is_product_admin AND a.account_status = 'active'
        ) AS g
        GROUP BY g.space_id, g.account_id
    ) AS p
    JOIN spaces_history AS s
        ON s.id = p.space_id
       AND s.run_from <= effective_space_access_at.run AND (s.run_to IS NULL OR s.run_to > effective_space_access_at.run)
    LEFT JOIN accounts_at(effective_space_access_at.run) AS a ON a.account_id = p.account_id
    CROSS JOIN access_facts_at(effective_space_access_at.run) AS f
    CROSS JOIN LATERAL (
        SELECT e.access, e.paths,
               -- Whoever has it not, but manages access to the space, or the product, can give it to themselves.
               coalesce(e.rank, CASE WHEN p.is_product_admin OR p.sure_admin_rank >= 3 THEN 1 END) AS rank
        FROM (VALUES
            ('view', p.view_rank, p.view_paths),
            -- Whoever edits must view, by whatever path.
            ('edit', CASE WHEN p.view_rank IS NOT NULL AND p.edit_rank IS NOT NULL THEN least(p.view_rank, p.edit_rank) END, p.edit_paths),
            ('administer', p.administer_rank, p.administer_paths)
        ) AS e (access, rank, paths)
    ) AS x
    WHERE x.rank IS NOT NULL
  UNION ALL
    SELECT g.space_id, s.key, NULL, NULL, NULL, NULL, NULL, NULL, g.access, 'unknown', NULL, NULL,
           array_agg(DISTINCT g.reason ORDER BY g.reason), f.run_id, f.access_as_of
    FROM space_gaps_at(effective_space_access_at.run) AS g
    JOIN spaces_history AS s
        ON s.id = g.space_id
       AND s.run_from <= effective_space_access_at.run AND (s.run_to IS NULL OR s.run_to > effective_space_access_at.run)
    CROSS JOIN access_facts_at(effective_space_access_at.run) AS f
    GROUP BY g.space_id, s.key, g.access, f.run_id, f.access_as_of;
END;

COMMENT ON FUNCTION effective_space_access_at(bigint) IS
    'Who reaches which space, as a run saw it: one row for each space, account and access';

CREATE FUNCTION effective_space_access_as_of(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, account_id text, email text, name text, account_type text, account_status text, is_guest boolean,
    access text, verdict text, admin_kind text, paths text[], reasons text[], run_id bigint, access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 1000000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (SELECT access_run_at(effective_space_access_as_of.as_of) AS run)
    SELECT e.space_id, e.space_key, e.account_id, e.email, e.name, e.account_type, e.account_status, e.is_guest, e.access, e.verdict,
           e.admin_kind, e.paths, e.reasons, e.run_id, e.access_as_of
    FROM asked CROSS JOIN LATERAL effective_space_access_at(asked.run) AS e;
END;

COMMENT ON FUNCTION effective_space_access_as_of(timestamptz) IS
    'Who reaches which space, as the last run of mode full or access at or before a time saw it: one row for each space, account and access';

CREATE VIEW effective_space_access (
    space_id, space_key, account_id, email, name, account_type, account_status, is_guest, access, verdict, admin_kind, paths, reasons,
    run_id, access_as_of
) AS
    WITH asked AS MATERIALIZED (SELECT access_run_at(NULL) AS run)
    SELECT e.space_id, e.space_key, e.account_id, e.email, e.name, e.account_type, e.account_status, e.is_guest, e.access, e.verdict,
           e.admin_kind, e.paths, e.reasons, e.run_id, e.access_as_of
    FROM asked CROSS JOIN LATERAL effective_space_access_at(asked.run) AS e;

COMMENT ON VIEW effective_space_access IS
    'Who reaches which space: one row for each space, account and access';
COMMENT ON COLUMN effective_space_access.space_id IS
    'Space';
COMMENT ON COLUMN effective_space_access.space_key IS
    'Key of the space';
COMMENT ON COLUMN effective_space_access.account_id IS
    'Account. NULL where others may reach the space whom nobody lists; reasons says why';
COMMENT ON COLUMN effective_space_access.email IS
    'E-mail address of the account, as it was loaded or as the site shows it';
COMMENT ON COLUMN effective_space_access.name IS
    'Name of the account';
COMMENT ON COLUMN effective_space_access.account_type IS
    'Kind of account: atlassian for people, app, customer';
COMMENT ON COLUMN effective_space_access.account_status IS
    'Status of the account: active. Others are let in nowhere';
COMMENT ON COLUMN effective_space_access.is_guest IS
    'Whether the account is a guest';
COMMENT ON COLUMN effective_space_access.access IS
    'view, edit or administer';
COMMENT ON COLUMN effective_space_access.verdict IS
    'allowed, unknown or potential: the best of its paths';
COMMENT ON COLUMN effective_space_access.admin_kind IS
    'Of administer, the widest kind: full, access, content, features';
COMMENT ON COLUMN effective_space_access.paths IS
    'How the account comes to it: user, group and its name, class and its name, anonymous, guest; or product_admin, space_admin';
COMMENT ON COLUMN effective_space_access.reasons IS
    'Why it is not known: words of kind reason';
COMMENT ON COLUMN effective_space_access.run_id IS
    'Run that the answer is from';
COMMENT ON COLUMN effective_space_access.access_as_of IS
    'When that run was published';
