-- What is granted in spaces, to whom: each grant once, from permissions and from roles. A site has permissions, or roles, or
-- both; it lists one grant on both roads, and some twice on one. `sources` says where each was seen. What a role may do is in
-- the role; a permission that is given to a role belongs to whoever has that role in the space.

-- The site writes the names of kinds and classes in two ways: ALL_LICENSED_USERS, all-licensed-users.
CREATE FUNCTION normal_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT lower(replace(normal_name.name, '_', '-'));
END;

COMMENT ON FUNCTION normal_name(text) IS
    'A name of a kind or a class in the one way of writing that grants have here: all-licensed-users';

CREATE FUNCTION role_holders_at(run bigint) RETURNS TABLE (
    space_id bigint, principal_type text, principal_id text, role_id text, role_name text, space_permissions jsonb
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    SELECT h.space_id, h.principal_type, h.principal_id, h.role_id, r.name, r.space_permissions
    FROM (
        SELECT a.space_id, normal_name(a.principal_type) AS principal_type, a.principal_id, a.role_id
        FROM space_role_assignments_history AS a
        WHERE a.run_from <= role_holders_at.run AND (a.run_to IS NULL OR a.run_to > role_holders_at.run)
          AND normal_name(a.principal_type) <> 'access-class'
      UNION ALL
        SELECT a.space_id, 'access-class', normal_name(a.principal_id), a.role_id
        FROM space_role_assignments_history AS a
        WHERE a.run_from <= role_holders_at.run AND (a.run_to IS NULL OR a.run_to > role_holders_at.run)
          AND normal_name(a.principal_type) = 'access-class'
    ) AS h
    LEFT JOIN space_roles_history AS r
        ON r.id = h.role_id AND r.run_from <= role_holders_at.run AND (r.run_to IS NULL OR r.run_to > role_holders_at.run);
END;

COMMENT ON FUNCTION role_holders_at(bigint) IS
    'Who has which role in a space, as a run saw it. space_permissions is NULL where the role is not listed';

CREATE FUNCTION space_grants_at(run bigint) RETURNS TABLE (
    space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text, sources text[]
)
    LANGUAGE sql STABLE ROWS 15000
BEGIN ATOMIC
    SELECT g.space_id, g.principal_type, g.principal_id, g.operation_key, g.operation_target_type,
           array_agg(DISTINCT g.source ORDER BY g.source)
    FROM (
        SELECT p.space_id, coalesce(normal_name(p.principal_type), 'unknown') AS principal_type, p.principal_id, p.operation_key,
               p.operation_target_type, CAST('permission' AS text) AS source
        FROM permissions_history AS p
        WHERE p.run_from <= space_grants_at.run AND (p.run_to IS NULL OR p.run_to > space_grants_at.run)
          AND coalesce(normal_name(p.principal_type), 'unknown') NOT IN ('access-class', 'role')
      UNION ALL
        SELECT p.space_id, 'access-class', normal_name(p.principal_id), p.operation_key, p.operation_target_type, 'permission'
        FROM permissions_history AS p
        WHERE p.run_from <= space_grants_at.run AND (p.run_to IS NULL OR p.run_to > space_grants_at.run)
          AND normal_name(p.principal_type) = 'access-class'
      UNION ALL
        SELECT h.space_id, h.principal_type, h.principal_id, p.operation_key, p.operation_target_type, 'role:' || h.role_id
        FROM role_holders_at(space_grants_at.run) AS h
        JOIN permissions_history AS p
            ON p.space_id = h.space_id AND p.principal_id = h.role_id AND normal_name(p.principal_type) = 'role'
        WHERE p.run_from <= space_grants_at.run AND (p.run_to IS NULL OR p.run_to > space_grants_at.run)
      UNION ALL
        SELECT h.space_id, h.principal_type, h.principal_id, split_part(o.permission, '/', 1), split_part(o.permission, '/', 2),
               'role:' || h.role_id
        FROM role_holders_at(space_grants_at.run) AS h
        CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE jsonb_typeof(h.space_permissions) WHEN 'array' THEN h.space_permissions ELSE '[]' END) AS o (permission)
    ) AS g
    GROUP BY g.space_id, g.principal_type, g.principal_id, g.operation_key, g.operation_target_type;
END;

COMMENT ON FUNCTION space_grants_at(bigint) IS
    'What is granted in spaces, each grant once, as a run saw it';

CREATE FUNCTION space_grants_as_of(as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    space_id bigint, principal_type text, principal_id text, operation_key text, operation_target_type text, sources text[]
)
    LANGUAGE sql STABLE ROWS 15000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (SELECT access_run_at(space_grants_as_of.as_of) AS run)
    SELECT g.space_id, g.principal_type, g.principal_id, g.operation_key, g.operation_target_type, g.sources
    FROM asked CROSS JOIN LATERAL space_grants_at(asked.run) AS g;
END;

COMMENT ON FUNCTION space_grants_as_of(timestamptz) IS
    'What is granted in spaces, each grant once, as the last run of mode full or access at or before a time saw it';

CREATE VIEW space_grants (space_id, principal_type, principal_id, operation_key, operation_target_type, sources) AS
    WITH asked AS MATERIALIZED (SELECT access_run_at(NULL) AS run)
    SELECT g.space_id, g.principal_type, g.principal_id, g.operation_key, g.operation_target_type, g.sources
    FROM asked CROSS JOIN LATERAL space_grants_at(asked.run) AS g;

COMMENT ON VIEW space_grants IS
    'What is granted in spaces, to whom: permissions and roles, each grant once';
COMMENT ON COLUMN space_grants.space_id IS
    'Space that it is granted in';
COMMENT ON COLUMN space_grants.principal_type IS
    'Whom it is granted to: user, group, access-class, and whatever else the site says. Roles are resolved to those who have them';
COMMENT ON COLUMN space_grants.principal_id IS
    'Account id, group id, or the name of the access class, such as all-licensed-users';
COMMENT ON COLUMN space_grants.operation_key IS
    'What may be done: read, create, delete, administer and others';
COMMENT ON COLUMN space_grants.operation_target_type IS
    'What it may be done to: space, page, comment and others';
COMMENT ON COLUMN space_grants.sources IS
    'Where it was seen: permission, or role: and the id of the role';
