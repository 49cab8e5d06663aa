-- The rows that manifests are about: lines of CSV in a fixed order, 10,000 to a chunk. A chunk is a file; the header, which
-- only the first one has, is in the manifest.
--
-- Where a person was erased, the line is NULL, and its SHA-256 stays in erased_lines: the chunk can still be verified, and
-- nobody can read what was in it.

CREATE TABLE IF NOT EXISTS evidence (
    manifest_id bigint  NOT NULL,
    part        text    NOT NULL CHECK (part IN ('rows', 'sample')),
    chunk       integer NOT NULL CHECK (chunk > 0),
    lines       text[]  NOT NULL,
    PRIMARY KEY (manifest_id, part, chunk)
);

COMMENT ON TABLE evidence IS
    'Rows of reports as they were attested, in canonical CSV. evidence_csv gives them as files. Rows come from attest_report only';
COMMENT ON COLUMN evidence.manifest_id IS 'Manifest that they belong to';
COMMENT ON COLUMN evidence.part IS 'rows: of the report; sample: pairs that were checked against the site';
COMMENT ON COLUMN evidence.chunk IS 'Place of the chunk, from 1';
COMMENT ON COLUMN evidence.lines IS 'Up to 10,000 lines, ordered by their bytes, without line ends; NULL for one that was erased';

CREATE TABLE IF NOT EXISTS erased_lines (
    manifest_id bigint  NOT NULL,
    part        text    NOT NULL,
    chunk       integer NOT NULL,
    line        integer NOT NULL,
    sha256      text    NOT NULL,
    erasure_id  bigint  NOT NULL,
    PRIMARY KEY (manifest_id, part, chunk, line)
);

COMMENT ON TABLE erased_lines IS
    'What is left of lines of evidence that named a person who was erased. Rows come from erase_account only';
COMMENT ON COLUMN erased_lines.manifest_id IS 'Manifest that the line belonged to';
COMMENT ON COLUMN erased_lines.part IS 'Part of its evidence';
COMMENT ON COLUMN erased_lines.chunk IS 'Chunk of that part';
COMMENT ON COLUMN erased_lines.line IS 'Place of the line in the chunk, from 1';
COMMENT ON COLUMN erased_lines.sha256 IS 'SHA-256 of the line';
COMMENT ON COLUMN erased_lines.erasure_id IS 'Manifest of the erasure';
