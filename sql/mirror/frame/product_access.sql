-- Whether all who have access to the product are known: the site's search counts people with a licence, and the members of
-- the groups that give access are to be the same. If they are, whoever is in no such group has no access. If not, nobody
-- can tell, and access stays unknown for whoever holds a grant and is in none of these groups.
CREATE FUNCTION product_access_check() RETURNS TABLE (members bigint, expected bigint, is_reconciled boolean)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH member AS (
        SELECT DISTINCT m.account_id
        FROM product_groups AS p
        JOIN group_members AS m ON m.group_id = p.id
        JOIN users AS u ON u.account_id = m.account_id
        WHERE u.account_status = 'active' AND u.account_type = 'atlassian' AND u.is_external_collaborator IS NOT TRUE
    ), licensed AS (
        SELECT DISTINCT l.account_id FROM product_users AS l WHERE l.permission_type = 'none'
    )
    SELECT (SELECT count(*) FROM member), (SELECT count(*) FROM licensed),
           EXISTS (SELECT FROM member) AND
           NOT EXISTS (SELECT FROM member AS m FULL JOIN licensed AS l ON l.account_id = m.account_id
                       WHERE m.account_id IS NULL OR l.account_id IS NULL);
END;

COMMENT ON FUNCTION product_access_check() IS
    'Members of the groups that give access to the product, people whom the site counts as licensed, and whether these are the same';
