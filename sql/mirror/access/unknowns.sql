-- What is not known, of everything, by reason and space. Gaps are where something is hidden, or was not read; a grant is open where
-- it is to people whom nobody lists; standing is what is so on every site, and stands here only, not in each answer.

CREATE FUNCTION unknowns_at(run bigint) RETURNS TABLE (
    kind text, reason text, space_id bigint, space_key text, occurrences bigint, detail text
)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    WITH found AS (
        -- Grants and roles that nobody resolves to accounts.
        SELECT g.reason, g.space_id, count(DISTINCT g.detail) AS occurrences, min(g.detail) AS detail
        FROM space_gaps_at(unknowns_at.run) AS g
        WHERE g.reason <> 'not_read'
        GROUP BY g.reason, g.space_id
      UNION ALL
        -- Contents, and entries of their lists.
        SELECT g.reason, g.space_id, count(*), format('content %s', min(g.content_id))
        FROM content_gaps AS g
        WHERE g.run_from <= unknowns_at.run AND (g.run_to IS NULL OR g.run_to > unknowns_at.run)
        GROUP BY g.reason, g.space_id
      UNION ALL
        -- Contents that were listed once.
        SELECT CASE e.end_reason WHEN 'trashed' THEN 'trashed' ELSE 'gone_or_hidden' END, e.space_id, count(*), format('content %s', min(e.id))
        FROM (
            SELECT DISTINCT ON (e.id) e.id, e.space_id, e.end_reason
            FROM (
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM pages_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
              UNION ALL
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM blogposts_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
              UNION ALL
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM folders_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
              UNION ALL
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM whiteboards_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
              UNION ALL
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM databases_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
              UNION ALL
                SELECT c.id, c.space_id, c.end_reason, c.run_to FROM smart_links_history AS c
                WHERE c.run_to <= unknowns_at.run AND c.end_reason IN ('trashed', 'gone_or_hidden', 'removed')
            ) AS e
            WHERE NOT EXISTS (SELECT FROM content_at(unknowns_at.run) AS c WHERE c.id = e.id)
            ORDER BY e.id, e.run_to DESC
        ) AS e
        GROUP BY 1, 2
      UNION ALL
        -- Contents of spaces that are not listed.
        SELECT 'space_hidden', c.space_id, count(*), format('content %s', min(c.id))
        FROM content_at(unknowns_at.run) AS c
        WHERE NOT EXISTS (SELECT FROM spaces_history AS s
                          WHERE s.id = c.space_id AND s.run_from <= unknowns_at.run AND (s.run_to IS NULL OR s.run_to > unknowns_at.run))
        GROUP BY c.space_id
      UNION ALL
        -- Accounts behind grants.
        SELECT a.reason, NULL, count(DISTINCT a.account_id), format('account %s', min(a.account_id))
        FROM principal_accounts_at(unknowns_at.run) AS a
        WHERE a.standing = 'unknown' AND a.principal NOT IN ('access-class:authenticated-users', 'access-class:anonymous-users')
        GROUP BY a.reason
      UNION ALL
        -- What the run did not read whole.
        SELECT 'not_read', NULL, 1, u.detail
        FROM runs AS r
        CROSS JOIN LATERAL steps_not_read_at(
            r.id, '{spaces,permissions,groups,group_members,users,product_groups,content_restrictions}' || ARRAY(SELECT k.step FROM content_kinds() AS k)
                      || CASE WHEN r.role_mode IS DISTINCT FROM 'PRE_ROLES' THEN CAST('{space_roles,space_role_assignments}' AS text[]) END) AS u
        WHERE r.id = unknowns_at.run
      UNION ALL
        SELECT 'anonymous_switch', g.space_id, 1, NULL
        FROM space_holders_at(unknowns_at.run) AS g
        WHERE g.principal = 'access-class:anonymous-users'
      UNION ALL
        SELECT 'public_link', NULL, count(*), 'spaces'
        FROM spaces_history AS s
        WHERE s.run_from <= unknowns_at.run AND (s.run_to IS NULL OR s.run_to > unknowns_at.run)
      UNION ALL
        SELECT x.reason, NULL, count(a.account_id), 'app accounts'
        FROM (VALUES ('app_scopes'), ('apps_unproved')) AS x (reason)
        LEFT JOIN accounts_at(unknowns_at.run) AS a ON a.account_type = 'app'
        GROUP BY x.reason
      UNION ALL
        SELECT x.reason, NULL, count(a.account_id), 'product admins'
        FROM (VALUES ('admin_key'), ('admins_unproved')) AS x (reason)
        LEFT JOIN accounts_at(unknowns_at.run) AS a ON a.is_product_admin AND a.account_status = 'active'
        GROUP BY x.reason
      UNION ALL
        SELECT 'drafts_not_listed', NULL, NULL, NULL
    )
    SELECT w.reason_kind, f.reason, f.space_id, s.key, f.occurrences, f.detail
    FROM found AS f
    LEFT JOIN words AS w ON w.kind = 'reason' AND w.word = f.reason
    LEFT JOIN spaces_history AS s
        ON s.id = f.space_id AND s.run_from <= unknowns_at.run AND (s.run_to IS NULL OR s.run_to > unknowns_at.run);
END;

COMMENT ON FUNCTION unknowns_at(bigint) IS
    'What is not known about access, by reason and space, as a run saw it';

CREATE FUNCTION unknowns(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    kind text, reason text, space_id bigint, space_key text, occurrences bigint, detail text, run_id bigint, access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (SELECT access_run_at(unknowns.as_of) AS run)
    SELECT u.kind, u.reason, u.space_id, u.space_key, u.occurrences, u.detail, asked.run,
           (SELECT r.published_at FROM runs AS r WHERE r.id = asked.run)
    FROM asked CROSS JOIN LATERAL unknowns_at(asked.run) AS u;
END;

COMMENT ON FUNCTION unknowns(timestamptz) IS
    'What is not known about access, by reason and space: gaps, open grants, and what is so on every site';
