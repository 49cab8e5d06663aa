-- What the mirror's functions and views are, in one hash. It is in each manifest, so that a report whose definition was
-- changed for a day shows.

CREATE FUNCTION code_sha256() RETURNS text
    LANGUAGE sql STABLE
    SET search_path FROM CURRENT
    SET "DateStyle" = 'ISO, YMD'
    SET "TimeZone" = 'UTC'
    SET "IntervalStyle" = 'iso_8601'
    SET extra_float_digits = 1
    SET bytea_output = 'hex'
    SET quote_all_identifiers = off
    SET standard_conforming_strings = on
BEGIN ATOMIC
    SELECT sha256_of(string_agg(definition, E'\n' ORDER BY definition COLLATE "C"))
    FROM (
        SELECT concat_ws(' ', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prosecdef,
                         coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)) AS definition
        FROM pg_proc AS p
        WHERE p.pronamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'manifests'::regclass)
      UNION ALL
        SELECT concat_ws(' ', c.relname, pg_get_viewdef(c.oid))
        FROM pg_class AS c
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'manifests'::regclass) AND c.relkind = 'v'
    ) AS each;
END;

COMMENT ON FUNCTION code_sha256() IS
    'SHA-256 over the definitions of all functions and views of the mirror: the same for mirrors of one version with the same tables in one version of PostgreSQL';
