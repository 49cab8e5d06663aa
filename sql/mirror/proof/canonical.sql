-- The form in which rows and manifests are hashed: the same rows give the same bytes, whoever asks, and from where.
--
-- A value is written as to_json writes it under the settings that attest_report fixes (times in UTC and ISO 8601, intervals
-- in ISO 8601, numbers in full), without the quotes of a JSON string. Objects and arrays stay JSON, with keys sorted by their bytes and
-- without spaces. A field is quoted where RFC 4180 asks for it, and where it is ''; NULL is an empty field. So PostgreSQL
-- reads it back: COPY ... WITH (FORMAT csv).

CREATE FUNCTION canonical_json(value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'object' THEN
            '{' || coalesce((SELECT string_agg(to_json(key)::text || ':' || canonical_json(item), ',' ORDER BY key COLLATE "C")
                             FROM jsonb_each(value) AS entry (key, item)), '') || '}'
        WHEN 'array' THEN
            '[' || coalesce((SELECT string_agg(CASE WHEN jsonb_typeof(item) IN ('object', 'array') THEN canonical_json(item)
                                                    ELSE item::text END, ',' ORDER BY place)
                             FROM jsonb_array_elements(value) WITH ORDINALITY AS element (item, place)), '') || ']'
        ELSE value::text
    END;
END
$$;

COMMENT ON FUNCTION canonical_json(jsonb) IS 'JSON with keys sorted by their bytes, and without spaces';

-- Single expressions, which PostgreSQL inlines.
CREATE FUNCTION csv_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN value IS NULL THEN ''
    WHEN value ~ '["\r\n,]|^$' THEN '"' || replace(value, '"', '""') || '"'
    ELSE value
END;

COMMENT ON FUNCTION csv_text(text) IS 'A text as a field of canonical CSV; NULL is empty';

CREATE FUNCTION csv_field(value jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN value IS NULL THEN ''
    WHEN jsonb_typeof(value) IN ('object', 'array') THEN '"' || replace(canonical_json(value), '"', '""') || '"'
    WHEN jsonb_typeof(value) = 'string' THEN csv_text(value #>> '{}')
    ELSE value::text
END;

COMMENT ON FUNCTION csv_field(jsonb) IS 'A value, from to_jsonb, as a field of canonical CSV; NULL is empty';

-- For common types, an expression that gives the same bytes in less time.
CREATE FUNCTION csv_expression(name text, type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format(
    CASE WHEN type = 'text' THEN 'csv_text(given.%I)'
         WHEN type IN ('bigint', 'integer', 'boolean') THEN 'coalesce(given.%I::text, '''')'
         WHEN type IN ('text[]', 'bigint[]', 'integer[]')
             THEN 'coalesce(''"'' || replace(array_to_json(given.%I)::text, ''"'', ''""'') || ''"'', '''')'
         ELSE 'csv_field(to_jsonb(given.%I))' END, name);

COMMENT ON FUNCTION csv_expression(text, text) IS 'SQL that writes a column of a report as a field of canonical CSV';

CREATE FUNCTION csv_header(columns jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT string_agg(csv_field(item -> 'name'), ',' ORDER BY place)
    FROM jsonb_array_elements(CASE jsonb_typeof(columns) WHEN 'array' THEN columns ELSE '[]' END)
         WITH ORDINALITY AS element (item, place);
END;

COMMENT ON FUNCTION csv_header(jsonb) IS 'The first line of a report''s file, from the columns of its manifest';

CREATE FUNCTION sha256_of(content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(content, 'UTF8')), 'hex');

COMMENT ON FUNCTION sha256_of(text) IS 'SHA-256 of a text in UTF-8, in hexadecimal digits';

-- A chunk as a file: every line ends in a line feed. A line that was erased is not in it.
CREATE FUNCTION csv_file(header text, lines text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(header || E'\n', '') || array_to_string(lines || CASE WHEN cardinality(array_remove(lines, NULL)) > 0 THEN '' END, E'\n');

COMMENT ON FUNCTION csv_file(text, text[]) IS 'A chunk of evidence as a file; only the first chunk has a header';

-- What attest_report writes into a manifest of each chunk, and what verify_evidence compares. The hash of the file is
-- what sha256sum says; the hash over the rows' hashes still holds when a row was erased and its hash is left.
CREATE FUNCTION chunk_hashes(header text, lines text[], erased text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'rows', cardinality(lines),
        'sha256', CASE WHEN array_position(lines, NULL) IS NULL THEN sha256_of(csv_file(header, lines)) END,
        'rows_sha256', sha256_of(coalesce(string_agg(coalesce(sha256_of(line), erased[place]) || E'\n', '' ORDER BY place), ''))
    )
    FROM unnest(lines) WITH ORDINALITY AS each (line, place);
END;

COMMENT ON FUNCTION chunk_hashes(text, text[], text[]) IS
    'Of a chunk: its rows, the SHA-256 of its file (NULL where a line was erased), and the SHA-256 over the SHA-256s of its lines, where those of erased ones are given';

-- Hand-edited bytes need not be JSON, and verify_evidence has to live to say so.
CREATE FUNCTION json_or_null(content text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN content::jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION json_or_null(text) IS 'A text as JSON; NULL where it is none';
