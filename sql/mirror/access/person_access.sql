-- Everything that one person reaches: spaces, with the paths by which they come to them; the restricted contents whose lists
-- name them, and whether they reach these; and what is not known of that. In a space that they view, they view all contents but
-- those with a view list, of their own or above, that does not name them. Rows with the verdict denied show what lists or
-- grants still name somebody who is kept out, such as a leaver: it is reached again by whoever lets them in again.

CREATE FUNCTION person_access_at(account text, run bigint) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], bound text, reason text,
    detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
    WITH facts AS MATERIALIZED (
        SELECT f.* FROM access_facts_at(person_access_at.run) AS f
    ), person AS MATERIALIZED (
        SELECT person_access_at.account AS account_id, a.email, a.name, a.account_type, a.account_status, a.is_guest,
               a.is_product_admin AND a.account_status = 'active' AS is_product_admin,
               a.account_id IS NOT NULL AS is_listed,
               -- Why the person is let through nowhere, or by open classes only.
               CASE WHEN k.reason IN ('account_inactive', 'denied_by_product') THEN k.reason END AS kept_out
        FROM (VALUES (1)) AS one
        LEFT JOIN accounts_at(person_access_at.run) AS a ON a.account_id = person_access_at.account
        CROSS JOIN LATERAL (
            SELECT kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, false,
                            (SELECT f.product_is_proved FROM facts AS f)) AS reason
        ) AS k
    ), principals AS MATERIALIZED (
        SELECT m.principal, m.principal_id, m.path_type, m.group_id, m.group_name, m.access_class, m.standing, m.reason
        FROM principal_accounts_at(person_access_at.run) AS m
        WHERE m.account_id = person_access_at.account
    ), paths AS MATERIALIZED (
        SELECT h.space_id, s.key AS space_key, h.view_operations, h.edit_operations, h.sources, h.role_name,
               CASE WHEN p.is_guest IS NOT TRUE THEN h.administer_operations END AS administer_operations,
               CASE WHEN p.is_guest IS NOT TRUE THEN h.admin_kind END AS admin_kind,
               m.path_type, m.group_id, m.group_name, m.access_class, m.reason, m.standing
        FROM space_holders_at(person_access_at.run) AS h
        JOIN principals AS m ON m.principal = h.principal
        JOIN spaces_history AS s
            ON s.id = h.space_id AND s.run_from <= person_access_at.run AND (s.run_to IS NULL OR s.run_to > person_access_at.run)
        CROSS JOIN person AS p
        WHERE h.principal_id = ANY (ARRAY(SELECT m.principal_id FROM principals AS m))
    ), viewers AS MATERIALIZED (
        SELECT p.space_id, bool_or(p.standing = 'allowed') AS is_sure
        FROM paths AS p
        WHERE p.view_operations IS NOT NULL AND p.standing <> 'denied'
        GROUP BY p.space_id
    ), reach AS (
        SELECT p.*, CAST('view' AS text) AS access, p.view_operations AS operations, p.standing AS verdict
        FROM paths AS p
        WHERE p.view_operations IS NOT NULL
      UNION ALL
        -- Whoever edits must view, by whatever path.
        SELECT p.*, 'edit', p.edit_operations,
               CASE WHEN p.standing = 'denied' THEN 'denied'
                    WHEN p.standing = 'allowed' AND p.space_id IN (SELECT v.space_id FROM viewers AS v WHERE v.is_sure) THEN 'allowed'
                    ELSE 'unknown' END
        FROM paths AS p
        WHERE p.edit_operations IS NOT NULL
          AND (p.standing = 'denied' OR p.space_id IN (SELECT v.space_id FROM viewers AS v))
      UNION ALL
        SELECT p.*, 'administer', p.administer_operations, p.standing
        FROM paths AS p
        WHERE p.administer_operations IS NOT NULL
    ), named AS MATERIALIZED (
        SELECT r.content_id, CASE r.operation WHEN 'read' THEN 'view' ELSE 'edit' END AS access, r.principal_type, g.group_id, g.group_name
        FROM content_restrictions_history AS r
        LEFT JOIN groups_of(person_access_at.account, person_access_at.run) AS g ON r.principal_type = 'group' AND g.group_id = r.principal_id
        WHERE r.principal_id = ANY (ARRAY(SELECT m.group_id FROM groups_of(person_access_at.account, person_access_at.run) AS m
                                          UNION ALL SELECT person_access_at.account))
          AND (r.principal_type = 'user' AND r.principal_id = person_access_at.account OR g.group_id IS NOT NULL)
          AND r.operation IN ('read', 'update')
          AND r.run_from <= person_access_at.run AND (r.run_to IS NULL OR r.run_to > person_access_at.run)
          AND (SELECT f.restrictions_are_read FROM facts AS f)
    ), asked AS MATERIALIZED (
        SELECT ARRAY(SELECT DISTINCT n.content_id FROM named AS n) AS contents
    ), space_gaps AS MATERIALIZED (
        -- The person may be behind what nobody resolves in a space.
        SELECT g.space_id, s.key AS space_key, g.access, g.path_type, g.group_id, g.access_class, g.role_name, g.bound, g.reason, g.detail
        FROM space_gaps_at(person_access_at.run) AS g
        JOIN spaces_history AS s
            ON s.id = g.space_id AND s.run_from <= person_access_at.run AND (s.run_to IS NULL OR s.run_to > person_access_at.run)
        CROSS JOIN person AS k
        WHERE k.kept_out IS DISTINCT FROM 'account_inactive'
          AND (k.kept_out IS NULL OR g.is_open)
          AND NOT (g.access = 'administer' AND k.is_guest IS TRUE)
    ), editing AS MATERIALIZED (
        -- In which spaces the person edits which kind of content. Whatever is in the tree of pages goes by the grants on pages, too.
        SELECT p.space_id, k.type, bool_or(p.standing = 'allowed') AS is_sure
        FROM paths AS p
        CROSS JOIN LATERAL unnest(p.edit_operations) AS o (operation)
        JOIN (VALUES ('page'), ('blogpost'), ('folder'), ('whiteboard'), ('database'), ('embed')) AS k (type)
            ON split_part(o.operation, '/', 2) = k.type OR split_part(o.operation, '/', 2) = 'page' AND k.type <> 'blogpost'
        WHERE p.standing <> 'denied'
        GROUP BY p.space_id, k.type
    ), contents AS MATERIALIZED (
        -- What becomes of the person at each content that names them: denial says why they are kept out, doubt why it is not known.
        SELECT l.content_id, l.space_id, s.key AS space_key, l.type, l.title, l.has_edit_list, l.gap, l.gap_at,
               CASE WHEN k.kept_out = 'account_inactive' THEN k.kept_out
                    WHEN l.gap = 'trashed' THEN NULL
                    WHEN l.view_restricted_by IS NOT NULL AND p.content_id IS NULL THEN 'denied_by_restriction'
                    WHEN s.id IS NULL THEN NULL
                    WHEN v.space_id IS NULL AND g.reason IS NULL THEN coalesce(k.kept_out, 'denied_by_space') END AS denial,
               CASE WHEN l.gap = 'trashed' THEN 'trashed'
                    WHEN s.id IS NULL THEN 'space_hidden'
                    WHEN v.space_id IS NULL THEN g.reason
                    ELSE coalesce(l.gap, p.doubt,
                                  CASE WHEN v.is_sure THEN NULL WHEN k.account_status = 'active' THEN 'product_unresolved'
                                       ELSE 'account_unknown' END) END AS doubt
        FROM asked AS q
        CROSS JOIN LATERAL content_layers_at(q.contents, person_access_at.run) AS l
        CROSS JOIN person AS k
        LEFT JOIN spaces_history AS s
            ON s.id = l.space_id AND s.run_from <= person_access_at.run AND (s.run_to IS NULL OR s.run_to > person_access_at.run)
        LEFT JOIN viewers AS v ON v.space_id = l.space_id
        LEFT JOIN (
            SELECT p.content_id, min(p.doubt) AS doubt
            FROM asked AS q
            CROSS JOIN LATERAL person_passing_at(person_access_at.account, q.contents, person_access_at.run) AS p
            GROUP BY p.content_id
        ) AS p ON p.content_id = l.view_restricted_by
        LEFT JOIN (SELECT g.space_id, min(g.reason) AS reason FROM space_gaps AS g WHERE g.access = 'view' GROUP BY g.space_id) AS g
            ON g.space_id = l.space_id
        WHERE l.is_asked
    ), restricted AS (
        SELECT c.*, n.access, n.principal_type, n.group_id, n.group_name
        FROM contents AS c
        JOIN named AS n ON n.content_id = c.content_id
        WHERE n.access = 'view'
      UNION ALL
        -- Named in the edit list, or in the view list where there is no edit list.
        SELECT c.content_id, c.space_id, c.space_key, c.type, c.title, c.has_edit_list, c.gap, c.gap_at,
               coalesce(c.denial, CASE WHEN c.doubt IS DISTINCT FROM 'trashed' AND c.space_key IS NOT NULL AND e.space_id IS NULL
                                            AND g.reason IS NULL THEN coalesce(k.kept_out, 'denied_by_space') END),
               coalesce(c.doubt,
                        CASE WHEN e.is_sure THEN NULL WHEN e.space_id IS NULL THEN g.reason
                             WHEN k.account_status = 'active' THEN 'product_unresolved' ELSE 'account_unknown' END),
               'edit', n.principal_type, n.group_id, n.group_name
        FROM contents AS c
        CROSS JOIN person AS k
        JOIN named AS n ON n.content_id = c.content_id AND n.access = CASE WHEN c.has_edit_list THEN 'edit' ELSE 'view' END
        LEFT JOIN editing AS e ON e.space_id = c.space_id AND e.type = c.type
        LEFT JOIN (SELECT g.space_id, min(g.reason) AS reason FROM space_gaps AS g WHERE g.access = 'edit' GROUP BY g.space_id) AS g
            ON g.space_id = c.space_id
        WHERE n.access = 'edit' OR c.denial IS NULL AND (c.space_key IS NULL OR e.space_id IS NOT NULL OR g.reason IS NOT NULL)
    ), gaps AS (
        -- Where it would let them in further than they are.
        SELECT g.* FROM space_gaps AS g
        WHERE (g.space_id, g.access) NOT IN (SELECT r.space_id, r.access FROM reach AS r WHERE r.verdict = 'allowed')
      UNION ALL
        -- Contents in the spaces that they view, by the number.
        SELECT g.space_id, s.key, g.access, NULL, g.group_id, NULL, NULL,
               CASE WHEN g.reason IN ('group_unresolved', 'subjects_hidden') THEN 'lower' ELSE 'upper' END, g.reason,
               format('%s contents, such as %s', count(*), min(g.content_id))
        FROM content_gaps AS g
        JOIN spaces_history AS s
            ON s.id = g.space_id AND s.run_from <= person_access_at.run AND (s.run_to IS NULL OR s.run_to > person_access_at.run)
        WHERE g.run_from <= person_access_at.run AND (g.run_to IS NULL OR g.run_to > person_access_at.run)
          AND (g.space_id IN (SELECT v.space_id FROM viewers AS v)
               OR g.space_id IN (SELECT u.space_id FROM space_gaps AS u WHERE u.access = 'view'))
          AND NOT EXISTS (SELECT FROM named AS n
                          WHERE n.content_id = g.content_id AND n.access = g.access
                            AND g.reason IN ('group_unresolved', 'subjects_hidden'))
        GROUP BY g.space_id, s.key, g.access, g.group_id, g.reason
      UNION ALL
        SELECT NULL, NULL, 'view', NULL, NULL, NULL, NULL, 'none', 'not_read', x.detail
        FROM facts AS f
        CROSS JOIN person AS k
        CROSS JOIN LATERAL (VALUES (f.restrictions_are_read, 'lists of contents'), (f.groups_are_read, 'groups and their members'))
            AS x (is_read, detail)
        WHERE NOT x.is_read AND k.kept_out IS DISTINCT FROM 'account_inactive'
      UNION ALL
        SELECT NULL, NULL, 'view', NULL, NULL, NULL, NULL, 'none', 'account_unknown', 'not listed, and named nowhere'
        FROM person AS k
        WHERE NOT k.is_listed AND NOT EXISTS (SELECT FROM principals) AND NOT EXISTS (SELECT FROM named)
    )
    SELECT r.space_id, r.space_key, CAST(NULL AS bigint), CAST(NULL AS text), CAST(NULL AS text), r.access,
           CASE r.access WHEN 'administer' THEN r.admin_kind END, k.account_id, k.email, k.name, k.account_type, k.account_status, k.is_guest,
           r.verdict, r.path_type, r.group_id, r.group_name, r.access_class, r.role_name, r.operations, r.sources,
           CASE r.verdict WHEN 'unknown' THEN 'upper' ELSE 'exact' END,
           CASE WHEN r.verdict <> 'allowed' THEN coalesce(r.reason, 'product_unresolved') END, CAST(NULL AS text),
           f.seen_at, f.run_id, f.access_as_of
    FROM reach AS r
    CROSS JOIN person AS k
    CROSS JOIN facts AS f
  UNION ALL
    SELECT r.space_id, r.space_key, r.content_id, r.type, r.title, r.access, NULL, k.account_id, k.email, k.name, k.account_type,
           k.account_status, k.is_guest,
           CASE WHEN r.denial IS NOT NULL THEN 'denied' WHEN r.doubt IS NOT NULL THEN 'unknown' ELSE 'allowed' END,
           CASE WHEN k.is_guest THEN 'guest' ELSE r.principal_type END, r.group_id, r.group_name, NULL, NULL, NULL, NULL,
           CASE WHEN r.denial IS NOT NULL OR r.doubt IS NULL THEN 'exact' WHEN r.doubt IN ('trashed', 'space_hidden') THEN 'none' ELSE 'upper' END,
           coalesce(r.denial, r.doubt),
           CASE WHEN r.denial IS NULL AND r.doubt = r.gap AND r.gap <> 'trashed' THEN format('content %s', r.gap_at) END,
           f.seen_at, f.run_id, f.access_as_of
    FROM restricted AS r
    CROSS JOIN person AS k
    CROSS JOIN facts AS f
  UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, 'administer', NULL, k.account_id, k.email, k.name, k.account_type, k.account_status, k.is_guest,
           'potential', 'product_admin', NULL, NULL, NULL, NULL, NULL, NULL, 'exact', NULL, 'every space', f.seen_at, f.run_id, f.access_as_of
    FROM person AS k
    CROSS JOIN facts AS f
    WHERE k.is_product_admin
  UNION ALL
    SELECT g.space_id, g.space_key, NULL, NULL, NULL, g.access, NULL, k.account_id, k.email, k.name, k.account_type, k.account_status,
           k.is_guest, 'unknown', g.path_type, g.group_id, NULL, g.access_class, g.role_name, NULL, NULL, g.bound, g.reason, g.detail,
           f.seen_at, f.run_id, f.access_as_of
    FROM gaps AS g
    CROSS JOIN person AS k
    CROSS JOIN facts AS f;
END;

COMMENT ON FUNCTION person_access_at(text, bigint) IS
    'Everything that one person reaches, as a run saw it: one row a path';

-- A function in PL/pgSQL for one reason: it keeps its plan, and planning takes long.
CREATE FUNCTION person_access(account text, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text,
    reason text, detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT p.space_id, p.space_key, p.content_id, p.content_type, p.title, p.access, p.admin_kind, p.account_id, p.email, p.name,
           p.account_type, p.account_status, p.is_guest, p.verdict, p.path_type, p.group_id, p.group_name, p.access_class, p.role_name,
           p.operations, p.sources, CAST(NULL AS jsonb), p.bound, p.reason, p.detail, p.seen_at, p.run_id, p.access_as_of
    FROM person_access_at(account, run) AS p;
END
$$;

COMMENT ON FUNCTION person_access(text, timestamptz) IS
    'Everything that one person reaches: spaces, restricted contents whose lists name them, and what is not known; one row a path';
