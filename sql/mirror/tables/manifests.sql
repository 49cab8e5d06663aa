-- What is known of a piece of evidence: which report was asked, with what, by whom, of which run, how complete that run
-- was, and the hash of each of its files. A line of the chain that verify_evidence follows.
--
-- The bytes in `manifest` are what is hashed. They are the other columns as JSON, and the columns are there to be queried:
-- where the two differ, the bytes count, and verify_evidence says so. `parameters` is not in them, only its hash: it can
-- name a person, and then has to be erasable.

CREATE TABLE IF NOT EXISTS manifests (
    id                 bigint      PRIMARY KEY CHECK (id > 0),
    kind               text        NOT NULL CHECK (kind IN ('report', 'erasure', 'retention')),
    created_at         timestamptz NOT NULL,
    session_user_name  text        NOT NULL,
    role_name          text,
    client_address     text,
    application_name   text,
    product_version    text,
    postgres_version   text        NOT NULL,
    server             text,
    base_url           text,
    cloud_id           text,

    report             text,
    question           text,
    controls           text[],
    sql                text,
    code_sha256        text,
    parameters_sha256  text,
    as_of              timestamptz,
    run_id             bigint,
    access_run_id      bigint,
    run_started_at     timestamptz,
    run_db_user        text,
    run_product_version text,
    api_account_id     text,
    role_mode          text,
    admin_key          boolean,
    drift              boolean,
    emails_loaded_at   timestamptz,
    class_resolution   text,
    product_admins     bigint,
    reservations       jsonb,
    control_totals     jsonb,
    requests           jsonb,

    columns            jsonb,
    rows               bigint,
    chunks             jsonb,
    distinct_accounts  bigint,
    distinct_resources bigint,
    unknown_rows       bigint,
    unknown_by_reason  jsonb,
    complete           boolean,
    sample_asked       integer,
    sample_checked     integer,
    sample_agreed      integer,
    sample_chunks      jsonb,
    removed            jsonb,

    prev_sha256        text        NOT NULL UNIQUE,
    sha256             text        NOT NULL UNIQUE,
    manifest           text        NOT NULL,
    parameters         jsonb,
    parameters_salt    text
);

COMMENT ON TABLE manifests IS
    'What is known of each piece of evidence, in a chain of hashes. Rows come from attest_report, erase_account and prune_evidence only';
COMMENT ON COLUMN manifests.id IS 'Place in the chain, from 1, without gaps';
COMMENT ON COLUMN manifests.kind IS 'report: rows of a report were kept; erasure: a person was erased; retention: rows were removed by age';
COMMENT ON COLUMN manifests.created_at IS 'When it was made, by the server''s clock';
COMMENT ON COLUMN manifests.session_user_name IS 'Role that was signed in';
COMMENT ON COLUMN manifests.role_name IS 'Role that the session had taken by SET ROLE; NULL for none';
COMMENT ON COLUMN manifests.client_address IS 'Address that the session came from; NULL for a socket of the server';
COMMENT ON COLUMN manifests.application_name IS 'What the client called itself';
COMMENT ON COLUMN manifests.product_version IS 'Version of confluence_fdw that has made the mirror''s functions';
COMMENT ON COLUMN manifests.postgres_version IS 'Version of PostgreSQL that computed the report';
COMMENT ON COLUMN manifests.server IS 'Foreign server that the mirror reads';
COMMENT ON COLUMN manifests.base_url IS 'Address of the site';
COMMENT ON COLUMN manifests.cloud_id IS 'Id of the site at Atlassian';
COMMENT ON COLUMN manifests.report IS 'Report: see reports';
COMMENT ON COLUMN manifests.question IS 'What the report answers';
COMMENT ON COLUMN manifests.controls IS 'Controls that the report is evidence for';
COMMENT ON COLUMN manifests.sql IS 'The report''s function, as it was when it ran';
COMMENT ON COLUMN manifests.code_sha256 IS 'SHA-256 over all functions and views of the mirror, as they were: the same for mirrors of one version in one version of PostgreSQL';
COMMENT ON COLUMN manifests.parameters_sha256 IS 'SHA-256 of parameters_salt and parameters';
COMMENT ON COLUMN manifests.as_of IS 'What the report was asked as of: when the run was published';
COMMENT ON COLUMN manifests.run_id IS 'Run that as_of means';
COMMENT ON COLUMN manifests.access_run_id IS 'Run that answers what is about access: the same, or an earlier one';
COMMENT ON COLUMN manifests.run_started_at IS 'When the access run began to read the site';
COMMENT ON COLUMN manifests.run_db_user IS 'Role that ran it';
COMMENT ON COLUMN manifests.run_product_version IS 'Version of confluence_fdw that read the site';
COMMENT ON COLUMN manifests.api_account_id IS 'Account that read the site';
COMMENT ON COLUMN manifests.role_mode IS 'Whether spaces have roles: PRE_ROLES, ROLES_TRANSITION or ROLES';
COMMENT ON COLUMN manifests.admin_key IS 'Whether the site was read with an admin key, which shows what is restricted';
COMMENT ON COLUMN manifests.drift IS 'Whether the site changed while it was read';
COMMENT ON COLUMN manifests.emails_loaded_at IS 'When the e-mail addresses were loaded; NULL where none were, or it is not known';
COMMENT ON COLUMN manifests.class_resolution IS 'How classes of users were resolved to people: proved (as many members as the site counts), derived (not proved), or unresolved';
COMMENT ON COLUMN manifests.product_admins IS 'Accounts that administer Confluence or the site: potential readers of everything';
COMMENT ON COLUMN manifests.reservations IS 'What no reader of the site can know, or is open to more people than are listed: reason and how often, from unknowns()';
COMMENT ON COLUMN manifests.control_totals IS 'Of each step of the run: rows read, rows expected, whether the two were reconciled, whether it is complete and why not';
COMMENT ON COLUMN manifests.requests IS 'Requests of each step of the run, by template where they are told apart';
COMMENT ON COLUMN manifests.columns IS 'Names and types of the report''s columns: the header of its file';
COMMENT ON COLUMN manifests.rows IS 'Rows of the report';
COMMENT ON COLUMN manifests.chunks IS 'Of each file of 10,000 rows: how many rows, its SHA-256, and the SHA-256 over the SHA-256s of its rows';
COMMENT ON COLUMN manifests.distinct_accounts IS 'Accounts that the report names';
COMMENT ON COLUMN manifests.distinct_resources IS 'Spaces, and contents, that it names';
COMMENT ON COLUMN manifests.unknown_rows IS 'Rows that say what is not known';
COMMENT ON COLUMN manifests.unknown_by_reason IS 'How many of them for each reason';
COMMENT ON COLUMN manifests.complete IS 'Whether every step of the runs was read whole, and no row is unknown';
COMMENT ON COLUMN manifests.sample_asked IS 'Pairs that were to be checked against the site';
COMMENT ON COLUMN manifests.sample_checked IS 'Pairs that the site gave a verdict on, and the mirror, too';
COMMENT ON COLUMN manifests.sample_agreed IS 'Pairs of these on which site and mirror agreed';
COMMENT ON COLUMN manifests.sample_chunks IS 'The same as chunks, for the file of the sample';
COMMENT ON COLUMN manifests.removed IS 'Of an erasure or retention: which rows of which files are gone';
COMMENT ON COLUMN manifests.prev_sha256 IS 'SHA-256 of the manifest before; 64 zeros for the first one';
COMMENT ON COLUMN manifests.sha256 IS 'SHA-256 of manifest. The last one is the head of the chain: keep it somewhere else';
COMMENT ON COLUMN manifests.manifest IS 'The bytes that are hashed: the columns as JSON with sorted keys, without spaces';
COMMENT ON COLUMN manifests.parameters IS 'What the report was asked with, as_of included; NULL after an erasure of whom it named';
COMMENT ON COLUMN manifests.parameters_salt IS 'Random text, so that nobody can guess parameters that were erased';
