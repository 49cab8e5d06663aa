-- What leaves the database: evidence as files, and manifests as JSON, byte by byte as they were hashed, or as an in-toto
-- statement about these files.

CREATE FUNCTION evidence_csv(id bigint, part text DEFAULT 'rows') RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT
BEGIN ATOMIC
    SELECT csv_file(CASE WHEN e.chunk = 1 THEN csv_header(CASE part WHEN 'rows' THEN m.columns ELSE sample_columns() END) END, e.lines)
    FROM manifests AS m JOIN evidence AS e ON e.manifest_id = m.id
    WHERE m.id = evidence_csv.id AND e.part = evidence_csv.part
    ORDER BY e.chunk;
END;

COMMENT ON FUNCTION evidence_csv(bigint, text) IS
    'The files of a manifest, a row a chunk: of its rows, or of its sample. Together they are one CSV file. Lines that were erased are not in it';

REVOKE ALL ON FUNCTION evidence_csv(bigint, text) FROM PUBLIC;

CREATE FUNCTION evidence_file_name(manifest manifests, part text, chunk bigint, chunks integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN manifest.report || '-' || manifest.id || CASE part WHEN 'sample' THEN '-sample' ELSE '' END
       || CASE WHEN chunks > 1 THEN '-' || chunk || '-of-' || chunks ELSE '' END || '.csv';

COMMENT ON FUNCTION evidence_file_name(manifests, text, bigint, integer) IS 'What a chunk of evidence is called as a file';

-- https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
CREATE FUNCTION in_toto_statement(manifest manifests) RETURNS jsonb
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        '_type', 'https://in-toto.io/Statement/v1',
        'subject', (
            SELECT jsonb_agg(jsonb_build_object('name', name, 'digest', jsonb_build_object('sha256', sha256)) ORDER BY place, part, chunk)
            FROM (
                SELECT 1 AS place, '' AS part, 1 AS chunk, 'manifest-' || (manifest).id || '.json' AS name, (manifest).sha256 AS sha256
              UNION ALL
                SELECT 2, part, chunk, evidence_file_name(manifest, part, chunk, jsonb_array_length(chunks)), hashes ->> 'sha256'
                FROM (VALUES ('rows', (manifest).chunks), ('sample', (manifest).sample_chunks)) AS file (part, chunks)
                CROSS JOIN LATERAL jsonb_array_elements(chunks) WITH ORDINALITY AS each (hashes, chunk)
            ) AS subject
        ),
        'predicateType', 'urn:confluence-fdw:manifest:v1',
        'predicate', jsonb_build_object(
            'manifest', json_or_null((manifest).manifest),
            'parameters', (manifest).parameters,
            'parameters_salt', (manifest).parameters_salt
        )
    );
END;

COMMENT ON FUNCTION in_toto_statement(manifests) IS 'A manifest as an in-toto statement about itself and its files';

CREATE FUNCTION export_evidence(id bigint, format text DEFAULT 'json') RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT
AS $$
DECLARE
    kept manifests;
BEGIN
    SELECT m.* INTO kept FROM manifests AS m WHERE m.id = export_evidence.id;
    IF kept.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('there is no manifest %s', coalesce(id::text, 'NULL'));
    END IF;
    CASE format
        WHEN 'json' THEN RETURN kept.manifest;
        WHEN 'in-toto' THEN RETURN canonical_json(in_toto_statement(kept));
        ELSE
            RAISE invalid_parameter_value USING
                MESSAGE = pg_catalog.format('there is no format "%s"', format),
                HINT = 'Formats are: json, in-toto.';
    END CASE;
END
$$;

COMMENT ON FUNCTION export_evidence(bigint, text) IS
    'A manifest for somewhere else: json, the bytes that sha256 is of; or in-toto, a statement that names manifest and files with their hashes';

REVOKE ALL ON FUNCTION export_evidence(bigint, text) FROM PUBLIC;
