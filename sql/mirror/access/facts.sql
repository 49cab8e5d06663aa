-- What a run has read of that from which access follows. What it has not read whole is not known, whatever older rows say:
-- functions about access ask here before they take "no row" for "nobody".

CREATE FUNCTION access_facts_at(run bigint) RETURNS TABLE (
    run_id bigint, access_as_of timestamptz, seen_at timestamptz, spaces_are_read boolean, permissions_are_read boolean,
    roles_are_read boolean, roles_are_needed boolean, groups_are_read boolean, accounts_are_read boolean, product_groups_are_read boolean,
    product_is_proved boolean, tree_is_read boolean, restrictions_are_read boolean
)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT r.id, r.published_at,
           max(s.read_at) FILTER (WHERE s.step = 'permissions'),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'spaces'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'permissions'), false),
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('space_roles', 'space_role_assignments')) = 2,
           r.role_mode IS DISTINCT FROM 'PRE_ROLES',
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('groups', 'group_members')) = 2,
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'users'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'product_groups'), false),
           coalesce(bool_or(s.is_reconciled) FILTER (WHERE s.step = 'product_access'), false),
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('pages', 'blogposts', 'folders', 'whiteboards', 'databases', 'smart_links')) = 6,
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'content_restrictions'), false)
    FROM runs AS r
    LEFT JOIN run_steps AS s ON s.run_id = r.id
    WHERE r.id = access_facts_at.run
    GROUP BY r.id;
END;

COMMENT ON FUNCTION access_facts_at(bigint) IS
    'Which of the things that access follows from a run has read whole. roles_are_needed: whether the site may have roles at all; product_is_proved: whether all who have access to the product are known';
