-- Keeps account_principals and view_holders true, when a run is published. What is as it was is not written.

CREATE FUNCTION publish_viewers(run bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path FROM CURRENT
    SET enable_nestloop = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
DECLARE
    written bigint;
BEGIN
    WITH behind AS MATERIALIZED (
        SELECT m.account_id, split_part(m.principal, ':', 1) AS principal_type, m.principal_id, bool_or(m.standing = 'allowed') AS is_let_in
        FROM principal_accounts_at(run) AS m
        WHERE m.account_id IS NOT NULL
        GROUP BY m.account_id, split_part(m.principal, ':', 1), m.principal_id
    ), holder AS MATERIALIZED (
        SELECT DISTINCT g.space_id, g.principal_type, g.principal_id
        FROM granted_operations_at(run) AS g
        JOIN spaces_history AS s ON s.id = g.space_id AND s.run_from <= run AND (s.run_to IS NULL OR s.run_to > run)
        WHERE g.access = 'view' AND g.principal_id IS NOT NULL
          -- Without the lists of contents, nothing is known to be open.
          AND (SELECT f.restrictions_are_read FROM access_facts_at(run) AS f)
    ), left_behind AS (
        DELETE FROM account_principals AS k
        WHERE NOT EXISTS (SELECT FROM behind AS b
                          WHERE b.account_id = k.account_id AND b.principal_type = k.principal_type AND b.principal_id = k.principal_id)
        RETURNING 1
    ), placed AS (
        INSERT INTO account_principals AS k (account_id, principal_type, principal_id, is_let_in)
        SELECT b.account_id, b.principal_type, b.principal_id, b.is_let_in
        FROM behind AS b
        WHERE NOT EXISTS (SELECT FROM account_principals AS k
                          WHERE k.account_id = b.account_id AND k.principal_type = b.principal_type AND k.principal_id = b.principal_id
                            AND k.is_let_in = b.is_let_in)
        ON CONFLICT (account_id, principal_type, principal_id) DO UPDATE SET is_let_in = excluded.is_let_in
        RETURNING 1
    ), withdrawn AS (
        DELETE FROM view_holders AS k
        WHERE NOT EXISTS (SELECT FROM holder AS h
                          WHERE h.space_id = k.space_id AND h.principal_type = k.principal_type AND h.principal_id = k.principal_id)
        RETURNING 1
    ), granted AS (
        INSERT INTO view_holders (space_id, principal_type, principal_id)
        SELECT h.space_id, h.principal_type, h.principal_id
        FROM holder AS h
        WHERE NOT EXISTS (SELECT FROM view_holders AS k
                          WHERE k.space_id = h.space_id AND k.principal_type = h.principal_type AND k.principal_id = h.principal_id)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM left_behind) + (SELECT count(*) FROM placed) + (SELECT count(*) FROM withdrawn) + (SELECT count(*) FROM granted)
    INTO written;
    RETURN written;
END
$$;

COMMENT ON FUNCTION publish_viewers(bigint) IS
    'Keeps account_principals and view_holders true for a run that is being published; returns how many rows it wrote';

-- A mirror that an older version has filled has none of them yet.
SELECT publish_viewers(r.id)
FROM runs AS r
WHERE r.status = 'complete' AND r.mode IN ('full', 'access') AND NOT EXISTS (SELECT FROM account_principals)
ORDER BY r.published_at DESC, r.id DESC
LIMIT 1;
