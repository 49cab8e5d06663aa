-- What each principal may do in a space: its grants, sorted into viewing, editing and administering; and what is not known of
-- that. Editing is to create or update a page, a blog post or whatever else is in the tree. Administering is more than one
-- right: besides administer/space there are those to manage access, content, and how the space works; admin_kind is the
-- widest of them.

CREATE FUNCTION access_by(operation_key text, operation_target_type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN access_by.operation_target_type = 'space' THEN
            CASE WHEN access_by.operation_key = 'read' THEN 'view'
                 WHEN access_by.operation_key IN ('administer', 'manage_users', 'manage_nonlicensed_users', 'manage_guest_users',
                                                  'manage_access', 'clear_permissions', 'manage_content', 'manage_look_and_feel',
                                                  'manage_templates', 'manage_public_links', 'manage_space_features',
                                                  'archive_space') THEN 'administer' END
        WHEN access_by.operation_key IN ('create', 'update')
             AND access_by.operation_target_type IN ('page', 'blogpost', 'folder', 'whiteboard', 'database', 'embed') THEN 'edit' END;
END;

COMMENT ON FUNCTION access_by(text, text) IS
    'Which access an operation gives in a space: view, edit, administer, or NULL for others, such as comments';

-- Each operation of a grant that views, edits or administers, once for each way by which the principal has it.
CREATE FUNCTION granted_operations_at(run bigint) RETURNS TABLE (
    space_id bigint, principal_type text, principal_id text, access text, operation text, source text
)
    LANGUAGE sql STABLE ROWS 15000
BEGIN ATOMIC
    SELECT g.space_id, g.principal_type, g.principal_id, access_by(g.operation_key, g.operation_target_type),
           g.operation_key || '/' || g.operation_target_type, s.source
    FROM space_grants_at(granted_operations_at.run) AS g
    CROSS JOIN LATERAL unnest(g.sources) AS s (source)
    CROSS JOIN access_facts_at(granted_operations_at.run) AS f
    WHERE access_by(g.operation_key, g.operation_target_type) IS NOT NULL
      -- Rows of what the run has not read are older ones.
      AND f.permissions_are_read AND (f.roles_are_read OR s.source = 'permission');
END;

COMMENT ON FUNCTION granted_operations_at(bigint) IS
    'What each principal may do in a space, one operation a row, as far as it is viewing, editing or administering, and as far as the run has read it';

CREATE FUNCTION space_holders_at(run bigint) RETURNS TABLE (
    space_id bigint, principal text, principal_type text, principal_id text, view_operations text[], edit_operations text[],
    administer_operations text[], admin_kind text, sources text[], role_name text
)
    LANGUAGE sql STABLE ROWS 4000
BEGIN ATOMIC
    SELECT h.space_id, h.principal_type || ':' || h.principal_id, h.principal_type, h.principal_id, h.view_operations, h.edit_operations,
           h.administer_operations,
           CASE WHEN 'administer/space' = ANY (h.administer_operations) THEN 'full'
                WHEN h.administer_operations && CAST('{manage_users/space,manage_nonlicensed_users/space,manage_guest_users/space,manage_access/space,clear_permissions/space}' AS text[]) THEN 'access'
                WHEN 'manage_content/space' = ANY (h.administer_operations) THEN 'content'
                WHEN h.administer_operations IS NOT NULL THEN 'features' END,
           h.sources,
           (SELECT string_agg(r.name, ', ' ORDER BY r.name)
            FROM space_roles_history AS r
            WHERE 'role:' || r.id = ANY (h.sources)
              AND r.run_from <= space_holders_at.run AND (r.run_to IS NULL OR r.run_to > space_holders_at.run))
    FROM (
        SELECT g.space_id, g.principal_type, g.principal_id,
               array_agg(DISTINCT g.operation) FILTER (WHERE g.access = 'view') AS view_operations,
               array_agg(DISTINCT g.operation) FILTER (WHERE g.access = 'edit') AS edit_operations,
               array_agg(DISTINCT g.operation) FILTER (WHERE g.access = 'administer') AS administer_operations,
               array_agg(DISTINCT g.source) AS sources
        FROM granted_operations_at(space_holders_at.run) AS g
        GROUP BY g.space_id, g.principal_type, g.principal_id
    ) AS h;
END;

COMMENT ON FUNCTION space_holders_at(bigint) IS
    'What each principal may do in a space, as a run saw it. Arrays are NULL where there is nothing';

-- A gap: somebody may be let through whom nobody lists. Who is not known to view is not known to edit, either, where anything
-- lets anybody edit. An open gap may let in people without access to the product, too.
CREATE FUNCTION space_gaps_at(run bigint) RETURNS TABLE (
    space_id bigint, access text, path_type text, group_id text, access_class text, role_name text, bound text, reason text, detail text,
    is_open boolean
)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    -- Principals of grants that nobody resolves to accounts.
    SELECT g.space_id, x.access, g.path_type, g.group_id, g.access_class, CAST(NULL AS text), CAST('lower' AS text), g.reason, g.detail,
           g.reason <> 'group_unresolved' AND coalesce(g.access_class NOT IN ('all-licensed-users', 'all-product-admins'), true)
    FROM (
        SELECT h.space_id, h.view_operations, h.edit_operations, h.administer_operations, h.is_edited,
               CASE h.principal_type WHEN 'group' THEN 'group' WHEN 'access-class' THEN
                   CASE h.principal_id WHEN 'anonymous-users' THEN 'anonymous' ELSE 'class' END END AS path_type,
               CASE WHEN h.principal_type = 'group' THEN h.principal_id END AS group_id,
               CASE WHEN h.principal_type = 'access-class' THEN h.principal_id END AS access_class,
               CASE WHEN h.principal_type = 'group' THEN 'group_unresolved'
                    WHEN h.principal_type <> 'access-class' THEN 'principal_unknown'
                    WHEN h.principal_id IN ('authenticated-users', 'anonymous-users') THEN 'class_open_ended'
                    WHEN h.principal_id IN ('jsm-project-admins', 'unlicensed-users') THEN 'jsm_class'
                    ELSE 'class_unresolved' END AS reason,
               format('granted in the space to %s %s', h.principal_type, h.principal_id) AS detail
        FROM (
            SELECT h.*, bool_or(h.edit_operations IS NOT NULL) OVER (PARTITION BY h.space_id) AS is_edited
            FROM space_holders_at(space_gaps_at.run) AS h
        ) AS h
        CROSS JOIN access_facts_at(space_gaps_at.run) AS f
        WHERE CASE h.principal_type
                  WHEN 'user' THEN h.principal_id IS NULL
                  WHEN 'group' THEN h.principal_id IS NULL OR h.principal_id NOT IN (SELECT g.group_id FROM groups_at(space_gaps_at.run) AS g)
                  WHEN 'access-class' THEN h.principal_id NOT IN ('all-licensed-users', 'all-product-admins')
                       OR NOT (f.product_is_proved AND f.product_groups_are_read AND f.groups_are_read)
                  ELSE true END
    ) AS g
    CROSS JOIN LATERAL (VALUES
        ('view', g.view_operations IS NOT NULL),
        ('edit', g.edit_operations IS NOT NULL OR g.view_operations IS NOT NULL AND g.is_edited),
        ('administer', g.administer_operations IS NOT NULL)
    ) AS x (access, concerns)
    WHERE x.concerns
  UNION ALL
    -- Somebody has a role, and nobody says what it allows.
    SELECT h.space_id, x.access, CASE h.principal_type WHEN 'access-class' THEN 'class' ELSE h.principal_type END,
           CASE WHEN h.principal_type = 'group' THEN h.principal_id END,
           CASE WHEN h.principal_type = 'access-class' THEN h.principal_id END, h.role_id, 'lower', 'role_unresolved',
           format('%s %s has the role %s', h.principal_type, h.principal_id, h.role_id),
           h.principal_type NOT IN ('user', 'group') AND h.principal_id NOT IN ('all-licensed-users', 'all-product-admins')
    FROM role_holders_at(space_gaps_at.run) AS h
    CROSS JOIN access_facts_at(space_gaps_at.run) AS f
    CROSS JOIN (VALUES ('view'), ('edit'), ('administer')) AS x (access)
    WHERE f.roles_are_read AND jsonb_typeof(h.space_permissions) IS DISTINCT FROM 'array'
  UNION ALL
    -- Something is granted to a role, and nobody says who has it.
    SELECT DISTINCT p.space_id, x.access, CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), p.principal_id, CAST('lower' AS text), CAST('role_unresolved' AS text),
           format('granted in the space to role %s, and who has it was not read', p.principal_id), true
    FROM permissions_history AS p
    CROSS JOIN access_facts_at(space_gaps_at.run) AS f
    JOIN (VALUES ('view', 'view'), ('view', 'edit'), ('edit', 'edit'), ('administer', 'administer')) AS x (granted, access)
        ON x.granted = access_by(p.operation_key, p.operation_target_type)
    WHERE p.run_from <= space_gaps_at.run AND (p.run_to IS NULL OR p.run_to > space_gaps_at.run)
      AND normal_name(p.principal_type) = 'role' AND f.permissions_are_read AND NOT f.roles_are_read
  UNION ALL
    -- Grants were not read.
    SELECT s.id, x.access, NULL, NULL, NULL, NULL, CASE WHEN f.permissions_are_read THEN 'lower' ELSE 'none' END, 'not_read',
           CASE WHEN f.permissions_are_read THEN 'roles in the space' ELSE 'permissions in the space' END, true
    FROM spaces_history AS s
    CROSS JOIN access_facts_at(space_gaps_at.run) AS f
    CROSS JOIN (VALUES ('view'), ('edit'), ('administer')) AS x (access)
    WHERE s.run_from <= space_gaps_at.run AND (s.run_to IS NULL OR s.run_to > space_gaps_at.run)
      AND NOT (f.permissions_are_read AND (f.roles_are_read OR NOT f.roles_are_needed));
END;

COMMENT ON FUNCTION space_gaps_at(bigint) IS
    'What is not known about who reaches a space, as a run saw it: a row for each space, access and cause';
