-- Accounts, who has access to the product, and who is behind each principal of a grant.
--
-- A grant helps whoever is active and has access to the product: members of a group that gives it (of access type user,
-- admin or site-admin), guests, and apps. Somebody who is in no such group is kept out only where these groups are proved to
-- be all, by a count that the site gives on another road. Access classes of licensed users hold the members of these groups
-- but guests; authenticated-users and anonymous-users let in whoever is signed in, with access to the product or without.

-- A group that was not read is as one that is not listed: who is in it is not known.
CREATE FUNCTION groups_at(run bigint) RETURNS TABLE (group_id text, group_name text)
    LANGUAGE sql STABLE ROWS 300
BEGIN ATOMIC
    SELECT g.id, g.name
    FROM groups_history AS g
    WHERE g.run_from <= groups_at.run AND (g.run_to IS NULL OR g.run_to > groups_at.run)
      AND (SELECT f.groups_are_read FROM access_facts_at(groups_at.run) AS f);
END;

COMMENT ON FUNCTION groups_at(bigint) IS
    'Groups whose members are known, as a run saw them';

CREATE FUNCTION members_at(run bigint) RETURNS TABLE (group_id text, group_name text, account_id text)
    LANGUAGE sql STABLE ROWS 20000
BEGIN ATOMIC
    SELECT m.group_id, g.group_name, m.account_id
    FROM group_members_history AS m
    JOIN groups_at(members_at.run) AS g ON g.group_id = m.group_id
    WHERE m.run_from <= members_at.run AND (m.run_to IS NULL OR m.run_to > members_at.run);
END;

COMMENT ON FUNCTION members_at(bigint) IS
    'Members of groups, as a run saw them';

CREATE FUNCTION groups_of(account text, run bigint) RETURNS TABLE (group_id text, group_name text)
    LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT m.group_id, m.group_name FROM members_at(groups_of.run) AS m WHERE m.account_id = groups_of.account;
END;

COMMENT ON FUNCTION groups_of(text, bigint) IS
    'Groups that an account is in, as a run saw it';

CREATE FUNCTION product_memberships_at(run bigint) RETURNS TABLE (account_id text, group_id text, is_admin boolean)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    SELECT m.account_id, m.group_id, p.access_type IN ('admin', 'site-admin')
    FROM product_groups_history AS p
    JOIN members_at(product_memberships_at.run) AS m ON m.group_id = p.id
    WHERE p.run_from <= product_memberships_at.run AND (p.run_to IS NULL OR p.run_to > product_memberships_at.run)
      AND p.access_type IN ('user', 'admin', 'site-admin')
      AND (SELECT f.product_groups_are_read FROM access_facts_at(product_memberships_at.run) AS f);
END;

COMMENT ON FUNCTION product_memberships_at(bigint) IS
    'Members of the groups that give access to the product, as a run saw them, once for each group and what it gives; is_admin: to administer';

CREATE FUNCTION product_members_at(run bigint) RETURNS TABLE (account_id text, is_admin boolean)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    SELECT m.account_id, bool_or(m.is_admin)
    FROM product_memberships_at(product_members_at.run) AS m
    GROUP BY m.account_id;
END;

COMMENT ON FUNCTION product_members_at(bigint) IS
    'Members of the groups that give access to the product, as a run saw them, each once; is_admin: of one for administrators';

CREATE FUNCTION accounts_at(run bigint) RETURNS TABLE (
    account_id text, email text, name text, account_type text, account_status text, is_guest boolean, is_product_member boolean,
    is_product_admin boolean
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    SELECT u.account_id, coalesce(e.email, u.email), coalesce(u.display_name, e.display_name, u.public_name), u.account_type,
           u.account_status, coalesce(u.is_external_collaborator, false),
           u.account_id IN (SELECT m.account_id FROM product_memberships_at(accounts_at.run) AS m),
           u.account_id IN (SELECT m.account_id FROM product_memberships_at(accounts_at.run) AS m WHERE m.is_admin)
    FROM users_history AS u
    LEFT JOIN emails_history AS e
        ON e.account_id = u.account_id AND e.run_from <= accounts_at.run AND (e.run_to IS NULL OR e.run_to > accounts_at.run)
    WHERE u.run_from <= accounts_at.run AND (u.run_to IS NULL OR u.run_to > accounts_at.run)
      AND (SELECT f.accounts_are_read FROM access_facts_at(accounts_at.run) AS f);
END;

COMMENT ON FUNCTION accounts_at(bigint) IS
    'Accounts that the site tells of, as a run saw them, with the e-mail addresses that were loaded. A closed account can be missing';

-- Why a grant does not help an account, or nobody can tell; NULL where it does. An open one is to whoever is signed in.
CREATE FUNCTION kept_out(
    account_status text, account_type text, is_guest boolean, is_product_member boolean, is_open boolean, product_is_proved boolean
) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN kept_out.account_status IN ('inactive', 'closed') THEN 'account_inactive'
        WHEN kept_out.account_status IS DISTINCT FROM 'active' THEN 'account_unknown'
        WHEN kept_out.is_open OR kept_out.is_guest OR kept_out.account_type = 'app' OR kept_out.is_product_member THEN NULL
        WHEN kept_out.product_is_proved THEN 'denied_by_product'
        ELSE 'product_unresolved' END;
END;

COMMENT ON FUNCTION kept_out(text, text, boolean, boolean, boolean, boolean) IS
    'Why a grant does not help an account: account_inactive and denied_by_product are certain, account_unknown and product_unresolved are not. NULL where it helps';

-- One row for each principal and account. Grants to an account itself are looked for among the grants, not among the accounts:
-- an account that the site does not tell of any more is behind its grants nevertheless.
CREATE FUNCTION principal_accounts_at(run bigint) RETURNS TABLE (
    principal text, principal_id text, account_id text, path_type text, group_id text, group_name text, access_class text, email text,
    name text, account_type text, account_status text, is_guest boolean, standing text, reason text
)
    LANGUAGE sql STABLE ROWS 30000
BEGIN ATOMIC
    SELECT p.principal, p.principal_id, p.account_id,
           CASE WHEN p.path_type IN ('user', 'group') AND a.is_guest THEN 'guest' ELSE p.path_type END,
           CASE WHEN p.path_type = 'group' THEN p.principal_id END,
           p.group_name,
           CASE WHEN p.path_type IN ('class', 'anonymous') THEN p.principal_id END,
           a.email, a.name, a.account_type, a.account_status, a.is_guest,
           CASE WHEN k.reason IS NULL THEN 'allowed' WHEN k.reason IN ('account_inactive', 'denied_by_product') THEN 'denied' ELSE 'unknown' END,
           k.reason
    FROM (
        -- Accounts that something is granted to by themselves.
        SELECT 'user:' || g.principal_id AS principal, g.principal_id, g.principal_id AS account_id, CAST('user' AS text) AS path_type,
               CAST(NULL AS text) AS group_name, false AS is_open
        FROM (
            SELECT p.principal_id
            FROM permissions_history AS p
            WHERE p.run_from <= principal_accounts_at.run AND (p.run_to IS NULL OR p.run_to > principal_accounts_at.run)
              AND normal_name(p.principal_type) = 'user'
          UNION
            SELECT r.principal_id
            FROM space_role_assignments_history AS r
            WHERE r.run_from <= principal_accounts_at.run AND (r.run_to IS NULL OR r.run_to > principal_accounts_at.run)
              AND normal_name(r.principal_type) = 'user'
        ) AS g
      UNION ALL
        -- Members of groups.
        SELECT 'group:' || m.group_id, m.group_id, m.account_id, 'group', m.group_name, false
        FROM members_at(principal_accounts_at.run) AS m
      UNION ALL
        -- Classes of licensed users.
        SELECT 'access-class:all-licensed-users', 'all-licensed-users', l.account_id, 'class', NULL, false
        FROM product_members_at(principal_accounts_at.run) AS l
      UNION ALL
        SELECT 'access-class:all-product-admins', 'all-product-admins', l.account_id, 'class', NULL, false
        FROM product_members_at(principal_accounts_at.run) AS l
        WHERE l.is_admin
      UNION ALL
        -- Classes of whoever is signed in.
        SELECT 'access-class:authenticated-users', 'authenticated-users', u.account_id, 'class', NULL, true
        FROM accounts_at(principal_accounts_at.run) AS u
      UNION ALL
        SELECT 'access-class:anonymous-users', 'anonymous-users', u.account_id, 'anonymous', NULL, true
        FROM accounts_at(principal_accounts_at.run) AS u
    ) AS p
    LEFT JOIN accounts_at(principal_accounts_at.run) AS a ON a.account_id = p.account_id
    CROSS JOIN LATERAL (
        SELECT kept_out(a.account_status, a.account_type, a.is_guest, a.is_product_member, p.is_open,
                        (SELECT f.product_is_proved FROM access_facts_at(principal_accounts_at.run) AS f)) AS reason
    ) AS k
    -- Guests are no licensed users.
    WHERE NOT (p.path_type = 'class' AND NOT p.is_open AND coalesce(a.is_guest, false));
END;

COMMENT ON FUNCTION principal_accounts_at(bigint) IS
    'Who is behind each principal of a grant, as a run saw it. standing: whether the account is let through to the product by this path: allowed, unknown or denied';

-- The same of one principal, without the accounts themselves: for a question about one space, where principal_accounts_at would
-- look through all of them.
CREATE FUNCTION accounts_behind_at(principal_type text, principal_id text, run bigint) RETURNS TABLE (
    account_id text, path_type text, group_name text, is_open boolean
)
    LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    SELECT accounts_behind_at.principal_id, CAST('user' AS text), CAST(NULL AS text), false
    WHERE accounts_behind_at.principal_type = 'user'
  UNION ALL
    (SELECT m.account_id, 'group', g.group_name, false
     FROM groups_at(accounts_behind_at.run) AS g
     -- OFFSET has the members of the group looked up by index.
     CROSS JOIN LATERAL (
         SELECT m.account_id
         FROM group_members_history AS m
         WHERE m.group_id = accounts_behind_at.principal_id
           AND m.run_from <= accounts_behind_at.run AND (m.run_to IS NULL OR m.run_to > accounts_behind_at.run)
         OFFSET 0
     ) AS m
     WHERE g.group_id = accounts_behind_at.principal_id AND accounts_behind_at.principal_type = 'group')
  UNION ALL
    SELECT l.account_id, 'class', NULL, false
    FROM product_members_at(accounts_behind_at.run) AS l
    WHERE accounts_behind_at.principal_type = 'access-class'
      AND (accounts_behind_at.principal_id = 'all-licensed-users' OR accounts_behind_at.principal_id = 'all-product-admins' AND l.is_admin)
      AND accounts_behind_at.principal_id IN ('all-licensed-users', 'all-product-admins')
  UNION ALL
    SELECT u.account_id, CASE accounts_behind_at.principal_id WHEN 'anonymous-users' THEN 'anonymous' ELSE 'class' END, NULL, true
    FROM accounts_at(accounts_behind_at.run) AS u
    WHERE accounts_behind_at.principal_type = 'access-class'
      AND accounts_behind_at.principal_id IN ('authenticated-users', 'anonymous-users');
END;

COMMENT ON FUNCTION accounts_behind_at(text, text, bigint) IS
    'Who is behind a principal of a grant, as a run saw it, guests among licensed users included. is_open: whether it lets in whoever is signed in';
