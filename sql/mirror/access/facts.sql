-- What a run has read of that from which access follows. What it has not read whole is not known, whatever older rows say:
-- functions about access ask here before they take "no row" for "nobody".

CREATE FUNCTION access_facts_at(run bigint) RETURNS TABLE (
    run_id bigint, access_as_of timestamptz, seen_at timestamptz, spaces_are_read boolean, permissions_are_read boolean,
    roles_are_read boolean, roles_are_needed boolean, groups_are_read boolean, accounts_are_read boolean,
    product_groups_are_read boolean, product_is_proved boolean, restrictions_are_read boolean
)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT r.id, r.published_at,
           max(s.read_at) FILTER (WHERE s.step = 'permissions'),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'spaces'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'permissions'), false),
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('space_roles', 'space_role_assignments')) = 2,
           r.role_mode IS DISTINCT FROM 'PRE_ROLES',
           count(*) FILTER (WHERE s.is_complete AND s.step IN ('groups', 'group_members')) = 2,
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'users'), false),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'product_groups'), false),
           -- The proof is of the members that were read last, or of none.
           coalesce(bool_or(s.is_reconciled) FILTER (WHERE s.step = 'product_access'), false)
               AND count(*) FILTER (WHERE s.is_complete AND s.step IN ('product_groups', 'groups', 'group_members', 'users')) = 4
               AND max(s.run_id) FILTER (WHERE s.step = 'product_access')
                   >= max(s.run_id) FILTER (WHERE s.step IN ('product_groups', 'groups', 'group_members', 'users')),
           coalesce(bool_or(s.is_complete) FILTER (WHERE s.step = 'content_restrictions'), false)
    FROM runs AS r
    CROSS JOIN LATERAL last_steps_at(
        r.id, '{spaces,permissions,space_roles,space_role_assignments,groups,group_members,users,product_groups,product_access,content_restrictions}') AS s
    WHERE r.id = access_facts_at.run
    GROUP BY r.id;
END
$$;

COMMENT ON FUNCTION access_facts_at(bigint) IS
    'Which of the things that access follows from a run has read whole. roles_are_needed: whether the site may have roles at all; product_is_proved: whether all who have access to the product are known';
