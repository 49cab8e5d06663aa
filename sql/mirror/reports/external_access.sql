-- What people from outside reach: guests, customers, and accounts whose e-mail address is of none of the domains that are
-- given as the organisation's own. An account without a known address may be anybody's; it is a row with a reason.

CREATE FUNCTION external_access(internal_domains text[] DEFAULT '{}', as_of timestamptz DEFAULT NULL) RETURNS TABLE (
    account_id text, email text, domain text, name text, account_type text, account_status text, is_guest boolean, kind text,
    space_id bigint, space_key text, access text, verdict text, paths text[], reason text, detail text, run_id bigint
)
    LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
    WITH asked AS MATERIALIZED (
        SELECT access_run_at(external_access.as_of) AS run
    ), reached AS MATERIALIZED (
        SELECT e.*, nullif(lower(split_part(e.email, '@', 2)), '') AS domain
        FROM asked CROSS JOIN LATERAL effective_space_access_at(asked.run) AS e
    ), own AS (
        SELECT array_agg(lower(d)) AS domains FROM unnest(external_access.internal_domains) AS d
    ), kinds AS (
        SELECT r.*,
               CASE WHEN r.is_guest THEN 'guest'
                    WHEN r.account_type = 'customer' THEN 'customer'
                    WHEN own.domains IS NOT NULL AND r.account_type IS DISTINCT FROM 'app' AND r.domain IS NULL THEN 'unknown'
                    WHEN own.domains IS NOT NULL AND r.account_type IS DISTINCT FROM 'app' AND r.domain <> ALL (own.domains) THEN 'external_domain' END AS kind
        FROM reached AS r CROSS JOIN own
        WHERE r.account_id IS NOT NULL
    ), answer (
        account_id, email, domain, name, account_type, account_status, is_guest, kind, space_id, space_key, access,
        verdict, paths, reason, detail, run_id
    ) AS (
        SELECT r.account_id, r.email, r.domain, r.name, r.account_type, r.account_status, r.is_guest, r.kind, r.space_id, r.space_key, r.access,
               CASE r.kind WHEN 'unknown' THEN 'unknown' ELSE r.verdict END, r.paths,
               CASE r.kind WHEN 'unknown' THEN 'email_hidden' ELSE array_to_string(r.reasons, ', ') END,
               CASE r.kind WHEN 'unknown' THEN 'no address is known, so whose account it is cannot be told' END, asked.run
        FROM kinds AS r CROSS JOIN asked
        WHERE r.kind IS NOT NULL AND r.verdict IN ('allowed', 'unknown')
      UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.space_id, r.space_key, r.access, r.verdict, r.paths,
               array_to_string(r.reasons, ', '), NULL, asked.run
        FROM reached AS r CROSS JOIN asked
        WHERE r.account_id IS NULL
    )
    SELECT r.* FROM answer AS r
    ORDER BY r.account_id IS NULL, r.kind IS NOT DISTINCT FROM 'unknown', r.account_id COLLATE "C", r.space_id, r.access COLLATE "C", r.reason COLLATE "C";
END;

COMMENT ON FUNCTION external_access(text[], timestamptz) IS
    'What guests, customers, and people of other e-mail domains than the given ones reach: a row an account, space and access';

SELECT register_report('external_access', 'What do guests, customers and people of other organisations reach?',
                       '{"SOC 2 CC6.1", "SOC 2 CC6.3", "ISO 27001 A.5.18"}', 6);
