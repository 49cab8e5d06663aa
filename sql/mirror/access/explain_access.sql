-- Why somebody may view or edit a content, or may not: level by level, in the words of Confluence's own "Inspect permissions", so
-- that both can be laid side by side. Levels are the product, the space, the parents and the content; Allowed and Denied are said
-- of a level that decides, Inherited of one that sets nothing itself, Irrelevant of one that does not bear on the access.
-- Unknown is this mirror's own word. The last rows have what follows: allowed, unknown or denied, and potential for whoever could
-- change it.

-- By which entries a list names an account, and whether there are entries that nobody resolves to accounts.
CREATE FUNCTION list_entries_at(content bigint, operation text, account text, run bigint) RETURNS TABLE (by text[], unresolved text)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT array_agg(e.by ORDER BY e.by) FILTER (WHERE e.by IS NOT NULL), min(e.unresolved)
    FROM (
        SELECT CASE WHEN r.principal_type = 'user' AND r.principal_id = list_entries_at.account THEN 'user'
                    WHEN m.group_id IS NOT NULL THEN 'group ' || m.group_name END AS by,
               CASE WHEN r.principal_type = 'user' THEN NULL
                    WHEN r.principal_type <> 'group' THEN 'subjects_hidden'
                    WHEN NOT EXISTS (SELECT FROM groups_at(list_entries_at.run) AS g WHERE g.group_id = r.principal_id)
                        THEN 'group_unresolved' END AS unresolved
        FROM content_restrictions_history AS r
        LEFT JOIN groups_of(list_entries_at.account, list_entries_at.run) AS m ON r.principal_type = 'group' AND m.group_id = r.principal_id
        WHERE r.content_id = list_entries_at.content AND r.operation = list_entries_at.operation
          AND r.run_from <= list_entries_at.run AND (r.run_to IS NULL OR r.run_to > list_entries_at.run)
    ) AS e;
END;

COMMENT ON FUNCTION list_entries_at(bigint, text, text, bigint) IS
    'By which entries a list of a content names an account, as a run saw it; unresolved: why it may be behind another entry';

CREATE FUNCTION explain_access_at(content bigint, account text, run bigint) RETURNS TABLE (
    ordinal integer, access text, level text, verdict text, content_id bigint, title text, by text[], reason text, detail text
)
    LANGUAGE sql STABLE ROWS 12
BEGIN ATOMIC
    WITH facts AS MATERIALIZED (
        SELECT f.* FROM access_facts_at(explain_access_at.run) AS f
    ), layers AS MATERIALIZED (
        SELECT l.* FROM content_layers_at(ARRAY[explain_access_at.content], explain_access_at.run) AS l
    ), target AS MATERIALIZED (
        SELECT l.content_id, l.space_id, l.type, l.title, l.has_edit_list, l.view_restricted_by, l.above, l.gap, l.gap_at,
               s.id IS NOT NULL AS space_is_listed
        FROM layers AS l
        LEFT JOIN spaces_history AS s
            ON s.id = l.space_id AND s.run_from <= explain_access_at.run AND (s.run_to IS NULL OR s.run_to > explain_access_at.run)
        WHERE l.is_asked
        LIMIT 1
    ), person AS MATERIALIZED (
        SELECT a.account_status, a.is_guest, a.account_type, a.is_product_member, a.is_product_admin,
               CASE WHEN k.reason IS NULL THEN 'Allowed' WHEN k.reason IN ('account_inactive', 'denied_by_product') THEN 'Denied'
                    ELSE 'Unknown' END AS verdict,
               k.reason,
               CASE WHEN a.is_guest THEN ARRAY[CAST('guest' AS text)] WHEN a.account_type = 'app' THEN ARRAY[CAST('app' AS text)]
                    ELSE (SELECT array_agg(DISTINCT 'group ' || g.group_name ORDER BY 'group ' || g.group_name)
                          FROM groups_of(explain_access_at.account, explain_access_at.run) AS g
                          JOIN product_memberships_at(explain_access_at.run) AS p
                              ON p.group_id = g.group_id AND p.account_id = explain_access_at.account) END AS by
        FROM (VALUES (1)) AS one
        LEFT JOIN accounts_at(explain_access_at.run) AS a ON a.account_id = explain_access_at.account
        CROSS JOIN LATERAL (
            SELECT kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, false,
                            (SELECT f.product_is_proved FROM facts AS f)) AS reason
        ) AS k
    ), paths AS MATERIALIZED (
        SELECT x.access, m.path_type IN ('class', 'anonymous') AND m.principal_id NOT IN ('all-licensed-users', 'all-product-admins') AS is_open,
               concat_ws(' ', m.path_type, coalesce(m.group_name, m.access_class)) AS path,
               h.admin_kind IN ('full', 'access') AND m.standing = 'allowed' AND m.is_guest IS NOT TRUE AS is_admin
        FROM target AS t
        JOIN space_holders_at(explain_access_at.run) AS h ON h.space_id = t.space_id
        JOIN principal_accounts_at(explain_access_at.run) AS m ON m.principal = h.principal
        CROSS JOIN LATERAL (
            SELECT 'view' WHERE h.view_operations IS NOT NULL
          UNION ALL
            SELECT 'edit'
            WHERE EXISTS (SELECT FROM unnest(h.edit_operations) AS o (operation)
                          WHERE split_part(o.operation, '/', 2) = t.type OR split_part(o.operation, '/', 2) = 'page' AND t.type <> 'blogpost')
          UNION ALL
            SELECT 'administer' WHERE h.administer_operations IS NOT NULL
        ) AS x (access)
        WHERE h.space_id = (SELECT t.space_id FROM target AS t) AND m.account_id = explain_access_at.account AND t.space_is_listed
    ), space_gaps AS MATERIALIZED (
        SELECT g.access, g.reason, g.detail, g.is_open
        FROM space_gaps_at(explain_access_at.run) AS g
        WHERE g.space_id = (SELECT t.space_id FROM target AS t)
    ), lists AS MATERIALIZED (
        SELECT x.content_id, x.access, x.depth, x.by, x.unresolved
        FROM (
            SELECT c.restricted_by AS content_id, CAST('view' AS text) AS access, c.depth, n.by, n.unresolved
            FROM view_chains_at(ARRAY[explain_access_at.content], explain_access_at.run) AS c
            CROSS JOIN LATERAL list_entries_at(c.restricted_by, 'read', explain_access_at.account, explain_access_at.run) AS n
          UNION ALL
            SELECT t.content_id, 'edit', 0, n.by, n.unresolved
            FROM target AS t
            CROSS JOIN LATERAL list_entries_at(t.content_id, 'update', explain_access_at.account, explain_access_at.run) AS n
            WHERE t.has_edit_list
        ) AS x
        WHERE (SELECT f.restrictions_are_read FROM facts AS f)
    ), levels AS MATERIALIZED (
        -- The product. Whoever comes by a class of all who sign in needs no access to it.
        SELECT 1 AS level_ordinal, x.access, CAST('product' AS text) AS level,
               CASE WHEN k.account_status = 'active' AND k.verdict <> 'Allowed' THEN
                        CASE WHEN x.is_open THEN 'Irrelevant' WHEN g.reason IS NOT NULL OR NOT t.space_is_listed THEN 'Unknown'
                             ELSE k.verdict END
                    ELSE k.verdict END AS verdict,
               CAST(NULL AS bigint) AS content_id, 0 AS depth, CASE k.verdict WHEN 'Allowed' THEN k.by END AS by,
               CASE WHEN k.account_status = 'active' AND x.is_open THEN NULL
                    WHEN k.verdict = 'Denied' AND k.account_status = 'active'
                        THEN coalesce(CASE WHEN NOT t.space_is_listed THEN 'space_hidden' END, g.reason, k.reason)
                    ELSE k.reason END AS reason,
               CAST(NULL AS text) AS detail
        FROM target AS t
        CROSS JOIN person AS k
        CROSS JOIN LATERAL (
            SELECT a.access, EXISTS (SELECT FROM paths AS p WHERE p.access = a.access AND p.is_open) AS is_open
            FROM (VALUES ('view'), ('edit')) AS a (access)
        ) AS x
        LEFT JOIN (
            SELECT g.access, min(g.reason) AS reason FROM space_gaps AS g WHERE g.is_open GROUP BY g.access
        ) AS g ON g.access = x.access
      UNION ALL
        SELECT 2, x.access, 'space',
               CASE WHEN NOT t.space_is_listed THEN 'Unknown' WHEN x.by IS NOT NULL THEN 'Allowed' WHEN g.reason IS NOT NULL THEN 'Unknown'
                    ELSE 'Denied' END,
               NULL, 0, x.by,
               CASE WHEN NOT t.space_is_listed THEN 'space_hidden' WHEN x.by IS NOT NULL THEN NULL ELSE coalesce(g.reason, 'denied_by_space') END,
               CASE WHEN x.by IS NULL THEN g.detail END
        FROM target AS t
        CROSS JOIN LATERAL (
            SELECT a.access, (SELECT array_agg(DISTINCT p.path ORDER BY p.path) FROM paths AS p WHERE p.access = a.access) AS by
            FROM (VALUES ('view'), ('edit')) AS a (access)
        ) AS x
        LEFT JOIN (
            SELECT g.access, min(g.reason) AS reason, string_agg(g.detail, '; ' ORDER BY g.detail) AS detail
            FROM space_gaps AS g
            GROUP BY g.access
        ) AS g ON g.access = x.access
      UNION ALL
        SELECT 3, 'view', 'parents',
               CASE WHEN l.by IS NOT NULL THEN 'Allowed' WHEN l.unresolved IS NOT NULL THEN 'Unknown' ELSE 'Denied' END,
               l.content_id, l.depth, l.by,
               CASE WHEN l.by IS NULL THEN coalesce(l.unresolved, 'denied_by_restriction') END, NULL
        FROM lists AS l
        JOIN target AS t ON l.content_id <> t.content_id
        WHERE l.access = 'view'
      UNION ALL
        SELECT 3, 'view', 'parents', 'Inherited', NULL, 0, NULL, NULL, NULL
        FROM target AS t
        CROSS JOIN facts AS f
        WHERE NOT EXISTS (SELECT FROM lists AS l WHERE l.access = 'view' AND l.content_id <> t.content_id)
          AND f.restrictions_are_read
          AND (t.gap IS NULL OR t.gap IN ('content_hidden', 'trashed') AND t.gap_at = t.content_id)
      UNION ALL
        SELECT 3, 'view', 'parents', 'Unknown', NULLIF(t.gap_at, t.content_id), 0, NULL, t.gap,
               CASE t.gap WHEN 'ancestor_not_listed' THEN format('above content %s', t.gap_at) END
        FROM target AS t
        WHERE t.gap IS NOT NULL AND NOT (t.gap IN ('content_hidden', 'trashed') AND t.gap_at = t.content_id)
      UNION ALL
        SELECT 3, 'edit', 'parents', 'Irrelevant', NULL, 0, NULL, NULL, 'edit lists are not handed down' FROM target AS t
      UNION ALL
        SELECT 4, x.access, 'content',
               CASE WHEN NOT f.restrictions_are_read OR t.gap IN ('content_hidden', 'trashed') AND t.gap_at = t.content_id THEN 'Unknown'
                    WHEN l.content_id IS NULL THEN 'Inherited'
                    WHEN l.by IS NOT NULL THEN 'Allowed'
                    WHEN l.unresolved IS NOT NULL THEN 'Unknown'
                    ELSE 'Denied' END,
               t.content_id, 0, l.by,
               CASE WHEN t.gap IN ('content_hidden', 'trashed') AND t.gap_at = t.content_id THEN t.gap
                    WHEN NOT f.restrictions_are_read THEN 'not_read'
                    WHEN l.content_id IS NOT NULL AND l.by IS NULL THEN coalesce(l.unresolved, 'denied_by_restriction') END,
               NULL
        FROM target AS t
        CROSS JOIN facts AS f
        CROSS JOIN (VALUES ('view'), ('edit')) AS x (access)
        LEFT JOIN lists AS l ON l.content_id = t.content_id AND l.access = x.access
      UNION ALL
        -- A content that the run does not list.
        SELECT 4, x.access, 'content', CASE c.verdict WHEN 'denied' THEN 'Denied' ELSE 'Unknown' END, explain_access_at.content, 0, NULL,
               c.reason, c.detail
        FROM (VALUES ('view'), ('edit')) AS x (access)
        JOIN contents_access_at(ARRAY[explain_access_at.content], explain_access_at.run) AS c ON c.access = x.access
        WHERE NOT EXISTS (SELECT FROM target)
    ), results AS (
        SELECT x.access,
               -- Whoever edits must view.
               CASE WHEN bool_or(l.verdict = 'Denied') THEN 'denied' WHEN bool_or(l.verdict = 'Unknown') THEN 'unknown' ELSE 'allowed' END AS verdict
        FROM (VALUES ('view', 'view'), ('edit', 'view'), ('edit', 'edit')) AS x (access, needs)
        JOIN levels AS l ON l.access = x.needs
        GROUP BY x.access
    )
    SELECT CAST(row_number() OVER (ORDER BY e.access DESC, e.level_ordinal, e.depth DESC, e.verdict, e.content_id) AS integer), e.access, e.level,
           e.verdict, e.content_id, c.title, e.by, e.reason, e.detail
    FROM (
        SELECT l.level_ordinal, l.access, l.level, l.verdict, l.content_id, l.depth, l.by, l.reason, l.detail FROM levels AS l
      UNION ALL
        SELECT 5, r.access, 'result', r.verdict, explain_access_at.content, 0, NULL, NULL, NULL FROM results AS r
      UNION ALL
        SELECT 6, r.access, 'result', 'potential', explain_access_at.content, 0,
               array_remove(ARRAY[CASE WHEN k.is_product_admin AND k.account_status = 'active' THEN 'product_admin' END,
                                  CASE WHEN EXISTS (SELECT FROM paths AS p WHERE p.is_admin) THEN 'space_admin' END], NULL),
               NULL, NULL
        FROM results AS r
        CROSS JOIN person AS k
        WHERE r.verdict <> 'allowed'
          AND (k.is_product_admin AND k.account_status = 'active' OR EXISTS (SELECT FROM paths AS p WHERE p.is_admin))
    ) AS e
    LEFT JOIN layers AS c ON c.content_id = e.content_id;
END;

COMMENT ON FUNCTION explain_access_at(bigint, text, bigint) IS
    'Why an account may view or edit a content, level by level, as a run saw it';

CREATE FUNCTION explain_access(content bigint, account text, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    ordinal integer, access text, level text, verdict text, content_id bigint, title text, by text[], reason text, detail text,
    run_id bigint, access_as_of timestamptz
)
    LANGUAGE plpgsql STABLE ROWS 12
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT e.ordinal, e.access, e.level, e.verdict, e.content_id, e.title, e.by, e.reason, e.detail, r.id, r.published_at
    FROM explain_access_at(content, account, run) AS e
    CROSS JOIN runs AS r
    WHERE r.id = run
    ORDER BY e.ordinal;
END
$$;

COMMENT ON FUNCTION explain_access(bigint, text, timestamptz) IS
    'Why an account may view or edit a content, or may not: level by level, in the words of Confluence''s own Inspect permissions';
