-- Who may view, edit or administer a space: what is granted there, to whom it comes, and what is not known about it. Whoever
-- edits must be granted viewing, too, by whatever path; administering needs no other right, and is not for guests.

CREATE FUNCTION space_access_at(space bigint, run bigint) RETURNS TABLE (
    space_id bigint, space_key text, access text, admin_kind text, account_id text, email text, name text, account_type text,
    account_status text, is_guest boolean, verdict text, path_type text, group_id text, group_name text, access_class text,
    role_name text, operations text[], sources text[], bound text, reason text, detail text, seen_at timestamptz, run_id bigint,
    access_as_of timestamptz
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    WITH facts AS MATERIALIZED (
        SELECT f.run_id, f.access_as_of, f.seen_at, f.spaces_are_read FROM access_facts_at(space_access_at.run) AS f
    ), places AS MATERIALIZED (
        SELECT s.id, s.key FROM spaces_history AS s
        WHERE s.id = space_access_at.space
          AND s.run_from <= space_access_at.run AND (s.run_to IS NULL OR s.run_to > space_access_at.run)
    ), holders AS MATERIALIZED (
        SELECT h.principal, h.principal_id, h.view_operations, h.edit_operations, h.administer_operations, h.admin_kind, h.sources,
               h.role_name
        FROM space_holders_at(space_access_at.run) AS h
        WHERE h.space_id = space_access_at.space AND EXISTS (SELECT FROM places)
    ), members AS (
        SELECT m.principal, m.account_id, m.path_type, m.group_id, m.group_name, m.access_class, m.email, m.name, m.account_type,
               m.account_status, m.is_guest, m.reason, m.standing = 'allowed' AS is_let_through
        FROM principal_accounts_at(space_access_at.run) AS m
        WHERE m.principal_id = ANY (ARRAY(SELECT h.principal_id FROM holders AS h)) AND m.standing <> 'denied'
    ), paths AS MATERIALIZED (
        SELECT m.*, h.view_operations, h.edit_operations, h.sources, h.role_name,
               CASE WHEN m.is_guest IS NOT TRUE THEN h.administer_operations END AS administer_operations,
               CASE WHEN m.is_guest IS NOT TRUE THEN h.admin_kind END AS admin_kind
        FROM holders AS h
        JOIN members AS m ON m.principal = h.principal
    ), viewers AS (
        SELECT p.account_id, p.is_let_through FROM paths AS p WHERE p.view_operations IS NOT NULL
    ), editors AS (
        SELECT p.account_id, p.is_let_through FROM paths AS p WHERE p.edit_operations IS NOT NULL
    )
    SELECT s.id, s.key, p.access, CASE p.access WHEN 'administer' THEN p.admin_kind END, p.account_id, p.email, p.name, p.account_type,
           p.account_status, p.is_guest, CASE WHEN p.is_allowed THEN 'allowed' ELSE 'unknown' END, p.path_type, p.group_id,
           p.group_name, p.access_class, p.role_name, p.operations, p.sources, CASE WHEN p.is_allowed THEN 'exact' ELSE 'upper' END,
           CASE WHEN NOT p.is_allowed THEN coalesce(p.reason, 'product_unresolved') END, CAST(NULL AS text),
           f.seen_at, f.run_id, f.access_as_of
    FROM (
        SELECT p.*, CAST('view' AS text) AS access, p.view_operations AS operations, p.is_let_through AS is_allowed
        FROM paths AS p
        WHERE p.view_operations IS NOT NULL
      UNION ALL
        -- Whoever edits must view, by whatever path.
        SELECT p.*, 'edit', p.edit_operations,
               p.is_let_through AND p.account_id IN (SELECT v.account_id FROM viewers AS v WHERE v.is_let_through)
        FROM paths AS p
        WHERE p.edit_operations IS NOT NULL AND p.account_id IN (SELECT v.account_id FROM viewers AS v)
      UNION ALL
        SELECT p.*, 'administer', p.administer_operations, p.is_let_through
        FROM paths AS p
        WHERE p.administer_operations IS NOT NULL
    ) AS p
    CROSS JOIN places AS s
    CROSS JOIN facts AS f
  UNION ALL
    -- Who has it not, but can give it to themselves: whoever manages access to the space, or the product.
    SELECT s.id, s.key, x.access, NULL, a.account_id, a.email, a.name, a.account_type, a.account_status, a.is_guest, 'potential',
           a.path_type, a.group_id, a.group_name, a.access_class, a.role_name, a.operations, a.sources, 'exact', NULL, NULL,
           f.seen_at, f.run_id, f.access_as_of
    FROM (
        SELECT p.account_id, p.email, p.name, p.account_type, p.account_status, p.is_guest, 'space_admin' AS path_type, p.group_id,
               p.group_name, p.access_class, p.role_name, p.administer_operations AS operations, p.sources
        FROM paths AS p
        WHERE p.admin_kind IN ('full', 'access') AND p.is_let_through
      UNION ALL
        SELECT a.account_id, a.email, a.name, a.account_type, a.account_status, a.is_guest, 'product_admin', NULL, NULL, NULL, NULL,
               NULL, NULL
        FROM accounts_at(space_access_at.run) AS a
        WHERE a.is_product_admin AND a.account_status = 'active'
    ) AS a
    CROSS JOIN (VALUES ('view'), ('edit'), ('administer')) AS x (access)
    CROSS JOIN places AS s
    CROSS JOIN facts AS f
    WHERE CASE x.access
              WHEN 'view' THEN a.account_id NOT IN (SELECT v.account_id FROM viewers AS v WHERE v.is_let_through)
              WHEN 'edit' THEN a.account_id NOT IN (SELECT v.account_id FROM viewers AS v WHERE v.is_let_through)
                            OR a.account_id NOT IN (SELECT e.account_id FROM editors AS e WHERE e.is_let_through)
              ELSE a.account_id NOT IN (SELECT p.account_id FROM paths AS p
                                        WHERE p.administer_operations IS NOT NULL AND p.is_let_through) END
  UNION ALL
    SELECT s.id, s.key, g.access, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', g.path_type, g.group_id, NULL, g.access_class,
           g.role_name, NULL, NULL, g.bound, g.reason, g.detail, f.seen_at, f.run_id, f.access_as_of
    FROM space_gaps_at(space_access_at.run) AS g
    CROSS JOIN places AS s
    CROSS JOIN facts AS f
    WHERE g.space_id = space_access_at.space
  UNION ALL
    SELECT space_access_at.space, NULL, x.access, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL,
           NULL, NULL, 'none', CASE WHEN f.spaces_are_read THEN 'space_hidden' ELSE 'not_read' END, 'not listed', f.seen_at, f.run_id,
           f.access_as_of
    FROM facts AS f
    CROSS JOIN (VALUES ('view'), ('edit'), ('administer')) AS x (access)
    WHERE NOT EXISTS (SELECT FROM places);
END;

COMMENT ON FUNCTION space_access_at(bigint, bigint) IS
    'Who may view, edit or administer a space, as a run saw it: one row a path';

-- A function in PL/pgSQL for one reason: it keeps its plan, and planning takes long.
CREATE FUNCTION space_access(space bigint, as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, space_key text, content_id bigint, content_type text, title text, access text, admin_kind text,
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, verdict text, path_type text,
    group_id text, group_name text, access_class text, role_name text, operations text[], sources text[], layers jsonb, bound text,
    reason text, detail text, seen_at timestamptz, run_id bigint, access_as_of timestamptz
)
    LANGUAGE plpgsql STABLE ROWS 2000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    run CONSTANT bigint := access_run_at(as_of);
BEGIN
    RETURN QUERY
    SELECT s.space_id, s.space_key, CAST(NULL AS bigint), CAST(NULL AS text), CAST(NULL AS text), s.access, s.admin_kind, s.account_id,
           s.email, s.name, s.account_type, s.account_status, s.is_guest, s.verdict, s.path_type, s.group_id, s.group_name,
           s.access_class, s.role_name, s.operations, s.sources, CAST(NULL AS jsonb), s.bound, s.reason, s.detail, s.seen_at, s.run_id,
           s.access_as_of
    FROM space_access_at(space, run) AS s;
END
$$;

COMMENT ON FUNCTION space_access(bigint, timestamptz) IS
    'Who may view, edit or administer a space, by which path, and what is not known about it: one row a path. Rows without an account are what is not known';
