-- Reports by their names: which function one is, what it takes and gives, and how it is called.
--
-- Answers for attest_report and sample_pairs, which run registered functions of this schema and nothing else.

-- What a report is asked with, and what it gives: from the catalog, so that a registered name cannot mean something else.
CREATE FUNCTION report_signature(report text,
    OUT function_id oid, OUT parameter_names text[], OUT parameter_types text[], OUT required integer,
    OUT column_names text[], OUT column_types text[])
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
    SET quote_all_identifiers = off
AS $$
DECLARE
    home     CONSTANT oid := (SELECT relnamespace FROM pg_class WHERE oid = 'reports'::regclass);
    function pg_proc;
BEGIN
    SELECT p.* INTO STRICT function FROM pg_proc AS p WHERE p.pronamespace = home AND p.proname = report;
    function_id := function.oid;
    required := function.pronargs - function.pronargdefaults;
    SELECT coalesce(array_agg(function.proargnames[i] ORDER BY i), '{}'),
           coalesce(array_agg(format_type(function.proargtypes[i - 1], NULL) ORDER BY i), '{}')
    INTO parameter_names, parameter_types
    FROM generate_series(1, function.pronargs) AS i;
    SELECT array_agg(name ORDER BY place), array_agg(format_type(type, NULL) ORDER BY place)
    INTO column_names, column_types
    FROM (
        SELECT function.proargnames[i] AS name, function.proallargtypes[i] AS type, i AS place
        FROM generate_subscripts(function.proargmodes, 1) AS i
        WHERE function.proargmodes[i] = 't'
      UNION ALL
        SELECT a.attname, a.atttypid, a.attnum
        FROM pg_type AS t JOIN pg_attribute AS a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.oid = function.prorettype AND t.typtype = 'c'
    ) AS given;
    IF NOT function.proretset OR column_names IS NULL THEN
        RAISE wrong_object_type USING
            MESSAGE = format('function "%s" gives no table', report),
            HINT = 'A report is declared with RETURNS TABLE.';
    END IF;
    IF parameter_names[function.pronargs] IS DISTINCT FROM 'as_of'
       OR parameter_types[function.pronargs] <> 'timestamp with time zone' OR function.pronargdefaults = 0 THEN
        RAISE invalid_function_definition USING
            MESSAGE = format('function "%s" cannot be asked as of a run', report),
            HINT = 'The last parameter of a report is "as_of timestamptz DEFAULT NULL".';
    END IF;
EXCEPTION
    WHEN no_data_found THEN
        RAISE undefined_function USING MESSAGE = format('there is no function "%s" in the mirror', report);
    WHEN too_many_rows THEN
        RAISE ambiguous_function USING
            MESSAGE = format('there are several functions "%s" in the mirror', report),
            HINT = 'A report is one function.';
END
$$;

COMMENT ON FUNCTION report_signature(text) IS 'Parameters and columns of a report, from the catalog';

CREATE FUNCTION register_report(name text, question text, controls text[] DEFAULT '{}', number integer DEFAULT NULL) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO reports (name, number, question, parameters, controls)
    SELECT $1, $4, $2, pg_get_function_arguments(function_id), $3 FROM report_signature($1)
    ON CONFLICT (name) DO UPDATE
    SET number = excluded.number, question = excluded.question, parameters = excluded.parameters, controls = excluded.controls;
END;

COMMENT ON FUNCTION register_report(text, text, text[], integer) IS
    'Lists a function of this schema as a report, so that it can be attested. It returns a table, and its last parameter is as_of timestamptz DEFAULT NULL';

REVOKE ALL ON FUNCTION register_report(text, text, text[], integer) FROM PUBLIC;

-- A call of a report, as text that is run: each value as a literal of the parameter's type.
CREATE FUNCTION report_call(report text, parameters jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path FROM CURRENT
AS $$
DECLARE
    signature record;
    given     text;
    arguments text[] := '{}';
BEGIN
    IF NOT EXISTS (SELECT FROM reports WHERE reports.name = report) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no report "%s"', report),
            HINT = 'SELECT name, question FROM reports lists them, in the mirror.';
    END IF;
    IF jsonb_typeof(parameters) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'parameters are not a JSON object',
            HINT = 'They are named: {"content": 98765}.';
    END IF;
    SELECT * INTO signature FROM report_signature(report);
    SELECT min(key) INTO given FROM jsonb_object_keys(parameters) AS key WHERE key <> ALL (signature.parameter_names);
    IF given IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('report "%s" has no parameter "%s"', report, given),
            HINT = format('Its parameters are: %s.', pg_get_function_arguments(signature.function_id));
    END IF;
    FOR i IN 1 .. cardinality(signature.parameter_names) LOOP
        IF parameters ? signature.parameter_names[i] THEN
            EXECUTE format('SELECT value::text FROM jsonb_to_record(jsonb_build_object(''value'', $1)) AS given (value %s)',
                           signature.parameter_types[i])
                INTO given USING parameters -> signature.parameter_names[i];
            arguments := arguments || format('%I => %L::%s', signature.parameter_names[i], given, signature.parameter_types[i]);
        ELSIF i <= signature.required THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('report "%s" needs parameter "%s"', report, signature.parameter_names[i]),
                HINT = format('Its parameters are: %s.', pg_get_function_arguments(signature.function_id));
        END IF;
    END LOOP;
    RETURN format('%s.%I(%s)', (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'reports'::regclass),
                  report, array_to_string(arguments, ', '));
END
$$;

COMMENT ON FUNCTION report_call(text, jsonb) IS 'The call of a report with parameters, as SQL';
