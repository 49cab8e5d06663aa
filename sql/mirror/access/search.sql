-- For searches that must not show more than a person may see. An audience is let through only where it is known that the person
-- views it: what is not known is not shown.
--
--   SELECT p.id, p.title FROM … AS p
--   WHERE p.id IN (SELECT k.content_id FROM content_audience AS k WHERE k.audience_id IN (SELECT audiences_of($1)))
--
-- docs/evidence.md has other forms of it, for a page of the best, and for a search that finds few.

CREATE FUNCTION current_access_run() RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
AS $$
DECLARE
    run    CONSTANT bigint := access_run_at(NULL);
    age    CONSTANT interval := clock_timestamp() - (SELECT r.published_at FROM runs AS r WHERE r.id = run);
    oldest CONSTANT interval := (SELECT m.max_age FROM mirror AS m);
BEGIN
    IF age > oldest THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'the mirror is too old to tell what a person may see now',
            DETAIL = format('Access was read last by run %s, %s ago; max_age of the mirror is %s.', run, date_trunc('second', age), oldest),
            HINT = 'CALL confluence.refresh reads it again.';
    END IF;
    RETURN run;
END
$$;

COMMENT ON FUNCTION current_access_run() IS
    'The last run that has read access. An error where it is older than max_age of the mirror';

-- A function in PL/pgSQL, since it keeps its plan. In the form above it is called once, whatever is filtered: COST says that it takes some ten
-- milliseconds, so that the planner calls it for no content by itself.
CREATE FUNCTION audiences_of(account text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE COST 500000 ROWS 1000
    SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    run CONSTANT bigint := current_access_run();
BEGIN
    RETURN QUERY
    WITH RECURSIVE principals AS MATERIALIZED (
        SELECT m.principal, m.principal_id
        FROM principal_accounts_at(run) AS m
        WHERE m.account_id = account AND m.standing = 'allowed'
    ), granted AS MATERIALIZED (
        SELECT DISTINCT g.space_id
        FROM granted_operations_at(run) AS g
        JOIN spaces_history AS s ON s.id = g.space_id AND s.run_from <= run AND (s.run_to IS NULL OR s.run_to > run)
        WHERE g.principal_id = ANY (ARRAY(SELECT p.principal_id FROM principals AS p))
          AND g.principal_type || ':' || g.principal_id = ANY (ARRAY(SELECT p.principal FROM principals AS p))
          AND g.access = 'view'
    ), named AS MATERIALIZED (
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = account AND r.principal_type = 'user' AND r.operation = 'read'
          AND r.run_from <= run AND (r.run_to IS NULL OR r.run_to > run)
      UNION
        SELECT r.content_id
        FROM content_restrictions_history AS r
        WHERE r.principal_id = ANY (ARRAY(SELECT m.group_id FROM groups_of(account, run) AS m))
          AND r.principal_type = 'group' AND r.operation = 'read'
          -- Lists that name a group are few, and found by it: adding 0 keeps the index of runs out, which finds nearly all.
          AND r.run_from + 0 <= run AND (r.run_to IS NULL OR r.run_to > run)
    ), passing (content_id) AS (
        SELECT v.content_id
        FROM view_restrictions AS v
        WHERE v.above IS NULL AND v.content_id IN (SELECT n.content_id FROM named AS n)
      UNION
        SELECT v.content_id
        FROM passing AS p
        JOIN view_restrictions AS v ON v.above = p.content_id
        WHERE v.content_id IN (SELECT n.content_id FROM named AS n)
    )
    SELECT d.audience_id
    FROM audiences AS d
    WHERE d.gap IS NULL
      -- Audiences are few: IS TRUE has each looked at once, instead of those of one space after the other.
      AND (d.space_id IN (SELECT g.space_id FROM granted AS g)) IS TRUE
      AND (d.view_restricted_by IS NULL OR d.view_restricted_by IN (SELECT p.content_id FROM passing AS p))
      AND (SELECT f.restrictions_are_read FROM access_facts_at(run) AS f);
END
$$;

COMMENT ON FUNCTION audiences_of(text) IS
    'Audiences whose contents an account is known to view now. An error where the last run that has read access is older than max_age of the mirror';

CREATE FUNCTION visible_content(account text) RETURNS TABLE (content_id bigint)
    LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
    SELECT k.content_id
    FROM content_audience AS k
    WHERE k.audience_id IN (SELECT audiences_of(visible_content.account))
      -- Asked also where there is no content at all.
      AND (SELECT current_access_run()) IS NOT NULL;
END;

COMMENT ON FUNCTION visible_content(text) IS
    'Contents that an account is known to view now. An error where the last run that has read access is older than max_age of the mirror';
